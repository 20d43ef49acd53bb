import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { FakeClock } from '@freshet/testing'
import { Pauses, standAround } from './support/around.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { countOf, statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let pauses: Pauses
let shop: ReturnType<typeof createCached>
let failing: boolean

beforeEach(async () => {
  database = createDatabase()
  pauses = new Pauses()
  failing = false
  shop = createCached(database.url, {
    wrap: (factory) =>
      standAround(factory, (text, send) =>
        failing ? Promise.reject(new Error('out of order')) : pauses.around(text, send),
      ),
  })
  await shop.prisma.tag.create({ data: { id: 1, name: 'a' } })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

const one = (id: number) => shop.prisma.tag.findUnique({ where: { id } })
const isRead = (sql: string): boolean => sql.startsWith('SELECT')

test('errors are never cached, but those who wait together fail together', async () => {
  await one(1)
  const missing = () => shop.prisma.tag.findUniqueOrThrow({ where: { id: 9 } })
  for (let i = 0; i < 2; i++) await expect(missing()).rejects.toMatchObject({ code: 'P2025' })
  expect(await countOf(shop.statements, () => missing().catch(() => undefined))).toBe(1)
  await shop.prisma.tag.create({ data: { id: 9, name: 'z' } })
  expect(await missing()).toMatchObject({ name: 'z' })
})

test('null and nothing are cached, for as long as negative answers are', async () => {
  await one(1)
  expect(await one(9)).toBeNull()
  expect(await countOf(shop.statements, () => one(9))).toBe(0)
  expect(await shop.prisma.label.findMany()).toEqual([])
  expect(await statusOf(shop.prisma, shop.prisma.label.findMany())).toBe('hit')
  expect(await shop.prisma.label.count()).toBe(0)
  expect(await statusOf(shop.prisma, shop.prisma.label.count())).toBe('hit')
})

test('negative answers can have a life of their own', async () => {
  let now = 0
  const clock = { now: () => now, setTimer: () => () => undefined }
  const cached = createCached(database.url, { cache: createCache({ clock, negativeTtl: '1s', jitter: 0 }) })
  const read = (id: number) => cached.prisma.tag.findUnique({ where: { id } })
  await read(1)
  await read(9)
  now = 1_000
  expect(await statusOf(cached.prisma, read(9))).toBe('miss: expired')
  expect(await statusOf(cached.prisma, read(1))).toBe('hit')
  await cached.base.$disconnect()
})

test('a load that fails leaves nothing behind', async () => {
  await one(1)
  failing = true
  await expect(shop.prisma.tag.findMany()).rejects.toThrow('out of order')
  failing = false
  expect(await shop.prisma.tag.findMany()).toHaveLength(1)
  expect(await statusOf(shop.prisma, shop.prisma.tag.findMany())).toBe('hit')
})

test('who joins a load that never ends waits for a while only', async () => {
  const clock = new FakeClock()
  const cached = createCached(database.url, {
    cache: createCache({ clock }),
    wrap: (factory) => standAround(factory, pauses.around),
  })
  await cached.prisma.user.findMany()
  const pause = pauses.before(isRead)
  const hung = cached.prisma.tag.findMany().then((rows) => rows)
  await pause.reached
  const joining = cached.prisma.tag.findMany().then((rows) => rows)
  await new Promise(setImmediate)
  clock.advance(10_000)
  expect(await joining).toHaveLength(1)
  pause.release()
  expect(await hung).toHaveLength(1)
  await cached.base.$disconnect()
})

test('a closed cache lets every query through', async () => {
  await one(1)
  await shop.cache.close()
  for (let i = 0; i < 2; i++) expect(await countOf(shop.statements, () => one(1))).toBe(1)
  await shop.prisma.tag.update({ where: { id: 1 }, data: { name: 'b' } })
  expect(await one(1)).toMatchObject({ name: 'b' })
  expect(shop.cache.stats().entries).toBe(0)
})

test('a cache that is closed while a load runs keeps nothing of it', async () => {
  await one(9)
  const pause = pauses.before(isRead)
  const loading = one(1).then((row) => row)
  await pause.reached
  await shop.cache.close()
  pause.release()
  expect(await loading).toMatchObject({ name: 'a' })
  expect(shop.cache.stats().entries).toBe(0)
})

test('a listener that throws harms no query', async () => {
  for (const event of ['hit', 'miss', 'bypass', 'invalidate'] as const) {
    shop.cache.on(event, () => {
      throw new Error('listener')
    })
  }
  await one(1)
  await one(1)
  await shop.prisma.tag.findMany({ cache: false })
  await shop.prisma.tag.update({ where: { id: 1 }, data: { name: 'b' } })
  expect(await one(1)).toMatchObject({ name: 'b' })
})

test('an answer that is too large is given and not kept', async () => {
  const cached = createCached(database.url, { cacheOptions: { maxEntryBytes: 200 } })
  for (let i = 0; i < 2; i++) {
    await cached.prisma.tag.findMany({ include: { posts: true }, where: { name: { not: 'x'.repeat(10) } } })
  }
  await cached.prisma.tag.createMany({
    data: Array.from({ length: 20 }, (_, i) => ({ name: `tag ${i} ${'x'.repeat(50)}` })),
  })
  await cached.prisma.tag.findMany()
  expect(await statusOf(cached.prisma, cached.prisma.tag.findMany())).toMatch(/^miss/)
  await cached.base.$disconnect()
})
