import type { TableName } from '../facts.js'
import type { Condition } from './pins.js'
import type { Returning } from './returning.js'
import type { ValueSource } from './value-source.js'

/** A column that rows which exist are given, and the value. */
export interface Assignment {
  readonly column: string
  readonly value: ValueSource
}

/** The rows that an INSERT proposes. */
export interface ProposedRows {
  /** `undefined`: all columns of the table, or not told. */
  readonly columns: readonly string[] | undefined
  /** One list of values per row, in the order of the columns; `undefined`: the text does not tell (`INSERT … SELECT`). */
  readonly rows: readonly (readonly ValueSource[])[] | undefined
}

/** What an INSERT does with a row that is there already. */
export interface ConflictUpdate {
  /** The unique columns that tell which row that is; `undefined`: any (`ON DUPLICATE KEY UPDATE`, a constraint's name). */
  readonly target: readonly string[] | undefined
  /** `undefined`: not told. */
  readonly assignments: readonly Assignment[] | undefined
}

/**
 * What the text of a statement tells of the rows that it writes. Columns are spelt as the text spells them, folded as
 * the dialect folds names. `unknown`: the whole table may have changed.
 */
export type WritePlan =
  | {
      readonly kind: 'insert'
      readonly table: TableName
      readonly proposed: ProposedRows
      readonly returning: Returning
    }
  | {
      readonly kind: 'update'
      readonly table: TableName
      readonly assignments: readonly Assignment[] | undefined
      readonly where: Condition
      readonly returning: Returning
    }
  | {
      readonly kind: 'delete'
      readonly table: TableName
      readonly where: Condition
      readonly returning: Returning
    }
  | {
      readonly kind: 'upsert'
      readonly table: TableName
      readonly proposed: ProposedRows
      readonly conflict: ConflictUpdate
      readonly returning: Returning
    }
  | { readonly kind: 'truncate'; readonly table: TableName }
  | { readonly kind: 'unknown'; readonly reason: string }
