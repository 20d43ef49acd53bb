import type { RowCondition, ToldRows } from '../conditions.js'
import type { PreciseTable, TablePrecision } from './table-precision.js'
import { columnOfSet, type KeyTuple, type WatchedKey } from './watched-key.js'

/** What one sending of a statement does to the rows of its table. `undefined` is always the wide answer: any value. */
export interface RowChange {
  readonly kind: 'insert' | 'update' | 'delete' | 'upsert' | 'truncate' | 'unknown'
  readonly inserts: boolean
  readonly deletes: boolean
  /** No row can be concerned. */
  readonly isNothing: boolean
  /** The columns that rows which exist are given; columns that change by themselves are not among them. */
  readonly assigned: readonly string[] | undefined
  /** Which rows were changed or deleted, by what they had in the key before. */
  touched(key: readonly string[]): readonly KeyTuple[] | undefined
  /** What rows have in the key after it that may not have had it before. */
  entering(key: readonly string[]): readonly KeyTuple[] | undefined
  /** Whether an answer may tell more of its keys than is told without one. Default: it may. */
  readonly mayTellMore?: boolean
  /** What its text says of the key, whatever it is sent with; `undefined`: nothing. Default: nothing. */
  textOf?(key: readonly string[]): TextOfKey | undefined
  /** What is certain of the rows that were changed or deleted, by what they had before. Default: nothing. */
  condition?(): RowCondition | undefined
  /** The same values of its rows in what nobody else holds, to be asked later. Default: nothing is told of them later. */
  tell?(): ToldRows
}

/** What the text of a statement says of a key. */
interface TextOfKey {
  /** Whether rows may be given another value in one of its columns. */
  readonly isAssigned: boolean
  /** Whether it says where the values stand that rows had in it. */
  readonly isPinned: boolean
}

/** Past this, what a statement says of a key is as good as nothing. */
export const maxKeys = 100

/**
 * The tags of its own table that one sending of a statement bumps. What foreign keys and triggers carry it to is bumped by
 * the table's tag and its clock.
 *
 * @param change applied before the statement is sent: what to mark. Applied once it has answered: what to bump.
 */
export function writeTags(change: RowChange, table: TablePrecision): readonly string[] {
  const { texts } = table
  if (!isTold(change, table)) return [texts.table, texts.clock]
  const tags = new Set([texts.clock])
  if (change.isNothing) return [...tags]
  addTags(change, table, tags, undefined)
  return [...tags]
}

const isTold = (change: RowChange, table: TablePrecision): table is PreciseTable =>
  table.grain === 'row' && change.kind !== 'unknown' && change.kind !== 'truncate'

/** The tags of a change as far as they are told before it is answered. */
export interface BegunTags {
  readonly table: PreciseTable
  /** Whether these are all of them. */
  readonly isTold: boolean
  /** All of them. @param change applied once it has answered */
  end(change: RowChange): readonly string[]
}

/**
 * Begins to make the tags of a change that is being sent: what its text and values tell, an answer leaves as it is.
 *
 * @returns `undefined` where there is nothing to begin with
 */
export function beginTags(change: RowChange, table: TablePrecision): BegunTags | undefined {
  if (!isTold(change, table) || change.isNothing) return undefined
  const tags = new Set([table.texts.clock])
  const later: Later[] = []
  addTags(change, table, tags, change.mayTellMore === false ? undefined : later)
  return {
    table,
    isTold: later.length === 0,
    end(answered) {
      for (const add of later) add(answered)
      return [...tags]
    },
  }
}

/** Adds what was not told before the change was answered. */
type Later = (answered: RowChange) => void

/** @param later takes what is not told; `undefined`: then it may be anything */
function addTags(
  change: RowChange,
  table: PreciseTable,
  tags: Set<string>,
  later: Later[] | undefined,
): void {
  const { texts } = table
  const { assigned } = change
  addTouched(change, assigned, table, tags, later)
  addAssigned(change, assigned, table, tags, later)
  if (change.inserts) tags.add(texts.incoming)
  for (const key of table.keys) addEntering(change, key, tags, later)
  if (change.deletes) addLeaving(change, table, tags, later)
}

/** What is pinned to a set, and whose rows are not all named, carries the columns that pin it as columns of the set. */
function addLeaving(
  change: RowChange,
  { texts, otherKeys }: PreciseTable,
  tags: Set<string>,
  later: Later[] | undefined,
): void {
  tags.add(texts.leaving)
  for (const key of otherKeys) addColumnsOfSets(change, key, [columnOfSet('', key.columns[0]!)], tags, later)
}

/** What every sending of a text bumps, beside the rows that it names. */
export interface TagsOfText {
  readonly table: PreciseTable
  readonly others: readonly string[]
}

