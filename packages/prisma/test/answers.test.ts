import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { Prisma as SqlitePrisma } from './generated/client/client.js'
import { Prisma as JsPrisma, PrismaClient as JsClient } from './generated/client-js/index.js'
import { Prisma as MysqlPrisma } from './support/generated/mysql/client.js'
import { Prisma as PostgresPrisma } from './support/generated/postgresql/client.js'
import { createCachedMariaDb, createMariaDbDatabase } from './support/mariadb.js'
import { createCachedPostgres, createPostgresDatabase } from './support/postgres.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
})

const prototypes: unknown[] = []
const numberOf = (prototype: unknown): number =>
  prototypes.includes(prototype) ? prototypes.indexOf(prototype) : prototypes.push(prototype) - 1

/** What a value is made of, down to the classes: what deep equality may overlook. */
function anatomy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null)
    return [typeof value, Object.is(value, -0) ? '-0' : String(value)]
  const own = Reflect.ownKeys(value).map((key) => [String(key), anatomy(Reflect.get(value, key))])
  return [numberOf(Object.getPrototypeOf(value)), value instanceof Date ? value.getTime() : '', own]
}

const scalars = {
  id: 1,
  text: 'ünï\u{1F600}\ud800cøde'.replace('\ud800', ''),
  flag: true,
  int: -2_147_483_648,
  big: 9_007_199_254_740_993n,
  float: 0.1,
  decimal: '12345678901234567890.12345678901234567890',
  at: new Date('2026-02-03T04:05:06.789Z'),
  day: new Date('2026-02-03'),
  json: { a: [1, null, { b: 'c' }], d: 1.5, e: '2026-02-03T04:05:06.789Z', f: { $type: 'Date' } },
  bytes: new Uint8Array([0, 1, 254, 255]),
  mood: 'MERRY',
  uuid: 'c0ffee00-1234-4abc-8def-000000000001',
} as const

describe('a hit is what the database answered, types and classes included', () => {
  test('PostgreSQL', async () => {
    const shop = createCachedPostgres(await createPostgresDatabase())
    cleanUp.push(() => shop.base.$disconnect())
    const { prisma, base } = shop
    const data = { ...scalars, texts: ['a', ''], bigs: [1n, -1n] }
    await prisma.scalars.create({ data })
    const read = () => prisma.scalars.findMany()
    await read()
    expect(await statusOf(prisma, read())).toBe('hit')
    const hit = await read()
    expect(anatomy(hit)).toEqual(anatomy(await base.scalars.findMany()))
    expect(hit[0]).toMatchObject({ ...data, decimal: expect.any(PostgresPrisma.Decimal) as object })
    expect(hit[0]?.decimal).toBeInstanceOf(PostgresPrisma.Decimal)
    expect(hit[0]?.decimal.toFixed()).toBe('12345678901234567890.1234567890123456789')
  })

  test('MariaDB', async () => {
    const shop = createCachedMariaDb(await createMariaDbDatabase())
    cleanUp.push(() => shop.base.$disconnect())
    const { prisma, base } = shop
    await prisma.scalars.create({ data: scalars })
    const read = () => prisma.scalars.findMany()
    await read()
    expect(await statusOf(prisma, read())).toBe('hit')
    const hit = await read()
    expect(anatomy(hit)).toEqual(anatomy(await base.scalars.findMany()))
    expect(hit[0]?.decimal).toBeInstanceOf(MysqlPrisma.Decimal)
  })

  test('SQLite, with relations, aggregates and groups', async () => {
    const database = createDatabase()
    const { prisma, base } = createCached(database.url)
    cleanUp.push(
      () => base.$disconnect(),
      () => database.remove(),
    )
    await base.category.create({ data: { id: 1, name: 'all' } })
    await base.user.create({
      data: {
        email: 'ada@example.com',
        settings: { theme: null },
        profile: { create: { avatar: new Uint8Array([1, 2]) } },
        posts: {
          create: [
            { slug: 'a', title: 'A', price: '1.10', views: 2n ** 40n, meta: SqlitePrisma.JsonNull },
            { slug: 'b', title: 'B', price: '2.20', rating: 0.5, meta: [1, 'two', null] },
          ],
        },
      },
    })
    await base.setting.create({ data: { key: 'k', value: 0, flags: new Uint8Array(), at: new Date(0) } })
    const reads = [
      (client: typeof base) =>
        client.user.findMany({ include: { profile: true, posts: true, invited: true } }),
      (client: typeof base) => client.user.findFirst({ select: { name: true, _count: true } }),
      (client: typeof base) =>
        client.post.aggregate({ _sum: { price: true, views: true }, _avg: { rating: true } }),
      (client: typeof base) =>
        client.post.groupBy({ by: ['authorId'], _max: { createdAt: true }, _count: true }),
      (client: typeof base) => client.post.count(),
      (client: typeof base) => client.post.count({ select: { _all: true, rating: true } }),
      (client: typeof base) => client.setting.findUnique({ where: { key: 'k' } }),
      (client: typeof base) => client.user.findUnique({ where: { id: 1 } }).profile(),
    ]
    for (const read of reads) {
      const cached = prisma as unknown as typeof base
      await read(cached)
      const before = prisma.$cache.stats().hits
      const hit: unknown = await read(cached)
      expect(prisma.$cache.stats().hits).toBe(before + 1)
      expect(anatomy(hit)).toEqual(anatomy(await read(base)))
    }
  })
})

