import type { TagTexts } from './precision/tag-texts.js'

/** What is certain of the rows that a write concerned, where it cannot name them. */
export interface RowCondition {
  /**
   * Whether a row is certainly none of them.
   *
   * @param valueOf what the row has in a column, by its name in the catalogue and as the database gives it; `undefined`: not known
   * @param parentOf the same of the row that it references by some columns, by the tag of that row's table. Default: nothing is known of it
   */
  excludes(valueOf: ValueOf, parentOf?: ParentOf): boolean
  /** Whether a row that has these values is certainly one of them, as long as it is there. Default: that is not told. */
  includes?(valueOf: ValueOf): boolean
}

type ValueOf = (column: string) => unknown
type ParentOf = (columns: readonly string[], table: string) => ValueOf | undefined

/** Normal values of a key's columns, in its order. */
type Values = readonly string[]

/** What a write tells of the values of its rows. `undefined` is always the wide answer: any value. */
export interface ToldRows {
  /** Which rows were changed or deleted, by what they had in the key before. */
  touched(key: readonly string[]): readonly Values[] | undefined
  /** What rows have in the key after it that may not have had it before. */
  entering(key: readonly string[]): readonly Values[] | undefined
  /** What every row that was inserted or changed has in a column after it; `null`: NULL. */
  after(column: readonly [string]): readonly (string | null)[] | undefined
  /** How much more than before every row that was changed has in a column. Default: not known. */
  moved?(column: readonly [string]): MovedBy | undefined
  /** How many rows were inserted, changed or deleted. Default: not known. */
  readonly changed?: number | undefined
  /** The schema that its text names. Default: none */
  readonly schema?: string | undefined
}

/** A change of whole numbers by one, which is exact if what comes of it is in the column's range. */
export interface MovedBy {
  readonly by: bigint
  readonly min: bigint
  readonly max: bigint
}

/** What one row had in a column before a change, and has after it. */
export interface MovedValue {
  readonly before: bigint
  readonly after: bigint
}

/** What is certain of a change of rows. */
export interface ChangedRows {
  /** Of every row that was changed. */
  readonly condition: RowCondition
  /** What else they have than before, lower-cased; `undefined`: any column, or they are gone. */
  readonly columns: readonly string[] | undefined
  /** Makes what it tells of their values, of which nothing may change any more. Default: it tells nothing. */
  readonly tell?: (() => ToldRows) | undefined
}

/** What is certain of the rows for which a tag stands this time: each was changed by one of these. */
export interface SomeRows {
  /** The tag of their table. */
  readonly table: string
  readonly changes: readonly ChangedRows[]
  /** Whether some of it may have been undone before the end of its transaction. Default: none was. */
  readonly mayBeUndone?: boolean
  /** These are all changes of the table, and the tag stands for no rows: what is known of them says nothing of an answer. Default: it does. */
  readonly isLog?: boolean
}

/** By tags that stand for all rows of their tables, if nothing is said. */
export type Conditions = ReadonlyMap<string, SomeRows>

/** A change of rows for which a tag stands. */
export interface ConditionalChange extends Omit<ChangedRows, 'tell'> {
  /** What stands for these rows. */
  readonly tag: string
  /** The tag of their table. */
  readonly table: string
  /** Of changes whose tag does not stand for rows that are not named, but for what else the rows could change. */
  readonly told?: ToldRows | undefined
  /** By the columns of which that is known, what every row that may have been changed had and has; a row that was not has what it had. */
  readonly moved?: MovedRows | undefined
  /** When it was told, for `OtherAnswers.isUntouched`. */
  readonly at?: number | undefined
}

/** By the names of columns. */
export type MovedRows = ReadonlyMap<string, readonly MovedValue[]>

