import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaClient } from './generated/prisma/client.js'
import { OverlappingSqlite } from './overlapping-sqlite.js'

export type PlainClient = PrismaClient
export type Shop = PlainClient
export type CachedShop = ReturnType<typeof createCachedClient>['prisma']

/** How a client reaches the shop. */
export interface ClientOptions {
  /** Path of the SQLite file. */
  readonly file: string
  /** Called for every statement that is sent to the database. */
  readonly onQuery?: () => void
  /** Whether statements of several visitors may overlap; see `OverlappingSqlite`. Default false. */
  readonly overlapping?: boolean
}

/** The shop's own client, as any application has it. */
export function createPlainClient({ file, onQuery, overlapping = false }: ClientOptions): PlainClient {
  const Adapter = overlapping ? OverlappingSqlite : PrismaBetterSqlite3
  const prisma = new PrismaClient({
    adapter: new Adapter({ url: `file:${file}` }),
    log: [{ emit: 'event', level: 'query' }],
  })
  if (onQuery) prisma.$on('query', onQuery)
  return prisma
}

// TEMPORARY until @freshet/prisma exports freshet
export function createCachedClient(options: ClientOptions) {
  const prisma = Object.assign(createPlainClient(options), {
    $cacheInfo: async <T>(p: PromiseLike<T>) => ({
      data: await p,
      info: { status: 'bypass' },
    }),
  })
  return { prisma, cache: { on(_: 'hit', __: () => void) {}, async close() {} } }
}
