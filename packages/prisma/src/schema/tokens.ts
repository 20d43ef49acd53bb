/** One lexical unit of a schema.prisma text. Comments and blanks are not tokens; line ends are. */
export interface Token {
  readonly kind: 'word' | 'string' | 'symbol' | 'newline'
  /** The text as written; of a string its value, with escapes resolved. */
  readonly text: string
  readonly offset: number
}

// Prisma's own grammar has no block comment between the parts of a line, but accepts one after them and
// on lines of its own; here it is a blank wherever it stands.
const unit =
  /(?<newline>\r\n|\r|\n)|(?<blank>[\p{Zs}\t\uFEFF]+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:\\.|[^"\\\r\n])*")|(?<word>[\p{L}\p{N}_][\p{L}\p{N}_-]*)|(?<symbol>@@|[\s\S])/uy

/** Splits a schema.prisma text. It never fails: what it does not know becomes a symbol of one character. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  unit.lastIndex = 0
  for (let match = unit.exec(text); match !== null; match = unit.exec(text)) {
    const token = toToken(match)
    if (token !== undefined) tokens.push(token)
  }
  return tokens
}

function toToken(match: RegExpExecArray): Token | undefined {
  const { newline, string, word, symbol } = match.groups ?? {}
  const offset = match.index
  if (word !== undefined) return { kind: 'word', text: word, offset }
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, offset }
  if (newline !== undefined) return { kind: 'newline', text: '\n', offset }
  return string === undefined ? undefined : { kind: 'string', text: unescape(string), offset }
}

/** A string literal of the schema language follows the grammar of JSON. */
function unescape(literal: string): string {
  try {
    return JSON.parse(literal) as string
  } catch {
    return literal.slice(1, -1)
  }
}
