import { NotUnderstood } from './not-understood.js'
import { TokenKind, skipToken, tokenAt, wordAt, type TokenizedSql } from './tokens.js'
import { setOfWords } from './words.js'

/** The tokens of one statement: from `from`, up to but without `end`. */
export interface StatementRange {
  readonly from: number
  readonly end: number
}

const withBody = setOfWords('trigger procedure function event package')
const endsTransaction = setOfWords('commit rollback begin start savepoint release abort prepare xa set')

/**
 * Where the statements of a text begin and end. Empty ones are left out.
 *
 * @throws {NotUnderstood} where a definition with semicolons inside hides what follows it.
 */
export function statementRanges(source: TokenizedSql): StatementRange[] {
  const last = source.tokens.length - 1
  const ranges: StatementRange[] = []
  let from = 0
  while (from < last) {
    const end = definesBody(source, from, last)
      ? wholeRest(source, from, last)
      : endOfStatement(source, from, last)
    if (end > from) ranges.push({ from, end })
    from = end + 1
  }
  return ranges
}

function endOfStatement(source: TokenizedSql, from: number, last: number): number {
  let at = from
  while (at < last && tokenAt(source, at).kind !== TokenKind.semicolon) at = skipToken(source, at)
  return at
}

/** Triggers, procedures and the like may hold statements, with their semicolons, between BEGIN and END. */
function definesBody(source: TokenizedSql, from: number, last: number): boolean {
  const verb = wordAt(source, from)
  if (verb !== 'create' && verb !== 'alter') return false
  const end = endOfStatement(source, from, last)
  for (let at = from + 1; at < end; at = skipToken(source, at))
    if (withBody.has(wordAt(source, at))) return true
  return false
}

/**
 * Where the body ends is not looked for: such a statement concerns the whole namespace, and what may follow it
 * cannot concern more, except by ending a transaction.
 */
function wholeRest(source: TokenizedSql, from: number, last: number): number {
  for (let at = from; at < last; at++) {
    const begins =
      tokenAt(source, at).kind === TokenKind.semicolon && endsTransaction.has(wordAt(source, at + 1))
    if (begins) throw new NotUnderstood('a transaction may end behind a definition')
  }
  return last
}
