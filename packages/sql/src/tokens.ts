import type { SqlDialect } from './dialect.js'

/** What a token is. Plain numbers, since the walkers compare them for every token of every statement. */
export const TokenKind = {
  /** A bare word: a keyword or an identifier. */
  word: 0,
  /** `"…"`, `` `…` `` or `[…]`; in MySQL a `"…"` may as well be a string. */
  quoted: 1,
  /** PostgreSQL's `U&"…"`, whose name may be written in escapes. */
  unicodeQuoted: 2,
  string: 3,
  number: 4,
  /** `$1`, `?`, `?1`, `:name`, `@name`, `@@variable`. */
  parameter: 5,
  open: 6,
  close: 7,
  comma: 8,
  dot: 9,
  semicolon: 10,
  /** One character of an operator. */
  operator: 11,
  end: 12,
} as const

export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind]

/** One token: its place in the text, and what the walkers ask of it. */
export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  /** A bare word in lower case; for every other token the empty string. */
  readonly word: string
  /** Of `(`: the index of its `)`. Of every other token -1. */
  partner: number
  /** Of `(`: whether only values, quoted names, dots and commas stand in it, so that nothing is to be found there. */
  isPlain: boolean
}

/** A text cut into tokens. Comments and white space are gone; `tokens` ends with one token of kind `end`. */
export interface TokenizedSql {
  readonly sql: string
  readonly dialect: SqlDialect
  readonly tokens: readonly Token[]
  /**
   * The places of quotes depend on a setting of the server that the text does not tell (backslash before a quote,
   * or a comment that some servers execute).
   */
  readonly ambiguous: boolean
}

const past: Token = { kind: TokenKind.end, start: 0, end: 0, word: '', partner: -1, isPlain: false }

/** The token at `index`; beyond either end, a token of kind `end`. */
export function tokenAt(source: TokenizedSql, index: number): Token {
  return source.tokens[index] ?? past
}

/** The bare word at `index` in lower case, or the empty string. */
export function wordAt(source: TokenizedSql, index: number): string {
  return tokenAt(source, index).word
}

/** Whether the token at `index` may name something: a bare word or a quoted identifier. */
export function isNameAt(source: TokenizedSql, index: number): boolean {
  const kind = tokenAt(source, index).kind
  return kind <= TokenKind.unicodeQuoted || (kind === TokenKind.string && source.dialect === 'sqlite')
}

/** Whether the one-character operator at `index` is `character`. */
export function isOperatorAt(source: TokenizedSql, index: number, character: string): boolean {
  const token = tokenAt(source, index)
  return token.kind === TokenKind.operator && source.sql[token.start] === character
}

/** The index after the token at `index`, and after its `)` if it is a `(`. */
export function skipToken(source: TokenizedSql, index: number): number {
  const partner = tokenAt(source, index).partner
  return (partner < 0 ? index : partner) + 1
}
