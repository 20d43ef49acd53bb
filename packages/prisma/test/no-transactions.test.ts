import type { SqlDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCached, createDatabase } from './support/sqlite.js'

// Cloudflare D1 has no transactions: its adapter begins and ends none, and every statement commits by itself.

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

/** SQLite behind an adapter that behaves as that of D1. */
const asD1 = (factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory => ({
  provider: factory.provider,
  adapterName: '@prisma/adapter-d1',
  connect: async () => {
    const connection = await factory.connect()
    const transaction: Transaction = {
      provider: 'sqlite',
      adapterName: '@prisma/adapter-d1',
      options: { usePhantomQuery: true },
      queryRaw: (query) => connection.queryRaw(query),
      executeRaw: (query) => connection.executeRaw(query),
      commit: async () => undefined,
      rollback: async () => undefined,
    }
    return {
      provider: 'sqlite',
      adapterName: '@prisma/adapter-d1',
      queryRaw: (query) => connection.queryRaw(query),
      executeRaw: (query) => connection.executeRaw(query),
      executeScript: (script) => connection.executeScript(script),
      dispose: () => connection.dispose(),
      startTransaction: async () => transaction,
    }
  },
})

beforeEach(async () => {
  database = createDatabase()
  shop = createCached(database.url, { wrap: asD1 })
  await shop.prisma.tag.create({ data: { id: 1, name: 'old' } })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

test('what a batch has done before it failed stays done, and is seen', async () => {
  const { prisma, base } = shop
  const tags = () => prisma.tag.findMany()
  await tags()
  const failing = prisma.$transaction([
    prisma.tag.update({ where: { id: 1 }, data: { name: 'new' } }),
    prisma.tag.create({ data: { id: 1, name: 'twice' } }),
  ])
  await expect(failing).rejects.toMatchObject({ code: 'P2002' })
  expect(await base.tag.findMany()).toEqual([{ id: 1, name: 'new' }])
  expect(await tags()).toEqual([{ id: 1, name: 'new' }])
})

test('so does what a nested write has done', async () => {
  const { prisma, base } = shop
  await base.category.create({ data: { id: 1, name: 'all' } })
  const users = () => prisma.user.findMany({ select: { email: true } })
  await users()
  const failing = prisma.user.create({
    data: { email: 'a', posts: { create: { id: 1, slug: 'a', title: 'A', tags: { connect: { id: 9 } } } } },
  })
  await expect(failing).rejects.toMatchObject({ code: 'P2025' })
  expect(await users()).toEqual(await base.user.findMany({ select: { email: true } }))
  expect(await users()).toHaveLength(1)
})
