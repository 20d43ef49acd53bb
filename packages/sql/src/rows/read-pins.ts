import type { TableName } from '../facts.js'
import type { KnownColumns } from './columns.js'
import type { KeyValues } from './key-values.js'
import { prepareRead } from './prepared-read.js'
import type { ReadPlan } from './read-plan.js'

/** What one sending of a query reads of a table, at one place. */
export interface TableRead {
  readonly table: TableName
  /** As in the plan. */
  readonly hidesRows: boolean
  /** As in the plan. */
  readonly isLimited: boolean
  /** As in the plan. */
  readonly isUnused: boolean
  /** Columns that decide which rows come and in which order, by the catalogue's names; `undefined`: any. */
  readonly decidedBy: readonly string[] | undefined
  /**
   * Only rows that have one of these values in the key can change the answer; `undefined`: any row can. Empty: none can.
   */
  pinned(key: readonly string[]): readonly KeyValues[] | undefined
}

/**
 * Applies the plan of a query to the values it was sent with: one answer for every place where a table is read.
 *
 * @param columnsOf the columns of a table; `undefined`: not known, so that every row is read.
 * @returns `undefined` if nothing can be told of the query.
 *
 * @example
 * const [post] = applyRead(plan, [7], () => posts) ?? [] // … FROM post p WHERE p."authorId" = $1 ORDER BY p.title
 * post.pinned(['authorId']) // [['7']]
 * post.decidedBy // ['authorId', 'title']
 */
export function applyRead(
  plan: ReadPlan,
  parameters: readonly unknown[] | undefined,
  columnsOf: (table: TableName) => KnownColumns | undefined,
): readonly TableRead[] | undefined {
  const prepared = prepareRead(plan, columnsOf)
  if (prepared?.tells(parameters) !== true) return undefined
  return prepared.places.map(({ table, hidesRows, isLimited, isUnused, decidedBy, pins }) => ({
    table,
    hidesRows,
    isLimited,
    isUnused,
    decidedBy,
    pinned(key) {
      for (const keysOf of pins(key)) {
        const keys = keysOf(parameters)
        if (keys !== undefined) return keys
      }
      return undefined
    },
  }))
}
