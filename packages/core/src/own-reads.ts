import type { ChangedRows, Conditions, MovedBy, ToldRows, TrackedTable } from './conditions.js'
import { wholeNumber } from './precision/besides.js'

/** Rows that a transaction has read itself, after what it had written by then. */
export interface OwnReads {
  readonly table: TrackedTable
  /** That of the table, if the text names one. */
  readonly schema: string | undefined
  /** The columns of which somebody may ask what rows have in them after a change. */
  readonly columns: readonly string[]
  readonly rows: readonly OwnRead[]
}

interface OwnRead {
  /** Normal values of the row key's columns, in its order. */
  readonly key: readonly string[]
  /** `null`: NULL, `undefined`: not told. */
  valueOf(column: string): string | null | undefined
}

/**
 * What is certain of changes whose rows their own transaction has read: as nobody else can have written such a row since, what it shows is
 * what the change made of it, if it is the only one that can have touched the row.
 *
 * @param conditions of all that the transaction had written
 * @param has whether it has written this tag
 * @returns the same where nothing more is certain
 */
export function withOwnReads(
  conditions: Conditions,
  has: (tag: string) => boolean,
  { table, schema, columns, rows }: OwnReads,
): Conditions {
  const { texts, rowKey } = table
  // Of rows that come and go one may be another by now, and of rows that are not told any may have been changed.
  if (rowKey === undefined || [texts.table, texts.incoming, texts.leaving].some(has)) return conditions
  if (rowKey.columns.some((column) => has(texts.column(column)))) return conditions
  const told = new Map(conditions)
  for (const column of columns) {
    const tag = texts.column(column)
    const some = told.get(tag)
    if (some === undefined) continue
    const changes = [...some.changes]
    for (const row of rows) {
      const value = row.valueOf(column)
      const at = onlyChangeOf(changes, rowKey.columns, row.key)
      if (at >= 0) changes[at] = afterwards(changes[at]!, column, value, schema)
    }
    told.set(tag, { ...some, changes })
  }
  return told
}

/** @returns -1 if several may have changed the row, or others with it */
function onlyChangeOf(
  changes: readonly ChangedRows[],
  rowKey: readonly string[],
  key: readonly string[],
): number {
  let found = -1
  for (const [at, { tell }] of changes.entries()) {
    const touched = tell?.().touched(rowKey)
    if (touched === undefined) return -1
    if (!touched.some((other) => other.every((value, part) => value === key[part]))) continue
    if (found >= 0 || touched.length > 1) return -1
    found = at
  }
  return found
}

function afterwards(
  { condition, columns, tell }: ChangedRows,
  column: string,
  value: string | null | undefined,
  schema: string | undefined,
): ChangedRows {
  return { condition, columns, tell: () => toldAfterwards(tell!(), column, value, schema) }
}

function toldAfterwards(
  told: ToldRows,
  column: string,
  value: string | null | undefined,
  schema: string | undefined,
): ToldRows {
  const by = told.moved?.([column])
  // A row that stays as it was InnoDB does not write, and goes on showing what it had when the transaction first looked.
  if (by === undefined || by.by === 0n || told.schema !== schema) return told
  const number = wholeNumber(value)
  if (number === undefined || isAtBound(by, number)) return told
  return {
    touched: (key) => told.touched(key),
    entering: (key) => told.entering(key),
    after: (key) => (key[0] === column ? [number.toString()] : told.after(key)),
    moved: (key) => told.moved?.(key),
    changed: told.changed,
    schema,
  }
}

/** Where MySQL is not strict it stores the last value of the range for any beyond it. */
const isAtBound = ({ min, max }: MovedBy, number: bigint): boolean => number <= min || number >= max
