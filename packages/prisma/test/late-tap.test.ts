import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { freshet, tapAdapter } from '@freshet/prisma'
import { createDatabase, createPlain } from './support/sqlite.js'
import { statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let plain: ReturnType<typeof createPlain>

beforeEach(() => {
  database = createDatabase()
  plain = createPlain(database.url)
})

afterEach(async () => {
  await plain.prisma.$disconnect()
  database.remove()
})

function extend() {
  const cache = createCache()
  const warnings: string[] = []
  cache.on('warning', ({ code }) => warnings.push(code))
  return { cache, warnings, prisma: plain.prisma.$extends(freshet({ cache })) }
}

test('a client that was connected before Freshet came stores nothing, and says so', async () => {
  await plain.prisma.user.findMany()
  const { cache, warnings, prisma } = extend()
  for (let i = 0; i < 12; i++) expect(await statusOf(prisma, prisma.user.findMany())).toMatch(/^miss/)
  expect(cache.stats()).toMatchObject({ hits: 0, entries: 0 })
  expect(warnings).toEqual(['TAP_TOO_LATE'])
})

test('it never serves what such a client has changed since', async () => {
  await plain.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
  const { prisma } = extend()
  await prisma.user.findMany()
  await plain.prisma.user.update({ where: { id: 1 }, data: { name: 'Grace' } })
  expect(await prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
})

test('it caches once the client has connected anew', async () => {
  await plain.prisma.user.findMany()
  const { prisma } = extend()
  await prisma.user.findMany()
  await plain.prisma.$disconnect()
  await prisma.user.findMany()
  expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
})

test('an adapter that was wrapped before it connected is seen, however late Freshet comes', async () => {
  const early = createPlain(database.url, { wrap: tapAdapter })
  await early.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
  const prisma = early.prisma.$extends(freshet({ cache: createCache() }))
  await prisma.user.findMany()
  expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
  await early.prisma.user.update({ where: { id: 1 }, data: { name: 'Grace' } })
  expect(await prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  await early.prisma.$disconnect()
})

test('an un-extended client on the same adapter is seen as well', async () => {
  const { prisma } = extend()
  await prisma.user.findMany()
  await plain.prisma.user.create({ data: { id: 1, email: 'ada@example.com' } })
  expect(await prisma.user.findMany()).toHaveLength(1)
})

test('tapAdapter() takes adapters only', () => {
  for (const wrong of [undefined, null, {}, { connect: 1 }]) {
    expect(() => tapAdapter(wrong)).toThrow(expect.objectContaining({ code: 'WRITES_NOT_VISIBLE' }))
  }
})
