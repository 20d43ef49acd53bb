import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { Pauses, standAround } from './support/around.js'
import { createCachedPostgres, createPostgresDatabase } from './support/postgres.js'
import { statusOf } from './support/status.js'

// An interactive transaction that takes too long is rolled back, and its connection given back to the pool,
// while a statement of it is still on the way: it commits by itself, or with whoever has the connection then.

let url: string
let pauses: Pauses
let shop: ReturnType<typeof createCachedPostgres>
let reader: ReturnType<typeof createCachedPostgres>

beforeEach(async () => {
  url = await createPostgresDatabase()
  pauses = new Pauses()
  const cache = createCache()
  const options = { database: 'main' }
  shop = createCachedPostgres(url, {
    cache,
    options,
    pool: { max: 1 },
    wrap: (factory) => standAround(factory, pauses.around),
  })
  reader = createCachedPostgres(url, { cache, options })
  await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
  await names()
})

afterEach(async () => {
  await shop.base.$disconnect()
  await reader.base.$disconnect()
})

const names = () => reader.prisma.user.findMany({ select: { name: true } })
const rename = (name: string) => ({ where: { id: 1 }, data: { name } })
const isUpdate = (sql: string): boolean => sql.startsWith('UPDATE')

/** Begins a transaction whose update has not reached the driver when it is rolled back. */
async function outrun(update: object = rename('late')) {
  const late = pauses.before(isUpdate)
  const released = pauses.before((text) => text === 'rollback()')
  const transaction = shop.prisma
    .$transaction((tx) => tx.user.update(update as ReturnType<typeof rename>), { timeout: 50 })
    .then(
      () => 'resolved',
      () => 'rejected',
    )
  await late.reached
  await released.reached
  released.release()
  // The connection is free when it can be had.
  await shop.base.$queryRaw`SELECT 1`
  return { late, transaction }
}

test('a statement that outruns its rollback is invalidated when it is done', async () => {
  const { late, transaction } = await outrun()
  expect(await names()).toEqual([{ name: 'Ada' }])
  late.release()
  await transaction
  expect(await names()).toEqual([{ name: 'late' }])
})

test('if the connection is in somebody else’s transaction by then, its table is held until that has ended', async () => {
  const { late, transaction } = await outrun()
  await shop.prisma.$transaction(async (tx) => {
    await tx.scalars.count()
    late.release()
    await transaction
    expect(await statusOf(reader.prisma, names())).toBe('bypass: held')
    expect(await names()).toEqual([{ name: 'Ada' }])
  })
  expect(await names()).toEqual([{ name: 'late' }])
})

test('a statement that comes only after the end is a write of its own', async () => {
  const posts = () => reader.prisma.post.findMany({ select: { title: true } })
  await posts()
  // The post is written by a second statement, when the first is done.
  const { late, transaction } = await outrun({
    where: { id: 1 },
    data: { name: 'late', posts: { create: { title: 'late' } } },
  })
  late.release()
  await transaction
  expect(await posts()).toEqual(await reader.base.post.findMany({ select: { title: true } }))
  expect(await names()).toEqual(await reader.base.user.findMany({ select: { name: true } }))
})

test('a statement that nobody waits for is not lost when its transaction commits', async () => {
  let forgotten!: Promise<unknown>
  await shop.prisma.$transaction(async (tx) => {
    forgotten = tx.user.update(rename('forgotten')).then(
      () => undefined,
      () => undefined,
    )
    await tx.scalars.count()
  })
  await forgotten
  expect(await names()).toEqual(await reader.base.user.findMany({ select: { name: true } }))
})
