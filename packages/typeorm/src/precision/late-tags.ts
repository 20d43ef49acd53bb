import { type KeyValues, type NormalValue, normalValue } from '@freshet/sql'
import type { LinkedRows, NamedRows, PlannedPlace } from './place.js'
import { isLate } from './place.js'
import type { Choice, ReadPlan } from './read-plan.js'
import type { WatchedKey } from './table-precision.js'

/** Past this, rows of one place are not named, and sets that they pin are not told apart. */
export const maxLate = 100
/** Past this, the same holds of the places that have most of them. */
export const maxLateInAll = 250

type Row = Readonly<Record<string, unknown>>

/** The places whose tags follow from the answer. */
export const latePlaces = ({ places }: ReadPlan, choice: Choice): readonly PlannedPlace[] =>
  places.filter((place, at) => isLate(place, choice[at]))

/** The tags that follow from the rows of an answer: those that it shows, and the sets of rows that they lead to. */
export function lateTags(plan: ReadPlan, choice: Choice, rows: readonly unknown[]): readonly string[] {
  const others = new Set<string>()
  const groups: Group[] = []
  for (const [at, place] of plan.places.entries()) {
    if (!isLate(place, choice[at])) continue
    if (place.named !== undefined) groups.push(namedIn(rows as readonly Row[], place, place.named, others))
    if (place.linked !== undefined && choice[at] === undefined)
      groups.push(linkedIn(rows as readonly Row[], place.linked, others))
  }
  addGroups(groups, others)
  return [...others]
}

/** Tags of one kind at one place, and what is carried instead if they are too many. */
interface Group {
  readonly tags: ReadonlySet<string>
  readonly instead: readonly string[]
}

/** The largest groups give way first. */
function addGroups(groups: readonly Group[], to: Set<string>): void {
  let total = groups.reduce((sum, { tags }) => sum + tags.size, 0)
  for (const { tags, instead } of groups.toSorted((a, b) => b.tags.size - a.tags.size)) {
    const isTooMuch = tags.size > maxLate || total > maxLateInAll
    addAll(to, isTooMuch ? instead : tags)
    if (isTooMuch) total -= tags.size
  }
}

function addAll(tags: Set<string>, more: Iterable<string>): void {
  for (const tag of more) tags.add(tag)
}

function namedIn(
  rows: readonly Row[],
  { table, unnamed }: PlannedPlace,
  { key, values }: NamedRows,
  others: Set<string>,
): Group {
  const tags = new Set<string>()
  const last = new Last(values.map(({ name }) => name))
  for (const row of rows) {
    if (tags.size > maxLate) break
    // Joins repeat the rows that they lead on from.
    if (last.isAgain(row)) continue
    const own = keyValues(key, last.values)
    const isNull = (kind: string) =>
      values.some((value, at) => last.values[at] === null && value.isNull === kind)
    if (isNull('absent')) continue
    // A write may reach the row under a name of its own.
    if (own === undefined || isNull('unknown')) others.add(table.texts.clock)
    else if (own === null) addAll(others, unnamed)
    else tags.add(key.row(own))
  }
  return { tags, instead: unnamed }
}

function linkedIn(rows: readonly Row[], { key, names, unlinked }: LinkedRows, others: Set<string>): Group {
  const tags = new Set<string>()
  const last = new Last(names)
  for (const row of rows) {
    if (tags.size > maxLate) break
    if (last.isAgain(row)) continue
    const values = keyValues(key, last.values)
    if (values === undefined) addAll(others, unlinked)
    else if (values !== null) tags.add(key.set(values))
  }
  return { tags, instead: unlinked }
}

/** The values that stood under some names in the last row that was looked at. */
class Last {
  readonly values: unknown[]
  readonly #names: readonly string[]
  #isFirst = true

  constructor(names: readonly string[]) {
    this.#names = names
    this.values = names.map(() => undefined)
  }

  /** Whether they stand in this one too; from now on this is the last. */
  isAgain(row: Row): boolean {
    let isAgain = !this.#isFirst
    this.#isFirst = false
    for (let at = 0; at < this.#names.length; at++) {
      const value = row[this.#names[at]!]
      if (value === this.values[at]) continue
      this.values[at] = value
      isAgain = false
    }
    return isAgain
  }
}

/** `null` if one of them is NULL, which meets nothing; `undefined` if one of them cannot be told apart. */
function keyValues({ types }: WatchedKey, values: readonly unknown[]): KeyValues | null | undefined {
  const normal: NormalValue[] = values.map((value, at) => normalValue(types[at], value))
  if (normal.includes(null)) return null
  return normal.includes(undefined) ? undefined : (normal as readonly string[])
}
