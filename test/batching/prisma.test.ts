import { Redis } from 'ioredis'
import type { Cache, CacheOptions } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Pauses, standAround } from '../../packages/prisma/test/support/around.js'
import {
  createCachedPostgres,
  createPlainPostgres,
  createPostgresDatabase,
} from '../../packages/prisma/test/support/postgres.js'
import { createCached, createDatabase, createPlain } from '../../packages/prisma/test/support/sqlite.js'
import { sharedRedis } from '../services/shared.js'

// Prisma sends the findUniques of one tick as one statement. What is compared here is what reaches the driver, with the
// cache and without it.

const count = 6
const ids = Array.from({ length: count }, (_, index) => index + 1)

type Client = ReturnType<typeof createPlainPostgres>['prisma']

/** A client, and what it has sent to its driver. */
interface Counted {
  readonly client: Client
  readonly sent: readonly string[]
  /** When what was loaded is stored. */
  stored(): Promise<void>
  /** Ends all that is cached. */
  forget(): Promise<void>
  end(): Promise<void>
}

interface Shop {
  readonly plain: Counted
  cached(cacheOptions: CacheOptions): Counted
  end(): Promise<void>
}

const databases = {
  PostgreSQL: async (): Promise<Shop> => {
    const url = await createPostgresDatabase()
    const plain = counted((wrap) => createPlainPostgres(url, { wrap }))
    await fill(plain.client, (id) => ({ title: `post of ${id}` }))
    const cached = (cacheOptions: CacheOptions) =>
      counted((wrap) => createCachedPostgres(url, { wrap, cacheOptions }))
    return { plain, cached, end: () => plain.end() }
  },
  SQLite: async (): Promise<Shop> => {
    const { url, remove } = createDatabase()
    const { prisma } = createPlain(url)
    await prisma.category.create({ data: { id: 1, name: 'all' } })
    await prisma.$disconnect()
    const plain = counted((wrap) => createPlain(url, { wrap }))
    await fill(plain.client, (id) => ({ title: `post of ${id}`, slug: `post-${id}` }))
    const cached = (cacheOptions: CacheOptions) =>
      counted((wrap) => createCached(url, { wrap, cacheOptions }))
    return {
      plain,
      cached,
      end: async () => {
        await plain.end()
        remove()
      },
    }
  },
}

type Wrap = Parameters<typeof standAround>[0]

function counted(
  make: (wrap: (factory: Wrap) => Wrap) => {
    readonly prisma: unknown
    readonly base?: unknown
    readonly cache?: Pick<Cache, 'close' | 'settled' | 'invalidate'>
  },
): Counted {
  const pauses = new Pauses()
  const { prisma, base = prisma, cache } = make((factory) => standAround(factory, pauses.around))
  return {
    client: prisma as Client,
    sent: pauses.sent,
    stored: async () => await cache?.settled(),
    forget: async () => await cache?.invalidate(['User', 'Post']),
    end: async () => {
      await (base as Client).$disconnect()
      await cache?.close()
    },
  }
}

async function fill(client: Client, post: (id: number) => { title: string }): Promise<void> {
  for (const id of ids) {
    const posts = { create: [post(id)] }
    await client.user.create({ data: { id, email: `user${id}@example.com`, name: `User ${id}`, posts } })
  }
}