/** What is known beside an answer by now. */
export interface OtherAnswers {
  /** An answer that could be served now, as it is stored; `undefined`: there is none. @param key with the namespace in front */
  find(key: string): unknown
  /** Whether a write is under way that may concern a table: what it has done already is perhaps in one answer, and not in another one. */
  mayBeWritten(table: string): boolean
  /**
   * Whether an answer that was stored before a change has shown all rows that have these values in a key, and no change since has touched
   * any of these rows, nor brought another one. Default: nobody knows.
   *
   * @param table the tag of their table
   */
  isUntouched?(table: string, key: readonly string[], values: Values, change: ConditionalChange): boolean
  /**
   * Whether an answer that was stored before a change has shown all rows that have these values in a key, of which none had a value in a
   * column then, nor has been given it since. Default: nobody knows.
   *
   * @param having the column, and the normal form of the value
   */
  lacks?(set: NamedSet, having: readonly [column: string, value: string], change: ConditionalChange): boolean
  /**
   * What a row has in a column by now, for who judges a change. Default: nobody knows.
   *
   * @param row the normal values of its table's row key
   */
  knownValue?(table: string, row: Values, column: string, change: ConditionalChange): bigint | undefined
}

/** All rows that have some values in a key, of the table with a tag. */
export interface NamedSet {
  readonly table: string
  readonly key: readonly string[]
  /** Normal values, in the order of the key. */
  readonly values: Values
}

/** All rows that have some values in a key: which ones is not told. */
export interface SetName {
  readonly table: TrackedTable
  readonly key: readonly string[]
  /** Normal values, in the order of the key. */
  readonly values: Values
}

/** All rows that have some values in a key. */
export interface SeenSet extends SetName {
  /** What each shows, by the names of columns. */
  readonly rows: readonly ReadonlyMap<string, unknown>[]
  /** The normal form of what a row shows in a column; `null`: NULL, `undefined`: not known. */
  normal(column: string, value: unknown): string | null | undefined
}

/** What a stored answer shows, for its plan to tell. */
export interface ShownRows {
  /**
   * Whether all that the answer depends on by the tag of the change is rows that it shows, none of which was changed in a column that matters.
   *
   * @param value the answer, as it is stored
   * @param tags what it is stored under
   */
  areExcluded(value: unknown, change: ConditionalChange, tags: readonly string[]): boolean
  /**
   * Whether none of the rows that were changed could matter to the answer in the way for which the tag of the change stands: by coming, by
   * leaving, by their order. Default: they could.
   *
   * @param value the answer, as it is stored
   */
  isBesides?(value: unknown, change: ConditionalChange, others: OtherAnswers): boolean
  /**
   * What rows that the answer shows have in columns of which somebody may ask what they had before a change. Default: nobody asks.
   *
   * @param value the answer, as it is stored
   */
  tracked?(value: unknown): readonly TrackedRow[]
  /** The sets of rows of which an answer shows all that there are, if somebody may ask for them. Default: nobody asks. */
  seenSets?(value: unknown): readonly SeenSet[]
}

/** A row that an answer shows. */
export interface TrackedRow {
  readonly table: TrackedTable
  /** Normal values of the row key's columns, in its order. */
  readonly key: Values
  /** By the names of columns. */
  readonly values: readonly (readonly [column: string, value: bigint])[]
}

/** A table whose rows are named. */
export interface TrackedTable {
  readonly texts: TagTexts
  readonly rowKey: { readonly columns: readonly string[] } | undefined
}

// A list of tags goes through many hands, nearly all of which know tags as texts, and hardly any has conditions.
const known = new WeakMap<readonly string[], Conditions>()

/** The same tags, some of which stand for fewer rows than all. Whoever does not ask takes them for all. */
export function withConditions(
  tags: readonly string[],
  conditions: Conditions | undefined,
): readonly string[] {
  if (conditions !== undefined && conditions.size > 0) known.set(tags, conditions)
  return tags
}

/** What is certain of rows for which some of the tags stand; `undefined`: nothing. */
export const conditionsOf = (tags: readonly string[]): Conditions | undefined => known.get(tags)

/**
 * Those of two lists of tags together, each of which one write gives new generations.
 *
 * @param has whether a tag is in the first list
 */
export function bothConditions(
  one: Conditions | undefined,
  has: (tag: string) => boolean,
  other: readonly string[],
): Conditions | undefined {
  const added = conditionsOf(other)
  if (one === undefined && added === undefined) return undefined
  const both = new Map(one)
  for (const tag of other) {
    const some = added?.get(tag)
    const known = one?.get(tag)
    if (some === undefined) both.delete(tag)
    else if (known !== undefined) both.set(tag, { ...known, changes: [...known.changes, ...some.changes] })
    else if (!has(tag)) both.set(tag, some)
  }
  return both.size === 0 ? undefined : both
}
