import { type KeyValues, normalValue } from '@freshet/sql'
import { isPlain, type PlainObject } from './arguments.js'
import type { Candidate } from './place.js'
import type { BetweenRows, NamedRows, ReadPlan, ShownLink, ShownRows } from './read-plan.js'
import type { WatchedKey } from './table-precision.js'

/** Past this, rows of one place are not named, and sets that they pin are not told apart. */
export const maxLate = 100
/** Past this, the same holds of the places that have most of them. */
export const maxLateInAll = 250

type Chosen = readonly (Candidate | undefined)[]

/** The clocks of the tables whose tags follow from the result. */
export function clocksOf({ shown, places }: ReadPlan, chosen: Chosen): readonly string[] {
  return [...new Set(latePlaces(shown, chosen).map((place) => places[place]!.table.texts.clock))]
}

/** The places whose tags follow from the result. */
function latePlaces(rows: ShownRows | undefined, chosen: Chosen): readonly number[] {
  if (rows === undefined) return []
  const { place, named, relations } = rows
  const own = place !== undefined && named !== undefined && chosen[place]?.rowKey === undefined ? [place] : []
  const linked = relations.flatMap(({ links }) =>
    links.flatMap((link) => (isLate(link, chosen) ? [link.place] : [])),
  )
  return [...own, ...linked, ...relations.flatMap((relation) => latePlaces(relation.rows, chosen))]
}

const isLate = ({ place, between }: ShownLink, chosen: Chosen): boolean =>
  chosen[place] === undefined || (between !== undefined && chosen[place].rowKey === undefined)

/** The tags that follow from a result: its rows, and the sets of rows that they lead to. */
export function lateTags(plan: ReadPlan, chosen: Chosen, result: unknown): readonly string[] {
  if (plan.shown === undefined) return []
  const late = new LateTags(plan, chosen)
  late.addRows(plan.shown, result, undefined)
  return late.tags()
}

class LateTags {
  readonly #plan: ReadPlan
  readonly #chosen: Chosen
  readonly #rows = new Map<number, Set<string>>()
  readonly #sets = new Map<number, Set<string>>()
  readonly #others = new Set<string>()

  constructor(plan: ReadPlan, chosen: Chosen) {
    this.#plan = plan
    this.#chosen = chosen
  }

  /** The largest groups give way first. */
  tags(): readonly string[] {
    const groups = [
      ...[...this.#rows].map(([place, tags]) => ({ tags, instead: this.#place(place).unnamed })),
      ...[...this.#sets].map(([place, tags]) => ({ tags, instead: this.#place(place).unlinked })),
    ].toSorted((a, b) => b.tags.size - a.tags.size)
    let total = groups.reduce((sum, { tags }) => sum + tags.size, 0)
    for (const { tags, instead } of groups) {
      const isTooMuch = tags.size > maxLate || total > maxLateInAll
      addAll(this.#others, isTooMuch ? instead : tags)
      if (isTooMuch) total -= tags.size
    }
    return [...this.#others]
  }

  addRows(rows: ShownRows, value: unknown, parent: PlainObject | undefined): void {
    if (value === undefined || value === null) return
    if (Array.isArray(value)) for (const item of value) this.addRows(rows, item, parent)
    else this.#addRow(rows, value as PlainObject, parent)
  }

  #addRow({ place, named, relations }: ShownRows, row: PlainObject, parent: PlainObject | undefined): void {
    if (place !== undefined && named !== undefined && this.#chosen[place]?.rowKey === undefined) {
      const values = rowValues(named, row, parent)
      // A write may reach this row under a name of its own.
      if (values === undefined) this.#others.add(named.table.texts.clock)
      else addTo(this.#rows, place, this.#place(place).rowKey!.row(values))
    }
    for (const { field, rows, links } of relations) {
      const reached = field === undefined ? undefined : row[field]
      for (const link of links) this.#addLink(link, row, reached)
      if (rows !== undefined) this.addRows(rows, reached, row)
    }
  }

  #addLink(link: ShownLink, row: PlainObject, reached: unknown): void {
    const { place, keys, between } = link
    if (this.#chosen[place] === undefined) {
      const values = linkValues(link, row, reached)
      if (values === undefined) addAll(this.#others, this.#place(place).unlinked)
      else if (values !== null) for (const key of keys) addTo(this.#sets, place, key.set(values))
    }
    if (between !== undefined && this.#chosen[place]?.rowKey === undefined)
      this.#addBetween(place, link, between, row, reached)
  }

  /** The rows of a join table are named by those at their ends. */
  #addBetween(
    place: number,
    link: ShownLink,
    between: BetweenRows,
    row: PlainObject,
    reached: unknown,
  ): void {
    for (const far of Array.isArray(reached) ? (reached as readonly unknown[]) : []) {
      for (const side of between.parentIs) {
        const ends = [row[link.fields![0]!], isPlain(far) ? far[between.far] : undefined]
        const values = keyValues(between.key, side === 'A' ? ends : ends.toReversed())
        if (values === undefined || values === null) this.#others.add(between.table.texts.clock)
        else addTo(this.#rows, place, this.#place(place).rowKey!.row(values))
      }
    }
  }

  #place(index: number) {
    return this.#plan.places[index]!
  }
}

function addTo(groups: Map<number, Set<string>>, place: number, tag: string): void {
  const group = groups.get(place)
  if (group === undefined) groups.set(place, new Set([tag]))
  else group.add(tag)
}

function addAll(tags: Set<string>, more: Iterable<string>): void {
  for (const tag of more) tags.add(tag)
}

/** @returns `undefined` for a row that has no name: a part of its key is NULL, or has no normal form. */
function rowValues(
  named: NamedRows,
  row: PlainObject,
  parent: PlainObject | undefined,
): KeyValues | undefined {
  const { key, own, fromParent } = named
  const values =
    own !== undefined
      ? valuesOf(own, row)
      : fromParent === undefined || parent === undefined
        ? undefined
        : valuesOf(fromParent, parent)
  return values === undefined ? undefined : (keyValues(key, values) ?? undefined)
}

/** @returns `null` if nothing can be reached; `undefined` if it cannot be told what is. */
export function linkValues(
  { keys, fields, farFields }: ShownLink,
  row: PlainObject,
  reached: unknown,
): KeyValues | null | undefined {
  const [key] = keys
  if (key === undefined) return undefined
  if (fields !== undefined) return keyValues(key, valuesOf(fields, row))
  if (farFields === undefined || !isObject(reached)) return undefined
  return keyValues(key, valuesOf(farFields, reached)) ?? undefined
}

const isObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const valuesOf = (fields: readonly string[], row: PlainObject): readonly unknown[] =>
  fields.map((field) => row[field])

/** `null` if one of them is NULL, which meets nothing. */
function keyValues({ types }: WatchedKey, values: readonly unknown[]): KeyValues | null | undefined {
  const normal = values.map((value, at) => normalValue(types[at], value))
  if (normal.includes(null)) return null
  return normal.includes(undefined) ? undefined : (normal as readonly string[])
}
