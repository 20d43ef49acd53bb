import type { FindOneOptions } from 'typeorm'
import { DataSource } from 'typeorm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installCachedReads } from '../../src/repository/index.js'
import type { GetWithCacheOptions } from '../../src/repository/index.js'
import { decoratedEntities, Note } from '../support/entities.js'
import type { Seeded } from './data-source.js'
import { seededDataSource } from './data-source.js'

let seeded: Seeded
beforeAll(async () => {
  seeded = await seededDataSource()
})
afterAll(async () => {
  await seeded.dataSource.destroy()
})

test('a repository of a DataSource without the option says what to add', async () => {
  installCachedReads()
  const plain = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: decoratedEntities })
  await plain.initialize()
  const notes = plain.getRepository(Note)
  const calls = [
    () => notes.getWithCache(),
    () => notes.getOneWithCache({ where: { id: 1 } }),
    () => notes.getCountWithCache(),
    () => notes.invalidateCache(),
    () => notes.createQueryBuilder('n').getWithCache(),
  ]
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('cache: freshet({ cache: createCache() })') as string,
    })
  }
  await plain.destroy()
})

const badOptions: readonly (readonly [unknown, string, string])[] = [
  [{ tll: '1m' }, 'INVALID_OPTION', "Did you mean 'ttl'?"],
  ['1m', 'INVALID_OPTION', 'getWithCache() takes an object of options'],
  [{ ttl: 'soon' }, 'INVALID_DURATION', 'soon'],
  [{ ttl: 0 }, 'INVALID_DURATION', 'ttl'],
  [{ jitter: 2 }, 'INVALID_OPTION', 'jitter'],
  [{ scope: 7 }, 'INVALID_OPTION', 'scope'],
  [{ tags: 'User' }, 'INVALID_OPTION', 'tags'],
  [{ tags: [''] }, 'INVALID_TAG', ''],
]

test.each(badOptions)('%j is refused before anything is sent', async (options, code, message) => {
  const notes = seeded.dataSource.getRepository(Note)
  seeded.forget()
  for (const call of [
    () => notes.getWithCache({}, options as GetWithCacheOptions),
    () => notes.createQueryBuilder('n').getWithCache(options as GetWithCacheOptions),
  ]) {
    await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string })
  }
  // Also where the cache is not asked at all.
  await seeded.dataSource.transaction(async (manager) => {
    await expect(
      manager.getRepository(Note).getWithCache({}, options as GetWithCacheOptions),
    ).rejects.toMatchObject({ code })
  })
  expect(seeded.sent.filter((statement) => statement.startsWith('SELECT'))).toEqual([])
})

test('one entity without a condition is refused as by findOne()', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const options = {} as FindOneOptions<Note>
  const message = await notes.findOne(options).catch((error: unknown) => String(error))
  expect(message).toContain('selection conditions')
  expect(await notes.getOneWithCache(options).catch((error: unknown) => String(error))).toBe(message)
})

test('find options that TypeORM refuses are refused each time', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const wrong = { where: { nosuch: 1 } } as object
  await expect(notes.getWithCache(wrong)).rejects.toThrow('nosuch')
  await expect(notes.getWithCache(wrong)).rejects.toThrow('nosuch')
})

test('criteria of a property that the entity does not have are refused', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  await expect(notes.invalidateCache({ txt: 'a' } as object)).rejects.toThrow("Did you mean 'text'?")
  await expect(notes.invalidateCache(7 as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  await expect(notes.invalidateCache([null] as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  await notes.invalidateCache([{ id: 1 }, { author: { id: 2 } }])
})

test('a scope that cannot be told is a failure, and the database answers', async () => {
  const scoped = await seededDataSource(undefined, { scope: () => 7 })
  expect(await scoped.dataSource.getRepository(Note).getCountWithCache()).toBe(3)
  expect(scoped.bypasses).toMatchObject([{ reason: 'scope' }])
  expect(scoped.failures).toMatchObject([{ action: 'scope' }])
  await scoped.dataSource.destroy()
})
