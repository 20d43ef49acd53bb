import type { TableName } from '../facts.js'
import { readTableName } from '../names.js'
import { NotUnderstood } from '../not-understood.js'
import { isInScope, type Scope } from '../scope.js'
import { readTarget } from '../target.js'
import { TokenKind, isOperatorAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import type { Context, TableReference } from '../context.js'
import { walk } from '../walk.js'
import { setOfWords } from '../words.js'

const mysqlModifiers = setOfWords('low_priority quick ignore history')

/** `DELETE FROM [ONLY] t [USING …] [WHERE …]`; MySQL's `DELETE a, b FROM tables` and `DELETE FROM a, b USING tables`. */
export function walkDelete(context: Context, verb: number, end: number, scope: Scope | undefined): void {
  if (context.source.dialect === 'mysql') return mysqlDelete(context, verb + 1, end, scope)
  if (wordAt(context.source, verb + 1) !== 'from') throw new NotUnderstood('DELETE has no FROM')
  const { table, next } = readTarget(context.source, verb + 2)
  context.found.addWrite({ table, action: 'delete' })
  walk(context, next, end, { scope, isQuery: true, usingBeginsTables: true })
}

function mysqlDelete(context: Context, from: number, end: number, scope: Scope | undefined): void {
  const { source, found } = context
  let at = from
  while (mysqlModifiers.has(wordAt(source, at))) at++
  const fromFirst = wordAt(source, at) === 'from'
  const { targets, next } = targetsFrom(source, fromFirst ? at + 1 : at)
  if (wordAt(source, next) !== (fromFirst ? 'using' : 'from')) {
    if (!fromFirst || targets.length !== 1) throw new NotUnderstood('DELETE has no FROM')
    found.addWrite({ table: targets[0]!, action: 'delete' })
    return walk(context, next, end, { scope, isQuery: true })
  }
  const references: TableReference[] = []
  walk(context, next + 1, end, { scope, isQuery: true, startsWithTables: true, references })
  for (const table of targets.flatMap((target) => tablesBehind(target, references))) {
    found.addWrite({ table, action: 'delete' })
  }
  for (const { table } of references) {
    if (table.schema !== undefined || !isInScope(scope, table.name)) found.addRead(table)
  }
}

function targetsFrom(source: TokenizedSql, from: number): { targets: TableName[]; next: number } {
  const targets: TableName[] = []
  let at = from
  for (;;) {
    const { table, next } = readTableName(source, at)
    targets.push(table)
    const hasStar = tokenAt(source, next).kind === TokenKind.dot && isOperatorAt(source, next + 1, '*')
    at = hasStar ? next + 2 : next
    if (tokenAt(source, at).kind !== TokenKind.comma) return { targets, next: at }
    at++
  }
}

/** A target is an alias or a name from the list of tables. One that is neither may stand for any of them. */
function tablesBehind(target: TableName, references: readonly TableReference[]): TableName[] {
  const named = references.filter(
    ({ table, alias }) => alias === target.name || (alias === undefined && table.name === target.name),
  )
  const found = named.length > 0 ? named : references
  if (found.length === 0) throw new NotUnderstood('DELETE names no table that its list holds')
  return found.map(({ table }) => table)
}
