import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { difference } from '../property/compare.js'
import type { OrmName } from '../property/maker.js'
import type { Database } from '../property/model.js'
import { badInput, type BadInput } from './bad-input-cases.js'
import { openWorld, type World } from './world.js'

const worlds: readonly (readonly [OrmName, Database])[] = [
  ['prisma', 'postgresql'],
  ['prisma', 'mariadb'],
  ['typeorm', 'postgresql'],
  ['typeorm', 'mariadb'],
]

describe.each(worlds)('%s on %s', (orm, database) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(orm, database)))
  afterAll(() => world.close())

  const cases = badInput.filter(({ databases }) => databases?.includes(database) ?? true)
  it.each(cases.map((one) => [one.sentence, one] as const))('%s', (_sentence, one) =>
    proves(world, database, one),
  )
})

/** Each answer is in the cache, and after the write it is what the database says, which is something else. */
async function proves(
  world: World,
  database: Database,
  { first = [], writes, changed }: BadInput,
): Promise<void> {
  const words = (sql: string): string => (database === 'mariadb' ? sql.replaceAll('"', '`') : sql)
  await world.start(first.map(words))
  const before = []
  for (const question of changed) {
    const { answer } = await world.ask(question)
    const again = await world.ask(question)
    expect(answer.ok, inspect(answer)).toBe(true)
    expect(again).toMatchObject({ isHit: true, difference: undefined })
    before.push(answer)
  }
  for (const sql of 'mariadb' in writes ? writes[database] : writes) await world.send(words(sql))
  for (const [index, question] of changed.entries()) {
    const after = await world.ask(question)
    expect(after.difference, inspect(question)).toBeUndefined()
    expect(difference(before[index]!, after.answer, false), 'the write changes it').toBeDefined()
  }
}
