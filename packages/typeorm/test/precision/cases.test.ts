import type { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { besidesCases, judgement } from './besides-cases.js'
import { differingLoad, differingValues } from './load-cases.js'
import { createWorldOf } from './entities.js'
import { createBroadTable, readCases } from './read-cases.js'
import type { Recorded } from './recorded.js'
import { createFinder, recordCases } from './recorded.js'
import { seedRows } from './seed-rows.js'
import { isLogged, seenCases, seenIn } from './seen-cases.js'
import { differingShown } from './shown-cases.js'
import { variantsOf } from './world.js'

let dataSource: DataSource
let find: ReturnType<typeof createFinder>
let recorded: readonly Recorded[]

beforeAll(async () => {
  dataSource = await createWorldOf({ type: 'better-sqlite3', database: ':memory:' })
  await seedRows(dataSource)
  await createBroadTable(dataSource)
  find = createFinder(await variantsOf(dataSource))
  recorded = await recordCases(dataSource, readCases)
})
afterAll(() => dataSource.destroy())

it('a load of several statements tells what all of them do', async () => {
  expect(differingLoad(await variantsOf(dataSource))).toBeUndefined()
})

it('an answer outlives changes of rows that it certainly does not depend on', async () => {
  expect(differingShown(await variantsOf(dataSource))).toBeUndefined()
})

describe('an answer outlives, of what could matter without being named,', () => {
  it.each(besidesCases.map((one) => [one.about, one] as const))('%s', async (_about, one) => {
    expect(judgement(await variantsOf(dataSource), one)).toBe(one.outlives)
  })
})

describe('an answer shows all that there are of', () => {
  it.each(seenCases.map((one) => [one.about, one] as const))('%s', async (_about, one) => {
    expect(seenIn(await variantsOf(dataSource), one)).toEqual(one.seen)
  })
})

it('what is done to a table is told from when somebody asks of its sets', async () => {
  expect(isLogged(await variantsOf(dataSource))).toBe(true)
})

it('values that may be SQL tell nothing', () => {
  expect(differingValues(dataSource)).toBeUndefined()
})

describe('a query tells', () => {
  it.each(readCases.map((one, at) => [one[0], at] as const))('%s', (_rule, at) => {
    expect(find(recorded[at]!)).toEqual(readCases[at]![2])
  })

  it('the same when it is asked again, and after others', () => {
    for (const one of recorded.toReversed()) expect(find(one), one.one[0]).toEqual(one.one[2])
  })
})
