import 'reflect-metadata'
import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import { FakeClock } from '@freshet/testing'
import { DataSource } from 'typeorm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Label, Note, Post } from '../support/entities.js'
import { seed } from '../support/seed.js'
import type { Opened, OpenOptions } from './data-source.js'
import { createDatabase, open, prepare, sentBy } from './data-source.js'

const sqlite = await createDatabase('better-sqlite3')
const opened: Opened[] = []
let clock: FakeClock

beforeEach(() => {
  clock = new FakeClock()
})

afterEach(async () => {
  for (const { dataSource } of opened.splice(0)) await dataSource.destroy()
})

async function start(options: OpenOptions & { ttl?: string } = {}): Promise<Opened> {
  const cache = options.cache ?? createCache({ clock: clock, ttl: options.ttl ?? '1h', random: () => 1 })
  const one = await open(sqlite, {
    ...options,
    cache,
    dataSource: { synchronize: true, ...options.dataSource },
  })
  opened.push(one)
  await seed(one.dataSource)
  return one
}

/** Whether a read is answered without a statement. */
async function hits({ statements }: Opened, read: () => Promise<unknown>): Promise<boolean> {
  return (await sentBy(statements, read)).length === 0
}

const none = async (): Promise<void> => undefined

describe('how long', () => {
  test('true keeps an answer as long as the cache keeps its own', async () => {
    const one = await start({ ttl: '10m' })
    const read = () => one.dataSource.getRepository(Note).find({ cache: true })
    await read()
    clock.advance(9 * 60_000)
    expect(await hits(one, read)).toBe(true)
    clock.advance(3 * 60_000)
    expect(await hits(one, read)).toBe(false)
  })

  test.each([
    ['find with a number', (ds: DataSource) => ds.getRepository(Note).find({ cache: 2000 })],
    [
      'find with an id and a number',
      (ds: DataSource) => ds.getRepository(Note).find({ cache: { id: 'notes', milliseconds: 2000 } }),
    ],
    ['a builder with a number', (ds: DataSource) => ds.createQueryBuilder(Note, 'n').cache(2000).getMany()],
    [
      'a builder with an id and a number',
      (ds: DataSource) => ds.createQueryBuilder(Note, 'n').cache('n', 2000).getMany(),
    ],
    ['a count with a number', (ds: DataSource) => ds.getRepository(Note).count({ cache: 2000 })],
    [
      'a relation by a query of its own',
      (ds: DataSource) =>
        ds
          .getRepository(Note)
          .find({ cache: 2000, relations: { author: true }, relationLoadStrategy: 'query' }),
    ],
  ])('milliseconds are a limit: %s', async (_, find) => {
    const one = await start()
    const read = () => find(one.dataSource)
    await read()
    clock.advance(1999)
    expect(await hits(one, read)).toBe(true)
    clock.advance(1)
    expect(await hits(one, read)).toBe(false)
  })

  test('the duration of the DataSource is what true means, and a call says otherwise', async () => {
    const one = await start({ cacheOptions: { duration: 3000 } })
    const notes = one.dataSource.getRepository(Note)
    const read = () => notes.find({ cache: true })
    const longer = () => notes.find({ cache: 5000, where: { id: 1 } })
    await read()
    await longer()
    clock.advance(2999)
    expect(await hits(one, read)).toBe(true)
    clock.advance(1)
    expect(await hits(one, read)).toBe(false)
    expect(await hits(one, longer)).toBe(true)
  })

  test('0 says nothing, as with TypeORM, and less than a millisecond is never', async () => {
    const one = await start()
    const read = (milliseconds: number) => () =>
      one.dataSource.createQueryBuilder(Note, 'n').cache(milliseconds).getMany()
    await read(0)()
    clock.advance(60_000)
    expect(await hits(one, read(0))).toBe(true)
    expect(await hits(one, read(Number.NaN))).toBe(true)
    expect(await hits(one, read(-1))).toBe(false)
    expect(await hits(one, read(0.5))).toBe(false)
  })

  test('for ever is ten years', async () => {
    const one = await start()
    const read = () => one.dataSource.getRepository(Note).find({ cache: Number.POSITIVE_INFINITY })
    await read()
    clock.advance(3649 * 86_400_000)
    expect(await hits(one, read)).toBe(true)
  })
})

