import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Pauses, standAround } from './support/around.js'
import { HeldStore } from './support/held-store.js'
import { createCachedPostgres, createPostgresDatabase } from './support/postgres.js'
import { createCached, createDatabase } from './support/sqlite.js'

// A store that must be waited for: what the tap does in which order shows only there.

const ada = { id: 1, email: 'ada@example.com', name: 'Ada' }
const rename = (name: string) => ({ where: { id: 1 }, data: { name } })

/** Whether a promise is still open when everything that could settle it has run. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise.finally(() => (settled = true))
  for (let i = 0; i < 10; i++) await new Promise(setImmediate)
  return !settled
}

describe('PostgreSQL', () => {
  let store: HeldStore
  let pauses: Pauses
  let shop: ReturnType<typeof createCachedPostgres>
  const names = () => shop.prisma.user.findMany({ select: { name: true } })

  beforeEach(async () => {
    store = new HeldStore()
    pauses = new Pauses()
    shop = createCachedPostgres(await createPostgresDatabase(), {
      cacheOptions: { store: store.factory },
      wrap: (factory) => standAround(factory, pauses.around),
    })
    await shop.prisma.user.create({ data: ada })
    await names()
    pauses.sent.length = 0
  })

  afterEach(async () => await shop.base.$disconnect())

  test('a statement is sent when its tags are marked, and acknowledged when they are invalidated', async () => {
    const opened = store.before('openIntent')
    const closed = store.before('closeIntent')
    const writing = shop.prisma.user.update(rename('Grace')).then((user) => user)
    await opened.reached
    expect(await isPending(writing)).toBe(true)
    expect(pauses.sent).toEqual([])
    opened.release()
    await closed.reached
    expect(pauses.sent).toHaveLength(1)
    expect(await isPending(writing)).toBe(true)
    closed.release()
    await writing
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('COMMIT likewise; the connection is given back before the invalidation is waited for', async () => {
    const opened = store.before('openIntent')
    const closed = store.before('closeIntent')
    const writing = shop.prisma.$transaction((tx) => tx.user.update(rename('Grace')))
    await opened.reached
    expect(pauses.sent).not.toContain('COMMIT')
    opened.release()
    await closed.reached
    expect(await isPending(writing)).toBe(true)
    expect(pauses.sent.slice(-2)).toEqual(['COMMIT', 'commit()'])
    closed.release()
    await writing
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('a statement that comes while COMMIT is being prepared counts when that is done', async () => {
    const titles = () => shop.prisma.post.findMany({ select: { title: true } })
    await titles()
    const opened = store.before('openIntent')
    const first = pauses.before((sql) => sql.startsWith('UPDATE'))
    let forgotten!: Promise<unknown>
    const writing = shop.prisma.$transaction(async (tx) => {
      const data = { name: 'Grace', posts: { create: { title: 'late' } } }
      forgotten = tx.user.update({ where: { id: 1 }, data }).catch(() => undefined)
      await first.reached
    })
    await opened.reached
    const second = pauses.before((sql) => sql.startsWith('INSERT'))
    first.release()
    await second.reached
    second.release()
    await isPending(forgotten)
    // It is in the transaction, which is still open.
    expect(await titles()).toEqual([])
    opened.release()
    await writing
    await forgotten
    expect(await titles()).toEqual([{ title: 'late' }])
  })
})

test('SQLite: a transaction that begins while the store is asked keeps the answer out of it', async () => {
  const database = createDatabase()
  const store = new HeldStore()
  const { prisma, base } = createCached(database.url, { cacheOptions: { store: store.factory } })
  await prisma.user.create({ data: ada })
  await prisma.tag.count()
  const names = () => prisma.user.findMany({ select: { name: true } })
  const asked = store.before('lookup')
  const reading = names().then((rows) => rows)
  await asked.reached
  const failing = prisma.$transaction(async (tx) => {
    await tx.user.update(rename('uncommitted'))
    asked.release()
    expect(await reading).toEqual([{ name: 'uncommitted' }])
    throw new Error('undo')
  })
  await expect(failing).rejects.toThrow('undo')
  expect(await names()).toEqual([{ name: 'Ada' }])
  await base.$disconnect()
  database.remove()
})
