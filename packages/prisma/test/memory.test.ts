import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { createCached, createDatabase } from './support/sqlite.js'

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

beforeEach(() => {
  database = createDatabase()
  shop = createCached(database.url)
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** How many of some objects are still there when nobody needs them. */
async function survivors(count: number, make: () => Promise<object>): Promise<number> {
  const references: WeakRef<object>[] = []
  for (let i = 0; i < count; i++) references.push(new WeakRef(await make()))
  for (let i = 0; i < 5; i++) {
    await new Promise(setImmediate)
    collect()
  }
  return references.filter((reference) => reference.deref() !== undefined).length
}

test('a client that is extended per request is let go with the request', async () => {
  const make = async () => {
    const prisma = shop.base.$extends(freshet({ cache: shop.cache, scope: () => 'a' }))
    await prisma.tag.findMany()
    return prisma
  }
  expect(await survivors(20, make)).toBeLessThanOrEqual(1)
})

test('so is one that extends the cached client further', async () => {
  const make = async () => {
    const prisma = shop.prisma.$extends({ query: { tag: { findMany: ({ args, query }) => query(args) } } })
    await prisma.tag.findMany()
    return prisma
  }
  expect(await survivors(20, make)).toBeLessThanOrEqual(1)
})

test('clients that are extended alike count every write once', async () => {
  for (let i = 0; i < 5; i++) shop.base.$extends(freshet({ cache: shop.cache }))
  await shop.prisma.tag.create({ data: { name: 'a' } })
  expect(shop.cache.stats().invalidations).toBe(1)
})

test('a cache that is closed is let go, and hears of no write any more', async () => {
  const heard: string[] = []
  const make = async (): Promise<Cache> => {
    const cache = createCache()
    await shop.base.$extends(freshet({ cache })).tag.findMany()
    cache.on('invalidate', ({ source }) => heard.push(source))
    await cache.close()
    return cache
  }
  expect(await survivors(10, make)).toBeLessThanOrEqual(1)
  await shop.base.tag.create({ data: { name: 'a' } })
  expect(heard).toEqual([])
})
