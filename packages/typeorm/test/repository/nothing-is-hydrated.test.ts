import type { EventEmitter } from 'node:events'
import { RawSqlResultsToEntityTransformer } from 'typeorm/query-builder/transformer/RawSqlResultsToEntityTransformer.js'
import type { DataSource } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Content, Post, User } from '../support/entities.js'
import { Supplier } from '../support/schemas.js'
import { createDatabase, open, type Watched } from '../tap/watched.js'

// Whatever makes entities of rows comes here.
const transform = vi.spyOn(RawSqlResultsToEntityTransformer.prototype, 'transform')

interface Sqlite {
  prepare(sql: string): unknown
}

/** Counts what reaches the driver: statements of SQLite, connections of the others' pools. */
function countBelow({ driver }: DataSource): () => number {
  let count = 0
  const { databaseConnection, master, pool } = driver as unknown as {
    readonly databaseConnection?: Sqlite
    readonly master?: EventEmitter
    readonly pool?: EventEmitter
  }
  if (databaseConnection === undefined) {
    const connections = master ?? pool!
    connections.on('acquire', () => void count++)
  } else {
    const prepare = databaseConnection.prepare.bind(databaseConnection)
    databaseConnection.prepare = (sql) => {
      count++
      return prepare(sql)
    }
  }
  return () => count
}

type Read = (dataSource: DataSource) => Promise<unknown>

const relations = { author: true, labels: true } as const
const entities: Readonly<Record<string, Read>> = {
  'getWithCache()': (ds) => ds.getRepository(Post).getWithCache(),
  'getWithCache() with relations': (ds) => ds.getRepository(Post).getWithCache({ relations }),
  'getWithCache() with relations by queries of their own': (ds) =>
    ds.getRepository(Post).getWithCache({ relations, relationLoadStrategy: 'query' }),
  'getWithCache() of a page': (ds) => ds.getRepository(Post).getWithCache({ relations, take: 2, skip: 1 }),
  'getWithCache() with a lazy relation': (ds) =>
    ds.getRepository(Supplier).getWithCache({ relations: { products: true } }),
  'getWithCache() of embedded objects, transformed values and an eager relation': (ds) =>
    ds.getRepository(User).getWithCache(),
  'getWithCache() of a single-table inheritance': (ds) => ds.getRepository(Content).getWithCache(),
  'getOneWithCache()': (ds) => ds.getRepository(Post).getOneWithCache({ where: { id: 1 }, relations }),
  'getWithCache() of a builder': (ds) =>
    ds.createQueryBuilder(Post, 'p').leftJoinAndSelect('p.author', 'a').getWithCache(),
}
const count: Read = (ds) => ds.getRepository(Post).getCountWithCache()

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)('on %s', (name) => {
  let watched: Watched
  let below: () => number

  /** How often rows were made into entities, and how often the driver was asked. */
  async function costOf(read: Read): Promise<{ readonly hydrations: number; readonly asked: number }> {
    const before = below()
    transform.mockClear()
    expect(await read(watched.dataSource)).toBeTruthy()
    return { hydrations: transform.mock.calls.length, asked: below() - before }
  }

  beforeAll(async () => {
    // Each statement is prepared, where it can be seen.
    watched = await open(await createDatabase(name), {}, { statementCacheSize: 0 })
    below = countBelow(watched.dataSource)
  })
  beforeEach(async () => {
    await watched.cache.clear()
  })
  afterAll(async () => {
    await watched.dataSource.destroy()
    await watched.cache.close()
  })

  it.each(Object.entries(entities))(
    'a hit hydrates no rows, and asks the driver for none: %s',
    async (_, read) => {
      const miss = await costOf(read)
      expect(miss.hydrations).toBeGreaterThan(0)
      expect(miss.asked).toBeGreaterThan(0)
      for (let hit = 0; hit < 2; hit++) expect(await costOf(read)).toEqual({ hydrations: 0, asked: 0 })
    },
  )

  it('a hit of getCountWithCache() asks the driver for nothing', async () => {
    expect((await costOf(count)).asked).toBeGreaterThan(0)
    expect(await costOf(count)).toEqual({ hydrations: 0, asked: 0 })
  })

  it('a hit of find() with cache hydrates the rows that are kept, and asks the driver for none', async () => {
    const find: Read = (ds) => ds.getRepository(Post).find({ relations, cache: true })
    await costOf(find)
    const hit = await costOf(find)
    expect(hit.hydrations).toBeGreaterThan(0)
    expect(hit.asked).toBe(0)
  })
})
