import 'reflect-metadata'
import { FakeClock } from '@freshet/testing'
import type { CacheOptions } from '@freshet/core'
import { createCache } from '@freshet/core'
import type { FreshetOptions, GetWithCacheOptions } from '@freshet/typeorm'
import { freshet } from '@freshet/typeorm'
import type { FindManyOptions } from 'typeorm'
import { DataSource, In } from 'typeorm'
import { afterEach, describe, expect, test } from 'vitest'
import { catalogueSettled } from './support/catalogue-settled.js'
import { decoratedEntities, Note } from './support/entities.js'
import { schemaEntities } from './support/schemas.js'
import { seed } from './support/seed.js'

let dataSource: DataSource
afterEach(async () => {
  await dataSource.destroy()
})

const down = new Error('the database is down')

interface Prepared {
  all(...parameters: unknown[]): unknown
}

interface Driver {
  readonly databaseConnection: { prepare(sql: string): Prepared }
}

/** An SQLite that a test takes away, below the tap. */
async function open(options: Partial<FreshetOptions> = {}, cacheOptions: CacheOptions = {}) {
  const clock = new FakeClock()
  const cache = createCache({ clock, jitter: 0, ttl: '10s', ...cacheOptions })
  dataSource = new DataSource({
    type: 'better-sqlite3',
    database: ':memory:',
    // Each query is prepared, where a test can refuse it.
    statementCacheSize: 0,
    entities: [...decoratedEntities, ...schemaEntities('better-sqlite3')],
    synchronize: true,
    cache: freshet({ cache, ...options }),
  })
  await dataSource.initialize()
  await seed(dataSource)
  await catalogueSettled(dataSource)
  const state = { isDown: false }
  const sent: string[] = []
  const connection = (dataSource.driver as unknown as Driver).databaseConnection
  const prepare = connection.prepare.bind(connection)
  connection.prepare = (sql) => {
    if (state.isDown) throw down
    sent.push(sql)
    return prepare(sql)
  }
  const notes = dataSource.getRepository(Note)
  const text = async (own?: GetWithCacheOptions) =>
    (await notes.getOneWithCache({ where: { id: 1 } }, own))?.text
  return { cache, clock, notes, state, sent, text }
}

const stale = { staleWhileRevalidate: '1m' } as const
const sturdy = { staleIfError: '1h', errorCooldown: 0 } as const

/** Past Freshet, so that only time brings it to light. */
function writeUnseen(text: string): void {
  const connection = (dataSource.driver as unknown as Driver).databaseConnection
  const statement = connection.prepare(`UPDATE notes SET text = ? WHERE id = 1`) as unknown as {
    run(text: string): void
  }
  statement.run(text)
}

describe('policies of a DataSource', () => {
  test('what has expired is served while it is loaded again', async () => {
    const { text, clock, cache } = await open(stale)
    const before = await text()
    writeUnseen('new')
    clock.advance(10_000)
    expect(await text()).toBe(before)
    await cache.settled()
    expect(await text()).toBe('new')
    expect(cache.stats()).toMatchObject({ stale: 1, refreshes: 1 })
  })

  test('also of find({ cache: true }), whose query runner is given back with the answer', async () => {
    const { notes, clock, cache } = await open(stale)
    const find = async () => (await notes.find({ where: { id: 1 }, cache: true }))[0]!.text
    const before = await find()
    writeUnseen('new')
    clock.advance(10_000)
    expect(await find()).toBe(before)
    await cache.settled()
    expect(await find()).toBe('new')
    expect(cache.stats()).toMatchObject({ stale: 1, failures: 0 })
  })

  test('what was written is served at once', async () => {
    const { text, notes, clock } = await open(stale)
    await text()
    clock.advance(10_000)
    await notes.update(1, { text: 'written' })
    expect(await text()).toBe('written')
  })

  test('when the database is down, the last answer is served', async () => {
    const { text, notes, state, clock } = await open(sturdy)
    const before = await text()
    const found = await notes.find({ cache: true })
    await notes.update(1, { text: 'written' })
    state.isDown = true
    expect(await text()).toBe(before)
    expect(await notes.find({ cache: true })).toEqual(found)
    await expect(notes.getCountWithCache()).rejects.toThrow('down')
    clock.advance(3_610_000)
    await expect(text()).rejects.toThrow('down')
  })

  test('its options are checked', async () => {
    const cache = createCache()
    const refused = (code: string, options: object) =>
      expect(() => freshet({ cache, ...options })).toThrow(expect.objectContaining({ code }))
    refused('CONTRADICTORY_OPTIONS', { delayedDeletion: '2s' })
    refused('CONTRADICTORY_OPTIONS', { softTimeout: '2s' })
    refused('INVALID_DURATION', { ttl: 'long' })
    refused('INVALID_OPTION', { staleIfErrors: '1h' })
    await open()
  })
})

