import type { SqlDialect } from './dialect.js'
import { NotUnderstood } from './not-understood.js'
import { TokenKind, type Token, type TokenizedSql } from './tokens.js'
import {
  backslash,
  backtick,
  carriageReturn,
  comma,
  dash,
  dollar,
  doubleQuote,
  hash,
  isDigit,
  isOperator,
  isSpace,
  isWordPart,
  isWordStart,
  newline,
  singleQuote,
  slash,
  star,
} from './characters.js'
import type { LexicalMode } from './lexical-mode.js'

const stringPrefixes: Record<SqlDialect, string> = { postgresql: 'enxb', mysql: 'nxb', sqlite: 'x' }
const wholeNumber = /^(?:\d+|\d+e\d*|0x[\da-f]+|0b[01]+)$/i
const numeral = /^(?:(?=\.?\d)[\d_]*\.?[\d_]*(?:e[+-]?[\d_]+)?|0[xob][\da-f_]+)$/i

/** How deep parentheses may be nested. ORMs stay far below; the walkers are recursive. */
const maxDepth = 500

const isNotPlain = new Uint8Array(16)
for (const kind of [
  TokenKind.word,
  TokenKind.open,
  TokenKind.close,
  TokenKind.semicolon,
  TokenKind.operator,
]) {
  isNotPlain[kind] = 1
}

/**
 * Cuts `sql` into tokens.
 *
 * @throws {NotUnderstood} for a quote or comment that does not end, parentheses that do not match, and characters
 * that the dialect does not know outside quotes.
 */
export function tokenize(sql: string, dialect: SqlDialect, mode: LexicalMode): TokenizedSql {
  return new Tokenizer(sql, dialect, mode).run()
}

/** As {@link tokenize}; `undefined` where a server in this mode would refuse the text, so that nothing happens. */
export function tokenizeIfReadable(
  sql: string,
  dialect: SqlDialect,
  mode: LexicalMode,
): TokenizedSql | undefined {
  try {
    return tokenize(sql, dialect, mode)
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined
    throw error
  }
}

class Tokenizer {
  readonly #sql: string
  readonly #dialect: SqlDialect
  readonly #mode: LexicalMode
  readonly #tokens: Token[] = []
  readonly #openParens: number[] = []
  #lastThatIsNotPlain = -1
  #at = 0
  #ambiguous = false
  #inExecutableComment = false

  constructor(sql: string, dialect: SqlDialect, mode: LexicalMode) {
    this.#sql = sql
    this.#dialect = dialect
    this.#mode = mode
  }

  run(): TokenizedSql {
    const sql = this.#sql
    // The Kelvin sign becomes an ordinary k in lower case, which would make keywords of words that are none.
    if (sql.includes('\u212a')) throw new NotUnderstood('the text holds a Kelvin sign')
    while (this.#at < sql.length) this.#next(sql.charCodeAt(this.#at))
    if (this.#openParens.length > 0) throw new NotUnderstood('a parenthesis is not closed')
    if (this.#inExecutableComment) throw new NotUnderstood('an executable comment does not end')
    this.#push(TokenKind.end, this.#at)
    return { sql, dialect: this.#dialect, tokens: this.#tokens, ambiguous: this.#ambiguous }
  }

  #next(character: number): void {
    if (isSpace[character] === 1) this.#at++
    else if (character === comma) this.#single(TokenKind.comma)
    else if (isWordStart[character] === 1 || character > 127) this.#word(character)
    else if (isDigit[character] === 1) this.#number()
    else this.#symbol(character)
  }

  #symbol(character: number): void {
    switch (character) {
      case 46 /* . */:
        return this.#dot()
      case 40 /* ( */:
        return this.#open()
      case 41 /* ) */:
        return this.#close()
      case 59 /* ; */:
        return this.#semicolon()
      case singleQuote:
        return this.#string(this.#at, this.#at, this.#mode.backslashInStrings)
      case doubleQuote:
        return this.#doubleQuoted()
      case backtick:
        if (this.#dialect !== 'postgresql') return this.#quoted(this.#at, backtick)
        return this.#single(TokenKind.operator)
      case dollar:
        return this.#dollar()
      case dash:
        return this.#dash()
      case slash:
        return this.#slash()
      default:
        return this.#operator(character)
    }
  }

  #operator(character: number): void {
    const dialect = this.#dialect
    if (dialect === 'mysql') {
      if (character === hash) return this.#lineComment()
      if (character === star && this.#inExecutableComment && this.#peek(1) === slash) {
        this.#inExecutableComment = false
        this.#at += 2
        return
      }
    }
    if (dialect === 'sqlite') {
      if (character === 91 /* [ */) return this.#bracketed()
      if (character === hash) throw new NotUnderstood('# stands outside quotes')
    }
    if (character === 63 /* ? */ && dialect !== 'postgresql') return this.#parameter()
    if ((character === 64 /* @ */ || character === 58) /* : */ && dialect !== 'postgresql')
      return this.#parameter()
    if (isOperator[character] !== 1) {
      throw new NotUnderstood(
        `the character ${JSON.stringify(String.fromCharCode(character))} stands outside quotes`,
      )
    }
    this.#single(TokenKind.operator)
  }

  #peek(offset: number): number {
    return this.#sql.charCodeAt(this.#at + offset)
  }

  #push(kind: TokenKind, start: number, word = ''): void {
    if (isNotPlain[kind] === 1) this.#lastThatIsNotPlain = this.#tokens.length
    this.#tokens.push({ kind, start, end: this.#at, word, partner: -1, isPlain: false })
  }

