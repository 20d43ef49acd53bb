import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import Database from 'better-sqlite3'
import { createCache } from '@freshet/core'
import type { Cache, CacheOptions } from '@freshet/core'
import type { FreshetOptions } from '@freshet/prisma'
import { freshet } from '@freshet/prisma'
import { PrismaClient } from '../generated/client/client.js'

const schemaSql = readFileSync(new URL('../fixtures/schema.sql', import.meta.url), 'utf8')

/** A fresh SQLite file with the schema of the fixtures. */
export function createDatabase(): { readonly url: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-prisma-'))
  const file = join(folder, 'test.db')
  const database = new Database(file)
  database.exec(schemaSql)
  database.close()
  return { url: `file:${file}`, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A client that counts what it sends. */
export function createPlain(url: string, given: CachedOptions = {}) {
  const own = new PrismaBetterSqlite3({ url, ...given.driver })
  const adapter = given.wrap === undefined ? own : given.wrap(own)
  const statements: string[] = []
  const prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] })
  prisma.$on('query', (event) => statements.push(event.query))
  return { prisma, adapter, statements }
}

export interface CachedOptions {
  readonly cache?: Cache
  readonly cacheOptions?: CacheOptions
  readonly options?: Partial<FreshetOptions>
  /** Stands something between the driver and the tap. */
  readonly wrap?: (factory: SqlDriverAdapterFactory) => SqlDriverAdapterFactory
  readonly driver?: { readonly timeout?: number }
}

/** The same with Freshet. */
export function createCached(url: string, given: CachedOptions = {}) {
  const cache = given.cache ?? createCache(given.cacheOptions)
  const plain = createPlain(url, given)
  const prisma = plain.prisma.$extends(freshet({ cache, ...given.options }))
  return { ...plain, base: plain.prisma, prisma, cache }
}
