import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { PrismaClient } from './generated/client/client.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

let first: ReturnType<typeof createDatabase>
let second: ReturnType<typeof createDatabase>
let open: { $disconnect(): Promise<void> }[]

beforeEach(() => {
  first = createDatabase()
  second = createDatabase()
  open = []
})

afterEach(async () => {
  for (const client of open) await client.$disconnect()
  first.remove()
  second.remove()
})

function shop(url: string, given: Parameters<typeof createCached>[1]) {
  const made = createCached(url, given)
  open.push(made.base)
  return made
}

const grace = { id: 1, email: 'grace@example.com', name: 'Grace' }

test('a second adapter without a name is refused: the two would answer for each other', () => {
  const cache = createCache()
  shop(first.url, { cache })
  expect(() => shop(second.url, { cache })).toThrow(expect.objectContaining({ code: 'SECOND_DATABASE' }))
})

test('databases with names of their own are kept apart, reads and writes', async () => {
  const cache = createCache()
  const a = shop(first.url, { cache, options: { database: 'a' } })
  const b = shop(second.url, { cache, options: { database: 'b' } })
  await a.prisma.user.create({ data: { ...grace, name: 'Ada' } })
  await b.prisma.user.create({ data: grace })
  expect(await a.prisma.user.findMany()).toMatchObject([{ name: 'Ada' }])
  expect(await b.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  await a.prisma.user.update({ where: { id: 1 }, data: { name: 'Augusta' } })
  expect(await statusOf(b.prisma, b.prisma.user.findMany())).toBe('hit')
  expect(await a.prisma.user.findMany()).toMatchObject([{ name: 'Augusta' }])
})

test('two adapters of one database share its name, and see each other’s writes', async () => {
  const cache = createCache()
  const a = shop(first.url, { cache, options: { database: 'main' } })
  const b = shop(first.url, { cache, options: { database: 'main' } })
  await a.prisma.user.create({ data: grace })
  await a.prisma.user.findMany()
  expect(await statusOf(b.prisma, b.prisma.user.findMany())).toBe('hit')
  await b.prisma.user.update({ where: { id: 1 }, data: { name: 'Ada' } })
  expect(await a.prisma.user.findMany()).toMatchObject([{ name: 'Ada' }])
})

test('clients on one adapter need no name', async () => {
  const cache = createCache()
  const a = shop(first.url, { cache })
  const other = new PrismaClient({ adapter: a.adapter })
  open.push(other)
  const b = other.$extends(freshet({ cache }))
  await a.prisma.user.create({ data: grace })
  await a.prisma.user.findMany()
  expect(await statusOf(b, b.user.findMany())).toBe('hit')
  await b.user.update({ where: { id: 1 }, data: { name: 'Ada' } })
  expect(await a.prisma.user.findMany()).toMatchObject([{ name: 'Ada' }])
})

test('one adapter serves several caches, and tells each of every write', async () => {
  const a = shop(first.url, {})
  const cache = createCache()
  const b = a.base.$extends(freshet({ cache }))
  await a.prisma.user.create({ data: grace })
  await a.prisma.user.findMany()
  await b.user.findMany()
  await a.prisma.user.update({ where: { id: 1 }, data: { name: 'Ada' } })
  expect(await b.user.findMany()).toMatchObject([{ name: 'Ada' }])
  await b.user.update({ where: { id: 1 }, data: { name: 'Augusta' } })
  expect(await a.prisma.user.findMany()).toMatchObject([{ name: 'Augusta' }])
})

test('a namespace of its own serves as well as a name', async () => {
  const cache = createCache()
  const a = shop(first.url, { cache: cache.namespace('a') })
  const b = shop(second.url, { cache: cache.namespace('b') })
  await a.prisma.user.create({ data: grace })
  expect(await b.prisma.user.findMany()).toEqual([])
  expect(await a.prisma.user.findMany()).toHaveLength(1)
})
