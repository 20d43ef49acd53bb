import { normalValue } from '@freshet/sql'
import { isPlain } from './arguments.js'
import type { ValueOfRow } from './pins.js'
import type { ShownRows } from './read-plan.js'
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

interface Noted {
  readonly key: string
  readonly shown: ShownRows
}

/**
 * Which stored answers show a row by the value of a unique column. What they show is not kept here: whether it is so still, is asked of
 * the store.
 */
export class RowsElsewhere {
  readonly #isUnique: (table: string, column: string) => boolean
  /** Tables of whose rows somebody wants to know. */
  readonly #wanted = new Set<string>()
  readonly #noted = new Map<string, Noted>()

  constructor(isUnique: (table: string, column: string) => boolean) {
    this.#isUnique = isUnique
  }

  want({ name }: PreciseTable): void {
    this.#wanted.add(name)
  }

  isWanted(table: string): boolean {
    return this.#wanted.has(table)
  }

  /** An answer is about to be kept. */
  note({ scope, key }: KeptAt, shown: ShownRows, table: PreciseTable, answer: unknown): void {
    const rows = rowsOf(answer)
    if (rows.length > maxRows) return
    for (const [column, field] of shown.fields) {
      if (!this.#isUnique(table.name, column)) continue
      for (const row of rows) {
        const name = isPlain(row) ? nameOf(scope, table, column, row[field]) : undefined
        if (name !== undefined) this.#add(name, { key, shown })
      }
    }
  }

  #add(name: string, noted: Noted): void {
    this.#noted.delete(name)
    this.#noted.set(name, noted)
    if (this.#noted.size > maxNoted) this.#noted.delete(this.#noted.keys().next().value!)
  }

  /**
   * What the one row has in a column; `undefined`: not known.
   *
   * @param find gives an answer that could be served now
   */
  valueOf(
    { table, unique, column }: ValueOfRow,
    value: unknown,
    scope: string,
    find: (key: string) => unknown,
  ): unknown {
    const name = nameOf(scope, table, unique, value)
    const noted = name === undefined ? undefined : this.#noted.get(name)
    if (noted === undefined) return undefined
    const [uniqueField, field] = [noted.shown.fields.get(unique), noted.shown.fields.get(column)]
    if (uniqueField === undefined || field === undefined) return undefined
    const row = rowsOf(find(noted.key)).find(
      (one) => isPlain(one) && isSame(table, unique, one[uniqueField], value),
    )
    return isPlain(row) ? row[field] : undefined
  }
}

const rowsOf = (answer: unknown): readonly unknown[] =>
  Array.isArray(answer) ? (answer as readonly unknown[]) : [answer]

function nameOf(scope: string, table: PreciseTable, column: string, value: unknown): string | undefined {
  const normal = normalValue(table.columns.named(column)?.column.type, value)
  return normal === undefined || normal === null ? undefined : `${scope}|${table.name}|${column}|${normal}`
}

/** Normal forms of different texts may be one. */
function isSame(table: PreciseTable, column: string, one: unknown, other: unknown): boolean {
  const type = table.columns.named(column)?.column.type
  if (type?.kind === 'text') return one === other
  const normal = normalValue(type, one)
  return normal !== undefined && normal !== null && normal === normalValue(type, other)
}
