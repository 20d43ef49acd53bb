import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCachedMariaDb, createMariaDbDatabase } from './support/mariadb.js'
import { createCachedPostgres, createPostgresDatabase, onPostgres } from './support/postgres.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

// Transactions that end in other ways than by the COMMIT or ROLLBACK of those who began them.

class Undo extends Error {}
const undone = (error: unknown): void => {
  if (!(error instanceof Undo)) throw error
}
const rename = (name: string) => ({ where: { id: 1 }, data: { name } })

describe('MariaDB', () => {
  let shop: ReturnType<typeof createCachedMariaDb>
  const names = () => shop.prisma.user.findMany({ select: { name: true } })
  const direct = () => shop.base.user.findMany({ select: { name: true } })

  beforeEach(async () => {
    shop = createCachedMariaDb(await createMariaDbDatabase())
    await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
    await names()
  })

  afterEach(async () => await shop.base.$disconnect())

  test.each([
    'CREATE TABLE other (id INTEGER)',
    'CREATE TABLE users (id INTEGER)',
    'BEGIN',
    'START TRANSACTION',
    'COMMIT',
    'COMMIT AND CHAIN',
    'LOCK TABLES users READ',
    'ANALYZE TABLE users',
  ])(
    '%s commits what a transaction has written, even if it is refused or all is rolled back then',
    async (sql) => {
      await shop.prisma
        .$transaction(async (tx) => {
          await tx.user.update(rename('Grace'))
          await tx.$queryRawUnsafe(sql).catch(() => undefined)
          expect(await names()).toEqual(await direct())
          throw new Undo()
        })
        .catch(undone)
      expect(await names()).toEqual([{ name: 'Grace' }])
    },
  )

  test('SET autocommit = 1 commits nothing where it is on already', async () => {
    await shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('Grace'))
      await tx.$executeRawUnsafe('SET autocommit = 1')
      expect(await names()).toEqual([{ name: 'Ada' }])
    })
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('after SET autocommit = 0 a COMMIT ends what nobody saw begin', async () => {
    await shop.prisma
      .$transaction(async (tx) => {
        await tx.$executeRawUnsafe('SET autocommit = 0')
        await tx.$executeRawUnsafe('COMMIT')
        await tx.user.update(rename('Grace'))
        expect(await names()).toEqual([{ name: 'Ada' }])
        await tx.$executeRawUnsafe('COMMIT')
        expect(await names()).toEqual([{ name: 'Grace' }])
        throw new Undo()
      })
      .catch(undone)
  })

  test('what is written after DDL commits by itself', async () => {
    await shop.prisma
      .$transaction(async (tx) => {
        await tx.$executeRawUnsafe('CREATE TABLE other (id INTEGER)')
        await names()
        await tx.user.update(rename('Grace'))
        expect(await names()).toEqual([{ name: 'Grace' }])
        throw new Undo()
      })
      .catch(undone)
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('what is written after a DDL statement that MariaDB did not even read is committed with the rest', async () => {
    await shop.prisma.$transaction(async (tx) => {
      await tx.$executeRawUnsafe('CREATE TABLE').catch(() => undefined)
      await tx.user.update(rename('Grace'))
      await names()
    })
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('a deadlock ends a transaction: what it writes afterwards commits by itself', async () => {
    const { prisma } = shop
    await prisma.user.create({ data: { id: 2, email: 'b', name: 'b' } })
    await prisma.post.create({ data: { id: 1, title: 'a', authorId: 2 } })
    let first!: () => void
    const firstHasRow = new Promise<void>((resolve) => (first = resolve))
    let second!: () => void
    const secondHasRow = new Promise<void>((resolve) => (second = resolve))
    let victims = 0
    let seen: unknown
    const contend = (own: number, other: number, have: () => void, wait: Promise<void>) =>
      prisma
        .$transaction(async (tx) => {
          await tx.user.update({ where: { id: own }, data: { name: 'locked' } })
          have()
          await wait
          try {
            await tx.user.update({ where: { id: other }, data: { name: 'locked' } })
          } catch {
            victims++
            // The transaction is gone, and nobody has said so to Prisma.
            await tx.post.update({ where: { id: 1 }, data: { title: 'alone' } })
            seen = await prisma.post.findMany()
          }
          throw new Undo()
        })
        .catch(undone)
    await prisma.post.findMany()
    await Promise.all([contend(1, 2, first, secondHasRow), contend(2, 1, second, firstHasRow)])
    expect(victims).toBe(1)
    expect(seen).toMatchObject([{ title: 'alone' }])
    expect(await prisma.post.findMany()).toMatchObject([{ title: 'alone' }])
    expect(await names()).toEqual(await direct())
  })

  test('a rollback after an error that ended nothing invalidates nothing', async () => {
    const failing = shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('undone'))
      await tx.user.create({ data: { id: 1, email: 'twice' } })
    })
    await expect(failing).rejects.toMatchObject({ code: 'P2002' })
    expect(await statusOf(shop.prisma, names())).toBe('hit')
  })
})

