import { tagTexts, type TagTexts } from './tag-texts.js'
import type { ValueBucket } from './value-bucket.js'
import { isSameKey, type RowKey, type TypedColumns, watchedKey, type WatchedKey } from './watched-key.js'

/** A table whose rows, columns and sets have tags of their own. */
export interface PreciseTable<Type = unknown> {
  readonly grain: 'row'
  readonly name: string
  readonly texts: TagTexts
  readonly columns: TypedColumns<Type>
  /** `undefined`: rows cannot be named. */
  readonly rowKey: RowKey<Type> | undefined
  /** The row key first, then compound keys, then single columns. */
  readonly keys: readonly WatchedKey<Type>[]
  /** Columns that any update may change. */
  readonly selfChanging: readonly string[]
}

/** A table of which every write stops every read. */
export interface WideTable {
  readonly grain: 'table'
  readonly name: string
  readonly texts: TagTexts
  /** Why, for people. */
  readonly reason: string
}

export type TablePrecision<Type = unknown> = PreciseTable<Type> | WideTable

/** What is told apart in one table. */
export interface TableKeys<Type> {
  /** Stands in front of all tags of its database. */
  readonly prefix: string
  readonly name: string
  readonly columns: TypedColumns<Type>
  /** Columns of the primary key, or of another unique key without NULLs; `undefined`: it has none. */
  readonly rowKey: readonly string[] | undefined
  /** What else rows are told apart by; the columns of each tuple by themselves as well. */
  readonly keys: readonly (readonly string[])[]
  readonly selfChanging: readonly string[]
  readonly bucketOf: ValueBucket
}

export function wideTable(prefix: string, name: string, reason: string): WideTable {
  return { grain: 'table', name, texts: tagTexts(prefix, name), reason }
}

export function preciseTable<Type>(keys: TableKeys<Type>): PreciseTable<Type> {
  const { prefix, name, columns, rowKey, selfChanging, bucketOf } = keys
  const texts = tagTexts(prefix, name)
  const changing = new Set(selfChanging.map((column) => column.toLowerCase()))
  // No statement tells what the database computes.
  const toKey = (key: readonly string[]) =>
    key.some((column) => changing.has(column.toLowerCase()))
      ? undefined
      : watchedKey(key, columns, texts, bucketOf)
  const watchedKeys = distinct(inOrder(rowKey ?? [], keys.keys)).flatMap((key) => toKey(key) ?? [])
  return {
    grain: 'row',
    name,
    texts,
    columns,
    rowKey: rowKey && toKey(rowKey),
    keys: watchedKeys,
    selfChanging,
  }
}

/** Tuples before single columns: they hold fewer rows. */
function inOrder(
  rowKey: readonly string[],
  others: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const tuples = others.filter(({ length }) => length > 1)
  const single = [...others.flat(), ...rowKey].map((column) => [column])
  return [...(rowKey.length === 0 ? [] : [rowKey]), ...tuples, ...single]
}

function distinct(keys: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const kept: (readonly string[])[] = []
  for (const key of keys) if (!kept.some((known) => isSameKey(known, key))) kept.push(key)
  return kept
}
