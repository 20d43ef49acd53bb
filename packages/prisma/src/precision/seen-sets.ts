import type { SeenSet, WantedSets } from '@freshet/core/adapter'
import { type KeyValues, normalValue } from '@freshet/sql'
import { type AppliedRead, keysOf, valueAt } from './applied-read.js'
import { isPlain, type PlainObject } from './arguments.js'
import { linkValues } from './late-tags.js'
import type { Joined } from './pins.js'
import type { PlannedPlace } from './place.js'
import type { BetweenRows, ReadPlan, ShownLink, ShownRows, WholeSet } from './read-plan.js'
import type { PreciseTable, WatchedKey } from './table-precision.js'

/** Wants the sets of which answers of a plan may ask. To be called before one is stored. */
export function wantSets(wanted: WantedSets, plan: ReadPlan): void {
  for (const { table, keys } of askedSets(plan)) for (const key of keys) wanted.want(table, key)
  for (const { table, key } of joinedOf(plan)) wanted.want(table, key)
}

/** By which rows of any place are joined with others. */
export const joinedOf = ({ places }: ReadPlan): readonly Joined[] => places.flatMap(({ joined }) => joined)

/** What must be told of changes for them to be held against these sets. */
export const tagsOfSets = (plan: ReadPlan): readonly string[] => [
  ...askedSets(plan).flatMap(({ table, tags }) => [table.texts.clock, ...tags]),
  ...joinedOf(plan).map(({ table }) => table.texts.clock),
]

interface AskedSets {
  readonly table: PreciseTable
  readonly keys: readonly WatchedKey[]
  readonly tags: readonly string[]
}

/** Of places that hide rows: what is shown names its rows, and falls with these alone. */
function askedSets({ places }: ReadPlan): readonly AskedSets[] {
  return places.flatMap(({ table, candidates, otherwise, hidesRows, linkedBy }) => {
    const [candidate] = candidates
    if (!hidesRows || candidate?.rowKey !== undefined) return []
    const keys = candidate === undefined ? linkedBy : candidate.branches.map(({ key }) => key)
    return keys.length === 0 ? [] : [{ table, keys, tags: candidate?.tags ?? otherwise }]
  })
}

/** The sets of which an answer shows all rows. */
export function seenSets(
  { plan, args }: AppliedRead,
  wanted: WantedSets,
  answer: unknown,
): readonly SeenSet[] {
  if (wanted.isEmpty || plan.shown === undefined) return none
  const seen = new Seen(plan, args, wanted)
  seen.addPinned(plan.shown, answer)
  seen.addReached(plan.shown, answer)
  return seen.sets
}

const none: readonly SeenSet[] = []

class Seen {
  readonly sets: SeenSet[] = []
  readonly #plan: ReadPlan
  readonly #args: unknown
  readonly #wanted: WantedSets

  constructor(plan: ReadPlan, args: unknown, wanted: WantedSets) {
    this.#plan = plan
    this.#args = args
    this.#wanted = wanted
  }

  /** The answer's own rows. */
  addPinned(rows: ShownRows, answer: unknown): void {
    const { place, whole } = rows
    const table = place === undefined ? undefined : this.#plan.places[place]!.table
    const pinned = whole?.pinned
    if (table === undefined || pinned === undefined || !Array.isArray(answer)) return
    const value = valueAt({ path: pinned, isList: false }, this.#args)
    for (const [column, field] of rows.fields) {
      const key = table.keys.find(({ columns }) => columns.length === 1 && columns[0] === column)
      if (field !== pinned[1] || key === undefined) continue
      const normal = normalValue(key.types[0], value)
      if (typeof normal === 'string') this.#add(table, key, [normal], rows, answer, new Map())
    }
  }

  /** Those that are reached from rows that are shown. */
  addReached({ relations }: ShownRows, value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#addReachedFrom(relations, item)
    else this.#addReachedFrom(relations, value)
  }

  #addReachedFrom(relations: ShownRows['relations'], row: unknown): void {
    if (!isPlain(row)) return
    for (const { field, rows, links } of relations) {
      if (field === undefined || rows === undefined) continue
      const reached = row[field]
      const link = links.find(({ place, between }) => place === rows.place && between === undefined)
      if (link !== undefined && rows.whole !== undefined && Array.isArray(reached))
        this.#addLinked(link, rows, row, reached)
      for (const one of links)
        if (one.between?.isHeld === true && rows.whole !== undefined && Array.isArray(reached))
          this.#addBetween(one, one.between, rows.whole, row, reached)
      this.addReached(rows, reached)
    }
  }