describe('policies of one call', () => {
  test('stale while revalidate', async () => {
    const { text, clock, cache } = await open()
    const before = await text(stale)
    writeUnseen('new')
    clock.advance(10_000)
    expect(await text(stale)).toBe(before)
    await cache.settled()
    expect(await text(stale)).toBe('new')
  })

  test('stale if error, and off again', async () => {
    const { text, notes, state } = await open(sturdy)
    const before = await text()
    await notes.update(1, { text: 'written' })
    state.isDown = true
    await expect(text({ staleIfError: false })).rejects.toThrow('down')
    expect(await text()).toBe(before)
  })

  test('delayed deletion, of a cache that is eventual', async () => {
    const { text, notes, cache } = await open({}, { consistency: 'eventual' })
    const own = { delayedDeletion: '2s' }
    const before = await text(own)
    await notes.update(1, { text: 'written' })
    expect(await text(own)).toBe(before)
    await cache.settled()
    expect(await text(own)).toBe('written')
  })

  test('a query ends as the database ends it, whatever the hard timeout', async () => {
    const { text, state } = await open({ hardTimeout: 100 })
    state.isDown = true
    await expect(text()).rejects.toThrow('down')
  })

  test('an error that answers the query is no reason for an older answer, nor for a cool-down', async () => {
    const { notes, cache } = await open(sturdy)
    const wrong = { where: { nothing: 1 } } as unknown as FindManyOptions<Note>
    for (let time = 0; time < 3; time++) await expect(notes.getWithCache(wrong)).rejects.toThrow('nothing')
    expect(cache.stats()).toMatchObject({ cooled: 0, stale: 0 })
  })
})

describe('entities that may be stale', () => {
  test.each<[string, GetWithCacheOptions]>([
    ['staleWhileRevalidate', stale],
    ['staleIfError', sturdy],
  ])('by %s are frozen, unless they are wanted mutable', async (_, own) => {
    const { notes } = await open()
    const options = { where: { id: 1 } }
    const frozen = (await notes.getOneWithCache(options, own))!
    expect(() => (frozen.text = 'x')).toThrow(TypeError)
    const mutable = (await notes.getOneWithCache(options, { ...own, mutable: true }))!
    mutable.text = 'x'
    const fresh = (await notes.getOneWithCache(options))!
    fresh.text = 'x'
  })
})

describe('what is loaded in the background is what was asked for', () => {
  test('whatever becomes of the options', async () => {
    const { notes, clock, cache } = await open()
    const ids = [1]
    const where: { id: unknown } = { id: In(ids) }
    const options = { where } as FindManyOptions<Note>
    await notes.getWithCache(options, stale)
    clock.advance(10_000)
    await notes.getWithCache(options, stale)
    where.id = 2
    ids[0] = 2
    await cache.settled()
    expect(await notes.getWithCache({ where: { id: In([1]) } })).toMatchObject([{ id: 1 }])
  })

  test('whatever becomes of the builder', async () => {
    const { notes, clock, cache } = await open()
    const ids = [1]
    const build = () => notes.createQueryBuilder('n').where('n.id IN (:...ids)', { ids })
    await build().getWithCache(stale)
    clock.advance(10_000)
    const builder = build()
    await builder.getWithCache(stale)
    builder.andWhere('n.id = 2')
    ids[0] = 2
    await cache.settled()
    const again = notes.createQueryBuilder('n').where('n.id IN (:...ids)', { ids: [1] })
    expect(await again.getWithCache()).toMatchObject([{ id: 1 }])
  })

  test('a read through a runner of the caller’s is not loaded later', async () => {
    const { notes, clock, cache } = await open()
    const runner = dataSource.createQueryRunner()
    const read = () => notes.createQueryBuilder('n', runner).where('n.id = 1').getWithCache(stale)
    await read()
    writeUnseen('new')
    clock.advance(10_000)
    expect(await read()).toMatchObject([{ text: 'new' }])
    await runner.release()
    expect(cache.stats()).toMatchObject({ refreshes: 0 })
  })
})
