import { nameAt } from './names.js'
import { TokenKind, isNameAt, isOperatorAt, skipToken, tokenAt, wordAt, type TokenizedSql } from './tokens.js'
import { setOfWords } from './words.js'

const terminators = setOfWords('where from returning order limit')

/**
 * The columns that a list of assignments names, from behind `SET` or `ON DUPLICATE KEY UPDATE`: `a = …, (b, c) = …`.
 * May hold more than the truth (the table of `t.a`, a name inside an array), never less.
 *
 * @returns `undefined` if the text does not tell.
 */
export function assignedColumns(
  source: TokenizedSql,
  from: number,
  end: number,
): readonly string[] | undefined {
  const columns = new Set<string>()
  for (let at = from; ;) {
    const value = afterTarget(source, at, columns)
    if (value === undefined) return undefined
    at = afterValue(source, value, end)
    if (at >= end || tokenAt(source, at).kind !== TokenKind.comma) return [...columns]
    at++
  }
}

/** The columns of every `DO UPDATE SET` and `ON DUPLICATE KEY UPDATE` of an INSERT. */
export function upsertedColumns(
  source: TokenizedSql,
  from: number,
  end: number,
): readonly string[] | undefined {
  const columns = new Set<string>()
  for (let at = from; at < end; at = skipToken(source, at)) {
    if (wordAt(source, at) !== 'update') continue
    const list = wordAt(source, at - 1) === 'do' ? at + 2 : at + 1
    const assigned = assignedColumns(source, list, end)
    if (assigned === undefined) return undefined
    for (const column of assigned) columns.add(column)
  }
  return [...columns]
}

/** Adds what stands before the `=` and returns the index behind it. */
function afterTarget(source: TokenizedSql, from: number, columns: Set<string>): number | undefined {
  const isList = tokenAt(source, from).kind === TokenKind.open
  const after = isList ? skipToken(source, from) : afterName(source, from)
  const last = isList ? after - 1 : after
  for (let at = isList ? from + 1 : from; at < last; at++) {
    const { kind } = tokenAt(source, at)
    if (kind === TokenKind.comma || kind === TokenKind.dot) continue
    if (!isNameAt(source, at)) return undefined
    columns.add(nameAt(source, at))
  }
  return isOperatorAt(source, after, '=') ? after + 1 : undefined
}

function afterName(source: TokenizedSql, from: number): number {
  let at = from + 1
  while (tokenAt(source, at).kind === TokenKind.dot) at += 2
  return at
}

/** The index of the comma, or of the clause, that ends the expression. */
function afterValue(source: TokenizedSql, from: number, end: number): number {
  let at = from
  while (at < end && !endsValue(source, at)) at = skipToken(source, at)
  return at
}

function endsValue(source: TokenizedSql, at: number): boolean {
  const { kind, word } = tokenAt(source, at)
  if (kind === TokenKind.comma || kind === TokenKind.semicolon || kind === TokenKind.close) return true
  if (!terminators.has(word)) return false
  // `IS DISTINCT FROM` goes on, and what follows an operator is an operand, however it is called.
  if (word === 'from' && wordAt(source, at - 1) === 'distinct') return false
  return tokenAt(source, at - 1).kind !== TokenKind.operator
}
