import { NotUnderstood } from './not-understood.js'
import type { Scope } from './scope.js'
import { TokenKind, tokenAt, wordAt } from './tokens.js'
import { walkDelete } from './verbs/delete.js'
import { walkInsert } from './verbs/insert.js'
import { walkMerge } from './verbs/merge.js'
import { walkUpdate } from './verbs/update.js'
import type { Context } from './context.js'
import { isQueryStart, walk } from './walk.js'
import { walkWith } from './with.js'

/**
 * Walks a statement that gives or changes rows: SELECT, VALUES, TABLE, INSERT, REPLACE, UPDATE, DELETE, MERGE, any
 * of them after `WITH …`, and queries in parentheses. It fills `from` up to `end`.
 *
 * @returns the word that says what is done.
 * @throws {NotUnderstood} for everything else.
 */
export function walkRowsStatement(
  context: Context,
  from: number,
  end: number,
  scope: Scope | undefined,
): string {
  const { source } = context
  let start = from
  let inner = scope
  if (wordAt(source, start) === 'with') {
    const after = walkWith(context, start, end, scope)
    start = after.next
    inner = after.scope
  }
  if (start >= end) throw new NotUnderstood('a statement is missing')
  walkVerb(context, start, end, inner)
  return wordAt(source, start) || 'select'
}

function walkVerb(context: Context, start: number, end: number, scope: Scope | undefined): void {
  const { source } = context
  switch (wordAt(source, start)) {
    case 'insert':
    case 'replace':
      return walkInsert(context, start, end, scope)
    case 'update':
      return walkUpdate(context, start, end, scope)
    case 'delete':
      return walkDelete(context, start, end, scope)
    case 'merge':
      return walkMerge(context, start, end, scope)
    case 'select':
    case 'values':
    case 'table':
      return walk(context, start, end, { scope, isQuery: true })
  }
  const isQueryInParens = tokenAt(source, start).kind === TokenKind.open && isQueryStart(source, start)
  if (!isQueryInParens) throw new NotUnderstood('no known statement begins here')
  walk(context, start, end, { scope, isQuery: true })
}
