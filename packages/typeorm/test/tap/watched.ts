import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import { DataSource } from 'typeorm'
import type { DataSourceOptions, Logger } from 'typeorm'
import { expect } from 'vitest'
import { sharedMariaDb, sharedPostgres } from '../../../../test/services/shared.js'
import type { FreshetOptions } from '../../src/index.js'
import { freshet } from '../../src/index.js'
import { catalogueSettled } from '../support/catalogue-settled.js'
import { decoratedEntities } from '../support/entities.js'
import { schemaEntities } from '../support/schemas.js'
import { seed } from '../support/seed.js'

export type DatabaseName = 'better-sqlite3' | 'postgres' | 'mariadb'

/** A database of its own. */
export async function createDatabase(name: DatabaseName): Promise<DataSourceOptions> {
  if (name === 'better-sqlite3') return { type: name, database: ':memory:' }
  const server = await (name === 'postgres' ? sharedPostgres() : sharedMariaDb())
  return { type: name, url: await server.createDatabase() }
}

export interface Watched {
  readonly dataSource: DataSource
  readonly cache: Cache
  /** Every statement that was sent, and what failed. */
  readonly statements: string[]
  /** The cached reads of every table, so that each is answered from the cache until something is invalidated. */
  fill(): Promise<void>
  /** The tables whose cached read had to go to the database; every answer is held against the database's. */
  reread(): Promise<string[]>
  /** What `write` invalidates. */
  touchedBy(write: () => Promise<unknown>): Promise<string[]>
}

/** Prepared, not yet initialized. */
export function prepare(
  database: DataSourceOptions,
  options: Partial<FreshetOptions> = {},
  dataSourceOptions: Readonly<Record<string, unknown>> = {},
): Watched {
  const cache = options.cache ?? createCache()
  const statements: string[] = []
  const dataSource = new DataSource({
    entities: [...decoratedEntities, ...schemaEntities(database.type)],
    logger: recording(statements),
    logging: ['query'],
    ...database,
    ...dataSourceOptions,
    cache: freshet({ ...options, cache }),
  })
  const read = (table: string) =>
    dataSource.createQueryBuilder().select('*').from(table, 't').withDeleted().cache(true).getRawMany()
  const tables = () =>
    dataSource.entityMetadatas
      .filter(({ tableType, parentEntityMetadata }) => tableType !== 'view' && !parentEntityMetadata)
      .map(({ tableName }) => tableName)
  const fill = async () => {
    await catalogueSettled(dataSource)
    for (const table of tables()) await read(table)
  }
  const reread = async () => {
    const found: string[] = []
    for (const table of tables()) {
      statements.length = 0
      const cached = await read(table)
      if (statements.length > 0) found.push(table)
      const now: unknown[] = await dataSource.query(`SELECT * FROM ${dataSource.driver.escape(table)}`)
      expect(inAnyOrder(cached), `the cached read of ${table}`).toEqual(inAnyOrder(now))
    }
    return found.sort()
  }
  const touchedBy = async (write: () => Promise<unknown>) => {
    await fill()
    await fill()
    await write()
    return reread()
  }
  return { dataSource, cache, statements, fill, reread, touchedBy }
}

/** Initialized, with its tables, seeded. */
export async function open(
  database: DataSourceOptions,
  options: Partial<FreshetOptions> = {},
  dataSourceOptions: Readonly<Record<string, unknown>> = {},
): Promise<Watched> {
  const watched = prepare(database, options, dataSourceOptions)
  await watched.dataSource.initialize()
  await watched.dataSource.synchronize(true)
  await seed(watched.dataSource)
  await catalogueSettled(watched.dataSource)
  return watched
}

const inAnyOrder = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort()

function recording(statements: string[]): Logger {
  const ignore = () => undefined
  return {
    logQuery: (query) => void statements.push(query),
    logQueryError: ignore,
    logQuerySlow: ignore,
    logSchemaBuild: ignore,
    logMigration: ignore,
    log: ignore,
  }
}
