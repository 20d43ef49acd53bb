import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import { engineOf, wholeSpaceTag } from '@freshet/core/adapter'
import { DataSource, EntitySchema } from 'typeorm'
import type { DataSourceOptions, Logger } from 'typeorm'
import { sharedMariaDb, sharedPostgres } from '../../../../test/services/shared.js'
import { createProvider } from '../../src/rows/index.js'
import type { FreshetState } from '../../src/state.js'
import { setState } from '../../src/state.js'
import { decoratedEntities } from '../support/entities.js'
import { widePrecision } from '../support/wide-precision.js'
import { noCatalogue } from '../support/no-catalogue.js'
import { Attachment, ProductSchema, SupplierSchema } from '../support/schemas.js'

export const databases = ['better-sqlite3', 'postgres', 'mariadb'] as const
export type DatabaseName = (typeof databases)[number]

export interface OpenOptions {
  readonly cache?: Cache
  readonly scope?: () => unknown
  readonly identity?: string
  /** Beside the provider in the DataSource's `cache` option. */
  readonly cacheOptions?: Readonly<Record<string, unknown>>
  readonly dataSource?: Readonly<Record<string, unknown>>
}

export interface Opened {
  readonly dataSource: DataSource
  readonly cache: Cache
  readonly state: FreshetState
  /** What was sent to the database. */
  readonly statements: string[]
}

/** Where a database is; each test file has one of its own. */
export async function createDatabase(name: DatabaseName): Promise<DataSourceOptions> {
  if (name === 'better-sqlite3') return { type: name, database: ':memory:' }
  const server = await (name === 'postgres' ? sharedPostgres() : sharedMariaDb())
  return { type: name, url: await server.createDatabase() }
}

/** A DataSource with the provider under test, and nothing that watches what is written: tests say what they wrote. */
export async function open(database: DataSourceOptions, options: OpenOptions = {}): Promise<Opened> {
  const opened = prepare(database, options)
  await opened.dataSource.initialize()
  return opened
}

/** As `open`, before `initialize()`. */
export function prepare(database: DataSourceOptions, options: OpenOptions = {}): Opened {
  const cache = options.cache ?? createCache()
  const statements: string[] = []
  let state!: FreshetState
  const dataSource = new DataSource({
    ...optionsFor(database),
    logger: recording(statements),
    logging: ['query'],
    ...options.dataSource,
    cache: {
      provider: (of: DataSource) => {
        state = createState(of, cache, options)
        setState(of, state)
        return createProvider(of, state)
      },
      ...options.cacheOptions,
    },
  })
  return { dataSource, cache, state, statements }
}

/** The same database, without a cache. */
export async function openPlain(database: DataSourceOptions): Promise<DataSource> {
  return new DataSource(optionsFor(database)).initialize()
}

/** Every entity of the tests, on this database. */
export function optionsFor(database: DataSourceOptions): DataSourceOptions {
  return { entities: entitiesFor(database), ...database }
}

const entitiesFor = ({ type }: DataSourceOptions) => [
  ...decoratedEntities,
  ProductSchema,
  SupplierSchema,
  new EntitySchema<Attachment>({
    name: 'Attachment',
    target: Attachment,
    tableName: 'attachments',
    columns: {
      id: { type: 'varchar', primary: true, generated: 'uuid' },
      name: { type: 'varchar' },
      bytes: { type: type === 'postgres' ? 'bytea' : 'blob' },
      preview: { type: type === 'postgres' ? 'bytea' : 'blob', nullable: true },
    },
  }),
]

function createState(dataSource: DataSource, cache: Cache, options: OpenOptions): FreshetState {
  const engine = engineOf(cache)!
  return {
    ...noCatalogue,
    engine,
    policy: engine.policy,
    scope: options.scope,
    precision: widePrecision(dataSource),
    readTags: (tables) => tables ?? [wholeSpaceTag],
    invalidate: async (tables, source) => engine.writer.invalidate(engine.space, tables, source),
    identity: options.identity ?? `test:${dataSource.options.type}`,
    obstacle: (runner) => (runner === undefined ? undefined : 'queryRunner'),
    load: (query) => query(),
  }
}

export function recording(statements: string[]): Logger {
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

/** What `run` sends. */
export async function sentBy(statements: string[], run: () => Promise<unknown>): Promise<readonly string[]> {
  statements.length = 0
  await run()
  return [...statements]
}
