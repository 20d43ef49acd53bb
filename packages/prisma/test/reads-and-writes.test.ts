import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCached, createDatabase } from './support/sqlite.js'

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

beforeEach(async () => {
  database = createDatabase()
  shop = createCached(database.url)
  await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

async function statementsOf(run: () => PromiseLike<unknown>): Promise<number> {
  const before = shop.statements.length
  await run()
  return shop.statements.length - before
}

test('a second read of the same rows sends nothing', async () => {
  const read = () => shop.prisma.user.findMany({ where: { name: 'Ada' } })
  const first = await read()
  expect(await statementsOf(read)).toBe(0)
  expect(await read()).toEqual(first)
  expect(shop.cache.stats()).toMatchObject({ hits: 2, misses: 1 })
})

test('a write stops the reads that it could change, and no other', async () => {
  const users = () => shop.prisma.user.findMany()
  const tags = () => shop.prisma.tag.findMany()
  await users()
  await tags()
  await shop.prisma.user.update({ where: { id: 1 }, data: { name: 'Grace' } })
  expect(await statementsOf(tags)).toBe(0)
  expect(await users()).toMatchObject([{ name: 'Grace' }])
})

test('a missing row is remembered until it is written', async () => {
  const read = () => shop.prisma.user.findUnique({ where: { id: 2 } })
  expect(await read()).toBeNull()
  expect(await statementsOf(read)).toBe(0)
  await shop.prisma.user.create({ data: { id: 2, email: 'grace@example.com' } })
  expect(await read()).toMatchObject({ id: 2 })
})

test('an answer is its caller’s own', async () => {
  const first = await shop.prisma.user.findUnique({ where: { id: 1 } })
  first!.name = 'changed'
  const second = await shop.prisma.user.findUnique({ where: { id: 1 } })
  second!.createdAt.setTime(0)
  const third = await shop.prisma.user.findUnique({ where: { id: 1 } })
  expect(third!.name).toBe('Ada')
  expect(third!.createdAt.getTime()).toBeGreaterThan(0)
})

test('$cacheInfo says how an answer came about', async () => {
  const read = () => shop.prisma.user.findMany({ include: { posts: true } })
  expect((await shop.prisma.$cacheInfo(read())).info).toMatchObject({ status: 'miss', reason: 'missing' })
  const { data, info } = await shop.prisma.$cacheInfo(read())
  expect(info).toMatchObject({ status: 'hit', tags: expect.arrayContaining(['post', 'users', 'users#1']) })
  expect(data).toHaveLength(1)
  const bypass = await shop.prisma.$cacheInfo(shop.prisma.user.findMany({ cache: false }))
  expect(bypass.info).toMatchObject({ status: 'bypass', reason: 'off' })
})

test('$cached gives its options to every read of a chain', async () => {
  const cached = shop.prisma.$cached({ tags: ['mine'], ttl: '1m' })
  const read = () => cached.user.findUnique({ where: { id: 1 } }).posts()
  await read()
  expect(await statementsOf(read)).toBe(0)
  await shop.prisma.$cache.invalidate(['mine'])
  expect(await statementsOf(read)).toBeGreaterThan(0)
})

test('an extension that is added later sees its own arguments cached', async () => {
  const tenant = shop.prisma.$extends({
    query: {
      user: {
        findMany({ args, query }) {
          return query({ ...args, where: { ...args.where, name: 'Nobody' } })
        },
      },
    },
  })
  expect(await shop.prisma.user.findMany()).toHaveLength(1)
  expect(await tenant.user.findMany()).toHaveLength(0)
  expect(await tenant.user.findMany()).toHaveLength(0)
  expect(shop.cache.stats().hits).toBe(1)
})

test('readers that Prisma sends as one query are no reason to doubt the tap', async () => {
  const warnings: string[] = []
  shop.cache.on('warning', ({ code }) => warnings.push(code))
  const ids = Array.from({ length: 30 }, (_, id) => id)
  await Promise.all(ids.map((id) => shop.prisma.user.findUnique({ where: { id } })))
  expect(warnings).toEqual([])
})
