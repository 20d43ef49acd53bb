import type { SeenSet, WantedSets } from '@freshet/core/adapter'
import { type KeyValues, normalValue } from '@freshet/sql'
import { shownAt } from './kept-rows.js'
import type { PlannedPlace, WholeSets } from './place.js'
import type { ReadPlan } from './read-plan.js'
import { readGroup, type RowShown, type ShownGroup } from './shown-group.js'
import type { PreciseTable, WatchedKey } from './table-precision.js'

type Row = Readonly<Record<string, unknown>>
type Parameters = readonly unknown[] | undefined

/** A set of which one statement shows all rows. */
export interface WholeSet {
  readonly table: PreciseTable
  readonly key: WatchedKey
  readonly values: KeyValues
  readonly rows: readonly RowShown[]
}

/** Past this, nothing is made of sets of one place. */
const maxSets = 100

/** The sets of which the rows of one statement are all that there are, if somebody may ask for them. */
export function wholeSets(
  plan: ReadPlan,
  parameters: Parameters,
  rows: readonly unknown[],
  wanted: WantedSets,
): readonly WholeSet[] {
  return plan.places.flatMap((place) => {
    const { table, whole } = place
    return whole !== undefined && wanted.isWanted(table, whole.key) && plan.givesAll(rows.length, parameters)
      ? setsAt(place, whole, parameters, rows as readonly Row[])
      : []
  })
}

function setsAt(
  place: PlannedPlace,
  { key, from }: WholeSets,
  parameters: Parameters,
  rows: readonly Row[],
): readonly WholeSet[] {
  const sets = typeof from === 'function' ? from(parameters) : setsLedTo(key, from, rows)
  const group = shownAt(place, rows)
  if (sets === undefined || sets.length > maxSets || !group.isWhole) return []
  if (group.rows.some((row) => row.key === undefined)) return []
  const { table } = place
  const [only, ...others] = sets
  // A row that is asked for by one value alone need not show it.
  if (only !== undefined && others.length === 0 && typeof from === 'function')
    return [{ table, key, values: only, rows: group.rows }]
  const bySet = new Map(sets.map((values) => [values.join('\0'), [] as RowShown[]]))
  for (const row of group.rows) {
    const own = bySet.get(
      key.columns.map((column, at) => normalValue(key.types[at], row.valueOf(column))).join('\0'),
    )
    if (own === undefined) return []
    own.push(row)
  }
  return sets.map((values) => ({ table, key, values, rows: bySet.get(values.join('\0'))! }))
}

/** What rows have that lead to others; `undefined`: not known. */
function setsLedTo(
  { types }: WatchedKey,
  names: readonly string[],
  rows: readonly Row[],
): readonly KeyValues[] | undefined {
  const sets = new Map<string, KeyValues>()
  for (const row of rows) {
    const values = names.map((name, at) => normalValue(types[at], row[name]))
    if (values.includes(undefined)) return undefined
    // It leads to nothing.
    if (!values.includes(null)) sets.set(values.join('\0'), values as KeyValues)
  }
  return [...sets.values()]
}

/**
 * Sets with all that is known of their rows: what one statement of an answer does not show of a row another may.
 *
 * @param shown by all statements
 */
export function seenSets(whole: readonly WholeSet[], shown: readonly ShownGroup[]): readonly SeenSet[] {
  const byTable = new Map<PreciseTable, ReturnType<typeof rowsOf>>()
  return whole.map(({ table, key, values, rows }) => {
    let known = byTable.get(table)
    if (known === undefined) byTable.set(table, (known = rowsOf(table, shown)))
    const own = key.columns.map((column, at) => [column, values[at]] as const)
    return {
      table,
      key: key.columns,
      values,
      rows: rows.map((row) => new Map<string, unknown>([...own, ...(known.get(row.key!) ?? [])])),
      normal: normalIn(table),
    }
  })
}

/** How values of a table's columns are compared. */
export const normalIn =
  ({ columns }: PreciseTable): SeenSet['normal'] =>
  (column, value) =>
    normalValue(columns.named(column)?.column.type, value)

/** By their keys, what is shown of the rows of a table. */
function rowsOf({ texts }: PreciseTable, shown: readonly ShownGroup[]) {
  const known = new Map<string, Map<string, unknown>>()
  for (const group of shown) {
    const { shape, rows } = readGroup(group)
    if (shape.table !== texts.table) continue
    for (const { key, valueOf } of rows) {
      if (key === undefined) continue
      const row = known.get(key)
      const values = shape.columns.flatMap((column) => {
        const value = valueOf(column)
        return value === undefined ? [] : [[column, value] as const]
      })
      known.set(key, new Map([...(row ?? []), ...values]))
    }
  }
  return known
}
