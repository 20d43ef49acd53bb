import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CacheArgument } from '@freshet/prisma'
import { splitCacheArgument } from '../src/cache-argument.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { countOf, statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

beforeEach(async () => {
  database = createDatabase()
  shop = createCached(database.url)
  await shop.base.category.create({ data: { id: 1, name: 'all' } })
  await shop.base.user.create({
    data: { id: 1, email: 'ada@example.com', name: 'Ada', posts: { create: { slug: 'a', title: 'A' } } },
  })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

const ada = { where: { id: 1 } }
// The steps of a path are typed by Prisma alone.
const withCache = (cache: boolean | CacheArgument): object => ({ cache })

test('a relation reached by a call has a key of its own', async () => {
  expect(await shop.prisma.user.findUnique(ada).posts()).toMatchObject([{ slug: 'a' }])
  expect(await shop.prisma.user.findUnique({ ...ada, select: { posts: true } })).toMatchObject({
    posts: [{ slug: 'a' }],
  })
  expect(await shop.prisma.user.findUnique(ada).posts()).toMatchObject([{ slug: 'a' }])
  expect(shop.cache.stats()).toMatchObject({ hits: 1, misses: 2 })
})

test('paths of several steps are cached, and depend on every table of the way', async () => {
  const read = () => shop.prisma.user.findUnique(ada).posts({ where: { slug: 'a' }, take: 1 })
  const deep = () =>
    shop.prisma.post
      .findUnique({ where: { id: 1 } })
      .author()
      .posts()
  await read()
  await deep()
  expect(await countOf(shop.statements, deep)).toBe(0)
  await shop.prisma.post.update({ where: { id: 1 }, data: { title: 'B' } })
  expect(await read()).toMatchObject([{ title: 'B' }])
  expect(await deep()).toMatchObject([{ title: 'B' }])
})

test('the argument cache is taken from the last step that has one', async () => {
  const { prisma } = shop
  expect(await statusOf(prisma, prisma.user.findUnique(ada).posts(withCache(false)))).toBe('bypass: off')
  expect(await statusOf(prisma, prisma.user.findUnique({ ...ada, cache: false }).posts())).toBe('bypass: off')
  const both = prisma.user.findUnique({ ...ada, cache: false }).posts(withCache({ tags: ['mine'] }))
  expect(await statusOf(prisma, both)).toBe('miss: missing')
  await shop.cache.invalidate(['mine'])
  const again = prisma.user.findUnique(ada).posts(withCache({ tags: ['mine'] }))
  expect(await statusOf(prisma, again)).toBe('miss: invalidated')
})

test('$cached reaches the first step, whose options hold for all', async () => {
  const off = shop.prisma.$cached({ scope: 'x' })
  await off.user.findUnique(ada).posts()
  expect(await statusOf(shop.prisma, shop.prisma.user.findUnique(ada).posts())).toBe('miss: missing')
  expect(await statusOf(off, off.user.findUnique(ada).posts())).toBe('hit')
})

test('a missing parent answers null, and that is cached until it is written', async () => {
  const read = () => shop.prisma.user.findUnique({ where: { id: 9 } }).posts()
  expect(await read()).toBeNull()
  expect(await countOf(shop.statements, read)).toBe(0)
  await shop.prisma.user.create({ data: { id: 9, email: 'g' } })
  expect(await read()).toEqual([])
})

test('a relation may be called cache', () => {
  const args = { where: { id: 1 }, select: { cache: { take: 1, cache: false } } }
  expect(splitCacheArgument(args, ['select', 'cache'])).toEqual({
    args: { where: { id: 1 }, select: { cache: { take: 1 } } },
    cache: false,
  })
  const plain = { where: { id: 1 }, select: { cache: true } }
  expect(splitCacheArgument(plain, ['select', 'cache'])).toEqual({ args: plain, cache: undefined })
})
