import type { TableName } from '../facts.js'
import type { KnownColumns } from './columns.js'
import { pinnedKeys, type KeyValues } from './key-values.js'
import type { Link, Pin, PinnedColumn } from './pins.js'
import type { ReadPlan } from './read-plan.js'
import { mayBeSql } from './statement-values.js'

/** What one sending of a query reads of a table, at one place. */
export interface TableRead {
  readonly table: TableName
  /** As in the plan. */
  readonly hidesRows: boolean
  /** As in the plan. */
  readonly isLimited: boolean
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
  if (plan.kind === 'unknown') return undefined
  const known = plan.tables.map(({ table }) => columnsOf(table))
  if (known.some((columns) => columns !== undefined && mayBeSql(parameters, columns.dialect)))
    return undefined
  return plan.tables.map(({ table, hidesRows, isLimited, decidedBy }, place) => {
    const columns = known[place]
    return {
      table,
      hidesRows,
      isLimited,
      decidedBy: columns === undefined ? undefined : namesOf(columns, decidedBy),
      pinned: (key) => pinnedAt(plan.condition.pins, plan.condition.links, known, place, key, parameters, []),
    }
  })
}

function namesOf(columns: KnownColumns, spelt: readonly string[] | undefined): readonly string[] | undefined {
  const names: string[] = []
  for (const spelling of spelt ?? []) {
    const column = columns.find(spelling)
    // SQLite's `rowid`, a column that was added: nobody knows which it is.
    if (column === undefined) return undefined
    names.push(column.name)
  }
  return spelt === undefined ? undefined : names
}

/** By its own pins, or, for a single column, by those of a column that it must equal. */
function pinnedAt(
  pins: readonly Pin[],
  links: readonly Link[],
  known: readonly (KnownColumns | undefined)[],
  place: number,
  key: readonly string[],
  parameters: readonly unknown[] | undefined,
  seen: readonly PinnedColumn[],
): readonly KeyValues[] | undefined {
  const columns = key.map((name) => known[place]?.named(name))
  if (columns.some((column) => column === undefined)) return undefined
  const spelt = columns.map((column) => column!)
  const own = pinnedKeys(pins, place, spelt, parameters)
  const [only] = spelt
  if (own !== undefined || only === undefined || spelt.length > 1) return own
  const here: PinnedColumn = { table: place, name: only.spelling }
  for (const other of equalTo(here, links)) {
    if (seen.some((column) => isSame(column, other))) continue
    const column = known[other.table]?.find(other.name)
    // Values of two types are equal by rules of their own.
    if (column?.type === undefined || column.type.kind !== only.column.type?.kind) continue
    const keys = pinnedAt(pins, links, known, other.table, [column.name], parameters, [...seen, here])
    if (keys !== undefined) return keys
  }
  return undefined
}

/** The columns whose values this one must have too, in every row that can be in the answer. */
function equalTo(column: PinnedColumn, links: readonly Link[]): readonly PinnedColumn[] {
  return links.flatMap(({ left, right, isOneWay }) => {
    if (isSame(right, column)) return [left]
    return isSame(left, column) && isOneWay !== true ? [right] : []
  })
}

const isSame = (a: PinnedColumn, b: PinnedColumn): boolean => a.name === b.name && a.table === b.table
