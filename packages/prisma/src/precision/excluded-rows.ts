import { type ConditionalChange, isSameKey } from '@freshet/core/adapter'
import { isPlain, type PlainObject } from './arguments.js'
import { type AppliedRead, keysOf } from './applied-read.js'
import type { Candidate } from './place.js'
import type { ShownLink, ShownRows } from './read-plan.js'

/**
 * Whether no row on which an answer depends by its name can be one of those that were changed.
 *
 * By a tag that stands for rows which are not named an answer depends on those that it names itself: those that it shows, with their keys,
 * and those that it asks for by their key. Whatever else can change it has tags of its own (columns, sets, rows that leave).
 */
export function areExcluded(asked: AppliedRead, result: unknown, change: ConditionalChange): boolean {
  const { plan, chosen } = asked
  const rows = new ExcludedRows(asked, change)
  if (plan.shown !== undefined && !rows.exclude(plan.shown, result, undefined, undefined)) return false
  return plan.places.every((_, at) => {
    const candidate = chosen[at]
    if (candidate?.rowKey === undefined || !rows.isConcerned(at)) return true
    // A row that was asked for and is not shown may be there, and not be what else was asked for.
    return rows.shownAt(at) === countRows(candidate, asked, change.table)
  })
}

/** How many rows a read asks for by their keys at one place; `undefined`: not told, such as where two keys share a tag. */
function countRows({ branches }: Candidate, { tags, args }: AppliedRead, table: string): number | undefined {
  const named = tags.filter((tag) => tag.startsWith(`${table}#`) && tag !== `${table}#*`).length
  let asked = 0
  for (const branch of branches) asked += keysOf(branch, args)?.length ?? Infinity
  return asked === named ? asked : undefined
}

class ExcludedRows {
  readonly #asked: AppliedRead
  readonly #change: ConditionalChange
  /** By places that are pinned by the row key, which rows are shown. */
  readonly #shown = new Map<number, Set<string>>()

  constructor(asked: AppliedRead, change: ConditionalChange) {
    this.#asked = asked
    this.#change = change
  }

  shownAt(place: number): number {
    return this.#shown.get(place)?.size ?? 0
  }

  exclude(
    rows: ShownRows,
    value: unknown,
    parent: PlainObject | undefined,
    link: ShownLink | undefined,
    above?: ShownRows,
  ): boolean {
    if (value === undefined || value === null) return true
    if (Array.isArray(value)) return value.every((item) => this.exclude(rows, item, parent, link, above))
    return isPlain(value) && this.#excludes(rows, value, parent, link, above)
  }

  #excludes(
    rows: ShownRows,
    row: PlainObject,
    parent: PlainObject | undefined,
    link: ShownLink | undefined,
    above: ShownRows | undefined,
  ): boolean {
    if (this.#dependsOn(rows)) {
      const isExcluded = this.#change.condition.excludes(
        (column) => valueOf(column, rows, row, parent, link),
        (columns, table) => this.#parentValues(columns, table, parent, link, above),
      )
      if (!isExcluded) return false
      this.#count(rows, row, parent)
    }
    return rows.relations.every(({ field, rows: inner, links }) => {
      const reached = field === undefined ? undefined : row[field]
      if (links.some((one) => !this.#excludesBetween(one, row, reached))) return false
      const leading = links.find(({ place, between }) => place === inner?.place && between === undefined)
      return inner === undefined || this.exclude(inner, reached, row, leading, rows)
    })
  }

  /** Of the row that leads to one, if that is the one which it references by these columns. */
  #parentValues(
    columns: readonly string[],
    table: string,
    parent: PlainObject | undefined,
    link: ShownLink | undefined,
    above: ShownRows | undefined,
  ): ((column: string) => unknown) | undefined {
    const key = link?.fields === undefined ? undefined : link.keys[0]
    if (key === undefined || above?.place === undefined || parent === undefined) return undefined
    if (!isSameKey(key.columns, columns)) return undefined
    if (this.#asked.plan.places[above.place]!.table.texts.table !== table) return undefined
    return (column) => {
      const field = above.fields.get(column)
      return field === undefined ? undefined : parent[field]
    }
  }

  /** Whether rows of this place are named, by the answer or by what was asked for. */
  #dependsOn({ place, named }: ShownRows): boolean {
    if (place === undefined || !this.isConcerned(place)) return false
    return named !== undefined || this.#asked.chosen[place]?.rowKey !== undefined
  }

  /** Whether rows that are named at a place depend on the tag of the change. */
  isConcerned(place: number): boolean {
    const { table, rowKey, columns } = this.#asked.plan.places[place]!
    if (table.texts.table !== this.#change.table) return false
    if (this.#change.columns?.every((column) => !columns.has(column)) === true) return false
    const names = this.#asked.chosen[place]?.rowKey ?? rowKey
    // Names that volatile columns leave alone need no tag that stands for them.
    return this.#change.tag !== table.texts.anyRow || names !== table.stableRowKey
  }

  #count({ place, named }: ShownRows, row: PlainObject, parent: PlainObject | undefined): void {
    if (place === undefined || this.#asked.chosen[place]?.rowKey === undefined) return
    let shown = this.#shown.get(place)
    if (shown === undefined) this.#shown.set(place, (shown = new Set()))
    // One that is not named is one of those asked for, as are the others: together they count for one.
    const values =
      named?.own?.map((field) => row[field]) ?? named?.fromParent?.map((field) => parent?.[field]) ?? []
    shown.add(values.map(String).join())
  }

  /** The rows of a join table are known by those at their ends. */
  #excludesBetween({ place, fields, between }: ShownLink, row: PlainObject, reached: unknown): boolean {
    if (between === undefined || !this.isConcerned(place)) return true
    const { condition } = this.#change
    const [first] = between.key.columns
    return (Array.isArray(reached) ? (reached as readonly unknown[]) : []).every((far) =>
      between.parentIs.every((side) => {
        const own = row[fields![0]!]
        const other = isPlain(far) ? far[between.far] : undefined
        const ends = side === 'A' ? [own, other] : [other, own]
        return condition.excludes((column) => ends[column === first ? 0 : 1])
      }),
    )
  }
}

/** What the row shows of itself, or what leads to it says of it. */
function valueOf(
  column: string,
  { fields, named }: ShownRows,
  row: PlainObject,
  parent: PlainObject | undefined,
  link: ShownLink | undefined,
): unknown {
  const own = fields.get(column)
  if (own !== undefined) return row[own]
  if (parent === undefined) return undefined
  const ofKey = named?.key.columns.indexOf(column) ?? -1
  if (ofKey >= 0 && named?.fromParent !== undefined) return parent[named.fromParent[ofKey]!]
  const ofLink = link?.keys[0]?.columns.indexOf(column) ?? -1
  return ofLink >= 0 && link?.fields !== undefined ? parent[link.fields[ofLink]!] : undefined
}
