import type {
  PreciseTable as Precise,
  RowKey as Row,
  TablePrecision as Precision,
  TablePrecisions as Precisions,
  ValueBucket,
  WatchedKey as Watched,
} from '@freshet/core/adapter'
import { preciseTable, wideTable } from '@freshet/core/adapter'
import {
  type CatalogueTable,
  type KnownColumns,
  numbersAmong,
  type TableName,
  type ValueType,
} from '@freshet/sql'
import type { DataSource, EntityMetadata } from 'typeorm'
import type { TableOptions } from '../declared.js'
import { declaredTables, tableOfEntity } from '../declared.js'
import type { EntityPrecision } from './entity-precision.js'
import { assertEntityPrecision, volatileColumns, watchedColumns } from './entity-precision.js'
import { keysOfTable } from './table-keys.js'

export type { EntityPrecision } from './entity-precision.js'

export type WatchedKey = Watched<ValueType>
export type RowKey = Row<ValueType>
export type PreciseTable = Precise<ValueType>
type TablePrecision = Precision<ValueType>

/** What a database's catalogue must tell of a table. */
export type KnownTable = Pick<
  CatalogueTable,
  'columns' | 'primaryKey' | 'uniqueKeys' | 'selfChanging' | 'wideBecause'
>

/** What is told apart in the tables of a DataSource. */
export interface PrecisionOptions {
  /** By the names of entities. Default: none. */
  readonly entities?: Readonly<Record<string, EntityPrecision>> | undefined
  /** Of tables that `entities` does not tell. Default `row`. */
  readonly otherwise?: 'row' | 'table' | undefined
}

/** Options of {@link createTablePrecisions}. */
export interface TablePrecisionOptions extends PrecisionOptions {
  /** What the database says of a table, by its tag; `undefined`: it is not known (yet), and has table precision. */
  readonly catalogueOf: (table: string) => KnownTable | undefined
  /** As `freshet()` was given them. A table that `dependsOn` makes from others has table precision. */
  readonly declared: TableOptions
  /** Stands in front of all tags. Default: nothing. */
  readonly prefix?: string | undefined
  /** Makes the value part of tags. */
  readonly bucketOf: ValueBucket
}

/** The tables of a DataSource. Reads and writes must be given the same ones. */
export interface TablePrecisions extends Precisions<ValueType> {
  /** Tags of the tables that anything is known of. */
  readonly names: readonly string[]
  /**
   * The columns of a table that a statement names, for `applyWrite` and `applyRead`; `undefined`: nothing may be told of
   * its rows.
   */
  columnsOf(table: TableName): KnownColumns | undefined
}

/**
 * Tells for every table of a DataSource what is told apart in it: its rows by the primary key, sets of them by that, by
 * unique and foreign keys, and by what is asked for.
 *
 * @throws FreshetError INVALID_OPTION for an unknown name in `entities` or `declared`.
 */
export function createTablePrecisions(
  dataSource: DataSource,
  options: TablePrecisionOptions,
): TablePrecisions {
  const { entityMetadatas } = dataSource
  assertEntityPrecision(options.entities, entityMetadatas)
  const context = contextOf(dataSource, options)
  const made = new Map<string, TablePrecision>()
  const of = (table: string): TablePrecision => {
    let precision = made.get(table)
    if (precision === undefined) made.set(table, (precision = precisionOf(table, context)))
    return precision
  }
  return {
    names: [...new Set([...context.metadatasOf.keys(), ...context.declared])],
    of,
    columnsOf({ schema, name }) {
      const table = name.toLowerCase()
      const isOther = schema !== undefined && !isOwnSchema(schema, table, context)
      return isOther || of(table).grain === 'table' ? undefined : options.catalogueOf(table)!.columns
    },
  }
}

interface Context {
  readonly options: TablePrecisionOptions
  readonly metadatasOf: ReadonlyMap<string, readonly EntityMetadata[]>
  /** Those that no entity is made for. */
  readonly declared: ReadonlySet<string>
  /** Made from other tables. */
  isMade(table: string): boolean
  /** Of another database than the connection's, whose catalogue is asked. */
  isElsewhere(metadata: EntityMetadata): boolean
}

function contextOf(dataSource: DataSource, options: TablePrecisionOptions): Context {
  const { tables, sourcesOf } = declaredTables(options.declared, dataSource.entityMetadatas)
  const metadatasOf = new Map<string, EntityMetadata[]>()
  for (const metadata of dataSource.entityMetadatas) {
    const table = tableOfEntity(metadata)
    metadatasOf.set(table, [...(metadatasOf.get(table) ?? []), metadata])
  }
  const own = dataSource.driver.database
  return {
    options,
    metadatasOf,
    declared: tables,
    isMade: (table) => sourcesOf(table) !== undefined,
    isElsewhere: ({ database }) => database !== undefined && database !== own,
  }
}

function precisionOf(name: string, context: Context): TablePrecision {
  const { prefix = '', catalogueOf, bucketOf } = context.options
  const metadatas = context.metadatasOf.get(name) ?? []
  const known = catalogueOf(name)
  const reason = whyWide(name, metadatas, context) ?? whyUnknown(known)
  if (reason !== undefined || known === undefined) return wideTable(prefix, name, reason ?? unknown)
  const asked = watchedColumns(context.options.entities, metadatas)
  return preciseTable({
    prefix,
    name,
    columns: known.columns,
    ...keysOfTable(metadatas, known, asked),
    volatile: volatileColumns(context.options.entities, metadatas) ?? numbersAmong(known.columns),
    bucketOf,
  })
}

const unknown = 'its columns are not known from the database'

const whyUnknown = (known: KnownTable | undefined): string | undefined =>
  known === undefined
    ? unknown
    : known.wideBecause && `rows of it may change otherwise than a statement says: ${known.wideBecause}`

/** What keeps a table from being told apart, whatever the database says of it. */
function whyWide(name: string, metadatas: readonly EntityMetadata[], context: Context): string | undefined {
  const { declared, isMade, isElsewhere, options } = context
  const [first] = metadatas
  if (first === undefined && !declared.has(name)) return 'no entity is made for it, and it is not declared'
  if (metadatas.some(({ tableType }) => tableType === 'view')) return 'it is a view'
  if (isMade(name)) return "'dependsOn' says that it is made from other tables"
  // Without their schemas they are one name. Entities of an inheritance share the table itself.
  if (metadatas.some(({ tablePath }) => tablePath !== first!.tablePath))
    return 'several tables share its name'
  if (metadatas.some(isElsewhere)) return 'it is in another database'
  const asked = metadatas.map((metadata) => options.entities?.[metadata.name]?.precision)
  const isWide = asked.includes('table') || (options.otherwise === 'table' && !asked.includes('row'))
  return isWide ? "its precision is 'table'" : undefined
}

/** Whether a name with this schema means the table that is known. */
function isOwnSchema(schema: string, table: string, { metadatasOf }: Context): boolean {
  const [path] = (metadatasOf.get(table) ?? []).map(({ tablePath }) => tablePath.toLowerCase().split('.'))
  return path !== undefined && path.length > 1 && path.at(-2) === schema.toLowerCase()
}
