import { afterEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { createCachedMariaDb, createMariaDbDatabase } from './support/mariadb.js'
import { createCachedPostgres, createPostgresDatabase } from './support/postgres.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

// An error that the database itself answers says that the statement did nothing, so nothing is invalidated;
// unless the statement is one of those that stop half-way.

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
})

async function openSqlite() {
  const database = createDatabase()
  const shop = createCached(database.url)
  cleanUp.push(
    () => shop.base.$disconnect(),
    () => database.remove(),
  )
  return shop as unknown as ReturnType<typeof createCachedPostgres>
}

async function openPostgres() {
  const shop = createCachedPostgres(await createPostgresDatabase())
  cleanUp.push(() => shop.base.$disconnect())
  return shop
}

async function openMariaDb() {
  const shop = createCachedMariaDb(await createMariaDbDatabase())
  cleanUp.push(() => shop.base.$disconnect())
  return shop as unknown as ReturnType<typeof createCachedPostgres>
}

const ada = { id: 1, email: 'ada@example.com', name: 'Ada' }
const databases = [
  ['SQLite', openSqlite],
  ['PostgreSQL', openPostgres],
  ['MariaDB', openMariaDb],
] as const

test.each(databases)('%s: a write that the database refuses invalidates nothing', async (_, open) => {
  const { prisma } = await open()
  await prisma.user.create({ data: ada })
  await prisma.user.findMany()
  await expect(prisma.user.create({ data: ada })).rejects.toMatchObject({ code: 'P2002' })
  await expect(prisma.$executeRawUnsafe("INSERT INTO users (id, email) VALUES (1, 'x')")).rejects.toThrow()
  await expect(prisma.$executeRawUnsafe('UPDATE users SET nowhere = 1')).rejects.toThrow()
  expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
})

test('PostgreSQL: a write that got no connection has done nothing', async () => {
  const url = await createPostgresDatabase()
  const cache = createCache()
  const options = { database: 'main' }
  const busy = createCachedPostgres(url, { cache, options, pool: { max: 1, connectionTimeoutMillis: 1_000 } })
  const lost = createCachedPostgres('postgresql://postgres@127.0.0.1:1/none', { cache, options })
  cleanUp.push(
    () => busy.base.$disconnect(),
    () => lost.base.$disconnect(),
  )
  await busy.prisma.user.findMany()
  await busy.prisma.$transaction(async (tx) => {
    await tx.scalars.count()
    await expect(busy.prisma.user.create({ data: ada })).rejects.toThrow(/timeout exceeded/)
  })
  await expect(lost.prisma.user.create({ data: ada })).rejects.toMatchObject({ code: 'P1001' })
  expect(await statusOf(busy.prisma, busy.prisma.user.findMany())).toBe('hit')
})

test('MariaDB: a write that got no connection has done nothing', async () => {
  const url = `${await createMariaDbDatabase()}?connectionLimit=1&acquireTimeout=1000`
  const { prisma, base } = createCachedMariaDb(url)
  cleanUp.push(() => base.$disconnect())
  await prisma.user.findMany()
  await prisma.$transaction(async (tx) => {
    await tx.scalars.count()
    await expect(prisma.user.create({ data: ada })).rejects.toThrow(/timeout/)
  })
  expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
})

test('PostgreSQL: a text of several statements may have done some of them', async () => {
  const { prisma, cache } = await openPostgres()
  await prisma.user.create({ data: ada })
  await prisma.user.findMany()
  const text = "COMMIT; UPDATE users SET name = 'Grace'; COMMIT; SELECT 1 / 0"
  await expect(prisma.$executeRawUnsafe(text)).rejects.toThrow()
  expect(cache.stats().invalidations).toBe(2)
  expect(await prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
})

test('SQLite: UPDATE OR FAIL keeps what it changed before it failed', async () => {
  const { prisma } = await openSqlite()
  await prisma.user.create({ data: { ...ada, id: 1 } })
  await prisma.user.create({ data: { ...ada, id: 2, email: 'b@example.com' } })
  await prisma.$executeRawUnsafe('CREATE UNIQUE INDEX one_name ON users (name) WHERE name = 1')
  await prisma.user.findMany()
  await expect(prisma.$executeRawUnsafe("UPDATE OR FAIL users SET name = '1'")).rejects.toThrow()
  const direct = await prisma.user.findMany({ cache: false })
  expect(direct).toMatchObject([{ name: '1' }, { name: 'Ada' }])
  expect(await prisma.user.findMany()).toEqual(direct)
})