/** Not what the database is asked of its tables, once for each. */
const readsRows = (sql: string) => /["`](?:users|User|Post)["`]/.test(sql)

/** What `read` sends, and its answer. */
async function sentBy<T>({ client, sent }: Counted, read: (client: Client) => Promise<T>) {
  const before = sent.length
  const answer = await read(client)
  return { statements: sent.slice(before).filter(readsRows).length, answer }
}

const each = <T>(some: readonly number[], read: (id: number) => PromiseLike<T>) => Promise.all(some.map(read))

const reads = {
  'by id': (client: Client, some = ids) => each(some, (id) => client.user.findUnique({ where: { id } })),
  'by another unique column': (client: Client, some = ids) =>
    each(some, (id) => client.user.findUnique({ where: { email: `user${id}@example.com` } })),
  'or throw': (client: Client, some = ids) =>
    each(some, (id) => client.user.findUniqueOrThrow({ where: { id } })),
  'some columns of them': (client: Client, some = ids) =>
    each(some, (id) => client.user.findUnique({ where: { id }, select: { name: true } })),
  'with a relation': (client: Client, some = ids) =>
    each(some, (id) =>
      client.user.findUnique({ where: { id }, include: { posts: { select: { title: true } } } }),
    ),
  'with a relation of a relation': (client: Client, some = ids) =>
    each(some, (id) =>
      client.user.findUnique({
        where: { id },
        select: { posts: { select: { title: true, author: { select: { name: true } } } } },
      }),
    ),
  'with a condition beside': (client: Client, some = ids) =>
    each(some, (id) => client.user.findUnique({ where: { id, name: `User ${id}` } })),
  'the relation of each': (client: Client, some = ids) =>
    each(some, (id) => client.user.findUnique({ where: { id } }).posts({ select: { title: true } })),
  'of which some do not exist': (client: Client, some = ids) =>
    each(some, (id) => client.user.findUnique({ where: { id: id * 2 } })),
  'each twice': (client: Client, some = ids) =>
    each([...some, ...some], (id) => client.user.findUnique({ where: { id } })),
  'of several shapes': (client: Client, some = ids) =>
    each(some, (id) =>
      id % 2 === 0
        ? client.user.findUnique({ where: { id }, select: { id: true, name: true } })
        : client.user.findUnique({ where: { id } }),
    ),
  'of two models': (client: Client, some = ids) =>
    each<unknown>(some, (id) =>
      id % 2 === 0
        ? client.post.findUnique({ where: { id }, select: { title: true } })
        : client.user.findUnique({ where: { id } }),
    ),
}

describe.each(Object.entries(databases))('findUniques of one tick, on %s', (_, start) => {
  let shop: Shop
  let redis: Redis
  let runs = 0
  beforeAll(async () => {
    shop = await start()
    const { host, port } = await sharedRedis()
    redis = new Redis({ host, port })
    await redis.ping()
  })
  afterAll(async () => {
    await shop.end()
    redis.disconnect()
  })

  /** What was loaded is stored, and said to be, when it has arrived. */
  async function arrived() {
    for (let turns = 0; turns < 3; turns++) {
      await new Promise(setImmediate)
      await redis.ping()
    }
  }

  const stores = {
    memory: () => ({}),
    'Redis, with copies': () => ({ store: redisStore(redis, { prefix: `batch:${process.pid}:${runs++}:` }) }),
    'Redis, without': () => ({
      store: redisStore(redis, { prefix: `batch:${process.pid}:${runs++}:` }),
      near: false as const,
    }),
    'Redis, one process loading for all': () => ({
      store: redisStore(redis, { prefix: `batch:${process.pid}:${runs++}:`, fill: { from: 0 } }),
    }),
  }

  describe.each(Object.entries(stores))('cached in %s', (_store, options) => {
    let cached: Counted
    beforeEach(async () => {
      cached = shop.cached(options())
      // What a client loads is kept once a load has been seen to pass the tap, and of a batch only one can be seen.
      await cached.client.user.findFirst()
    })
    afterEach(async () => await cached.end())

    test.each(Object.entries(reads))('%s: as many statements as without', async (_name, read) => {
      const without = await sentBy(shop.plain, read)
      const missed = await sentBy(cached, read)
      expect(missed).toEqual(without)
      await cached.stored()
      await arrived()
      const hits = await sentBy(cached, read)
      expect(hits).toEqual({ ...without, statements: 0 })
    })

    test.each(Object.entries(reads))(
      '%s, some cached: no more statements than without',
      async (_name, read) => {
        await read(cached.client, [2, 3])
        await cached.stored()
        const without = await sentBy(shop.plain, read)
        const mixed = await sentBy(cached, read)
        expect(mixed.answer).toEqual(without.answer)
        expect(mixed.statements).toBeLessThanOrEqual(without.statements)
        expect(mixed.statements).toBeGreaterThan(0)
      },
    )

    test.each(Object.entries(reads))(
      '%s, some of them known to the store: as many statements as without',
      async (_name, read) => {
        await read(cached.client, [2, 3])
        await cached.stored()
        await arrived()
        await cached.forget()
        const without = await sentBy(shop.plain, read)
        expect(await sentBy(cached, read)).toEqual(without)
      },
    )

    test('the first that a client ever reads: as many statements as without', async () => {
      const other = shop.cached(options())
      const without = await sentBy(shop.plain, reads['with a relation'])
      expect(await sentBy(other, reads['with a relation'])).toEqual(without)
      await other.end()
    })

    test('of which some have been written since: one statement', async () => {
      const read = reads['by id']
      await read(cached.client)
      await cached.client.user.update({ where: { id: 2 }, data: { name: 'User 2' } })
      await read(cached.client, [1, 3])
      await arrived()
      const without = await sentBy(shop.plain, read)
      const mixed = await sentBy(cached, read)
      expect(mixed.answer).toEqual(without.answer)
      expect(mixed.statements).toBeLessThanOrEqual(without.statements)
    })

    test('in one transaction: as many statements as without', async () => {
      const together = (client: Client) =>
        client.$transaction(ids.map((id) => client.user.findUnique({ where: { id } })))
      await reads['by id'](cached.client, [2, 3])
      const without = await sentBy(shop.plain, together)
      expect(await sentBy(cached, together)).toEqual(without)
    })
  })
})
