import { Binding as TableBinding, bindOnce, claimDatabase } from '@freshet/core/adapter'
import type { Catalogue, Statement, TableGraph } from '@freshet/sql'
import { createLiveGraph } from '@freshet/sql'
import type { DataSource } from 'typeorm'
import { tableOfEntity } from './declared.js'
import type { ResolvedOptions } from './options.js'
import type { SchemaPrecision } from './precision/schema-precision.js'
import { createSchemaPrecision } from './precision/schema-precision.js'
import { tableGraphOf } from './schema.js'
import type { Tap } from './tap/tap.js'

/** One DataSource's tables, bound to one cache. */
export class Binding extends TableBinding<Statement> {
  readonly #known: () => SchemaPrecision | undefined

  constructor(tap: Tap, dataSource: DataSource, options: ResolvedOptions) {
    const known = precisionsOf(tap, dataSource, options)
    super({
      engine: options.engine,
      database: options.database,
      known: () => known()?.writes,
      unknownTable: 'it writes a table that is no entity’s',
    })
    const { failure } = tap.catalogue
    if (failure !== undefined) this.catalogueUnknown(failure)
    this.#known = known
    for (const table of options.tables) this.knowTable(table)
  }

  /**
   * What is told apart by now: another object once the entities, or the database's definitions, have changed. `undefined`:
   * there are no entities yet.
   */
  get precision(): SchemaPrecision | undefined {
    return this.#known()
  }
}

/**
 * The binding of a cache to what passes a tap; one however often `setOptions()` names the same cache. It ends with the
 * cache, not with the option: other DataSources may answer from it.
 *
 * @throws FreshetError SECOND_DATABASE
 */
export function bind(tap: Tap, dataSource: DataSource, options: ResolvedOptions): Binding {
  const { engine, dependsOn, tables, database, precision } = options
  claimDatabase(engine, {
    database,
    owner: dataSource,
    isSameAs: (other) => isSameDatabase(other, dataSource),
    found: `another client or DataSource, and it is not known to be of the database that this one (${dataSource.options.type}) names in its options`,
  })
  return bindOnce(
    tap.observers,
    engine,
    [dependsOn, tables, database, precision],
    () => new Binding(tap, dataSource, options),
  )
}

/** Names of entities become names of their tables. */
export function nameTables(binding: Binding, { entityMetadatas }: DataSource): void {
  for (const metadata of entityMetadatas) binding.nameTable(metadata.name, tableOfEntity(metadata))
}

/** The entities are there only after `initialize()` has built them, and initializing again builds them anew. */
function precisionsOf(
  { catalogue, dialect }: Tap,
  dataSource: DataSource,
  options: ResolvedOptions,
): () => SchemaPrecision | undefined {
  const prefix = options.database === undefined ? '' : `${options.database}:`
  const fixed = {
    dialect,
    declared: options,
    precision: options.precision,
    prefix,
    seed: `${options.engine.space.prefix}|${prefix}`,
  }
  let builtOf: DataSource['entityMetadatas'] | undefined
  let graphNow: () => TableGraph
  const { engine } = options
  const speaker = {}
  let madeOf: Catalogue | undefined
  let made: SchemaPrecision | undefined
  return () => {
    const metadatas = dataSource.entityMetadatas
    const { current } = catalogue
    if (metadatas === builtOf && current === madeOf) return made
    if (metadatas !== builtOf) {
      if (metadatas.length === 0) return undefined
      graphNow = createLiveGraph(tableGraphOf(dataSource, options), catalogue)
      builtOf = metadatas
    }
    const next = createSchemaPrecision(dataSource, current, { ...fixed, graph: graphNow() })
    // Before anything is read or written by it.
    engine.dialects.speak(engine.space, speaker, () => next.dialects())
    madeOf = current
    return (made = next)
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