/**
 * What of the tags of a change follows from its text.
 *
 * @param tags all of them, of which nothing is certain besides
 * @returns `undefined` if more than the tags of rows differs between sendings
 */
export function tagsOfText(
  change: RowChange,
  table: PreciseTable,
  tags: readonly string[],
): TagsOfText | undefined {
  const { rowKey, otherKeys, texts } = table
  // What a delete takes along depends on its values.
  const isOfText = change.kind === 'update' && change.mayTellMore === false
  const row = rowKey && isOfText ? change.textOf?.(rowKey.columns) : undefined
  if (row === undefined || row.isAssigned) return undefined
  for (const { columns } of otherKeys) {
    const text = change.textOf?.(columns)
    if (text === undefined || text.isAssigned || text.isPinned) return undefined
  }
  const others = tags.filter((tag) => !tag.startsWith(texts.row))
  // Otherwise these stand for more than the rows of this table.
  return others.length < tags.length ? { table, others } : undefined
}

/**
 * The tags of another sending of the same text.
 *
 * @returns `undefined` if they must be made
 */
export function tagsOfSending(
  change: RowChange,
  { table, others }: TagsOfText,
): readonly string[] | undefined {
  if (change.isNothing) return undefined
  const rows = change.touched(table.rowKey!.columns)
  // More than one may come twice.
  if (rows?.length !== 1) return undefined
  return [...others, ...tagsOfRow(rows[0]!, table, isOfVolatile(change, change.assigned, table))]
}

type Columns = readonly string[] | undefined

function addTouched(
  change: RowChange,
  assigned: Columns,
  table: PreciseTable,
  tags: Set<string>,
  later?: Later[],
): void {
  if (change.kind === 'insert') return
  const { rowKey, texts } = table
  const staysStable = isOfVolatile(change, assigned, table)
  const rows = rowKey === undefined ? undefined : change.touched(rowKey.columns)
  if (rows === undefined && later !== undefined) {
    later.push((answered) => addTouched(answered, assigned, table, tags))
    return
  }
  // Which rows it concerns is not told: all answers fall that show a row, or those that show of one what is assigned.
  if (rowKey === undefined || rows === undefined || rows.length > maxKeys)
    tags.add(staysStable ? texts.anyRow : texts.table)
  else for (const row of rows) for (const tag of tagsOfRow(row, table, staysStable)) tags.add(tag)
}

/** @param staysStable see {@link isOfVolatile} */
function tagsOfRow(
  row: KeyTuple,
  { rowKey, stableRowKey }: PreciseTable,
  staysStable: boolean,
): readonly string[] {
  const tag = rowKey!.row(row)
  return staysStable ? [tag] : [tag, stableRowKey!.row(row)]
}

/** Whether rows that exist stay what they are but for volatile columns. */
const isOfVolatile = (
  { kind }: RowChange,
  assigned: Columns,
  { areVolatile, selfChanging }: PreciseTable,
): boolean => (kind === 'update' || kind === 'upsert') && areVolatile(assigned) && areVolatile(selfChanging)

function addAssigned(
  change: RowChange,
  columns: Columns,
  table: PreciseTable,
  tags: Set<string>,
  later: Later[] | undefined,
): void {
  if (change.kind !== 'update' && change.kind !== 'upsert') return
  if (columns === undefined) {
    tags.add(table.texts.table)
    return
  }
  const assigned = table.assigned(columns)
  for (const tag of assigned.tags) tags.add(tag)
  for (const key of table.otherKeys) addColumnsOfSets(change, key, assigned.ofSet, tags, later)
}

/**
 * Of the sets that the changed rows were in; those that they come into are bumped as a whole.
 *
 * @param columns as they stand behind a set
 */
function addColumnsOfSets(
  change: RowChange,
  key: WatchedKey,
  columns: readonly string[],
  tags: Set<string>,
  later?: Later[],
): void {
  const values = change.touched(key.columns)
  if (values === undefined && later !== undefined) {
    later.push((answered) => addColumnsOfSets(answered, key, columns, tags))
    return
  }
  const isTold = values !== undefined && values.length * columns.length <= maxKeys
  const sets = isTold ? values.map((value) => key.set(value)) : [key.anySet]
  for (const set of sets) for (const column of columns) tags.add(set + column)
}

function addEntering(change: RowChange, key: WatchedKey, tags: Set<string>, later?: Later[]): void {
  const values = change.entering(key.columns)
  if (values === undefined && later !== undefined) later.push((answered) => addEntering(answered, key, tags))
  else if (values === undefined || values.length > maxKeys) tags.add(key.anySet)
  else for (const value of values) tags.add(key.set(value))
}
