import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FreshetOptions } from '@freshet/prisma'
import { createCachedPostgres, createPostgresDatabase } from './support/postgres.js'
import { statusOf } from './support/status.js'

// Roles and settings of a session decide what its queries see: whose rows are these?

let url: string
let shop: ReturnType<typeof createCachedPostgres>
let warnings: string[]

beforeEach(async () => {
  url = await createPostgresDatabase()
})

afterEach(async () => await shop.base.$disconnect())

async function open(options: Partial<FreshetOptions> = {}): Promise<void> {
  shop = createCachedPostgres(url, { options, pool: { max: 1 } })
  warnings = []
  shop.cache.on('warning', ({ code }) => warnings.push(code))
  await shop.prisma.user.findMany()
}

const status = () => statusOf(shop.prisma, shop.prisma.user.findMany())

const changing = [
  'SET ROLE postgres',
  "SET search_path = 'public'",
  "SET app.tenant = 'a'",
  "SELECT set_config('app.tenant', 'a', false)",
  "SELECT set_config('app.tenant', 'a', true), set_config('role', 'postgres', false)",
  "SET LOCAL app.a = 'a'; SET ROLE postgres",
  'RESET ALL',
  'DISCARD ALL',
  'SET SESSION AUTHORIZATION postgres',
]

describe('without a scope', () => {
  test.each(changing)('after %s nothing is cached any more, and that is said once', async (sql) => {
    await open()
    await shop.base.$executeRawUnsafe(sql)
    for (let i = 0; i < 2; i++) expect(await status()).toBe('bypass: session')
    expect(warnings).toEqual(['SESSION_CHANGED'])
  })

  test('as a query, and in a transaction, it counts as well', async () => {
    await open()
    await shop.prisma.$transaction((tx) => tx.$queryRaw`SELECT set_config('app.tenant', 'a', false)`)
    expect(await status()).toBe('bypass: session')
  })

  test.each([
    "SET LOCAL app.tenant = 'a'",
    "SELECT set_config('app.tenant', 'a', true)",
    "SELECT set_config('app.tenant', 'a', TRUE), set_config('app.user', 'b', TRUE)",
    'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    'SET statement_timeout = 1000',
    'SHOW search_path',
    'SELECT pg_advisory_xact_lock(1)',
    'LISTEN changes',
    'NOTIFY changes',
    'EXPLAIN SELECT * FROM users',
  ])('%s changes no answer outside its transaction, and no row', async (sql) => {
    await open()
    await shop.prisma.$transaction((tx) => tx.$executeRawUnsafe(sql))
    expect(await status()).toBe('hit')
    expect(warnings).toEqual([])
  })

  test('the usual extension for row-level security is not answered from the cache', async () => {
    await open()
    const tenant = shop.prisma.$extends({
      query: {
        $allModels: {
          async $allOperations({ args, query }) {
            const [, answer] = await shop.base.$transaction([
              shop.base.$executeRaw`SELECT set_config('app.tenant', ${'a'}, TRUE)`,
              query(args),
            ])
            return answer
          },
        },
      },
    })
    expect(await tenant.user.findMany()).toEqual([])
    expect(await status()).toBe('hit')
    expect(shop.cache.stats()).toMatchObject({ bypasses: 1 })
  })
})

test('with a scope caching goes on, for each scope apart', async () => {
  let tenant = 'a'
  await open({ scope: () => tenant })
  await shop.base.$executeRawUnsafe("SET app.tenant = 'b'")
  expect(await status()).toBe('hit')
  tenant = 'b'
  expect(await status()).toBe('miss: missing')
  expect(warnings).toEqual([])
})
