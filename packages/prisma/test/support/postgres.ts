import { readFileSync } from 'node:fs'
import { PrismaPg } from '@prisma/adapter-pg'
import { Client } from 'pg'
import type { PoolConfig } from 'pg'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { sharedPostgres } from '../../../../test/services/shared.js'
import { PrismaClient } from './generated/postgresql/client.js'
import type { CachedOptions } from './sqlite.js'

const schemaSql = readFileSync(new URL('schemas/postgresql.sql', import.meta.url), 'utf8')

/** A database of its own with the tables of `schemas/postgresql.prisma`, on the run's server. */
export async function createPostgresDatabase(): Promise<string> {
  const url = await (await sharedPostgres()).createDatabase()
  await onPostgres(url, (client) => client.query(schemaSql))
  return url
}

/** Runs something on a connection of its own, past every client of Prisma. */
export async function onPostgres<T>(url: string, run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url)
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}

export interface PostgresOptions extends CachedOptions {
  readonly pool?: PoolConfig
}

/** A client that counts what it sends. */
export function createPlainPostgres(url: string, given: PostgresOptions = {}) {
  const own = new PrismaPg({ connectionString: url, ...given.pool })
  const adapter = given.wrap === undefined ? own : given.wrap(own)
  const statements: string[] = []
  const prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] })
  prisma.$on('query', (event) => statements.push(event.query))
  return { prisma, adapter, statements }
}

/** The same with Freshet. */
export function createCachedPostgres(url: string, given: PostgresOptions = {}) {
  const cache = given.cache ?? createCache(given.cacheOptions)
  const plain = createPlainPostgres(url, given)
  const prisma = plain.prisma.$extends(freshet({ cache, ...given.options }))
  return { ...plain, base: plain.prisma, prisma, cache }
}
