import type { Dialect, KnownTables } from '@freshet/core/adapter'
import {
  anyTable,
  createValueBucket,
  dialectsOf,
  encodeCanonical,
  JudgedTags,
  knownWrites,
} from '@freshet/core/adapter'
import {
  type Catalogue,
  compared,
  createStatementReads,
  createStatementRows,
  createWriteReach,
  type SqlDialect,
  type Statement,
  type TableGraph,
  uniqueColumns,
} from '@freshet/sql'
import type { DependsOn } from '../dependencies/depends-on.js'
import type { DataModel } from '../schema/data-model.js'
import { enforcedKeys } from './enforced-keys.js'
import { createReadPrecision, type ReadPrecision } from './read-precision.js'
import { createTablePrecisions, type PrecisionOptions } from './table-precision.js'

/** What differs in the reads of clients of one schema. */
export interface ClientShape {
  /** What the client was given as `omit`. */
  readonly globalOmit: unknown
  /** Whether it has computed fields. */
  readonly computesFields: boolean
}

/** What reads depend on and what writes change, for as long as the database's catalogue says the same. */
export interface SchemaPrecision {
  /** Nothing is known of the database: what was told by it stays true whatever becomes known. */
  readonly isWide: boolean
  readonly writes: KnownTables<Statement>
  /** What is meant by the tags of its tables, by the tables' own. */
  dialects(): ReadonlyMap<string, Dialect>
  readsOf(client: ClientShape): ReadPrecision
}

/** Options of {@link createSchemaPrecision}. */
export interface SchemaPrecisionOptions {
  readonly dialect: SqlDialect
  /** What carries a write from one table to another. */
  readonly graph: TableGraph
  readonly dependsOn: DependsOn | undefined
  readonly precision: PrecisionOptions
  /** Stands in front of all tags. */
  readonly prefix: string
  /** The same for all processes that share the cache. */
  readonly seed: string
}

/**
 * Makes both sides of the tags of a schema: those of its reads and those of its writes.
 *
 * @param catalogue what the database says of its tables; `undefined`: not known, and every table has table precision
 * @throws FreshetError INVALID_OPTION for an unknown name in `models` or `dependsOn`
 */
export function createSchemaPrecision(
  dataModel: DataModel,
  catalogue: Catalogue | undefined,
  { dialect, graph, dependsOn, precision, prefix, seed }: SchemaPrecisionOptions,
): SchemaPrecision {
  const tableOf = (name: string) => {
    const table = catalogue?.tables.get(name)
    return table?.wideBecause === undefined ? table : undefined
  }
  const columnsOf = (name: string) => tableOf(name)?.columns
  const tables = createTablePrecisions(dataModel, {
    columnsOf,
    selfChangingOf: (name) => tableOf(name)?.selfChanging ?? [],
    dependsOn,
    ...precision,
    prefix,
    bucketOf: createValueBucket(seed),
  })
  const reach = createWriteReach(graph)
  const judged = new JudgedTags()
  const isEnforced = enforcedKeys(catalogue)
  const isUnique = uniqueColumns(catalogue, dialect)
  const membersOf = (model: string) => precision.models?.[model]?.members ?? 0
  const columnsNamed = ({ name }: { readonly name: string }) => columnsOf(name.toLowerCase())
  const rowsOf = createStatementRows(dialect, columnsNamed)
  return {
    isWide: catalogue === undefined,
    writes: knownWrites({
      reach,
      tables,
      compared,
      rowsOf,
      rowsRead: createStatementReads(dialect, columnsNamed),
      judged,
      isKnown: catalogue !== undefined,
    }),
    dialects: () => dialectsOf(dataModel.tables, tables),
    readsOf: remembered((client) =>
      createReadPrecision(dataModel, {
        tables,
        dependsOn,
        ...client,
        isEnforced,
        isUnique,
        membersOf,
        judged,
        anyTable,
      }),
    ),
  }
}

/** One for all clients that were given the same: an application may extend a client per request. */
function remembered(make: (client: ClientShape) => ReadPrecision): (client: ClientShape) => ReadPrecision {
  const made = new Map<string, ReadPrecision>()
  return (client) => {
    const text = `${client.computesFields}|${encodeCanonical(client.globalOmit) ?? ''}`
    let reads = made.get(text)
    if (reads === undefined) made.set(text, (reads = make(client)))
    return reads
  }
}
