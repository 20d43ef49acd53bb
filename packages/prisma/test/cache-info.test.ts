import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { Pauses, standAround } from './support/around.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let pauses: Pauses
let shop: ReturnType<typeof createCached>

beforeEach(async () => {
  database = createDatabase()
  pauses = new Pauses()
  shop = createCached(database.url, { wrap: (factory) => standAround(factory, pauses.around) })
  // The first load tells whether writes are seen.
  await shop.prisma.user.findMany()
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

const isRead = (sql: string): boolean => sql.startsWith('SELECT')

test('a miss says why, and what the answer depends on', async () => {
  const { info, data } = await shop.prisma.$cacheInfo(shop.prisma.tag.findMany({ include: { posts: true } }))
  expect(data).toEqual([])
  expect(info).toMatchObject({ status: 'miss', reason: 'missing' })
  expect(info.tags).toEqual(expect.arrayContaining(['_posttotag', 'post', 'tag']))
})

test('a hit says how old it is and how long it lives, and gives no reason', async () => {
  await shop.prisma.tag.findMany()
  const { info } = await shop.prisma.$cacheInfo(shop.prisma.tag.findMany())
  expect(info).toEqual({
    status: 'hit',
    tags: ['tag', 'tag[]'],
    tables: [
      {
        table: 'tag',
        precision: 'row',
        tags: ['tag', 'tag[]'],
        reasons: ['no key is given a value: any row that is inserted counts'],
      },
    ],
    ageMs: expect.any(Number) as number,
    expiresInMs: expect.any(Number) as number,
  })
})

test('the rows that are in the answer are named, whether it was loaded or kept', async () => {
  const { prisma } = shop
  await prisma.tag.createMany({ data: [{ name: 'a' }, { name: 'b' }] })
  const read = () => prisma.tag.findMany({ where: { name: { in: ['a', 'b'] } } })
  const loaded = (await prisma.$cacheInfo(read())).info
  const kept = (await prisma.$cacheInfo(read())).info
  expect([loaded.status, kept.status]).toEqual(['miss', 'hit'])
  expect(loaded.tags).toEqual(expect.arrayContaining(['tag##1', 'tag##2']))
  expect(kept.tags).toEqual(loaded.tags)
  expect(kept.tables).toEqual([expect.objectContaining({ table: 'tag', precision: 'row', reasons: [] })])
})

test('who joins a load under way says so', async () => {
  const pause = pauses.before(isRead)
  const first = shop.prisma.tag.findMany().then((rows) => rows)
  await pause.reached
  const second = statusOf(shop.prisma, shop.prisma.tag.findMany())
  pause.release()
  await first
  expect(await second).toBe('joined: missing')
})

test('what is not a cached read says why not', async () => {
  const { prisma, cache } = shop
  expect(await statusOf(prisma, prisma.tag.create({ data: { name: 'a' } }))).toBe('bypass: not a cached read')
  expect(await statusOf(prisma, prisma.$queryRaw`SELECT 1`)).toBe('bypass: not a cached read')
  expect(await statusOf(prisma, prisma.tag.findMany({ cache: false }))).toBe('bypass: off')
  await prisma.$transaction(async (tx) => {
    expect(await statusOf(tx as typeof prisma, tx.tag.findMany())).toBe('bypass: transaction')
  })
  await cache.close()
  expect(await statusOf(prisma, prisma.tag.findMany())).toBe('bypass: closed')
})

test('a read that fails is rejected with its own error', async () => {
  const read = shop.prisma.tag.findUniqueOrThrow({ where: { id: 9 } })
  await expect(shop.prisma.$cacheInfo(read)).rejects.toMatchObject({ code: 'P2025' })
})

test('reads that are asked about side by side are told apart', async () => {
  const { prisma } = shop
  await prisma.tag.findMany()
  const reads = [prisma.tag.findMany(), prisma.label.findMany(), prisma.tag.findMany({ cache: false })]
  expect(await Promise.all(reads.map((read) => statusOf(prisma, read)))).toEqual([
    'hit',
    'miss: missing',
    'bypass: off',
  ])
})

test('an entry that has expired is a miss with that reason', async () => {
  let now = 0
  const clock = { now: () => now, setTimer: () => () => undefined }
  const cache = createCache({ clock })
  const { prisma, base } = createCached(database.url, { cache })
  await prisma.tag.findMany({ cache: { ttl: '10s', negativeTtl: '10s', jitter: 0 } })
  now = 9_999
  expect(await statusOf(prisma, prisma.tag.findMany())).toBe('hit')
  now = 10_000
  expect(await statusOf(prisma, prisma.tag.findMany())).toBe('miss: expired')
  await base.$disconnect()
})
