import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { Pauses, standAround } from './support/around.js'
import { catalogueSettled } from './support/catalogue-settled.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { countOf, statusOf } from './support/status.js'

// better-sqlite3 has one connection for everybody: reads outside a transaction see what it has not committed.

let database: ReturnType<typeof createDatabase>
let pauses: Pauses
let shop: ReturnType<typeof createCached>

beforeEach(async () => {
  database = createDatabase()
  pauses = new Pauses()
  shop = createCached(database.url, { wrap: (factory) => standAround(factory, pauses.around) })
  await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

const names = () => shop.prisma.user.findMany({ select: { name: true } })
const direct = () => shop.base.user.findMany({ select: { name: true } })
const rename = (name: string) => ({ where: { id: 1 }, data: { name } })

class Undo extends Error {}
const undone = (error: unknown) => {
  if (!(error instanceof Undo)) throw error
}

test('while a transaction is open nothing is served or stored', async () => {
  await names()
  await shop.prisma
    .$transaction(async (tx) => {
      await tx.user.update(rename('uncommitted'))
      expect(await statusOf(shop.prisma, names())).toBe('bypass: uncommitted')
      await shop.prisma.tag.findMany()
      throw new Undo()
    })
    .catch(undone)
  expect(await statusOf(shop.prisma, names())).toBe('hit')
  expect(await names()).toEqual([{ name: 'Ada' }])
  expect(await statusOf(shop.prisma, shop.prisma.tag.findMany())).toMatch(/^miss/)
})

test('a load that was under way when a transaction began is not stored', async () => {
  const pause = pauses.before((sql) => sql.startsWith('SELECT'))
  const reading = names()
  const read = reading.then((rows) => rows)
  await pause.reached
  await shop.prisma
    .$transaction(async (tx) => {
      await tx.user.update(rename('uncommitted'))
      pause.release()
      expect(await read).toEqual([{ name: 'uncommitted' }])
      throw new Undo()
    })
    .catch(undone)
  expect(await names()).toEqual([{ name: 'Ada' }])
})

test('nobody who comes after a rollback joins a load that may have seen what it undid', async () => {
  const pause = pauses.before((sql) => sql.startsWith('SELECT'))
  const reading = names().then((rows) => rows)
  await pause.reached
  await shop.prisma
    .$transaction(async (tx) => {
      await tx.user.update(rename('uncommitted'))
      throw new Undo()
    })
    .catch(undone)
  expect(await statusOf(shop.prisma, names())).toBe('miss: missing')
  pause.release()
  await reading
})

test('what is written beside a transaction is invalidated again when that ends', async () => {
  const { prisma } = shop
  await names()
  await prisma.$transaction(async (tx) => {
    await tx.tag.create({ data: { name: 'open' } })
    // On the same connection, and so inside the transaction.
    await prisma.user.update(rename('Grace'))
  })
  expect(await names()).toEqual([{ name: 'Grace' }])
  await prisma
    .$transaction(async (tx) => {
      await tx.tag.create({ data: { name: 'undone' } })
      await prisma.user.update(rename('undone'))
      throw new Undo()
    })
    .catch(undone)
  expect(await names()).toEqual(await direct())
  expect(await names()).toEqual([{ name: 'Grace' }])
})

test('nor is it kept by a client on another connection, which saw what was there before', async () => {
  const options = { database: 'main' }
  const cache = createCache()
  const a = createCached(database.url, { cache, options })
  const b = createCached(database.url, { cache, options })
  const namesOfB = () => b.prisma.user.findMany({ select: { name: true } })
  await a.prisma.$transaction(async (tx) => {
    await tx.tag.create({ data: { name: 'open' } })
    await a.prisma.user.update(rename('Grace'))
    expect(await namesOfB()).toEqual([{ name: 'Ada' }])
  })
  expect(await namesOfB()).toEqual([{ name: 'Grace' }])
  await a.base.$disconnect()
  await b.base.$disconnect()
})

test('BEGIN sent by hand counts as well, and so does its COMMIT', async () => {
  await names()
  await shop.base.$executeRawUnsafe('BEGIN')
  await shop.prisma.user.update(rename('Grace'))
  expect(await statusOf(shop.prisma, names())).toBe('bypass: uncommitted')
  await shop.base.$executeRawUnsafe('COMMIT')
  expect(await statusOf(shop.prisma, names())).toBe('miss: invalidated')
  expect(await statusOf(shop.prisma, names())).toBe('hit')
})

test('ROLLBACK sent by hand ends it too', async () => {
  await shop.base.$executeRawUnsafe('BEGIN IMMEDIATE')
  await shop.prisma.user.update(rename('undone'))
  await names()
  await shop.base.$executeRawUnsafe('ROLLBACK')
  expect(await names()).toEqual([{ name: 'Ada' }])
  expect(await statusOf(shop.prisma, names())).toBe('hit')
})

test('a BEGIN that is refused begins nothing', async () => {
  await shop.prisma.$transaction(async (tx) => {
    await tx.user.count()
    await expect(shop.base.$executeRawUnsafe('BEGIN')).rejects.toThrow(/within a transaction/)
  })
  await names()
  expect(await statusOf(shop.prisma, names())).toBe('hit')
})

test('a savepoint outside a transaction begins one, and its release commits', async () => {
  await names()
  await shop.base.$executeRawUnsafe('SAVEPOINT a')
  await shop.prisma.user.update(rename('Grace'))
  expect(await statusOf(shop.prisma, names())).toBe('bypass: uncommitted')
  await shop.base.$executeRawUnsafe('ROLLBACK TO a')
  await shop.base.$executeRawUnsafe('RELEASE a')
  expect(await names()).toEqual([{ name: 'Ada' }])
  expect(await statusOf(shop.prisma, names())).toBe('hit')
})

test('a COMMIT of what nobody saw begin invalidates everything', async () => {
  const tags = () => shop.prisma.tag.findMany()
  await tags()
  await expect(shop.base.$executeRawUnsafe('COMMIT')).rejects.toThrow(/no transaction is active/)
  // Such a text may have changed what the tables are.
  await catalogueSettled(shop.adapter)
  expect(await statusOf(shop.prisma, tags())).toBe('hit')
  const connection = await shop.adapter.connect()
  await connection.executeScript("BEGIN; UPDATE users SET name = 'Grace'")
  await names()
  await tags()
  await connection.executeRaw({ sql: 'COMMIT', args: [], argTypes: [] })
  expect(await statusOf(shop.prisma, tags())).toMatch(/^miss/)
  expect(await names()).toEqual([{ name: 'Grace' }])
  await connection.dispose()
})

test('a transaction that is ended and begun by hand inside an interactive one stays unseen', async () => {
  await shop.prisma
    .$transaction(async (tx) => {
      await tx.$executeRawUnsafe('ROLLBACK')
      expect(await statusOf(shop.prisma, names())).toMatch(/^miss/)
      await tx.$executeRawUnsafe('BEGIN')
      await tx.user.update(rename('undone'))
      expect(await statusOf(shop.prisma, names())).toBe('bypass: uncommitted')
      throw new Undo()
    })
    .catch(undone)
  expect(await names()).toEqual([{ name: 'Ada' }])
})

test('after a transaction the cache is as it was', async () => {
  await shop.prisma.$transaction(async (tx) => void (await tx.user.count()))
  await names()
  expect(await countOf(shop.statements, names)).toBe(0)
})
