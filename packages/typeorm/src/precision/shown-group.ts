import { recently, shapeReader } from './read-once.js'
import type { ShownShape } from './shown-columns.js'

/**
 * The rows on which an answer depends by their names, at one place of a query: plain data, to be kept with the answer. The text of a
 * `ShownShape`, whether all of them are here, and of each the values of the shape's columns; `undefined`: not known.
 */
export type ShownGroup = readonly [shape: string, isWhole: boolean, ...values: unknown[]]

export interface GroupShown {
  readonly shape: ShownShape
  /** Whether all rows on which the answer depends at this place are here. */
  readonly isWhole: boolean
  /** In the order in which the answer shows them. */
  readonly rows: readonly RowShown[]
}

export interface RowShown {
  /** `undefined`: not known. */
  readonly key: string | undefined
  /** By the column's name in the catalogue; `undefined`: not known. */
  readonly valueOf: (column: string) => unknown
}

const shapeOf = shapeReader<ShownShape>()

export const readGroup = recently(([text, isWhole, ...values]: ShownGroup): GroupShown => {
  const shape = shapeOf(text)
  const { columns, keyLength } = shape
  const rows: RowShown[] = []
  for (let from = 0; from < values.length; from += columns.length) {
    const key = values.slice(from, from + keyLength)
    rows.push({
      key: key.includes(undefined) ? undefined : keyText(key),
      valueOf: (column) => {
        const at = columns.indexOf(column)
        return at < 0 ? undefined : values[from + at]
      },
    })
  }
  return { shape, isWhole, rows }
})

/** Two keys have the same text only if they are the same. */
export const keyText = (key: readonly unknown[]): string =>
  key.length === 1 ? String(key[0]) : JSON.stringify(key.map(String))

/** What is compared is short. */
const maxText = 64

/** A value that can be kept and compared; `undefined`: any other. */
export function comparable(value: unknown): unknown {
  if (typeof value === 'string') return value.length > maxText ? undefined : value
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined
}
