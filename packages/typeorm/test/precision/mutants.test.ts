import type { DataSource } from 'typeorm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeEachRule } from '../../../../test/copies/each-rule.js'
import type { Api } from './api.js'
import { differingBesides } from './besides-cases.js'
import { createWorldOf } from './entities.js'
import { differingLoad, differingValues } from './load-cases.js'
import { mutants } from './mutants.js'
import { precisionWithout, sources } from './precision-without.js'
import { createBroadTable, readCases } from './read-cases.js'
import type { Recorded, VariantOf } from './recorded.js'
import { differingRead, recordCases } from './recorded.js'
import { seedRows } from './seed-rows.js'
import { differingSeen } from './seen-cases.js'
import { differingShown } from './shown-cases.js'
import { variantsOf } from './world.js'

vi.setConfig({ testTimeout: 60_000 })

let dataSource: DataSource
let variantOf: VariantOf
let recorded: readonly Recorded[]

beforeAll(async () => {
  dataSource = await createWorldOf({ type: 'better-sqlite3', database: ':memory:' })
  await seedRows(dataSource)
  await createBroadTable(dataSource)
  variantOf = await variantsOf(dataSource)
  recorded = await recordCases(dataSource, readCases)
})
afterAll(() => dataSource.destroy())

/** A copy that throws fails a test as well. */
function difference(api: Api): string | undefined {
  try {
    return (
      differingRead(variantOf, recorded, api) ??
      differingLoad(variantOf, api) ??
      differingShown(variantOf, api) ??
      differingBesides(variantOf, api) ??
      differingSeen(variantOf, api) ??
      differingValues(dataSource, api)
    )
  } catch (error) {
    return String(error)
  }
}

it('with every rule in place nothing differs', async () => {
  expect(difference(await precisionWithout(undefined))).toBeUndefined()
})

describeEachRule('a case fails without the rule that', sources, mutants, async (mutant) => {
  return difference(await precisionWithout(mutant)) !== undefined
})
