import type { OtherAnswers } from '../conditions.js'
import type { PreciseTable } from './table-precision.js'

/** Past this, what was noted first is forgotten: it only costs loads. */
const maxNoted = 5000
/** Of an answer with more rows nothing is noted. */
const maxRows = 100

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
}

/**
 * Which stored answers show a row by the value of a unique column. What they show is not kept here: whether it is so still, is asked of
 * the store.
 */
export class RowsElsewhere<Type> {
  readonly #isUnique: (table: string, column: string) => boolean
  readonly #equal: EqualValues<Type>
  /** Tables of whose rows somebody wants to know. */
  readonly #wanted = new Set<string>()
  readonly #noted = new Map<string, Noted<Type>>()

  constructor(isUnique: (table: string, column: string) => boolean, equal: EqualValues<Type>) {
    this.#isUnique = isUnique
    this.#equal = equal
  }

  want({ name }: PreciseTable): void {
    this.#wanted.add(name)
  }

  isWanted(table: string): boolean {
    return this.#wanted.has(table)
  }

  /** An answer is about to be kept. */
  note({ scope, key }: KeptAt, shown: RowsShown<Type>, answer: unknown): void {
    const rows = shown.rowsOf(answer)
    if (rows.length > maxRows) return
    for (const column of shown.columns) {
      if (!this.#isUnique(shown.table.name, column)) continue
      for (const row of rows) {
        const name = this.#nameOf(scope, shown.table, column, shown.valueOf(row, column))
        if (name !== undefined) this.#add(name, { key, shown })
      }
    }
  }

  #add(name: string, noted: Noted<Type>): void {
    this.#noted.delete(name)
    this.#noted.set(name, noted)
    if (this.#noted.size > maxNoted) this.#noted.delete(this.#noted.keys().next().value!)
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
    const noted = name === undefined ? undefined : this.#noted.get(name)
    if (noted === undefined) return undefined
    const { shown } = noted
    const type = table.columns.named(unique)?.column.type
    const row = shown
      .rowsOf(others.find(noted.key))
      .find((one) => this.#equal.areSame(type, shown.valueOf(one, unique), value))
    return row === undefined ? undefined : shown.valueOf(row, column)
  }

  #nameOf(scope: string, table: PreciseTable<Type>, column: string, value: unknown): string | undefined {
    const normal = this.#equal.normal(table.columns.named(column)?.column.type, value)
    return normal === undefined || normal === null ? undefined : `${scope}|${table.name}|${column}|${normal}`
  }
}
