import type { Dialect, KnownTables } from '@freshet/core/adapter'
import {
  anyTable,
  createValueBucket,
  dialectsOf,
  JudgedTags,
  knownWrites,
  RowsElsewhere,
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
import type { DataSource } from 'typeorm'
import type { TableOptions } from '../declared.js'
import { tablesOf } from '../reads/tables-of.js'
import { Judge } from './judge.js'
import { createMembersOf } from './members.js'
import type { PreciseLoad } from './load-precision.js'
import { preciseLoad } from './load-precision.js'
import type { PreciseRead } from './read-precision.js'
import { createReadPrecision } from './read-precision.js'
import type { PrecisionOptions } from './table-precision.js'
import { createTablePrecisions } from './table-precision.js'

/** What reads depend on and what writes change, for as long as the entities and the database's catalogue are the same. */
export interface SchemaPrecision {
  /** Nothing is known of the database: what was told by it stays true whatever becomes known. */
  readonly isWide: boolean
  readonly writes: KnownTables<Statement>
  /** What is meant by the tags of its tables, by the tables' own. */
  dialects(): ReadonlyMap<string, Dialect>
  /** One SELECT. */
  read(sql: string, parameters: readonly unknown[] | undefined): PreciseRead
  /** A load of which no statement is known before it, but all tables that they read. */
  load(tables: readonly string[] | undefined): PreciseLoad
  /** Judges what was read with it. */
  readonly judge: Judge
}

/** Options of {@link createSchemaPrecision}. */
export interface SchemaPrecisionOptions {
  readonly dialect: SqlDialect
  /** What carries a write from one table to another. */
  readonly graph: TableGraph
  readonly declared: TableOptions
  readonly precision: PrecisionOptions
  /** Stands in front of all tags. */
  readonly prefix: string
  /** The same for all processes that share the cache. */
  readonly seed: string
}

/**
 * Makes both sides of the tags of a DataSource: those of its reads and those of its writes.
 *
 * @param catalogue what the database says of its tables; `undefined`: not known, and every table has table precision
 * @throws FreshetError INVALID_OPTION for an unknown name in `precision.entities`
 */
export function createSchemaPrecision(
  dataSource: DataSource,
  catalogue: Catalogue | undefined,
  { dialect, graph, declared, precision, prefix, seed }: SchemaPrecisionOptions,
): SchemaPrecision {
  const tables = createTablePrecisions(dataSource, {
    catalogueOf: (table) => catalogue?.tables.get(table),
    declared,
    ...precision,
    prefix,
    bucketOf: createValueBucket(seed),
  })
  const named = (sql: string) => tablesOf(sql, dataSource)
  const enforced = catalogue?.foreignKeys.filter(({ isEnforced }) => isEnforced)
  const judged = new JudgedTags()
  const isUnique = uniqueColumns(catalogue, dialect)
  const judge = new Judge({ tables, elsewhere: new RowsElsewhere(compared), judged })
  const reads = createReadPrecision({
    dialect,
    tables,
    tablesOf: named,
    enforced,
    isUnique,
    membersOf: createMembersOf(dataSource, precision.entities),
    onPlan: (plan) => judge.planned(plan),
    anyTable,
  })
  const reach = createWriteReach(graph)
  const rowsOf = createStatementRows(dialect, tables.columnsOf)
  return {
    isWide: catalogue === undefined,
    writes: knownWrites({
      reach,
      tables,
      compared,
      rowsOf,
      rowsRead: createStatementReads(dialect, tables.columnsOf),
      judged,
      isKnown: catalogue !== undefined,
    }),
    dialects: () => dialectsOf(tables.names, tables),
    read: (sql, parameters) => reads.read(sql, parameters),
    load: (read) => preciseLoad({ precision: reads, tables, tablesOf: named, anyTable }, read, undefined),
    judge,
  }
}
