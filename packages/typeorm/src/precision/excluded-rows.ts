import type { ConditionalChange } from '@freshet/core/adapter'
import type { PlannedPlace } from './place.js'
import type { Choice, ReadPlan } from './read-plan.js'

type Row = Readonly<Record<string, unknown>>

/** A text that was sent with these values. */
interface Asked {
  readonly plan: ReadPlan
  readonly choice: Choice
  readonly parameters: readonly unknown[] | undefined
}

/**
 * Whether no row on which an answer depends by its name can be one of those that were changed.
 *
 * By a tag that stands for rows which are not named an answer depends on those that it names itself: those that it shows, with their keys,
 * and those that it asks for by their key. Whatever else can change it has tags of its own (columns, sets, rows that leave).
 *
 * @param rows as the driver gives them
 */
export function areExcluded(
  { plan, choice, parameters }: Asked,
  rows: readonly unknown[],
  change: ConditionalChange,
): boolean {
  return plan.places.every((place, at) => {
    const candidate = choice[at]
    if (!dependsOn(place, candidate?.rowKey ?? place.named?.key, change)) return true
    const { named } = place
    if (candidate?.rowKey === undefined)
      return named === undefined || excludedAt(place, rows, change) !== undefined
    const keys = candidate.pins(parameters)
    // A row that was asked for and is not shown may be there, and not be what else was asked for.
    return named !== undefined && keys !== undefined && excludedAt(place, rows, change)?.size === keys.length
  })
}

/** Names that volatile columns leave alone need no tag that stands for them. */
function dependsOn({ table, columns }: PlannedPlace, names: unknown, change: ConditionalChange): boolean {
  if (table.texts.table !== change.table) return false
  if (columns !== undefined && change.columns?.every((column) => !columns.has(column)) === true) return false
  return change.tag !== table.texts.anyRow || names !== table.stableRowKey
}

/** The keys of the rows of a place; `undefined` if one of them may have been changed. */
function excludedAt(
  { named, shownAs }: PlannedPlace,
  rows: readonly unknown[],
  { condition }: ConditionalChange,
): ReadonlySet<string> | undefined {
  const keys = new Set<string>()
  for (const row of rows as readonly Row[]) {
    const key = named!.values.map(({ name }) => row[name])
    // There is no row here.
    if (key.includes(null)) continue
    const valueOf = (column: string): unknown => {
      const name = shownAs(column)
      return name === undefined ? undefined : row[name]
    }
    if (!condition.excludes(valueOf)) return undefined
    keys.add(key.map(String).join())
  }
  return keys
}
