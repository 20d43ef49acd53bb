import type { TableName } from '../facts.js'
import type { Condition } from './pins.js'

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
}

/**
 * What the text of a query tells of the rows that it reads. The tables are those of the query and of all queries inside
 * it; the condition speaks of them by their place in that list, and holds of each by itself: rows of a table for which its
 * pins do not hold cannot change the answer.
 */
export type ReadPlan =
  | { readonly kind: 'tables'; readonly tables: readonly ReadTable[]; readonly condition: Condition }
  | { readonly kind: 'unknown'; readonly reason: string }
