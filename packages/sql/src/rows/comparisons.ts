import { TokenKind, isOperatorAt, skipToken, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import type { ColumnUse } from './column-uses.js'
import { readColumn } from './column-name.js'
import { type ParameterIndex, type ValueSource, valueSource } from './value-source.js'

/** Words that make of what stands beside a comparison a part of something else. */
const elsewhere = setOfWords('between having case')

/** Whether what stands between words that join conditions is a condition. */
export function tellsComparisons(source: TokenizedSql, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (elsewhere.has(wordAt(source, at))) return false
  return true
}

/** A condition that holds a column against one value, whatever the others say. */
export interface Comparison {
  readonly operator: ComparisonOperator
  readonly value: ValueSource
}

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>='

// Of NOT a setting of MySQL's decides how much it takes.
const before = setOfWords('where and or on')
const behind = setOfWords(
  'and or order group limit offset fetch for lock left right inner full cross join on where',
)

/**
 * `column > $1`, as a whole operand of AND, OR, NOT or of a pair of parentheses; `undefined` for every other use of a column.
 */
export function comparisonAt(
  source: TokenizedSql,
  parameterAt: ParameterIndex,
  { at }: ColumnUse,
): Comparison | undefined {
  const named = readColumn(source, at)
  if (named === undefined || !begins(source, at)) return undefined
  const found = operatorAt(source, named.next)
  if (found === undefined) return undefined
  const end = endOfValue(source, found.next)
  const value = valueSource(source, found.next, end, parameterAt)
  const isKnown = value.from === 'parameter' || value.from === 'literal'
  return isKnown && ends(source, end) ? { operator: found.operator, value } : undefined
}

const begins = (source: TokenizedSql, at: number): boolean =>
  tokenAt(source, at - 1).kind === TokenKind.open || before.has(wordAt(source, at - 1))

const ends = (source: TokenizedSql, at: number): boolean => {
  const { kind, word } = tokenAt(source, at)
  return kind === TokenKind.close || kind === TokenKind.end || behind.has(word)
}

/** A number may have a sign. */
const endOfValue = (source: TokenizedSql, from: number): number =>
  isOperatorAt(source, from, '-') ? from + 2 : skipToken(source, from)

const operators: readonly ComparisonOperator[] = ['<=', '>=', '<>', '=', '<', '>']

function operatorAt(
  source: TokenizedSql,
  at: number,
): { readonly operator: ComparisonOperator; readonly next: number } | undefined {
  let text = ''
  let next = at
  while (tokenAt(source, next).kind === TokenKind.operator && !isSign(source, next, text)) {
    text += source.sql.slice(tokenAt(source, next).start, tokenAt(source, next).end)
    next++
  }
  const operator = text === '!=' ? '<>' : operators.find((one) => one === text)
  return operator && { operator, next }
}

/** A `-` behind an operator belongs to the value. */
const isSign = (source: TokenizedSql, at: number, text: string): boolean =>
  text !== '' && isOperatorAt(source, at, '-')
