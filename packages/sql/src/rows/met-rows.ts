import type { KnownColumn, SpeltColumn } from './columns.js'
import { maxKeys } from './key-values.js'
import type { NormalValue } from './normal-value.js'
import type { RowCondition } from './row-condition.js'
import { rowsListed } from './row-condition.js'
import type { ValueSource } from './value-source.js'
import type { ProposedRows } from './write-plan.js'

/** What rows that an upsert finds there have: all columns of one unique key as they were proposed. */
export interface MetRows {
  readonly key: readonly SpeltColumn[]
  /** `undefined`: not known. */
  readonly values: readonly (string | undefined)[]
}

/**
 * The ways in which the rows that an INSERT proposes can meet others.
 *
 * @param keys each of which a row may be met by, and no other
 * @param proposed what a row is proposed to have in a column; `null`: what meets no row
 * @returns `undefined` if the text does not tell the rows, or they are too many
 */
export function metRows(
  keys: readonly (readonly SpeltColumn[])[],
  { columns, rows }: ProposedRows,
  proposed: (source: ValueSource | undefined, column: KnownColumn) => NormalValue,
): readonly MetRows[] | undefined {
  if (columns === undefined || rows === undefined || rows.length * keys.length > maxKeys) return undefined
  const met: MetRows[] = []
  for (const key of keys) {
    const places = key.map(({ spelling }) => columns.lastIndexOf(spelling))
    for (const row of rows) {
      const values = key.map(({ column }, at) => proposed(row[places[at]!], column))
      if (values.every((value) => value !== null)) met.push({ key, values })
    }
  }
  return met
}

/** @returns `undefined` if some may have anything. */
export function conditionOfMet(met: readonly MetRows[]): RowCondition | undefined {
  const conditions: RowCondition[] = []
  for (const { key, values } of met) {
    const known = key.flatMap(({ column }, at) => (values[at] === undefined ? [] : [column]))
    if (known.length === 0) return undefined
    conditions.push(rowsListed(known, [values.filter((value) => value !== undefined)]))
  }
  return { excludes: (valueOf) => conditions.every((one) => one.excludes(valueOf)) }
}
