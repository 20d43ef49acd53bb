import { readTableName } from '../names.js'
import { NotUnderstood } from '../not-understood.js'
import { isInScope, type Scope } from '../scope.js'
import { readTarget } from '../target.js'
import { skipToken, wordAt, type TokenizedSql } from '../tokens.js'
import { walk, type Context, type TableReference } from '../walk.js'
import { setOfWords } from '../words.js'

const mysqlModifiers = setOfWords('low_priority ignore')

/** `UPDATE [ONLY] t [AS x] SET … [FROM …] [WHERE …]`; MySQL's `UPDATE tables SET …`. */
export function walkUpdate(context: Context, verb: number, end: number, scope: Scope | undefined): void {
  const { source } = context
  const set = indexOfSet(source, verb, end)
  if (source.dialect === 'mysql') return updateTables(context, verb + 1, set, end, scope)
  const { table, next } = readTarget(source, wordAt(source, verb + 1) === 'or' ? verb + 3 : verb + 1)
  context.found.addWrite({ table, action: 'update' })
  walk(context, next, end, { scope, isQuery: true })
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
  references.forEach(({ table }, index) => {
    const isExpression = table.schema === undefined && isInScope(scope, table.name)
    if (index === 0 || !isExpression) found.addWrite({ table, action: 'update' })
  })
  walk(context, set, end, { scope, isQuery: true })
}
