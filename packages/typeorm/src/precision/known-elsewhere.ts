import type { OtherAnswers, RowsElsewhere } from '@freshet/core/adapter'
import { normalValue, type ValueType } from '@freshet/sql'
import type { TablePrecisions } from './table-precision.js'

/** What has a value of which alone rows matter: the one row of a table with a value in a unique column. */
interface OtherRow {
  /** The table, by its name. */
  readonly table: string
  /** What it has in this. */
  readonly far: string
  readonly unique: string
}

interface KnownParts {
  readonly tables: TablePrecisions
  readonly elsewhere: RowsElsewhere<ValueType>
  readonly others: OtherAnswers
  /** What the answer may be seen by. */
  readonly scope: string
}

/** What is known of rows that an answer does not show, as long as nothing else is stored: for all changes that it is held against. */
export class KnownElsewhere {
  readonly others: OtherAnswers
  readonly scope: string
  readonly #parts: KnownParts
  readonly #values = new Map<OtherRow, Map<unknown, string | undefined>>()

  constructor(parts: KnownParts) {
    this.#parts = parts
    this.others = parts.others
    this.scope = parts.scope
  }

  /** What another row has, in its normal form; `undefined`: not known. @param given what it has in the unique column */
  valueOf(row: OtherRow, given: unknown): string | undefined {
    let values = this.#values.get(row)
    if (values === undefined) this.#values.set(row, (values = new Map()))
    if (!values.has(given)) values.set(given, this.#find(row, given))
    return values.get(given)
  }

  #find({ table: name, far, unique }: OtherRow, given: unknown): string | undefined {
    const { tables, elsewhere, others, scope } = this.#parts
    const table = tables.of(name)
    if (table.grain === 'table') return undefined
    const found = elsewhere.valueOf({ table, column: far, unique }, given, scope, others)
    return normalValue(table.columns.named(far)?.column.type, found) ?? undefined
  }
}
