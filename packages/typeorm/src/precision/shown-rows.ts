import { maxLate } from './late-tags.js'
import type { PlannedPlace } from './place.js'
import type { Choice, ReadPlan } from './read-plan.js'

/**
 * The rows on which an answer depends by their names, at one place of a query: plain data, to be kept with the answer. The text of a
 * `ShownShape`, whether all of them are here, and of each the values of the shape's columns; `undefined`: not known.
 */
export type ShownGroup = readonly [shape: string, isWhole: boolean, ...values: unknown[]]

/** A text that was sent with these values. */
interface Asked {
  readonly plan: ReadPlan
  readonly choice: Choice
  readonly parameters: readonly unknown[] | undefined
}

type Row = Readonly<Record<string, unknown>>

/** What is compared is short. */
const maxText = 64

/** @param rows as the driver gives them */
export function shownRows({ plan, choice, parameters }: Asked, rows: readonly unknown[]): ShownGroup[] {
  const groups: ShownGroup[] = []
  for (const [at, place] of plan.places.entries()) {
    const asked = choice[at]?.rowKey === undefined ? undefined : choice[at]
    if (asked === undefined && place.named === undefined) continue
    const values = valuesOf(place, rows as readonly Row[])
    // A row that was asked for and is not shown may be there, and not be what else was asked for.
    const isWhole =
      values !== undefined && (asked === undefined || asked.pins(parameters)?.length === values.count)
    groups.push([place.shownColumns().shape, isWhole, ...(values?.all ?? [])])
  }
  return groups
}

interface Values {
  readonly all: readonly unknown[]
  /** Of how many rows. */
  readonly count: number
}

/** `undefined` if there are more rows than are named. */
function valuesOf({ named, shownColumns }: PlannedPlace, rows: readonly Row[]): Values | undefined {
  const all: unknown[] = []
  const seen = new Set<string>()
  if (named === undefined) return { all, count: 0 }
  const columns = shownColumns().values
  for (const row of rows) {
    const key = named.values.map(({ name }) => row[name])
    // There is no row here, or it is not named.
    if (key.includes(null)) continue
    const text = keyText(key)
    if (seen.has(text)) continue
    if (seen.size === maxLate) return undefined
    seen.add(text)
    // One to which another leads need not be there for this answer, and shows NULLs then which it does not have.
    const isThere = columns.some(({ name, isOwn }) => isOwn && row[name] !== null)
    for (const { name, isOwn } of columns) {
      const value = row[name]
      all.push(value === null ? (isOwn && isThere ? null : undefined) : comparable(value))
    }
  }
  return { all, count: seen.size }
}

/** Two keys have the same text only if they are the same. */
export const keyText = (key: readonly unknown[]): string =>
  key.length === 1 ? String(key[0]) : JSON.stringify(key.map(String))

function comparable(value: unknown): unknown {
  if (typeof value === 'string') return value.length > maxText ? undefined : value
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined
}
