import type { TableName } from '../facts.js'
import type { Comparison } from './comparisons.js'
import type { Cut } from './cut.js'
import type { Condition } from './pins.js'
import type { ValueSource } from './value-source.js'

/** One place in a query where a table is read. */
export interface ReadTable {
  readonly table: TableName
  /**
   * Rows of it that are not in the result can matter, even as they leave: the query counts, adds up, groups, makes
   * distinct, skips, or asks about it in a query inside.
   */
  readonly hidesRows: boolean
  /** Only some of the rows are given: others can take their place. */
  readonly isLimited: boolean
  /**
   * Columns of it that decide which rows come, or in which order: all that are named outside the list of what is shown,
   * and in that as well if rows are hidden there. `undefined`: any of them.
   */
  readonly decidedBy: readonly string[] | undefined
  /** Those of `decidedBy` that do nothing but be held against values, and these. */
  readonly compared: ReadonlyMap<string, readonly Comparison[]>
  /** Those of `decidedBy` that do more than order rows; `undefined`: any may. */
  readonly filters: readonly string[] | undefined
  /** No row of it can change the answer: it is joined from the left, and rows that are alike count once. */
  readonly isUnused: boolean
  /** How the answer shows its rows; `undefined`: rows are hidden. */
  readonly shown: ShownPlace | undefined
}

/** How the rows of an answer show the rows of a place. */
export interface ShownPlace {
  /** Columns of it that the list of what is shown names, in whatever way; `undefined`: any. */
  readonly columns: readonly string[] | undefined
  /** Those that are shown as they are, and what they are called in the answer. */
  readonly names: readonly ShownName[]
  /**
   * Of `decidedBy` those that decide which rows come. The others only order rows that all come, or lead to rows of optional
   * places, so that they matter for rows in the answer alone.
   */
  readonly chosenBy: readonly string[] | undefined
  /** Whether it is joined from the left, so that its row may be absent from a row of the answer. */
  readonly mayBeAbsent: boolean
  /** Its rows only complete rows that come without them: it is joined from the left, and nothing else is chosen by it. */
  readonly isOptional: boolean
  /** Its ON says that columns are equal, and nothing else. */
  readonly isOnlyLinked: boolean
  /**
   * The columns of which the values alone decide which of its rows come, but for their number: those that the WHERE pins, or those by
   * which rows that come lead to it; `undefined`: something else decides as well.
   */
  readonly wholeBy: readonly string[] | undefined
}

export interface ShownName {
  readonly column: string
  readonly name: string
}

/**
 * What the text of a query tells of the rows that it reads. The tables are those of the query and of all queries inside
 * it; the condition speaks of them by their place in that list, and holds of each by itself: rows of a table for which its
 * pins do not hold cannot change the answer.
 */
export type ReadPlan =
  | {
      readonly kind: 'tables'
      readonly tables: readonly ReadTable[]
      readonly condition: Condition
      /** What cuts off the rows that are given; `undefined`: nothing, or it cannot be told. */
      readonly cut: Cut | undefined
      /** How many rows are given at most; `undefined`: it cannot be told, and they may be fewer than there are if places are limited. */
      readonly limit: ValueSource | undefined
    }
  | { readonly kind: 'unknown'; readonly reason: string }