describe('ids', () => {
  const feed = (one: Opened) => ({
    page: () =>
      one.dataSource.getRepository(Post).find({
        cache: { id: 'feed', milliseconds: 60_000 },
        relations: { labels: true },
        take: 2,
      }),
    counted: () =>
      one.dataSource.getRepository(Post).findAndCount({
        cache: { id: 'feed', milliseconds: 60_000 },
        relations: { labels: true },
        take: 2,
      }),
    separate: () =>
      one.dataSource.getRepository(Post).find({
        cache: { id: 'feed', milliseconds: 60_000 },
        relations: { labels: true },
        relationLoadStrategy: 'query',
      }),
    exists: () => one.dataSource.getRepository(Post).exists({ cache: { id: 'feed', milliseconds: 60_000 } }),
  })

  test('remove() forgets all that was read under an id: pages, counts, relations', async () => {
    const one = await start()
    for (const read of Object.values(feed(one))) {
      await read()
      expect(await hits(one, read)).toBe(true)
      const sent = (
        await sentBy(one.statements, async () => {
          await one.cache.clear()
          await read()
        })
      ).length
      await one.dataSource.queryResultCache!.remove(['feed'])
      expect(await sentBy(one.statements, read)).toHaveLength(sent)
    }
  })

  test('remove() of one of the variants forgets that one', async () => {
    const one = await start()
    const { counted } = feed(one)
    await counted()
    await one.dataSource.queryResultCache!.remove(['feed-count'])
    expect(await sentBy(one.statements, counted)).toEqual([expect.stringMatching(/count\(/i)])
  })

  test('remove() of what is no list of ids says so', async () => {
    const one = await start()
    const { queryResultCache } = one.dataSource
    await expect(queryResultCache!.remove('feed' as unknown as string[])).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('"feed"') }),
    )
  })

  test('remove() leaves other ids, and reads without one, alone', async () => {
    const one = await start()
    const other = () => one.dataSource.createQueryBuilder(Note, 'n').cache('other').getMany()
    const nameless = () => one.dataSource.createQueryBuilder(Note, 'm').cache(true).getMany()
    await other()
    await nameless()
    await one.dataSource.queryResultCache!.remove(['feed', 'unknown', '', "it's; odd\n"])
    await one.dataSource.queryResultCache!.remove([])
    expect(await hits(one, other)).toBe(true)
    expect(await hits(one, nameless)).toBe(true)
  })

  test('an id is not a key: two queries under one id are two answers', async () => {
    const one = await start()
    const notes = () => one.dataSource.createQueryBuilder(Note, 'n').cache('same').getMany()
    const labels = () => one.dataSource.createQueryBuilder(Label, 'l').cache('same').getMany()
    for (let turn = 0; turn < 2; turn++) {
      expect((await notes())[0]).toBeInstanceOf(Note)
      expect((await labels())[0]).toBeInstanceOf(Label)
    }
    expect(await hits(one, notes)).toBe(true)
    await one.dataSource.queryResultCache!.remove(['same'])
    expect(await hits(one, notes)).toBe(false)
    expect(await hits(one, labels)).toBe(false)
  })

  test('an empty id is none', async () => {
    const one = await start()
    const read = () => one.dataSource.createQueryBuilder(Note, 'n').cache('').getMany()
    await read()
    expect(await hits(one, read)).toBe(true)
  })

  test('the same id on another database is another id', async () => {
    const first = await start()
    const second = await start({ cache: first.cache, identity: 'another' })
    const read = (one: Opened) => () => one.dataSource.createQueryBuilder(Note, 'n').cache('id').getMany()
    await read(first)()
    await read(second)()
    await first.dataSource.queryResultCache!.remove(['id'])
    expect(await hits(first, read(first))).toBe(false)
    expect(await hits(second, read(second))).toBe(true)
  })
})

