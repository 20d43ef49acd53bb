import type { KnownTables } from '@freshet/core/adapter'
import { Binding as TableBinding, bindOnce, claimDatabase } from '@freshet/core/adapter'
import type { LiveCatalogue, Statement, TableGraph } from '@freshet/sql'
import { createLiveGraph, createWriteClosure } from '@freshet/sql'
import type { DataSource } from 'typeorm'
import type { TableOptions } from './declared.js'
import { tableOfEntity } from './declared.js'
import type { ResolvedOptions } from './options.js'
import { tableGraphOf } from './schema.js'
import type { Tap } from './tap/tap.js'

/** One DataSource's tables, bound to one cache. */
export type Binding = TableBinding<Statement>

/**
 * The binding of a cache to what passes a tap; one however often `setOptions()` names the same cache. It ends with the
 * cache, not with the option: other DataSources may answer from it.
 *
 * @throws FreshetError SECOND_DATABASE
 */
export function bind(tap: Tap, dataSource: DataSource, options: ResolvedOptions): Binding {
  const { engine, dependsOn, tables, database } = options
  claimDatabase(engine, {
    database,
    owner: dataSource,
    isSameAs: (other) => isSameDatabase(other, dataSource),
    found: `another client or DataSource, and it is not known to be of the database that this one (${dataSource.options.type}) names in its options`,
  })
  return bindOnce(tap.observers, engine, [dependsOn, tables, database], () =>
    createBinding(tap, dataSource, options),
  )
}

function createBinding({ catalogue }: Tap, dataSource: DataSource, options: ResolvedOptions): Binding {
  const { engine, database } = options
  const binding = new TableBinding<Statement>({
    engine,
    database,
    known: knownTablesOf(dataSource, options, catalogue),
    unknownTable: 'it writes a table that is no entity’s',
  })
  if (catalogue.failure !== undefined) binding.catalogueUnknown(catalogue.failure)
  return binding
}

/** Names of entities become names of their tables. */
export function nameTables(binding: Binding, { entityMetadatas }: DataSource): void {
  for (const metadata of entityMetadatas) binding.nameTable(metadata.name, tableOfEntity(metadata))
}

/** The entities are there only after `initialize()` has built them, and initializing again builds them anew. */
function knownTablesOf(
  dataSource: DataSource,
  options: TableOptions,
  catalogue: LiveCatalogue,
): () => KnownTables<Statement> | undefined {
  let builtOf: DataSource['entityMetadatas'] | undefined
  let graphNow: () => TableGraph
  let graph: TableGraph | undefined
  let known: KnownTables<Statement> | undefined
  return () => {
    const metadatas = dataSource.entityMetadatas
    if (metadatas !== builtOf) {
      if (metadatas.length === 0) return undefined
      graphNow = createLiveGraph(tableGraphOf(dataSource, options), catalogue)
      builtOf = metadatas
    }
    const now = graphNow()
    if (now === graph) return known
    const closure = createWriteClosure(now)
    graph = now
    return (known = { touchedBy: ({ writes }) => closure(writes) })
  }
}

const addressOptions = [
  'type',
  'url',
  'host',
  'port',
  'socketPath',
  'database',
  'schema',
  'replication',
] as const

/** A DataSource is made anew by tests, hot reloads and command lines; its options then name the same place. */
function isSameDatabase(owner: object, dataSource: DataSource): boolean {
  const [one, other] = [owner, dataSource].map(addressOf)
  return one !== undefined && one === other
}

function addressOf(owner: object): string | undefined {
  const options = (owner as Partial<DataSource>).options as Readonly<Record<string, unknown>> | undefined
  // Every in-memory database is one of its own.
  if (options === undefined || options['database'] === ':memory:' || options['database'] === '')
    return undefined
  return JSON.stringify(addressOptions.map((name) => options[name] ?? null))
}