describe('PostgreSQL', () => {
  let url: string
  let shop: ReturnType<typeof createCachedPostgres>
  const names = () => shop.prisma.user.findMany({ select: { name: true } })

  beforeEach(async () => {
    url = await createPostgresDatabase()
    shop = createCachedPostgres(url, { pool: { max: 1 } })
    await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
    await names()
  })

  afterEach(async () => await shop.base.$disconnect())

  const inDatabase = () =>
    onPostgres(url, async (other) => (await other.query('SELECT name FROM users')).rows as object[])

  test.each(['COMMIT AND CHAIN', 'COMMIT; BEGIN', 'COMMIT; SELECT 1'])(
    '%s commits, and a later rollback does not undo it',
    async (sql) => {
      await shop.prisma
        .$transaction(async (tx) => {
          await tx.user.update(rename('Grace'))
          await tx.$executeRawUnsafe(sql)
          throw new Undo()
        })
        .catch(undone)
      expect(await inDatabase()).toEqual([{ name: 'Grace' }])
      expect(await names()).toEqual([{ name: 'Grace' }])
    },
  )

  test('BEGIN and COMMIT sent by hand: nothing is served or stored between them', async () => {
    await shop.base.$executeRawUnsafe('BEGIN')
    await shop.prisma.user.update(rename('Grace'))
    expect(await statusOf(shop.prisma, names())).toBe('bypass: uncommitted')
    expect(await inDatabase()).toEqual([{ name: 'Ada' }])
    await shop.base.$executeRawUnsafe('COMMIT')
    expect(await statusOf(shop.prisma, names())).toMatch(/^miss/)
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('a COMMIT whose BEGIN stood among other statements invalidates everything', async () => {
    const reader = createCachedPostgres(url, { cache: shop.cache, options: { database: 'main' } })
    const other = shop.base.$extends(
      (await import('@freshet/prisma')).freshet({ cache: shop.cache, database: 'main' }),
    )
    await shop.base.$executeRawUnsafe("BEGIN; UPDATE users SET name = 'Grace'")
    expect(await reader.prisma.user.findMany()).toMatchObject([{ name: 'Ada' }])
    await other.$executeRawUnsafe('COMMIT')
    expect(await reader.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
    await reader.base.$disconnect()
  })

  test('a COMMIT that the database turns into a rollback invalidates more than needed, never less', async () => {
    await shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('undone'))
      await tx.user.create({ data: { id: 1, email: 'twice' } }).catch(() => undefined)
    })
    expect(await inDatabase()).toEqual([{ name: 'Ada' }])
    expect(await names()).toEqual([{ name: 'Ada' }])
  })

  test('a deferred constraint that fails at COMMIT invalidates nothing', async () => {
    await onPostgres(url, (other) =>
      other.query('ALTER TABLE "Post" ALTER CONSTRAINT "Post_author_id_fkey" DEFERRABLE INITIALLY DEFERRED'),
    )
    const failing = shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('undone'))
      await tx.$executeRaw`INSERT INTO "Post" (title, author_id) VALUES ('a', 9)`
    })
    await expect(failing).rejects.toThrow()
    expect(await statusOf(shop.prisma, names())).toBe('hit')
  })
})

describe('SQLite', () => {
  test('an error that rolls the transaction back leaves later writes to commit by themselves', async () => {
    const database = createDatabase()
    const shop = createCached(database.url)
    const names = () => shop.prisma.user.findMany({ select: { name: true } })
    await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
    await shop.prisma.tag.create({ data: { id: 1, name: 'a' } })
    await names()
    const failing = shop.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`INSERT OR ROLLBACK INTO "Tag" (id, name) VALUES (1, 'twice')`.catch(
        () => undefined,
      )
      await tx.user.update(rename('Grace'))
    })
    await expect(failing).rejects.toThrow(/no transaction is active/)
    expect(await names()).toEqual([{ name: 'Grace' }])
    // Whether it is still open cannot be told, until the next one begins.
    expect(await statusOf(shop.prisma, names())).toBe('bypass: uncommitted')
    await shop.prisma.$transaction((tx) => tx.user.count())
    await names()
    expect(await statusOf(shop.prisma, names())).toBe('hit')
    await shop.base.$disconnect()
    database.remove()
  })
})
