import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import { freshet, tapAdapter } from '@freshet/prisma'
import { Prisma, PrismaClient } from './generated/client/client.js'
import { createDatabase, createPlain } from './support/sqlite.js'
import { countOf, statusOf } from './support/status.js'

// The patterns of docs/guides/prisma.md that the other tests do not run.

let database: ReturnType<typeof createDatabase>
let plain: ReturnType<typeof createPlain>

beforeEach(() => {
  database = createDatabase()
  plain = createPlain(database.url)
})

afterEach(async () => {
  await plain.prisma.$disconnect()
  database.remove()
})

/** As `@prisma/extension-read-replicas` does it. */
const readReplicas = (replica: PrismaClient) =>
  Prisma.defineExtension((client) =>
    client.$extends({
      client: { $primary: () => client },
      query: {
        $allModels: {
          $allOperations(call) {
            const { transaction } = (call as unknown as { __internalParams: { transaction?: object } })
              .__internalParams
            if (transaction !== undefined || !call.operation.startsWith('find')) return call.query(call.args)
            const delegate = replica[call.model.toLowerCase() as 'tag'] as unknown as Record<string, Find>
            return delegate[call.operation]!(call.args)
          },
        },
      },
    }),
  )

type Find = (args: unknown) => Promise<unknown>

test('read replicas: reads go to them uncached, those of the primary are cached, and writes are seen', async () => {
  const replica = createPlain(database.url)
  const cache = createCache()
  const cached = plain.prisma.$extends(freshet({ cache }))
  const prisma = cached.$extends(readReplicas(replica.prisma))
  const primary = () => prisma.$primary() as unknown as typeof cached
  for (let i = 0; i < 2; i++) {
    expect(await countOf(replica.statements, () => prisma.tag.findMany())).toBe(1)
  }
  expect(cache.stats().entries).toBe(0)
  await primary().tag.findMany()
  expect(await statusOf(cached, primary().tag.findMany())).toBe('hit')
  await prisma.tag.create({ data: { name: 'a' } })
  expect(await primary().tag.findMany()).toHaveLength(1)
  expect(await prisma.$transaction((tx) => tx.tag.findMany())).toHaveLength(1)
  await replica.prisma.$disconnect()
})

test('a scope from async context', async () => {
  const tenants = new AsyncLocalStorage<string>()
  const prisma = plain.prisma.$extends(
    freshet({ cache: createCache(), scope: () => tenants.getStore() ?? 'nobody' }),
  )
  const status = () => statusOf(prisma, prisma.tag.findMany())
  expect(await tenants.run('a', status)).toMatch(/^miss/)
  expect(await tenants.run('a', status)).toBe('hit')
  expect(await tenants.run('b', status)).toMatch(/^miss/)
  expect(await status()).toMatch(/^miss/)
})

test('a write that passes no client is told', async () => {
  const cache = createCache()
  const prisma = plain.prisma.$extends(freshet({ cache }))
  const other = createPlain(database.url)
  const read = () => prisma.tag.findMany()
  await read()
  await cache.write(['Tag'], () => other.prisma.tag.create({ data: { name: 'a' } }))
  expect(await read()).toHaveLength(1)
  await other.prisma.tag.create({ data: { name: 'b' } })
  await cache.invalidate(['Tag'])
  expect(await read()).toHaveLength(2)
  await other.prisma.$disconnect()
})

test('NestJS: a factory makes the client, and classes are given it', async () => {
  const createPrisma = (cache: Cache) => plain.prisma.$extends(freshet({ cache }))
  type Shop = ReturnType<typeof createPrisma>
  class Tags {
    private readonly prisma: Shop
    constructor(prisma: Shop) {
      this.prisma = prisma
    }
    all() {
      return this.prisma.tag.findMany({ cache: { ttl: '1m' } })
    }
  }
  const prisma = createPrisma(createCache())
  const tags = new Tags(prisma)
  await tags.all()
  expect(await statusOf(prisma, tags.all())).toBe('hit')
})

test('a class that returns its extended self from its constructor is cached as well', async () => {
  class Service extends PrismaClient {
    constructor() {
      super({ adapter: plain.adapter })
      return this.$extends(freshet({ cache: createCache() })) as unknown as Service
    }
  }
  const prisma = new Service()
  const all = () => prisma.tag.findMany()
  await all()
  const { hits } = (prisma as unknown as { $cache: Cache }).$cache.stats()
  await all()
  expect((prisma as unknown as { $cache: Cache }).$cache.stats().hits).toBe(hits + 1)
  await prisma.$disconnect()
})

test('several clients on one wrapped adapter, one of which connects first', async () => {
  const shared = createPlain(database.url, { wrap: tapAdapter })
  await shared.prisma.$connect()
  const second = new PrismaClient({ adapter: shared.adapter })
  const prisma = second.$extends(freshet({ cache: createCache() }))
  await prisma.tag.findMany()
  await shared.prisma.tag.create({ data: { name: 'a' } })
  expect(await prisma.tag.findMany()).toHaveLength(1)
  await shared.prisma.$disconnect()
  await second.$disconnect()
})

test('as with Accelerate: what asks for it is cached, by its tags it is invalidated, and told how it came about', async () => {
  const cache = createCache({ ttl: '60s' })
  const prisma = plain.prisma.$extends(freshet({ cache, defaults: { cache: false } }))
  const menu = () =>
    prisma.tag.findMany({ cache: { ttl: '60s', staleWhileRevalidate: '30s', tags: ['menu'] } })
  expect(await statusOf(prisma, prisma.tag.findMany())).toBe('bypass: off')
  expect(await statusOf(prisma, menu())).toBe('miss: missing')
  expect(await statusOf(prisma, menu())).toBe('hit')
  await cache.invalidate(['menu'])
  expect(await statusOf(prisma, menu())).toBe('miss: invalidated')
  await prisma.tag.create({ data: { name: 'a' } })
  expect(await menu()).toHaveLength(1)
  await cache.clear()
  expect(await statusOf(prisma, menu())).toBe('miss: missing')
})
