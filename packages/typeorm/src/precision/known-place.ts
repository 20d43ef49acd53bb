import type { KnownColumns, PreparedPlace } from '@freshet/sql'
import type { PreciseTable } from './table-precision.js'

/** One place in a query where a table is read whose rows are told apart. */
export interface KnownPlace {
  /** The table's, as tags have it. */
  readonly name: string
  readonly read: PreparedPlace
  readonly table: PreciseTable
  readonly columns: KnownColumns
}

/** By their numbers in the query; `undefined`: of a table whose rows are not told apart. */
export type KnownPlaces = readonly (KnownPlace | undefined)[]
