import { NotUnderstood } from './not-understood.js'
import { nameAt } from './names.js'
import type { Scope } from './scope.js'
import { TokenKind, isNameAt, skipToken, tokenAt, wordAt, type TokenizedSql } from './tokens.js'
import type { Context } from './context.js'
import { setOfWords } from './words.js'

const afterWith = setOfWords('select values table insert replace update delete merge')

interface Expression {
  readonly name: string
  readonly open: number
  readonly close: number
}

/** Whether the `WITH` at `index` begins common table expressions (and not `WITH TIES`, `WITH ORDINALITY`, …). */
export function isWithClause(source: TokenizedSql, index: number): boolean {
  return expressionAt(source, wordAt(source, index + 1) === 'recursive' ? index + 2 : index + 1) !== undefined
}

/**
 * Walks the expressions of the `WITH` at `index`.
 *
 * @returns the index of the statement that follows, and the scope in which it stands.
 */
export function walkWith(
  context: Context,
  index: number,
  end: number,
  outer: Scope | undefined,
): { readonly next: number; readonly scope: Scope | undefined } {
  const { source } = context
  const isRecursive = wordAt(source, index + 1) === 'recursive'
  const { expressions, next } = expressionsFrom(source, isRecursive ? index + 2 : index + 1, end)
  const full = expressions.reduce<Scope | undefined>((scope, { name }) => ({ name, outer: scope }), outer)
  let scope = outer
  for (const { name, open, close } of expressions) {
    // Without RECURSIVE an expression does not see itself: `WITH users AS (SELECT … FROM users)` reads the table.
    context.walkRowsStatement(context, open + 1, close, isRecursive ? full : scope)
    scope = { name, outer: scope }
  }
  return { next, scope: full }
}

function expressionsFrom(source: TokenizedSql, from: number, end: number) {
  const expressions: Expression[] = []
  let at = from
  for (;;) {
    const expression = expressionAt(source, at)
    if (expression === undefined) throw new NotUnderstood('WITH is not followed by an expression')
    expressions.push(expression)
    at = afterSearchAndCycle(source, expression.close + 1, end)
    if (tokenAt(source, at).kind !== TokenKind.comma || at >= end) return { expressions, next: at }
    at++
  }
}

/** `name [(columns)] AS [[NOT] MATERIALIZED] ( … )` */
function expressionAt(source: TokenizedSql, index: number): Expression | undefined {
  if (!isNameAt(source, index)) return undefined
  let at = index + 1
  if (tokenAt(source, at).kind === TokenKind.open) at = skipToken(source, at)
  if (wordAt(source, at) !== 'as') return undefined
  at++
  if (wordAt(source, at) === 'not') at++
  if (wordAt(source, at) === 'materialized') at++
  const open = tokenAt(source, at)
  return open.kind === TokenKind.open
    ? { name: nameAt(source, index), open: at, close: open.partner }
    : undefined
}

/** PostgreSQL's `SEARCH … SET column` and `CYCLE … SET column [TO … DEFAULT …] USING column`. */
function afterSearchAndCycle(source: TokenizedSql, from: number, end: number): number {
  const word = wordAt(source, from)
  if (word !== 'search' && word !== 'cycle') return from
  let at = from
  while (at < end) {
    if (afterWith.has(wordAt(source, at)) || tokenAt(source, at).kind === TokenKind.open) return at
    if (tokenAt(source, at).kind === TokenKind.comma && expressionAt(source, at + 1) !== undefined) return at
    at = skipToken(source, at)
  }
  return at
}
