import type { CacheOptions } from '@freshet/core'
import { isFreshetError, memoryStore } from '@freshet/core'
import { faultyStore, record } from '@freshet/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { createCachedMariaDb, createMariaDbDatabase } from './support/mariadb.js'
import { createCachedPostgres, createPostgresDatabase } from './support/postgres.js'
import { createCached, createDatabase } from './support/sqlite.js'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
})

type Shop = ReturnType<typeof createCachedPostgres>

async function openSqlite(cacheOptions: CacheOptions): Promise<Shop> {
  const database = createDatabase()
  cleanUp.push(() => database.remove())
  return createCached(database.url, { cacheOptions }) as unknown as Shop
}

async function openPostgres(cacheOptions: CacheOptions): Promise<Shop> {
  // One connection: what is left open on it would be found by whoever comes next.
  return createCachedPostgres(await createPostgresDatabase(), { cacheOptions, pool: { max: 1 } })
}

async function openMariaDb(cacheOptions: CacheOptions): Promise<Shop> {
  return createCachedMariaDb(await createMariaDbDatabase(), { cacheOptions }) as unknown as Shop
}

const databases = [
  ['SQLite', openSqlite, {}],
  ['PostgreSQL', openPostgres, { create: { title: 'x' } }],
  ['MariaDB', openMariaDb, { create: { title: 'x' } }],
] as const

const ada = { id: 1, email: 'ada@example.com', name: 'Ada' }
const rename = (name: string) => ({ where: { id: 1 }, data: { name } })

/** Prisma makes an error of its own of it, unless it is of a transaction that the caller made. */
async function expectRefused(writing: PromiseLike<unknown>): Promise<void> {
  const error = await writing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'WRITE_REFUSED' })
  expect(isFreshetError(error, 'WRITE_REFUSED')).toBe(true)
  expect(String(error)).toContain('has changed nothing')
}

describe.each(databases)('%s', (_, open, posts) => {
  async function shopWith(onStoreDown: 'proceed' | 'reject') {
    const store = faultyStore(memoryStore())
    const shop = await open({ store, onStoreDown })
    cleanUp.unshift(() => shop.base.$disconnect())
    await shop.prisma.user.create({ data: ada })
    // Past the cache.
    const name = async () => (await shop.base.user.findUnique({ where: { id: 1 } }))?.name
    return { ...shop, faults: store.faults, name, downs: record(shop.cache, 'store-down') }
  }

  test("'reject' refuses a write before it is sent", async () => {
    const { prisma, faults, statements, name } = await shopWith('reject')
    faults.alwaysFail()
    statements.length = 0
    const writes: (() => PromiseLike<unknown>)[] = [
      () => prisma.user.update(rename('Grace')),
      () => prisma.user.updateMany(rename('Grace')),
      () => prisma.$executeRawUnsafe("UPDATE users SET name = 'Grace'"),
    ]
    for (const write of writes) await expectRefused(write())
    faults.heal()
    expect(await name()).toBe('Ada')
    await prisma.user.update(rename('Grace'))
    expect(await name()).toBe('Grace')
  })

  test("'reject' rolls a transaction back in place of its COMMIT, and its connection is as good as before", async () => {
    const { prisma, faults, name, downs } = await shopWith('reject')
    const transactions: (() => PromiseLike<unknown>)[] = [
      () => prisma.$transaction((tx) => tx.user.update(rename('Grace'))),
      () => prisma.$transaction([prisma.user.update(rename('Grace')), prisma.user.count()]),
      () => prisma.user.update({ where: { id: 1 }, data: { name: 'Grace', posts } }),
    ]
    for (const transaction of transactions) {
      faults.alwaysFail()
      await expectRefused(transaction())
      faults.heal()
      expect(await name()).toBe('Ada')
      expect(await prisma.post.count()).toBe(0)
    }
    expect(downs).toEqual([])
    await prisma.$transaction((tx) => tx.user.update(rename('Grace')))
    expect(await name()).toBe('Grace')
  })

  test("'reject' lets a transaction that writes nothing commit", async () => {
    const { prisma, faults } = await shopWith('reject')
    faults.alwaysFail()
    expect(await prisma.$transaction((tx) => tx.user.count())).toBe(1)
  })

  test.each(['proceed', 'reject'] as const)(
    'what committed when the store went away is not reported as failed: %s',
    async (onStoreDown) => {
      const { prisma, faults, name, downs, cache } = await shopWith(onStoreDown)
      faults.alwaysFail('rejects', ['closeIntent', 'bump'])
      await prisma.user.update(rename('Grace'))
      await prisma.$transaction((tx) => tx.user.update(rename('Hopper')))
      expect(await name()).toBe('Hopper')
      expect(downs).toHaveLength(2)
      expect(cache.stats().undelivered).toBeGreaterThan(0)
    },
  )

  test("'proceed' lets every write go on", async () => {
    const { prisma, faults, name, downs } = await shopWith('proceed')
    const names = () => prisma.user.findMany({ select: { name: true } })
    await names()
    await names()
    faults.alwaysFail()
    await prisma.user.update(rename('Grace'))
    await prisma.$transaction((tx) => tx.user.update(rename('Hopper')))
    expect(await name()).toBe('Hopper')
    expect(downs).toHaveLength(2)
    faults.heal()
    expect(await names()).toEqual([{ name: 'Hopper' }])
  })
})
