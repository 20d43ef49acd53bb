import { afterEach, beforeEach, expect, test } from 'vitest'
import Database from 'better-sqlite3'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

// A second process holds a lock on the file: SQLite refuses the COMMIT and leaves the transaction open.

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>
let other: InstanceType<typeof Database>

beforeEach(async () => {
  database = createDatabase()
  shop = createCached(database.url, { driver: { timeout: 0 } })
  other = new Database(database.url.replace('file:', ''))
  await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
})

afterEach(async () => {
  other.close()
  await shop.base.$disconnect()
  database.remove()
})

const names = () => shop.prisma.user.findMany({ select: { name: true } })
const rename = (name: string) => ({ where: { id: 1 }, data: { name } })

/** Begins to read in the other process, which keeps everybody from committing. */
function lock(): () => void {
  other.exec('BEGIN')
  other.prepare('SELECT * FROM users').all()
  return () => void other.exec('COMMIT')
}

async function commitRefused(): Promise<void> {
  const unlock = lock()
  await expect(shop.prisma.$transaction((tx) => tx.user.update(rename('Grace')))).rejects.toThrow()
  unlock()
}

test('a transaction whose COMMIT was refused counts as open', async () => {
  await names()
  await commitRefused()
  expect(await shop.base.user.findMany({ select: { name: true } })).toEqual([{ name: 'Grace' }])
  expect(await statusOf(shop.prisma, names())).toBe('bypass: uncommitted')
})

test('when it is rolled back, nothing of it was served', async () => {
  await commitRefused()
  await names()
  await shop.base.$executeRawUnsafe('ROLLBACK')
  expect(await names()).toEqual([{ name: 'Ada' }])
  expect(await statusOf(shop.prisma, names())).toBe('hit')
})

test('when it is committed after all, what it wrote is seen', async () => {
  await names()
  await commitRefused()
  await shop.base.$executeRawUnsafe('COMMIT')
  expect(await names()).toEqual([{ name: 'Grace' }])
  expect(await statusOf(shop.prisma, names())).toBe('hit')
})

test('a connection that is closed leaves nothing open', async () => {
  await commitRefused()
  await shop.base.$disconnect()
  expect(await names()).toEqual([{ name: 'Ada' }])
  expect(await statusOf(shop.prisma, names())).toBe('hit')
})

test('a COMMIT that finds no transaction does not switch the cache off, and hides nothing', async () => {
  await names()
  const failing = shop.prisma.$transaction(async (tx) => {
    await shop.base.$executeRawUnsafe('ROLLBACK')
    // No transaction is open any more: this commits by itself.
    await tx.user.update(rename('Grace'))
  })
  await expect(failing).rejects.toThrow(/no transaction is active/)
  expect(await names()).toEqual([{ name: 'Grace' }])
  await shop.prisma.$transaction([shop.prisma.tag.create({ data: { name: 'next' } })])
  await names()
  expect(await statusOf(shop.prisma, names())).toBe('hit')
})

test('a statement that finds the database locked has done nothing, and holds nothing', async () => {
  await names()
  const unlock = lock()
  await expect(shop.prisma.user.update(rename('Grace'))).rejects.toThrow()
  unlock()
  expect(await statusOf(shop.prisma, names())).toBe('hit')
  expect(await names()).toEqual([{ name: 'Ada' }])
})