  #single(kind: TokenKind): void {
    this.#at++
    this.#push(kind, this.#at - 1)
  }

  /** Only the actions of CREATE RULE hold semicolons in parentheses. */
  #semicolon(): void {
    if (this.#openParens.length > 0 && this.#tokens[0]?.word !== 'create') {
      throw new NotUnderstood('a semicolon stands in parentheses')
    }
    this.#single(TokenKind.semicolon)
  }

  #open(): void {
    if (this.#openParens.length >= maxDepth) throw new NotUnderstood('the text is nested too deeply')
    this.#openParens.push(this.#tokens.length)
    this.#single(TokenKind.open)
  }

  #close(): void {
    const index = this.#openParens.pop()
    if (index === undefined) throw new NotUnderstood('a parenthesis is closed that was not opened')
    const open = this.#tokens[index]!
    open.partner = this.#tokens.length
    open.isPlain = this.#lastThatIsNotPlain === index
    this.#single(TokenKind.close)
  }

  #wordEnd(from: number): number {
    const sql = this.#sql
    let end = from
    for (let character = sql.charCodeAt(end); isWordPart[character] === 1 || character > 127;) {
      character = sql.charCodeAt(++end)
    }
    return end
  }

  #word(first: number): void {
    const start = this.#at
    const end = this.#wordEnd(start + 1)
    if (this.#sql.charCodeAt(end) === singleQuote && end - start === 1) return this.#prefixedString(end)
    if (this.#dialect === 'postgresql' && end - start === 1 && (first | 32) === 117 /* u */) {
      if (this.#sql.charCodeAt(end) === 38 /* & */ && this.#unicodeQuoted(start, end + 1)) return
    }
    this.#nameUpTo(end)
  }

  /** `E'…'`, `N'…'`, `X'…'`, `B'…'`: the prefix touches the quote. */
  #prefixedString(quote: number): void {
    const start = this.#at
    const letter = this.#sql.slice(start, quote).toLowerCase()
    if (!stringPrefixes[this.#dialect].includes(letter)) return this.#nameUpTo(quote)
    if (letter !== 'e') return this.#string(start, quote, letter === 'n' && this.#mode.backslashInStrings)
    this.#scanQuotes(quote, singleQuote, true)
    this.#push(TokenKind.string, start)
    this.#refuseContinuation()
  }

  /** PostgreSQL glues `E'a'` and a string on the next line, and reads the second with the escapes of the first. */
  #refuseContinuation(): void {
    const rest = /(?:\s|--[^\n\r]*[\n\r])*/y
    rest.lastIndex = this.#at
    rest.exec(this.#sql)
    if (this.#sql.charCodeAt(rest.lastIndex) === singleQuote) {
      throw new NotUnderstood('a string with escapes goes on in another string')
    }
  }

  #unicodeQuoted(start: number, quote: number): boolean {
    const character = this.#sql.charCodeAt(quote)
    if (character === singleQuote) {
      this.#string(start, quote, this.#mode.backslashInStrings)
      return true
    }
    if (character !== doubleQuote) return false
    this.#scanQuotes(quote, doubleQuote, false)
    this.#push(TokenKind.unicodeQuoted, start)
    return true
  }

  #string(start: number, quote: number, backslashEscapes: boolean): void {
    this.#scanQuotes(quote, singleQuote, backslashEscapes)
    this.#push(TokenKind.string, start)
  }

  #doubleQuoted(): void {
    const start = this.#at
    this.#scanQuotes(start, doubleQuote, this.#mode.backslashInDoubleQuotes)
    this.#push(TokenKind.quoted, start)
  }

  #quoted(start: number, quote: number): void {
    this.#scanQuotes(start, quote, false)
    this.#push(TokenKind.quoted, start)
  }

  #bracketed(): void {
    const start = this.#at
    const end = this.#sql.indexOf(']', start)
    if (end < 0) throw new NotUnderstood('a quote does not end')
    this.#at = end + 1
    this.#push(TokenKind.quoted, start)
  }

  /** Moves behind the quote that ends what the quote at `from` begins. A doubled quote stands for itself. */
  #scanQuotes(from: number, quote: number, backslashEscapes: boolean): void {
    const sql = this.#sql
    const mark = String.fromCharCode(quote)
    let at = from + 1
    for (;;) {
      const close = sql.indexOf(mark, at)
      if (close < 0) throw new NotUnderstood('a quote does not end')
      const escaped = sql.charCodeAt(close - 1) === backslash && isOdd(backslashesBefore(sql, close, at))
      if (escaped && this.#dialect !== 'sqlite' && quote !== backtick) this.#ambiguous = true
      if (escaped && backslashEscapes) {
        at = close + 1
      } else if (sql.charCodeAt(close + 1) === quote) {
        at = close + 2
      } else {
        this.#at = close + 1
        return
      }
    }
  }

  #number(): void {
    const start = this.#at
    const end = this.#wordEnd(start)
    // MySQL lets an unquoted name begin with digits.
    if (this.#dialect === 'mysql' && !wholeNumber.test(this.#sql.slice(start, end)))
      return this.#nameUpTo(end)
    this.#numberFrom(start)
  }

  #numberFrom(start: number): void {
    const sql = this.#sql
    let end = this.#wordEnd(start)
    if (sql.charCodeAt(end) === 46 /* . */) end = this.#wordEnd(end + 1)
    const sign = sql.charCodeAt(end)
    const hasExponent = (sql.charCodeAt(end - 1) | 32) === 101 /* e */ && (sign === 43 || sign === dash)
    if (hasExponent && isDigit[sql.charCodeAt(end + 1)] === 1) end = this.#wordEnd(end + 1)
    // `1FROM t` is two tokens for some servers and one for others.
    if (!numeral.test(sql.slice(start, end))) throw new NotUnderstood('letters follow a number at once')
    this.#at = end
    this.#push(TokenKind.number, start)
  }

  #nameUpTo(end: number): void {
    const start = this.#at
    this.#at = end
    this.#push(TokenKind.word, start, this.#sql.slice(start, end).toLowerCase())
  }

  #dot(): void {
    const previous = this.#tokens[this.#tokens.length - 1]
    const follows =
      previous !== undefined && previous.kind <= TokenKind.unicodeQuoted && previous.end === this.#at
    if (!follows && isDigit[this.#peek(1)] === 1) return this.#numberFrom(this.#at)
    if (previous === undefined || !this.#endsName(previous))
      throw new NotUnderstood('a name is missing before a dot')
    this.#single(TokenKind.dot)
    // After `a.` MySQL reads a name even where it looks like a number.
    if (follows && isDigit[this.#peek(0)] === 1) this.#nameUpTo(this.#wordEnd(this.#at))
  }

  /** `a.b`, `(row).b`, `$1.b`, `list[1].b` */
  #endsName({ kind, end }: Token): boolean {
    if (kind === TokenKind.operator) return this.#sql[end - 1] === ']'
    return kind <= TokenKind.string || kind === TokenKind.close || kind === TokenKind.parameter
  }

  #dollar(): void {
    const start = this.#at
    const end = this.#wordEnd(start + 1)
    if (this.#dialect === 'postgresql') return this.#postgresqlDollar(start)
    if (end === start + 1) throw new NotUnderstood('$ stands outside quotes')
    if (this.#dialect === 'mysql') this.#nameUpTo(end)
    else this.#parameter()
  }

  /** `$1`, or `$tag$ … $tag$`. */
  #postgresqlDollar(start: number): void {
    if (isDigit[this.#peek(1)] === 1) {
      this.#at++
      while (isDigit[this.#peek(0)] === 1) this.#at++
      this.#push(TokenKind.parameter, start)
      return
    }
    const opening = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y
    opening.lastIndex = start
    const tag = opening.exec(this.#sql)?.[0]
    if (tag === undefined) throw new NotUnderstood('$ stands outside quotes')
    const close = this.#sql.indexOf(tag, start + tag.length)
    if (close < 0) throw new NotUnderstood('a dollar quote does not end')
    this.#at = close + tag.length
    this.#push(TokenKind.string, start)
  }

  /** `?`, `?1`, `:name`, `@name`, `@@variable`, `$name`; a lone `:` or `@` is an operator. */
  #parameter(): void {
    const start = this.#at
    let end = start + 1
    if (this.#sql.charCodeAt(start) === 64 && this.#sql.charCodeAt(end) === 64) end++
    end = this.#wordEnd(end)
    const isQuestionMark = this.#sql.charCodeAt(start) === 63
    if (this.#dialect === 'sqlite') this.#refuseTclSuffix(start, end)
    this.#at = end
    if (end > start + 1 || isQuestionMark) this.#push(TokenKind.parameter, start)
    else this.#quotedVariable(start)
  }

  /** MySQL's `` @`name` ``, `@'name'`, `@"name"`; what follows is an ordinary token, the `@` alone marks it. */
  #quotedVariable(start: number): void {
    this.#push(this.#sql.charCodeAt(start) === 64 ? TokenKind.parameter : TokenKind.operator, start)
  }

  /** SQLite reads `$name(anything)` and `$a::b` as one variable, quotes inside included. */
  #refuseTclSuffix(start: number, end: number): void {
    if (this.#sql.charCodeAt(start) === 63) return
    const next = this.#sql.charCodeAt(end)
    if (next === 40 || (next === 58 && this.#sql.charCodeAt(end + 1) === 58)) {
      throw new NotUnderstood('a variable has a suffix')
    }
  }

  #dash(): void {
    const isComment = this.#peek(1) === dash && (this.#dialect !== 'mysql' || !(this.#peek(2) > 32))
    if (isComment) this.#lineComment()
    else this.#single(TokenKind.operator)
  }

  #lineComment(): void {
    const sql = this.#sql
    for (; this.#at < sql.length; this.#at++) {
      const character = sql.charCodeAt(this.#at)
      if (character === newline) return
      if (character === carriageReturn && this.#dialect === 'postgresql') return
      if (character === 0) throw new NotUnderstood('a comment holds a null character')
    }
  }

  #slash(): void {
    if (this.#peek(1) !== star) return this.#single(TokenKind.operator)
    if (this.#dialect === 'postgresql') return this.#nestedComment()
    if (this.#dialect === 'mysql' && this.#executableComment()) return
    const end = this.#sql.indexOf('*/', this.#at + 2)
    if (end < 0) throw new NotUnderstood('a comment does not end')
    this.#at = end + 2
  }

  #nestedComment(): void {
    const mark = /\/\*|\*\//g
    mark.lastIndex = this.#at
    let depth = 0
    for (let found = mark.exec(this.#sql); found !== null; found = mark.exec(this.#sql)) {
      depth += found[0] === '/*' ? 1 : -1
      if (depth === 0) {
        this.#at = mark.lastIndex
        return
      }
    }
    throw new NotUnderstood('a comment does not end')
  }

  #executableComment(): boolean {
    const opening = /\/\*M?!\d*/y
    opening.lastIndex = this.#at
    if (!opening.test(this.#sql)) return false
    this.#ambiguous = true
    if (!this.#mode.executableComments) return false
    if (this.#inExecutableComment) throw new NotUnderstood('an executable comment stands in another')
    this.#inExecutableComment = true
    this.#at = opening.lastIndex
    return true
  }
}

function backslashesBefore(sql: string, end: number, from: number): number {
  let at = end
  while (at > from && sql.charCodeAt(at - 1) === backslash) at--
  return end - at
}

function isOdd(count: number): boolean {
  return count % 2 === 1
}
