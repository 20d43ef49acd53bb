import { TokenKind, isOperatorAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'

/** Where a statement takes a value from. */
export type ValueSource =
  /** A value for a placeholder, by its place among the values, from 0. */
  | { readonly from: 'parameter'; readonly index: number }
  /** The elements of a list that is given for one placeholder: `= ANY($1)`. */
  | { readonly from: 'elements'; readonly index: number }
  /** Written in the text. Numbers too large for a JavaScript number are bigints. */
  | { readonly from: 'literal'; readonly value: string | number | bigint | null }
  /** The word DEFAULT, or a column that an INSERT leaves out. */
  | { readonly from: 'default' }
  /** The value proposed for insertion in a column: `EXCLUDED.c`, MySQL's `VALUES(c)`. */
  | { readonly from: 'proposed'; readonly column: string }
  /** What the row has in the assigned column, and so much more, or less: `stock = stock - $1`. */
  | { readonly from: 'moved'; readonly by: ValueSource; readonly isLess: boolean }
  /** Whatever the database makes of an expression. */
  | { readonly from: 'computed' }

export const computed: ValueSource = Object.freeze({ from: 'computed' })
const byDefault: ValueSource = Object.freeze({ from: 'default' })
const nothing: ValueSource = Object.freeze({ from: 'literal', value: null })

const wholeNumber = /^\d+$/

/** Tells which of the given values a placeholder stands for. */
export type ParameterIndex = (token: number) => number | undefined

/** The value that fills tokens `from` up to `end`; anything but a lone placeholder or literal is `computed`. */
export function valueSource(
  source: TokenizedSql,
  from: number,
  end: number,
  parameterAt: ParameterIndex,
): ValueSource {
  if (tokenAt(source, from).kind === TokenKind.open && tokenAt(source, from).partner === end - 1)
    return valueSource(source, from + 1, end - 1, parameterAt)
  if (end === from + 2 && isOperatorAt(source, from, '-')) return numeral(source, from + 1, '-')
  return end === from + 1 ? single(source, from, parameterAt) : computed
}

function single(source: TokenizedSql, at: number, parameterAt: ParameterIndex): ValueSource {
  switch (tokenAt(source, at).kind) {
    case TokenKind.parameter: {
      const index = parameterAt(at)
      return index === undefined ? computed : { from: 'parameter', index }
    }
    case TokenKind.number:
      return numeral(source, at, '')
    case TokenKind.string:
      return string(source, at)
    default:
      return named(source, at)
  }
}

function named(source: TokenizedSql, at: number): ValueSource {
  switch (wordAt(source, at)) {
    case 'null':
      return nothing
    case 'default':
      return byDefault
    default:
      return computed
  }
}

/** Whole numbers only: what a column makes of others is not looked at. */
function numeral(source: TokenizedSql, at: number, sign: '' | '-'): ValueSource {
  const { kind, start, end } = tokenAt(source, at)
  const digits = source.sql.slice(start, end)
  if (kind !== TokenKind.number || !wholeNumber.test(digits)) return computed
  const value = Number(sign + digits)
  return { from: 'literal', value: Number.isSafeInteger(value) ? value : BigInt(sign + digits) }
}

/** What a backslash means depends on the server, and a prefix changes what the string is. */
function string(source: TokenizedSql, at: number): ValueSource {
  const { start, end } = tokenAt(source, at)
  const text = source.sql.slice(start, end)
  if (!text.startsWith("'") || (text.includes('\\') && source.dialect !== 'sqlite')) return computed
  return { from: 'literal', value: text.slice(1, -1).replaceAll("''", "'") }
}

/**
 * Numbers the placeholders of a text. In MySQL and SQLite a `?` is the next value; where it has a number or a name,
 * or where two stand together (`??`, a name that a driver fills in), which value it takes is not told.
 */
export function parameterIndexes(source: TokenizedSql): ParameterIndex {
  const { sql, dialect, tokens } = source
  if (dialect === 'postgresql') return (at) => Number(sql.slice(tokens[at]!.start + 1, tokens[at]!.end)) - 1
  const places = new Map<number, number>()
  for (let at = 0; at < tokens.length; at++) {
    const { kind, start, end } = tokens[at]!
    if (kind !== TokenKind.parameter) continue
    const isNext = sql[start] === '?' && end === start + 1 && sql[end] !== '?'
    if (!isNext && (dialect === 'sqlite' || sql[start] !== '@')) return () => undefined
    if (isNext) places.set(at, places.size)
  }
  return (at) => places.get(at)
}
