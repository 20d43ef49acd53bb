import { readTableName, type ReadTable } from './names.js'
import { NotUnderstood } from './not-understood.js'
import { TokenKind, isOperatorAt, tokenAt, wordAt, type TokenizedSql } from './tokens.js'

/** Reads `[ONLY] t [*]` or `ONLY (t)`, as PostgreSQL lets a statement name the table that it writes. */
export function readTarget(source: TokenizedSql, index: number): ReadTable {
  const isOnly = source.dialect === 'postgresql' && wordAt(source, index) === 'only'
  const at = isOnly ? index + 1 : index
  if (isOnly && tokenAt(source, at).kind === TokenKind.open) return inParens(source, at)
  const target = readTableName(source, at)
  return isOperatorAt(source, target.next, '*') ? { table: target.table, next: target.next + 1 } : target
}

function inParens(source: TokenizedSql, open: number): ReadTable {
  const { table, next } = readTableName(source, open + 1)
  if (next !== tokenAt(source, open).partner)
    throw new NotUnderstood('more than a table name stands after ONLY')
  return { table, next: next + 1 }
}
