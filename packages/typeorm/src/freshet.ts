import { FreshetError } from '@freshet/core'
import type { DataSource } from 'typeorm'
import type { Binding } from './binding.js'
import { bind, nameTables } from './binding.js'
import { declaredTables, setTableOptions, tableOptionsOf } from './declared.js'
import type { FreshetOptions, ResolvedOptions } from './options.js'
import { resolveOptions } from './options.js'
import { assertEntityPrecision } from './precision/entity-precision.js'
import { sqlDialectOf } from './reads/index.js'
import { installCachedReads } from './repository/index.js'
import type { Provider } from './rows/index.js'
import { createProvider } from './rows/index.js'
import { createState, setState } from './state.js'
import { tapOn } from './tap/tap.js'

/** The value of a DataSource's `cache` option. TypeORM's own `duration` may stand beside it. */
export interface FreshetCacheOption {
  /** TypeORM calls it in the constructor, and again for every `setOptions({ cache })`. */
  readonly provider: (dataSource: DataSource) => Provider
}

/**
 * Caches what a DataSource reads where a query asks for it, and invalidates it by whatever the DataSource writes.
 *
 * `find({ cache: true })` and `getWithCache()` are answered from the cache; inside transactions they are not. What is
 * written through the DataSource, in whatever form, stops exactly the cached reads that it could change, once it is
 * committed and before it is acknowledged. Runners that were made before the option was given are not seen.
 *
 * @throws FreshetError INVALID_OPTION at once; and when a DataSource is given it UNSUPPORTED_CLIENT for a database
 * whose SQL Freshet does not read, SECOND_DATABASE, INVALID_OPTION for what else its `cache` option must not hold; from `initialize()` INVALID_OPTION for a
 * name in `dependsOn` that is no entity's and no table's.
 * @example
 * const dataSource = new DataSource({ ...options, cache: freshet({ cache: createCache() }) })
 */
export function freshet(options: FreshetOptions): FreshetCacheOption {
  const resolved = resolveOptions(options)
  return Object.freeze({ provider: (dataSource: DataSource) => install(dataSource, resolved) })
}

function install(dataSource: DataSource, options: ResolvedOptions): Provider {
  const dialect = sqlDialectOf(dataSource)
  if (dialect === undefined) throw unsupported(dataSource)
  // Before initialize() there are no entities yet to look names up among.
  if (dataSource.entityMetadatas.length > 0) assertNames(options, dataSource)
  setTableOptions(dataSource, options)
  const tap = tapOn(dataSource, dialect)
  const binding = bind(tap, dataSource, options)
  const state = createState(dataSource, options, tap, binding)
  const provider = createProvider(dataSource, state)
  installCachedReads()
  setState(dataSource, state)
  nameTablesOnceBuilt(dataSource, binding, options)
  // Given later, by setOptions(): otherwise initialize() asks, and waits for it.
  if (dataSource.isInitialized) void state.connected()
  return provider
}

/** @throws FreshetError INVALID_OPTION for names in the options that are no entity's and no table's */
function assertNames(options: ResolvedOptions, { entityMetadatas }: DataSource): void {
  declaredTables(options, entityMetadatas)
  assertEntityPrecision(options.precision.entities, entityMetadatas)
}

const naming = new WeakMap<DataSource, Set<Binding>>()

interface Builds {
  buildMetadatas?: (this: DataSource) => Promise<void>
}

/** The entities come with `initialize()`; users name them in tags before anything is written. */
function nameTablesOnceBuilt(dataSource: DataSource, binding: Binding, options: ResolvedOptions): void {
  nameTables(binding, dataSource)
  const known = naming.get(dataSource)
  if (known !== undefined) {
    known.add(binding)
    return
  }
  const named = new Set([binding])
  naming.set(dataSource, named)
  const builder = dataSource as unknown as Builds
  const { buildMetadatas } = builder
  if (typeof buildMetadatas !== 'function') return
  Object.defineProperty(dataSource, 'buildMetadatas', {
    value: async () => {
      await buildMetadatas.call(dataSource)
      declaredTables(tableOptionsOf(dataSource), dataSource.entityMetadatas)
      assertEntityPrecision(options.precision.entities, dataSource.entityMetadatas)
      for (const one of named) nameTables(one, dataSource)
    },
    writable: true,
    configurable: true,
  })
}

function unsupported({ options }: DataSource): FreshetError {
  return new FreshetError(
    'UNSUPPORTED_CLIENT',
    `This DataSource is of the type '${options.type}', and Freshet reads the SQL of postgres, mysql, mariadb and better-sqlite3 alone, so what it writes would not be known. Leave its cache option out.`,
  )
}
