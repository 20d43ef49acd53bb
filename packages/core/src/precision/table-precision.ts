import { tagTexts, type TagTexts } from './tag-texts.js'
import type { ValueBucket } from './value-bucket.js'
import {
  columnOfSet,
  isSameKey,
  type RowKey,
  type TypedColumns,
  watchedKey,
  type WatchedKey,
} from './watched-key.js'

/** A table whose rows, columns and sets have tags of their own. */
export interface PreciseTable<Type = unknown> {
  readonly grain: 'row'
  readonly name: string
  readonly texts: TagTexts
  readonly columns: TypedColumns<Type>
  /** `undefined`: rows cannot be named. */
  readonly rowKey: RowKey<Type> | undefined
  /** The same for answers that show of a row nothing but what {@link areStable}: its tags change with these columns alone. */
  readonly stableRowKey: RowKey<Type> | undefined
  /** The row key first, then compound keys, then single columns. */
  readonly keys: readonly WatchedKey<Type>[]
  /** Those but the row key: what is pinned by that carries the row's own tag. */
  readonly otherKeys: readonly WatchedKey<Type>[]
  /** Columns that any update may change. */
  readonly selfChanging: readonly string[]
  /** Columns that are written so often that the others are told apart from them, lower-cased. */
  readonly volatile: readonly string[]
  /** Whether none of these is written so often that the others are told apart from it; `undefined`: any column. */
  areStable(columns: readonly string[] | undefined): boolean
  /** Whether all of these are. */
  areVolatile(columns: readonly string[] | undefined): boolean
  /** What a write that gives rows these columns bumps of them. Made once for each list. */
  assigned(columns: readonly string[]): AssignedColumns
}

/** Columns that a write gives to rows, with those that any update may change. */
interface AssignedColumns {
  /** `post.title` of each. */
  readonly tags: readonly string[]
  /** `.title` of each: what stands behind a set. */
  readonly ofSet: readonly string[]
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
  /**
   * Columns that are written so often that answers which do not show them are told apart from those that do. Columns of keys
   * are none, and those that change by themselves always are. Default: none.
   */
  readonly volatile?: readonly string[] | undefined
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
  const toKey = (key: readonly string[], row?: string) =>
    key.some((column) => changing.has(column.toLowerCase()))
      ? undefined
      : watchedKey(key, columns, texts, bucketOf, row)
  const watchedKeys = distinct(inOrder(rowKey ?? [], keys.keys)).flatMap((key) => toKey(key) ?? [])
  return {
    grain: 'row',
    name,
    texts,
    columns,
    rowKey: rowKey && toKey(rowKey),
    otherKeys: watchedKeys.filter(({ columns: own }) => rowKey === undefined || !isSameKey(own, rowKey)),
    assigned: rememberedAssigned(texts, selfChanging),
    stableRowKey: rowKey && toKey(rowKey, texts.stableRow),
    keys: watchedKeys,
    selfChanging,
    ...columnClasses(keys),
  }
}

// A statement's columns are one list as long as its text is remembered.
function rememberedAssigned(
  texts: TagTexts,
  selfChanging: readonly string[],
): (columns: readonly string[]) => AssignedColumns {
  const known = new WeakMap<readonly string[], AssignedColumns>()
  return (columns) => {
    let assigned = known.get(columns)
    if (assigned === undefined) {
      const all = [...new Set([...columns, ...selfChanging])]
      assigned = { tags: all.map(texts.column), ofSet: all.map((column) => columnOfSet('', column)) }
      known.set(columns, assigned)
    }
    return assigned
  }
}

/** By the folded names: of two columns that differ in nothing else both are what one of them is, for reads and for writes. */
function columnClasses({
  rowKey = [],
  keys,
  selfChanging,
  volatile = [],
}: TableKeys<unknown>): Pick<PreciseTable, 'volatile' | 'areStable' | 'areVolatile'> {
  // What is pinned by a key needs no tag of its column: the tags of rows must fall with it.
  const ofKeys = new Set([...rowKey, ...keys.flat()].map((column) => column.toLowerCase()))
  const names = [...volatile, ...selfChanging].map((column) => column.toLowerCase())
  const set = new Set(names.filter((column) => !ofKeys.has(column)))
  const isVolatile = (column: string) => set.has(column.toLowerCase())
  return {
    volatile: [...set],
    areStable: (columns) => columns !== undefined && !columns.some(isVolatile),
    areVolatile: (columns) => columns !== undefined && columns.every(isVolatile),
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
