import { upsertedColumns } from '../assignments.js'
import type { TableWrite } from '../facts.js'
import { readTableName } from '../names.js'
import type { Scope } from '../scope.js'
import { TokenKind, skipToken, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import type { Context } from '../context.js'
import { isQueryStart, walk } from '../walk.js'
import { setOfWords } from '../words.js'

const modifiers = setOfWords('low_priority delayed high_priority ignore into')

/**
 * `INSERT [OR …] [IGNORE] [INTO] t [(columns)] … [ON CONFLICT …] [ON DUPLICATE KEY UPDATE …]`, and REPLACE.
 */
export function walkInsert(context: Context, verb: number, end: number, scope: Scope | undefined): void {
  const { source, found } = context
  let at = verb + 1
  let replaces = wordAt(source, verb) === 'replace'
  if (wordAt(source, at) === 'or') {
    replaces ||= wordAt(source, at + 1) === 'replace'
    at += 2
  }
  while (modifiers.has(wordAt(source, at))) at++
  const { table, next } = readTableName(source, at)
  found.addWrite({ table, ...(replaces ? { action: 'replace' } : insertAction(source, next, end)) })
  walk(context, afterColumns(source, next), end, { scope, isQuery: true })
}

/** Behind the alias, the partition list and the list of columns, none of which holds a table or a call. */
function afterColumns(source: TokenizedSql, from: number): number {
  let at = from
  if (wordAt(source, at) === 'as') at += 2
  if (wordAt(source, at) === 'partition') at = skipToken(source, at + 1)
  const isColumnList = tokenAt(source, at).kind === TokenKind.open && !isQueryStart(source, at)
  return isColumnList ? skipToken(source, at) : at
}

function insertAction(source: TokenizedSql, from: number, end: number): Omit<TableWrite, 'table'> {
  for (let at = from; at < end; at = skipToken(source, at)) {
    if (wordAt(source, at) !== 'update') continue
    const previous = wordAt(source, at - 1)
    if (previous !== 'do' && previous !== 'key') continue
    const columns = upsertedColumns(source, from, end)
    return columns === undefined ? { action: 'upsert' } : { action: 'upsert', columns }
  }
  return { action: 'insert' }
}
