import type { KnownColumns, KeyValues, ValueType } from '@freshet/sql'
import type { TagTexts } from './tag-texts.js'
import type { ValueBucket } from './value-bucket.js'

/** A column, or several as one tuple, by whose values sets of rows are told apart. */
export interface WatchedKey {
  /** As the catalogue spells them; a tuple has an order. */
  readonly columns: readonly string[]
  readonly types: readonly ValueType[]
  /** `post[authorid=5]`: a row comes to have these values. */
  set(values: KeyValues): string
  /** `post[authorid=*]`: a row comes to have values that are not known. */
  readonly anySet: string
}

/** The key by which rows are named. */
export interface RowKey extends WatchedKey {
  /** `post#7`: the row with these values is changed or deleted. */
  row(values: KeyValues): string
}

/** @returns `undefined` where values of one of the columns cannot be told apart: then no row is named by it. */
export function watchedKey(
  columns: readonly string[],
  known: KnownColumns,
  texts: TagTexts,
  bucketOf: ValueBucket,
): RowKey | undefined {
  const types: ValueType[] = []
  for (const column of columns) {
    const type = known.named(column)?.column.type
    if (type === undefined) return undefined
    types.push(type)
  }
  const open = texts.set(columns)
  return {
    columns,
    types,
    set: (values) => `${open}${bucketOf(values)}]`,
    anySet: `${open}*]`,
    row: (values) => texts.row + bucketOf(values),
  }
}

/** Whether two keys are of the same columns, in any order. */
export const isSameKey = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((column) => b.includes(column))
