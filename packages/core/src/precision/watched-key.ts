import type { TagTexts } from './tag-texts.js'
import type { ValueBucket } from './value-bucket.js'

/** Normal values of a key's columns, in its order; values that the database calls equal are one. */
export type KeyTuple = readonly string[]

/**
 * What an adapter knows of a table's columns.
 *
 * @typeParam Type what makes values of a column comparable
 */
export interface TypedColumns<Type> {
  /** By its name in the catalogue. Of `type: undefined` no value is told from another. */
  named(name: string): { readonly column: { readonly type: Type | undefined } } | undefined
}

/** A column, or several as one tuple, by whose values sets of rows are told apart. */
export interface WatchedKey<Type = unknown> {
  /** As the catalogue spells them; a tuple has an order. */
  readonly columns: readonly string[]
  readonly types: readonly Type[]
  /** `post[authorid=5]`: a row comes to have these values. */
  set(values: KeyTuple): string
  /** `post[authorid=*]`: a row comes to have values that are not known. */
  readonly anySet: string
}

/** The key by which rows are named. */
export interface RowKey<Type = unknown> extends WatchedKey<Type> {
  /** `post#7`: the row with these values is changed or deleted. `post##7`: in a stable column. */
  row(values: KeyTuple): string
}

/**
 * @param row the beginning of the tags of its rows
 * @returns `undefined` where values of one of the columns cannot be told apart: then no row is named by it.
 */
export function watchedKey<Type>(
  columns: readonly string[],
  known: TypedColumns<Type>,
  texts: TagTexts,
  bucketOf: ValueBucket,
  row = texts.row,
): RowKey<Type> | undefined {
  const types: Type[] = []
  for (const name of columns) {
    const type = known.named(name)?.column.type
    if (type === undefined) return undefined
    types.push(type)
  }
  const open = texts.set(columns)
  return {
    columns,
    types,
    set: (values) => `${open}${bucketOf(values)}]`,
    anySet: `${open}*]`,
    row: (values) => row + bucketOf(values),
  }
}

/** `post[authorid=5].title`: a row that is in this set, or may be, is given a value in this column. */
export const columnOfSet = (set: string, column: string): string => `${set}.${column.toLowerCase()}`

/** Whether two keys are of the same columns, in any order. */
export const isSameKey = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((column) => b.includes(column))
