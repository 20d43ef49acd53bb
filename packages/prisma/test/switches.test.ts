import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

// A model is switched by the name that the schema has for it, for whatever depends on its table.

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

beforeEach(async () => {
  database = createDatabase()
  shop = createCached(database.url)
  await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com' } })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

const users = () => shop.prisma.user.findMany()
const withPosts = () => shop.prisma.user.findMany({ include: { posts: true } })
const posts = () => shop.prisma.post.findMany()

async function readAll() {
  for (const read of [users, withPosts, posts]) await read()
}
const statuses = async () => [
  await statusOf(shop.prisma, users()),
  await statusOf(shop.prisma, withPosts()),
  await statusOf(shop.prisma, posts()),
]

test('reads of a model are off for all who reach it, and what was written meanwhile is seen when they are on again', async () => {
  await readAll()
  await shop.cache.switch({ models: { Post: { reads: false } } })
  expect(await statuses()).toEqual(['hit', 'bypass: switched off', 'bypass: switched off'])
  await shop.prisma.user.update({ where: { id: 1 }, data: { name: 'Ada' } })
  await shop.cache.switch({ models: { Post: { reads: true } } })
  expect(await statuses()).toEqual(['miss: invalidated', 'miss: invalidated', 'hit'])
  expect(await users()).toMatchObject([{ name: 'Ada' }])
})

test('stores of a model are off: what is there is served, and what is loaded is not kept', async () => {
  await readAll()
  await shop.cache.switch({ models: { Post: { stores: false } } })
  expect(await statuses()).toEqual(['hit', 'hit', 'hit'])
  await shop.prisma.user.update({ where: { id: 1 }, data: { name: 'Ada' } })
  await readAll()
  expect(await statuses()).toEqual(['hit', 'miss: invalidated', 'hit'])
})

test('a model that the schema does not have is refused', async () => {
  await expect(shop.cache.switch({ models: { Psot: { reads: false } } })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining("Did you mean 'Post'?") as string,
  })
})
