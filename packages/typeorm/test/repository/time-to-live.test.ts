import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GetWithCacheOptions } from '../../src/repository/index.js'
import { stateOf } from '../../src/state.js'
import { Note } from '../support/entities.js'
import type { Seeded } from './data-source.js'
import { seededDataSource } from './data-source.js'

let seeded: Seeded
beforeAll(async () => {
  seeded = await seededDataSource()
})
afterAll(async () => {
  await seeded.dataSource.destroy()
})

/** For how long the answer of `read` is kept, in milliseconds. */
async function lifetimeOf(read: () => Promise<unknown>): Promise<number> {
  const { engine } = stateOf(seeded.dataSource)!
  let key: string | undefined
  const stop = seeded.cache.on('miss', (event) => (key = event.key))
  await read()
  stop()
  const entry = await engine.reader.peek(engine.space, key!)
  return entry!.expiresAt - entry!.storedAt
}

const options: GetWithCacheOptions = { ttl: '1h', negativeTtl: '5s', jitter: 0 }

test('an answer is kept for the time that the call asks for', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  expect(await lifetimeOf(() => notes.getWithCache({}, options))).toBe(3_600_000)
  expect(await lifetimeOf(() => notes.getOneWithCache({ where: { id: 1 } }, options))).toBe(3_600_000)
  expect(await lifetimeOf(() => notes.getCountWithCache({}, options))).toBe(3_600_000)
  expect(await lifetimeOf(() => notes.createQueryBuilder('n').getWithCache(options))).toBe(3_600_000)
})

test('what was not found is kept for the time of what was not found', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const where = { id: -1 }
  expect(await lifetimeOf(() => notes.getWithCache({ where }, options))).toBe(5_000)
  expect(await lifetimeOf(() => notes.getOneWithCache({ where }, options))).toBe(5_000)
  expect(await lifetimeOf(() => notes.createQueryBuilder('n').where('n.id = -1').getWithCache(options))).toBe(
    5_000,
  )
})
