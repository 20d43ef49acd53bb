import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { freshet, tapAdapter } from '@freshet/prisma'
import { PrismaClient } from './support/generated/postgresql/client.js'
import { Pauses, standAround } from './support/around.js'
import { createPlainPostgres, createPostgresDatabase } from './support/postgres.js'

// A cache may be added while writes are under way on the same adapter: it was not asked about them.

let plain: ReturnType<typeof createPlainPostgres>
let pauses: Pauses

beforeEach(async () => {
  pauses = new Pauses()
  plain = createPlainPostgres(await createPostgresDatabase(), {
    wrap: (factory) => tapAdapter(standAround(factory, pauses.around)),
  })
  await plain.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
})

afterEach(async () => await plain.prisma.$disconnect())

const rename = (name: string) => ({ where: { id: 1 }, data: { name } })

test('a cache that is added while a transaction is open hears of its commit', async () => {
  let late!: { user: { findMany(): PromiseLike<unknown> } }
  await plain.prisma.$transaction(async (tx) => {
    await tx.user.update(rename('Grace'))
    late = plain.prisma.$extends(freshet({ cache: createCache() }))
    expect(await late.user.findMany()).toMatchObject([{ name: 'Ada' }])
  })
  expect(await late.user.findMany()).toMatchObject([{ name: 'Grace' }])
})

test('a cache that is added while a statement is under way hears of it', async () => {
  const pause = pauses.before((sql) => sql.startsWith('UPDATE'))
  const writing = plain.prisma.user.update(rename('Grace')).then((user) => user)
  await pause.reached
  const late = plain.prisma.$extends(freshet({ cache: createCache() }))
  expect(await late.user.findMany()).toMatchObject([{ name: 'Ada' }])
  pause.release()
  await writing
  expect(await late.user.findMany()).toMatchObject([{ name: 'Grace' }])
})

test('a second client on the adapter is served by the cache that came first', async () => {
  const cache = createCache()
  const first = plain.prisma.$extends(freshet({ cache }))
  await first.user.findMany()
  const other = new PrismaClient({ adapter: plain.adapter })
  await other.user.update(rename('Grace'))
  expect(await first.user.findMany()).toMatchObject([{ name: 'Grace' }])
  await other.$disconnect()
})
