import { readFileSync } from 'node:fs'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { sharedMariaDb } from '../../../../test/services/shared.js'
import { PrismaClient } from './generated/mysql/client.js'
import type { CachedOptions } from './sqlite.js'

const schemaSql = readFileSync(new URL('schemas/mysql.sql', import.meta.url), 'utf8')

/** A database of its own with the tables of `schemas/mysql.prisma`, on the run's server. */
export async function createMariaDbDatabase(): Promise<string> {
  const url = await (await sharedMariaDb()).createDatabase()
  const connection = await new PrismaMariaDb(url).connect()
  for (const sql of schemaSql.split(/;\s*\n/).filter((part) => part.trim() !== '')) {
    await connection.executeRaw({ sql, args: [], argTypes: [] })
  }
  await connection.dispose()
  return url
}

/** A client that counts what it sends. */
function createPlainMariaDb(url: string, given: CachedOptions = {}) {
  const own = new PrismaMariaDb(url)
  const adapter = given.wrap === undefined ? own : given.wrap(own)
  const statements: string[] = []
  const prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] })
  prisma.$on('query', (event) => statements.push(event.query))
  return { prisma, adapter, statements }
}

/** The same with Freshet. */
export function createCachedMariaDb(url: string, given: CachedOptions = {}) {
  const cache = given.cache ?? createCache(given.cacheOptions)
  const plain = createPlainMariaDb(url, given)
  const prisma = plain.prisma.$extends(freshet({ cache, ...given.options }))
  return { ...plain, base: plain.prisma, prisma, cache }
}