describe('an answer is its caller’s own', () => {
  test('what one caller does to a hit, a miss or a joined answer, no other sees', async () => {
    const database = createDatabase()
    const { prisma, base } = createCached(database.url)
    cleanUp.push(
      () => base.$disconnect(),
      () => database.remove(),
    )
    await base.setting.create({
      data: { key: 'k', value: { list: [1] }, flags: new Uint8Array([1]), amount: '1.5', at: new Date(0) },
    })
    await prisma.tag.count()
    const read = () => prisma.setting.findUniqueOrThrow({ where: { key: 'k' } })
    const [missed, joined] = await Promise.all([read(), read()])
    const answers = [missed, joined, await read(), await read()]
    for (const answer of answers) {
      expect(answer).toMatchObject({ value: { list: [1] }, flags: new Uint8Array([1]), at: new Date(0) })
      expect(answer.amount?.toString()).toBe('1.5')
      ;(answer.value as { list: number[] }).list.push(2)
      answer.flags?.fill(9)
      answer.at?.setTime(1)
      answer.key = 'changed'
      ;(answer.amount as unknown as { s: number }).s = -1
    }
  })
})

describe('both generators', () => {
  let database: ReturnType<typeof createDatabase>
  beforeEach(async () => {
    database = createDatabase()
    const { base } = createCached(database.url)
    await base.setting.create({ data: { key: 'k', value: 1, amount: '1.5' } })
    await base.$disconnect()
    cleanUp.push(() => database.remove())
  })

  test('prisma-client-js is cached and invalidated like prisma-client', async () => {
    const { adapter } = createCached(database.url)
    const base = new JsClient({ adapter })
    cleanUp.push(() => base.$disconnect())
    const prisma = base.$extends(freshet({ cache: createCache() }))
    const read = () => prisma.setting.findUnique({ where: { key: 'k' } })
    await read()
    expect(await statusOf(prisma, read())).toBe('hit')
    expect((await read())?.amount).toBeInstanceOf(JsPrisma.Decimal)
    await prisma.$transaction([prisma.setting.update({ where: { key: 'k' }, data: { amount: '2.5' } })])
    expect((await read())?.amount?.toString()).toBe('2.5')
  })

  test('clients that share a cache get values of a class that is theirs', async () => {
    const { prisma, adapter, cache, base } = createCached(database.url)
    const other = new JsClient({ adapter })
    cleanUp.push(
      () => base.$disconnect(),
      () => other.$disconnect(),
    )
    const theirs = other.$extends(freshet({ cache }))
    const where = { key: 'k' }
    for (let i = 0; i < 2; i++) {
      expect((await prisma.setting.findUnique({ where }))?.amount).toBeInstanceOf(SqlitePrisma.Decimal)
      expect((await theirs.setting.findUnique({ where }))?.amount).toBeInstanceOf(JsPrisma.Decimal)
    }
  })
})
