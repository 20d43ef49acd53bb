import { type TrackedRow, wholeNumber } from '@freshet/core/adapter'
import { normalValue } from '@freshet/sql'
import type { ReadPlan } from './read-plan.js'
import { readGroup, type RowShown, type ShownGroup } from './shown-group.js'
import type { PreciseTable } from './table-precision.js'

interface TrackedTable {
  readonly table: PreciseTable
  readonly columns: Set<string>
}

const none: readonly TrackedRow[] = []

/** The columns of which some read of a DataSource may ask what rows had in them before a change. */
export class TrackedColumns {
  /** By the tags of the tables. */
  readonly #byTable = new Map<string, TrackedTable>()
  #isStopped = false

  /** Whether nothing is tracked any more. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Who reads in scopes may have tables of one name in each, and no statement says whose it writes. */
  stop(): void {
    this.#isStopped = true
  }

  /**
   * To be called before an answer of the plan is stored.
   *
   * @returns the tags by which rows of these tables can be tracked
   */
  want({ places, cut }: ReadPlan): readonly string[] {
    return places.flatMap(({ table, compared }, at) => {
      // What a row has in its own key its name tells.
      const columns = [...compared.keys(), ...(cut?.place === at ? [cut.column] : [])].filter(
        (column) => table.rowKey?.columns.includes(column) !== true,
      )
      if (columns.length === 0) return []
      const { texts } = table
      const tracked = this.#byTable.get(texts.table)
      if (tracked === undefined) this.#byTable.set(texts.table, { table, columns: new Set(columns) })
      else for (const column of columns) tracked.columns.add(column)
      return [texts.leaving, ...columns.map((column) => texts.column(column))]
    })
  }

  /** What an answer shows of these columns. */
  rowsIn(shown: readonly ShownGroup[] | undefined): readonly TrackedRow[] {
    if (this.#isStopped || this.#byTable.size === 0 || shown === undefined) return none
    return shown.flatMap((group) => {
      const { shape, rows } = readGroup(group)
      const tracked = this.#byTable.get(shape.table)
      return tracked === undefined ? [] : rows.flatMap((row) => rowOf(tracked, row) ?? [])
    })
  }
}

function rowOf({ table, columns }: TrackedTable, { valueOf }: RowShown): TrackedRow | undefined {
  const { rowKey } = table
  // Of texts several that are not equal may have one normal form: a row may be another than the one that was changed.
  if (rowKey?.types.some(({ kind }) => kind === 'text') === true) return undefined
  const key = rowKey?.columns.map((column, at) => normalValue(rowKey.types[at], valueOf(column))) ?? [null]
  if (key.some((value) => value === undefined || value === null)) return undefined
  const values: (readonly [string, bigint])[] = []
  for (const column of columns) {
    const value = wholeNumber(valueOf(column))
    if (value !== undefined) values.push([column, value])
  }
  return values.length === 0 ? undefined : { table, key: key as readonly string[], values }
}