describe('what makes an answer another one', () => {
  const typeOf = (one: Opened, value: unknown) => () =>
    one.dataSource
      .createQueryBuilder()
      .select('typeof(:value)', 'type')
      .addSelect(':value', 'value')
      .from(Label, 'l')
      .setParameter('value', value)
      .cache(true)
      .getRawOne<{ type: string; value: unknown }>()

  test.each([
    ['1n and "1"', 1n, '1'],
    ['1 and "1"', 1, '1'],
    ['bytes and their base64', Buffer.from('a'), Buffer.from('a').toString('base64')],
  ])('parameters that JSON cannot tell apart: %s', async (_, a, b) => {
    const one = await start()
    const first = await typeOf(one, a)()
    const second = await typeOf(one, b)()
    expect(first?.type).not.toBe(second?.type)
    expect(await typeOf(one, a)()).toEqual(first)
    expect(await typeOf(one, b)()).toEqual(second)
  })

  test('another database, scope or driver setting', async () => {
    let tenant = 'a'
    const cache = createCache({ clock: clock })
    const one = await start({ cache, scope: () => tenant })
    const others = [
      await start({ cache, identity: 'elsewhere', scope: () => tenant }),
      await start({ cache, dataSource: { prepareDatabase: none }, scope: () => tenant }),
      await start({ cache }),
    ]
    const read = (of: Opened) => () => of.dataSource.getRepository(Note).find({ cache: true })
    await read(one)()
    expect(await hits(one, read(one))).toBe(true)
    for (const other of others) expect(await hits(other, read(other))).toBe(false)
    tenant = 'b'
    expect(await hits(one, read(one))).toBe(false)
    tenant = 'a'
    expect(await hits(one, read(one))).toBe(true)
  })

  test('a scope that cannot be told is nobody, and no error of the query', async () => {
    const failures: unknown[] = []
    let scope: () => unknown = () => 'a'
    const one = await start({ scope: () => scope() })
    one.cache.on('failure', ({ action }) => failures.push(action))
    const read = () => one.dataSource.getRepository(Note).find({ cache: true })
    await read()
    for (scope of [
      () => undefined,
      () => 7,
      () => {
        throw new Error('no tenant')
      },
    ]) {
      expect(await hits(one, read)).toBe(false)
      expect(await read()).toHaveLength(3)
    }
    expect(failures).toHaveLength(6)
    expect(new Set(failures)).toEqual(new Set(['scope']))
  })
})

