import type { TableName } from '../facts.js'
import { readTarget } from '../target.js'
import { TokenKind, isNameAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { neverAlias } from '../words.js'
import { columnNameAt, type NamedColumn } from './column-name.js'

/** The one table that a statement writes, and how its columns may be qualified. */
export interface TargetTable {
  readonly table: TableName
  /** Its alias, or its name. */
  readonly reference: string
  readonly next: number
}

/** Reads `[ONLY] t [[AS] x]` at `index`. */
export function readTargetTable(source: TokenizedSql, index: number): TargetTable {
  const { table, next } = readTarget(source, index)
  const isAs = wordAt(source, next) === 'as'
  const at = isAs ? next + 1 : next
  if (isNameAt(source, at) && (isAs || !neverAlias.has(wordAt(source, at)))) {
    return { table, reference: columnNameAt(source, at), next: at + 1 }
  }
  // `t`, `t *`, `ONLY (t)`: the name's last part is the last name before `next`.
  let last = next - 1
  while (last > index && (!isNameAt(source, last) || tokenAt(source, last).kind === TokenKind.operator))
    last--
  return { table, reference: columnNameAt(source, last), next }
}

/** Whether a column is the target's: nothing else is in sight of the statement's own clauses. */
export const belongsTo =
  ({ reference }: TargetTable) =>
  ({ qualifier }: NamedColumn): boolean =>
    qualifier === undefined || qualifier === reference
