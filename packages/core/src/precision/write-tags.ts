import type { RowCondition } from '../conditions.js'
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
  /** What is certain of the rows that were changed or deleted, by what they had before. Default: nothing. */
  condition?(): RowCondition | undefined
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
  if (table.grain === 'table' || change.kind === 'unknown' || change.kind === 'truncate')
    return [texts.table, texts.clock]
  const tags = new Set([texts.clock])
  if (change.isNothing) return [...tags]
  const { assigned } = change
  addTouched(change, assigned, table, tags)
  addAssigned(change, assigned, table, tags)
  if (change.inserts) tags.add(texts.incoming)
  for (const key of table.keys) addEntering(change.entering(key.columns), key, tags)
  if (change.deletes) addLeaving(change, table, tags)
  return [...tags]
}

/** What is pinned to a set, and whose rows are not all named, carries the columns that pin it as columns of the set. */
function addLeaving(change: RowChange, { texts, otherKeys }: PreciseTable, tags: Set<string>): void {
  tags.add(texts.leaving)
  for (const key of otherKeys) addColumnsOfSets(change, key, [columnOfSet('', key.columns[0]!)], tags)
}

type Columns = readonly string[] | undefined

function addTouched(change: RowChange, assigned: Columns, table: PreciseTable, tags: Set<string>): void {
  if (change.kind === 'insert') return
  const { rowKey, stableRowKey, texts } = table
  const staysStable = isOfVolatile(change, assigned, table)
  const rows = rowKey === undefined ? undefined : change.touched(rowKey.columns)
  // Which rows it concerns is not told: all answers fall that show a row, or those that show of one what is assigned.
  if (rowKey === undefined || rows === undefined || rows.length > maxKeys)
    tags.add(staysStable ? texts.anyRow : texts.table)
  else
    for (const row of rows) {
      tags.add(rowKey.row(row))
      if (!staysStable) tags.add(stableRowKey!.row(row))
    }
}

/** Whether rows that exist stay what they are but for volatile columns. */
const isOfVolatile = (
  { kind }: RowChange,
  assigned: Columns,
  { areVolatile, selfChanging }: PreciseTable,
): boolean => (kind === 'update' || kind === 'upsert') && areVolatile(assigned) && areVolatile(selfChanging)

function addAssigned(change: RowChange, columns: Columns, table: PreciseTable, tags: Set<string>): void {
  if (change.kind !== 'update' && change.kind !== 'upsert') return
  if (columns === undefined) {
    tags.add(table.texts.table)
    return
  }
  const assigned = table.assigned(columns)
  for (const tag of assigned.tags) tags.add(tag)
  for (const key of table.otherKeys) addColumnsOfSets(change, key, assigned.ofSet, tags)
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
): void {
  const values = change.touched(key.columns)
  const isTold = values !== undefined && values.length * columns.length <= maxKeys
  const sets = isTold ? values.map((value) => key.set(value)) : [key.anySet]
  for (const set of sets) for (const column of columns) tags.add(set + column)
}

function addEntering(values: readonly KeyTuple[] | undefined, key: WatchedKey, tags: Set<string>): void {
  if (values === undefined || values.length > maxKeys) tags.add(key.anySet)
  else for (const value of values) tags.add(key.set(value))
}