  #addLinked(link: ShownLink, rows: ShownRows, row: PlainObject, reached: readonly unknown[]): void {
    const [key, ...others] = link.keys
    const values = linkValues(link, row, reached)
    if (key === undefined || others.length > 0 || values === undefined || values === null) return
    const own = new Map(key.columns.map((column, at) => [column, values[at]] as const))
    this.#add(this.#plan.places[link.place]!.table, key, values, rows, reached, own)
  }

  /** Of a table between, whose rows are known by what they lead to. */
  #addBetween(
    link: ShownLink,
    { table, far, parentIs }: BetweenRows,
    { take }: WholeSet,
    row: PlainObject,
    reached: readonly unknown[],
  ): void {
    const [key, ...others] = link.keys
    const values = linkValues(link, row, reached)
    if (key === undefined || others.length > 0 || values === undefined || values === null) return
    if (!this.#isAsked(table, key, take, reached)) return
    const [side] = parentIs
    const rows = reached.map(
      (other) =>
        new Map<string, unknown>([
          [side!, values[0]],
          [side === 'A' ? 'B' : 'A', isPlain(other) ? other[far] : undefined],
        ]),
    )
    this.#addRows(table, key, values, rows)
  }

  #add(
    table: PreciseTable,
    key: WatchedKey,
    values: KeyValues,
    { fields, whole }: ShownRows,
    reached: readonly unknown[],
    own: ReadonlyMap<string, unknown>,
  ): void {
    if (!this.#isAsked(table, key, whole!.take, reached)) return
    const columns = new Set(table.keys.flatMap((one) => one.columns))
    const rows = reached.map((row) => {
      const shown = new Map(own)
      for (const column of columns) {
        const field = fields.get(column)
        if (field !== undefined && isPlain(row)) shown.set(column, row[field])
      }
      return shown
    })
    this.#addRows(table, key, values, rows)
  }

  /** Whether anybody asks for the set, and all of it is shown. */
  #isAsked(
    table: PreciseTable,
    key: WatchedKey,
    take: readonly string[],
    reached: readonly unknown[],
  ): boolean {
    // Of texts several that are not equal may have one normal form, and one set.
    if (key.types.some(({ kind }) => kind === 'text')) return false
    return this.#wanted.isWanted(table, key) && this.#areAll(take, reached)
  }

  #addRows(table: PreciseTable, key: WatchedKey, values: KeyValues, rows: SeenSet['rows']): void {
    this.sets.push({ table, key: key.columns, values, rows, normal: normalIn(table) })
  }

  #areAll(path: readonly string[], rows: readonly unknown[]): boolean {
    let take = this.#args
    for (const name of path) take = isPlain(take) ? take[name] : undefined
    return take === undefined || (typeof take === 'number' && rows.length < take)
  }
}

/** The sets of which rows alone matter at a place; `undefined`: others may. */
export type SetsOfPlace = readonly (readonly [key: WatchedKey, values: KeyValues])[] | undefined

/** Those of a read, or of what answers it. */
export function setsAt(
  { plan, args, chosen }: AppliedRead,
  { linkedBy }: PlannedPlace,
  at: number,
  answer: unknown,
): SetsOfPlace {
  const candidate = chosen[at]
  if (candidate === undefined)
    return linkedBy.length === 1 ? setsLinked(plan, linkedBy[0]!, at, answer) : undefined
  if (candidate.rowKey !== undefined) return undefined
  const sets: (readonly [WatchedKey, KeyValues])[] = []
  for (const branch of candidate.branches) {
    const keys = keysOf(branch, args)
    if (keys === undefined) return undefined
    for (const values of keys) sets.push([branch.key, values])
  }
  return sets
}

/** By the answer's own rows. */
function setsLinked({ shown }: ReadPlan, key: WatchedKey, at: number, answer: unknown): SetsOfPlace {
  const links = shown?.relations.flatMap((relation) => relation.links.filter(({ place }) => place === at))
  const [link, ...others] = links ?? []
  if (link?.fields === undefined || link.between !== undefined || others.length > 0) return undefined
  const rows: readonly unknown[] = Array.isArray(answer) ? answer : [answer]
  const sets: (readonly [WatchedKey, KeyValues])[] = []
  for (const row of rows) {
    if (row === null) continue
    const values = isPlain(row) ? linkValues(link, row, undefined) : undefined
    if (values === undefined) return undefined
    if (values !== null) sets.push([key, values])
  }
  return sets
}

/** What a column of a table holds, in its normal form: the same for all sets of the table. */
export const normalIn =
  (table: PreciseTable): SeenSet['normal'] =>
  (column, value) =>
    normalValue(table.columns.named(column)?.column.type, value)
