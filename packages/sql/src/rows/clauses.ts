import { TokenKind, isOperatorAt, skipToken, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import { readCondition, type ConditionContext } from './condition.js'
import { anyRow, type Condition } from './pins.js'

/** Behind these rows are left out for which the condition holds. */
const chooses = ['limit', 'offset', 'order']
const joins = setOfWords('and or xor not')

/** Behind these a word is an operand, however it is called. */
const expectsOperand = setOfWords(`
  and or not like ilike glob regexp rlike match between in is escape collate case when then else where similar to
  div mod xor binary interval distinct from any all some exists on having by set limit offset`)

/** Where the clauses of a statement begin that stand behind its table, by their first word. */
export type Clauses = ReadonlyMap<string, number>

/**
 * Finds the given words where a clause can begin; `undefined` if one stands there twice.
 *
 * Some of them can be columns' names in some dialect: a word behind an operator or a keyword is not a clause.
 */
export function findClauses(
  source: TokenizedSql,
  from: number,
  end: number,
  words: ReadonlySet<string>,
): Clauses | undefined {
  const clauses = new Map<string, number>()
  for (let at = from; at < end; at = skipToken(source, at)) {
    const word = wordAt(source, at)
    if (!words.has(word) || (at > from && isOperandPlace(source, at))) continue
    if (clauses.has(word)) return undefined
    clauses.set(word, at)
  }
  return clauses
}

function isOperandPlace(source: TokenizedSql, at: number): boolean {
  const previous = tokenAt(source, at - 1)
  switch (previous.kind) {
    case TokenKind.dot:
    case TokenKind.comma:
      return true
    case TokenKind.operator:
      // `RETURNING *`, `t.*`
      return !isOperatorAt(source, at - 1, '*')
    default:
      return expectsOperand.has(previous.word)
  }
}

/** Where a clause ends: at the next one, or at `end`. */
export function endOfClause(clauses: Clauses, start: number, end: number): number {
  let next = end
  for (const at of clauses.values()) if (at > start && at < next) next = at
  return next
}

/**
 * What the `WHERE` among the clauses says. Where a word that joins conditions stands behind its end, the end may not be
 * one, and nothing is said.
 */
export function readWhere(context: ConditionContext, clauses: Clauses, end: number): Condition {
  const where = clauses.get('where')
  if (where === undefined) return anyRow
  const last = endOfClause(clauses, where, end)
  for (let at = last; at < end; at = skipToken(context.source, at)) {
    if (joins.has(wordAt(context.source, at))) return anyRow
  }
  const condition = readCondition(context, where + 1, last)
  return chooses.some((word) => clauses.has(word)) ? { ...condition, isWhole: false } : condition
}
