import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type { EntranceOptions } from '@freshet-example/storefront'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { PrismaClient } from './generated/prisma/client.js'
import { OverlappingSqlite } from './overlapping-sqlite.js'

/** The client that the shop's pages are written for. */
export type ShopClient = ReturnType<typeof createCachedClient>['prisma']

/** What `prisma.$transaction(async (tx) => …)` hands out. */
export type ShopTransaction = Parameters<Parameters<ShopClient['$transaction']>[0]>[0]

/** A client as any application has it. */
export function createPlainClient({ file, onQuery, overlapping = false }: EntranceOptions): PrismaClient {
  const Adapter = overlapping ? OverlappingSqlite : PrismaBetterSqlite3
  const prisma = new PrismaClient({
    adapter: new Adapter({ url: `file:${file}` }),
    // SQLite has one writer at a time: on a busy machine a checkout may wait for longer than Prisma's default of 2 s.
    transactionOptions: { maxWait: 30_000, timeout: 30_000 },
    log: [{ emit: 'event', level: 'query' }],
  })
  if (onQuery) prisma.$on('query', onQuery)
  return prisma
}

/** The same client with Freshet: reads are cached from here on, and writes invalidate what they could change. */
export function createCachedClient(options: EntranceOptions) {
  const cache = createCache()
  const prisma = createPlainClient(options).$extends(freshet({ cache }))
  return { prisma, cache }
}

/** The plain client for pages that were written for the cached one. They use nothing that it does not have. */
export function createUncachedClient(options: EntranceOptions): ShopClient {
  // Prisma types extended clients apart from plain ones, although the calls are the same.
  return createPlainClient(options) as unknown as ShopClient
}
