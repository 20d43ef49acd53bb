import type { KeyValues, RowWrite } from '@freshet/sql'
import type { PreciseTable, TablePrecision } from './table-precision.js'
import type { WatchedKey } from './watched-key.js'

/** Past this, what a statement says of a key is as good as nothing. */
const maxKeys = 100

/**
 * The tags of its own table that one sending of a statement bumps. What foreign keys and triggers carry it to is the
 * write closure's, and is bumped by the table's tag and its clock.
 *
 * @param write applied before the statement is sent: what to mark. Applied once it has answered: what to bump.
 */
export function writeTags(write: RowWrite, precision: TablePrecision): readonly string[] {
  const { texts } = precision
  if (precision.grain === 'table' || write.kind === 'unknown' || write.kind === 'truncate')
    return [texts.table, texts.clock]
  const tags = new Set([texts.clock])
  if (write.isNothing) return [...tags]
  addTouched(write, precision, tags)
  addAssigned(write, precision, tags)
  if (write.inserts) tags.add(texts.incoming)
  for (const key of precision.keys) addEntering(write.entering(key.columns), key, tags)
  if (write.deletes) tags.add(texts.leaving)
  return [...tags]
}

function addTouched(write: RowWrite, { rowKey, texts }: PreciseTable, tags: Set<string>): void {
  if (write.kind === 'insert') return
  const rows = rowKey === undefined ? undefined : write.touched(rowKey.columns)
  if (rowKey === undefined || rows === undefined || rows.length > maxKeys) tags.add(texts.table)
  else for (const row of rows) tags.add(rowKey.row(row))
}

function addAssigned(
  write: RowWrite,
  { watched, selfChanging, texts }: PreciseTable,
  tags: Set<string>,
): void {
  if (write.kind !== 'update' && write.kind !== 'upsert') return
  const { assigned } = write
  if (assigned === undefined) {
    tags.add(texts.table)
    return
  }
  for (const column of [...assigned, ...selfChanging]) tags.add(texts.column(column))
  if (assigned.some((column) => watched.has(column))) tags.add(texts.leaving)
}

function addEntering(values: readonly KeyValues[] | undefined, key: WatchedKey, tags: Set<string>): void {
  if (values === undefined || values.length > maxKeys) tags.add(key.anySet)
  else for (const value of values) tags.add(key.set(value))
}
