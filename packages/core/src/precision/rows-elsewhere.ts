import type { OtherAnswers } from '../conditions.js'
import type { PreciseTable } from './table-precision.js'

/** Rows of one table, told by one column. Past this, what was noted first is forgotten: it only costs loads. */
const maxNoted = 5000
/** Of an answer with more rows nothing is noted. */
const maxRows = 100
/** Answers that show one row. */
const maxOfRow = 3

/** Where an answer is kept. */
export interface KeptAt {
  /** What it may be seen by, with the namespace. */
  readonly scope: string
  /** With the namespace in front. */
  readonly key: string
}

/** Rows of a table that an answer shows. */
export interface RowsShown<Type> {
  readonly table: PreciseTable<Type>
  /** The columns of each that can be compared, as the catalogue spells them. */
  readonly columns: readonly string[]
  /** @param answer as it is stored */
  rowsOf(answer: unknown): readonly unknown[]
  valueOf(row: unknown, column: string): unknown
}

/** The value that one row has in a column: the only row of its table with a value in another one. */
export interface ValueOfRow<Type> {
  readonly table: PreciseTable<Type>
  readonly column: string
  /** Unique in the table. */
  readonly unique: string
}

/** When two values are one, which core does not know. */
interface EqualValues<Type> {
  /** Values that the database calls equal have one form; `null`: NULL, which equals nothing; `undefined`: not told. */
  normal(type: Type | undefined, value: unknown): string | null | undefined
  /** Whether two values, as the driver gives them, are certainly equal. */
  areSame(type: Type | undefined, one: unknown, other: unknown): boolean
}

interface Noted<Type> {
  readonly key: string
  readonly shown: RowsShown<Type>
  /** How many tables the answer is made of: the fewer, the longer it lasts. */
  readonly tables: number
}

/** By scopes and values. Answers of fewer tables first, and of as many the latest. */
type NotedRows<Type> = Map<string, readonly Noted<Type>[]>

/**
 * Which stored answers show a row by the value of a unique column. What they show is not kept here: whether it is so still, is asked of
 * the store.
 */
export class RowsElsewhere<Type> {
  readonly #equal: EqualValues<Type>
  /** By the names of tables, and by the unique columns by which somebody wants to know of their rows. */
  readonly #wanted = new Map<string, Map<string, NotedRows<Type>>>()

  constructor(equal: EqualValues<Type>) {
    this.#equal = equal
  }

  /** @param row told by a column of which the database lets no two rows have one value */
  want({ table, unique }: Pick<ValueOfRow<Type>, 'table' | 'unique'>): void {
    let columns = this.#wanted.get(table.name)
    if (columns === undefined) this.#wanted.set(table.name, (columns = new Map()))
    if (!columns.has(unique)) columns.set(unique, new Map())
  }

  isWanted(table: string): boolean {
    return this.#wanted.has(table)
  }

  /** An answer is about to be kept. @param tables how many it is made of */
  note({ scope, key }: KeptAt, shown: RowsShown<Type>, answer: unknown, tables = 1): void {
    const rows = shown.rowsOf(answer)
    if (rows.length > maxRows) return
    const wanted = this.#wanted.get(shown.table.name)
    for (const column of shown.columns) {
      const noted = wanted?.get(column)
      if (noted === undefined) continue
      for (const row of rows) {
        const name = this.#nameOf(scope, shown.table, column, shown.valueOf(row, column))
        if (name !== undefined) add(noted, name, { key, shown, tables })
      }
    }
  }

  /**
   * What the row has in the column by now, and had when an answer was loaded that is asked about now: that would have ended otherwise, as
   * the other answer would.
   *
   * @param value that it has in the unique column
   * @returns `undefined`: not known
   */
  valueOf(
    { table, unique, column }: ValueOfRow<Type>,
    value: unknown,
    scope: string,
    others: OtherAnswers,
  ): unknown {
    // What is done and not told of yet may be in one of the two answers alone.
    if (others.mayBeWritten(table.texts.table)) return undefined
    const name = this.#nameOf(scope, table, unique, value)
    const type = table.columns.named(unique)?.column.type
    const noted = name === undefined ? undefined : this.#wanted.get(table.name)?.get(unique)?.get(name)
    for (const { key, shown } of noted ?? []) {
      const row = shown
        .rowsOf(others.find(key))
        .find((one) => this.#equal.areSame(type, shown.valueOf(one, unique), value))
      const found = row === undefined ? undefined : shown.valueOf(row, column)
      if (found !== undefined) return found
    }
    return undefined
  }

  #nameOf(scope: string, table: PreciseTable<Type>, column: string, value: unknown): string | undefined {
    const normal = this.#equal.normal(table.columns.named(column)?.column.type, value)
    return normal === undefined || normal === null ? undefined : `${scope}|${normal}`
  }
}

function add<Type>(rows: NotedRows<Type>, name: string, noted: Noted<Type>): void {
  const others = rows.get(name)?.filter(({ key }) => key !== noted.key) ?? []
  const at = others.findIndex(({ tables }) => tables >= noted.tables)
  const all = others.toSpliced(at < 0 ? others.length : at, 0, noted).slice(0, maxOfRow)
  rows.delete(name)
  rows.set(name, all)
  if (rows.size > maxNoted) rows.delete(rows.keys().next().value!)
}