describe('the provider', () => {
  test('clear() forgets this namespace only', async () => {
    const root = createCache({ clock: clock })
    const [a, b] = ['a', 'b'].map((name) => root.namespace(name)) as [Cache, Cache]
    const one = await start({ cache: a })
    const other = await start({ cache: b })
    const read = (of: Opened) => () => of.dataSource.getRepository(Note).find({ cache: true })
    await read(one)()
    await read(other)()
    await root.set('own', 1)
    await one.dataSource.queryResultCache!.clear()
    expect(await hits(one, read(one))).toBe(false)
    expect(await hits(other, read(other))).toBe(true)
    expect(await root.get('own')).toBe(1)
  })

  test.each([
    [{ type: 'redis' }, "type: 'redis'"],
    [{ type: 'database', tableName: 'cache' }, "type: 'database'"],
    [{ tableName: 'cache' }, "tableName: 'cache'"],
    [{ options: { host: 'localhost' } }, 'options: …'],
  ])('options of a cache of TypeORM are refused: %j', (cacheOptions, shown) => {
    expect(() => prepare(sqlite, { cacheOptions })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(shown) }),
    )
  })

  test('alwaysEnabled is refused, because save() would lose writes', () => {
    expect(() => prepare(sqlite, { cacheOptions: { alwaysEnabled: true } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('save()') }),
    )
    expect(() => prepare(sqlite, { cacheOptions: { alwaysEnabled: false } })).not.toThrow()
  })

  test.each([0, -1, Number.NaN, 'soon'])('a duration of %s is refused', (duration) => {
    expect(() => prepare(sqlite, { cacheOptions: { duration } })).toThrow(
      expect.objectContaining({ code: 'INVALID_DURATION' }),
    )
  })

  test('setOptions() refuses what the constructor refuses', () => {
    const { dataSource } = prepare(sqlite)
    const { cache } = dataSource.options
    expect(() => dataSource.setOptions({ cache: { ...(cache as object), alwaysEnabled: true } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  test('a DataSource without it is left alone, and so is its own cache', async () => {
    await start()
    const stored: unknown[] = []
    const own = {
      connect: none,
      disconnect: none,
      synchronize: none,
      getFromCache: async () => undefined,
      storeInCache: async (options: unknown) => void stored.push(options),
      isExpired: () => true,
      clear: none,
      remove: none,
    }
    const plain = await new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      cache: { provider: () => own },
    }).initialize()
    const read = plain.createQueryBuilder().select('1', 'one').from('(SELECT 1)', 'dummy').cache(true)
    expect(await read.getRawMany()).toEqual([{ one: 1 }])
    expect(stored).toHaveLength(1)
    await plain.destroy()
  })

  test('builders are changed once, however many DataSources there are', async () => {
    const first = await start()
    const methods = () =>
      Object.getOwnPropertyDescriptors(Object.getPrototypeOf(first.dataSource.createQueryBuilder()))
    const before = methods()
    await start()
    expect(methods()).toEqual(before)
  })

  test('a DataSource whose cache was taken away, or replaced, reads past this one', async () => {
    const one = await start()
    const read = () => one.dataSource.getRepository(Note).find({ cache: true })
    await read()
    const { queryResultCache } = one.dataSource
    delete (one.dataSource as { queryResultCache?: unknown }).queryResultCache
    expect(await hits(one, read)).toBe(false)
    Object.assign(one.dataSource, {
      queryResultCache: { ...queryResultCache, getFromCache: none, storeInCache: none },
    })
    expect(await hits(one, read)).toBe(false)
    Object.assign(one.dataSource, { queryResultCache })
    expect(await hits(one, read)).toBe(true)
  })

  test('every statement is sent by the runner itself, whoever stands before it', async () => {
    const one = await start()
    const senders = new Set<unknown>()
    const runner = one.dataSource.createQueryRunner()
    const { query } = runner
    runner.query = async function (this: unknown, ...given: unknown[]) {
      senders.add(this)
      return Reflect.apply(query, this, given) as unknown
    } as typeof query
    await one.dataSource
      .getRepository(Post)
      .find({ cache: true, relations: { labels: true }, relationLoadStrategy: 'query' })
    runner.query = query
    expect([...senders].map((sender) => sender === runner)).toEqual([true])
  })

  test('a bigint in a row does not fail the query', async () => {
    const safe = (database: { defaultSafeIntegers(): void }) => database.defaultSafeIntegers()
    const one = await open(sqlite, { dataSource: { prepareDatabase: safe } })
    opened.push(one)
    const read = () =>
      one.dataSource
        .createQueryBuilder()
        .select('9007199254740993', 'big')
        .from('(SELECT 1)', 'dummy')
        .cache(true)
        .getRawOne<{ big: bigint }>()
    expect(await read()).toEqual({ big: 9007199254740993n })
    expect(await read()).toEqual({ big: 9007199254740993n })
    expect(await hits(one, read)).toBe(true)
  })

  test('readers at the same time load once, and get rows of their own', async () => {
    const one = await start()
    const read = () => one.dataSource.getRepository(Note).find({ cache: true })
    const sent = await sentBy(one.statements, async () => {
      const [a, b, c] = await Promise.all([read(), read(), read()])
      expect(a).toStrictEqual(b)
      expect(a).toStrictEqual(c)
      expect(a[0]).not.toBe(b[0])
      expect(a[0]!.createdAt).not.toBe(b[0]!.createdAt)
    })
    expect(sent).toHaveLength(1)
  })

  test('a write that was told ends what was read before it, and nothing else', async () => {
    const one = await start()
    const notes = () => one.dataSource.getRepository(Note).find({ cache: true })
    const labels = () => one.dataSource.getRepository(Label).find({ cache: true })
    await notes()
    await labels()
    await one.state.invalidate(['notes'], 'test')
    expect(await hits(one, notes)).toBe(false)
    expect(await hits(one, labels)).toBe(true)
  })

  test('an error of the query is the error of the read', async () => {
    const one = await start()
    const read = () => one.dataSource.createQueryBuilder(Note, 'n').where('no_such = 1').cache(true).getMany()
    await expect(read()).rejects.toThrow(/no such column/)
    await expect(read()).rejects.toThrow(/no such column/)
  })
})
