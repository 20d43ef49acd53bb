import { type TrackedRow, wholeNumber } from '@freshet/core/adapter'
import { normalValue } from '@freshet/sql'
import { isPlain, type PlainObject } from './arguments.js'
import type { ReadPlan, ShownRows } from './read-plan.js'
import type { PreciseTable } from './table-precision.js'

/** Of an answer with more rows no more are tracked. */
const maxRows = 100

const none: readonly TrackedRow[] = []

/** The columns of which some read of a client may ask what rows had in them before a change. */
export class TrackedColumns {
  readonly #byTable = new Map<PreciseTable, Set<string>>()
  #isStopped = false

  /** Whether nothing is tracked any more. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Who reads in scopes may have tables of one name in each, and no statement says whose it writes. */
  stop(): void {
    this.#isStopped = true
  }

  /** To be called before an answer of the plan is stored. */
  wantAll({ places, shown, cut }: ReadPlan): void {
    for (const [at, { table }] of places.entries())
      for (const column of columnsOf({ places, shown, cut }, at)) this.#want(table, column)
  }

  #want(table: PreciseTable, column: string): void {
    // Of texts several that are not equal may have one normal form: a row may be another than the one that was changed.
    if (table.rowKey?.types.some(({ kind }) => kind === 'text') === true) return
    const columns = this.#byTable.get(table)
    if (columns === undefined) this.#byTable.set(table, new Set([column]))
    else columns.add(column)
  }

  /** What must be told of a change for rows of these tables to be tracked. */
  tagsOf({ places, shown, cut }: ReadPlan): readonly string[] {
    return places.flatMap(({ table: { texts } }, at) => {
      const columns = columnsOf({ places, shown, cut }, at)
      return columns.length === 0 ? [] : [texts.leaving, ...columns.map((column) => texts.column(column))]
    })
  }

  /** What an answer shows of these columns. */
  rowsIn({ places, shown }: ReadPlan, answer: unknown): readonly TrackedRow[] {
    if (this.#isStopped || this.#byTable.size === 0 || shown === undefined) return none
    const found: TrackedRow[] = []
    this.#addRows(places, shown, answer, found)
    return found
  }

  #addRows(places: ReadPlan['places'], rows: ShownRows, value: unknown, found: TrackedRow[]): void {
    if (Array.isArray(value)) for (const item of value) this.#addRows(places, rows, item, found)
    else if (isPlain(value) && found.length < maxRows) {
      const row = this.#tracked(places, rows, value)
      if (row !== undefined) found.push(row)
      for (const { field, rows: inner } of rows.relations)
        if (inner !== undefined && field !== undefined) this.#addRows(places, inner, value[field], found)
    }
  }

  #tracked(
    places: ReadPlan['places'],
    { place, named, fields }: ShownRows,
    row: PlainObject,
  ): TrackedRow | undefined {
    const table = place === undefined ? undefined : places[place]!.table
    const columns = table && this.#byTable.get(table)
    if (columns === undefined || named?.own === undefined) return undefined
    const key = named.own.map((field, at) => normalValue(named.key.types[at], row[field]))
    if (key.some((value) => value === undefined || value === null)) return undefined
    const values: (readonly [string, bigint])[] = []
    for (const column of columns) {
      const field = fields.get(column)
      const value = field === undefined ? undefined : wholeNumber(row[field])
      if (value !== undefined) values.push([column, value])
    }
    return values.length === 0 ? undefined : { table: table!, key: key as string[], values }
  }
}

/** What is asked about at one place. What a row has in its own key its name tells. */
function columnsOf(
  { places, shown, cut }: Pick<ReadPlan, 'places' | 'shown' | 'cut'>,
  at: number,
): readonly string[] {
  const { table, compared } = places[at]!
  const columns = [...compared.keys()]
  if (cut !== undefined && at === shown?.place) columns.push(cut.column[0])
  return columns.filter((column) => table.rowKey?.columns.includes(column) !== true)
}
