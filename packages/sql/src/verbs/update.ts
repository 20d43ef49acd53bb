import { assignedColumns } from '../assignments.js'
import { readTableName } from '../names.js'
import { NotUnderstood } from '../not-understood.js'
import { isInScope, type Scope } from '../scope.js'
import { readTarget } from '../target.js'
import { skipToken, wordAt, type TokenizedSql } from '../tokens.js'
import type { Context, TableReference } from '../context.js'
import { walk } from '../walk.js'
import { setOfWords } from '../words.js'

const mysqlModifiers = setOfWords('low_priority ignore')

/** `UPDATE [ONLY] t [AS x] SET … [FROM …] [WHERE …]`; MySQL's `UPDATE tables SET …`. */
export function walkUpdate(context: Context, verb: number, end: number, scope: Scope | undefined): void {
  const { source } = context
  const set = indexOfSet(source, verb, end)
  if (source.dialect === 'mysql') return updateTables(context, verb + 1, set, end, scope)
  const hasResolution = wordAt(source, verb + 1) === 'or'
  const { table, next } = readTarget(source, hasResolution ? verb + 3 : verb + 1)
  context.found.addWrite({ table, action: 'update', ...columnsOf(source, set, end) })
  // The rows that stand in the way are deleted.
  if (hasResolution && wordAt(source, verb + 2) === 'replace')
    context.found.addWrite({ table, action: 'replace' })
  walk(context, next, end, { scope, isQuery: true })
}

function columnsOf(source: TokenizedSql, set: number, end: number): { columns?: readonly string[] } {
  const columns = assignedColumns(source, set + 1, end)
  return columns === undefined ? {} : { columns }
}

function indexOfSet(source: TokenizedSql, from: number, end: number): number {
  for (let at = from; at < end; at = skipToken(source, at)) if (wordAt(source, at) === 'set') return at
  throw new NotUnderstood('UPDATE has no SET')
}

/** Which of the tables are written stands in the columns' names, if at all: all of them are taken. */
function updateTables(
  context: Context,
  from: number,
  set: number,
  end: number,
  scope: Scope | undefined,
): void {
  const { source, found } = context
  let at = from
  while (mysqlModifiers.has(wordAt(source, at))) at++
  const references: TableReference[] = []
  walk(context, at, set, { scope, isQuery: true, startsWithTables: true, references })
  if (references.length === 0) references.push({ table: readTableName(source, at).table, alias: undefined })
  const columns = columnsOf(source, set, end)
  references.forEach(({ table }, index) => {
    const isExpression = table.schema === undefined && isInScope(scope, table.name)
    if (index === 0 || !isExpression) found.addWrite({ table, action: 'update', ...columns })
  })
  walk(context, set, end, { scope, isQuery: true })
}
