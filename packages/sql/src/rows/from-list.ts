import type { TableName } from '../facts.js'
import { readTableName } from '../names.js'
import { NotUnderstood } from '../not-understood.js'
import { TokenKind, isNameAt, skipToken, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { neverAlias, setOfWords } from '../words.js'
import { columnNameAt } from './column-name.js'

/** A table, or (without `table`) a query in its place. */
export interface FromItem {
  readonly table: TableName | undefined
  /** Its alias, or its name. */
  readonly reference: string
  /** How it is joined to what stands before it. */
  readonly join: 'inner' | 'left' | 'other'
  /** Its `ON`, from the token behind the word. */
  readonly on: { readonly from: number; readonly end: number } | undefined
  /** The tokens that name it and its alias. */
  readonly names: { readonly from: number; readonly end: number }
}

const joinWords = setOfWords('inner cross left right full outer natural join')

/**
 * The list that fills tokens `from` up to `end`: tables and queries, joined by commas and by JOIN … ON.
 *
 * @throws {NotUnderstood} for everything else that may stand there.
 */
export function readFromList(source: TokenizedSql, from: number, end: number): readonly FromItem[] {
  const items: FromItem[] = []
  let at = from
  let join: FromItem['join'] = 'inner'
  for (;;) {
    const item = readItem(source, at)
    const on = readOn(source, item.next, end)
    items.push({ ...item.named, join, on })
    at = on?.end ?? item.next
    if (at >= end) return items
    if (tokenAt(source, at).kind === TokenKind.comma) {
      join = 'inner'
      at++
    } else {
      const words = readJoin(source, at)
      join = words.join
      at = words.next
    }
  }
}

function readItem(source: TokenizedSql, from: number) {
  const start = wordAt(source, from) === 'lateral' ? from + 1 : from
  const isQuery = tokenAt(source, start).kind === TokenKind.open
  if (isQuery && wordAt(source, start + 1) !== 'select')
    throw new NotUnderstood('a list of tables is in parentheses')
  const { table, next } = isQuery
    ? { table: undefined, next: skipToken(source, start) }
    : readTableName(source, start)
  const isAs = wordAt(source, next) === 'as'
  const at = isAs ? next + 1 : next
  const hasAlias = isNameAt(source, at) && (isAs || !neverAlias.has(wordAt(source, at)))
  const last = hasAlias ? at : next - 1
  const reference = isQuery && !hasAlias ? '' : columnNameAt(source, last)
  const names = { from: isQuery ? next : start, end: last + 1 }
  return { named: { table, reference, names }, next: last + 1 }
}

function readOn(source: TokenizedSql, at: number, end: number) {
  if (wordAt(source, at) !== 'on') return undefined
  let last = at + 1
  while (last < end && !endsOn(source, last)) last = skipToken(source, last)
  return { from: at + 1, end: last }
}

/** `LEFT(…)` and `RIGHT(…)` are functions. */
function endsOn(source: TokenizedSql, at: number): boolean {
  if (tokenAt(source, at).kind === TokenKind.comma) return true
  return joinWords.has(wordAt(source, at)) && tokenAt(source, at + 1).kind === TokenKind.word
    ? true
    : wordAt(source, at) === 'join'
}

function readJoin(source: TokenizedSql, from: number): { join: FromItem['join']; next: number } {
  let at = from
  const words: string[] = []
  while (joinWords.has(wordAt(source, at)) && wordAt(source, at) !== 'join') words.push(wordAt(source, at++))
  if (wordAt(source, at) !== 'join' || words.includes('natural'))
    throw new NotUnderstood('its tables are joined in another way')
  if (words[0] === 'left') return { join: 'left', next: at + 1 }
  return { join: words[0] === 'right' || words[0] === 'full' ? 'other' : 'inner', next: at + 1 }
}
