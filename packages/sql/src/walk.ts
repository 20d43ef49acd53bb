import type { Context, Level } from './context.js'
import { functionCallAt } from './functions.js'
import { nameAt, readTableName } from './names.js'
import { NotUnderstood } from './not-understood.js'
import { isInScope, type Scope } from './scope.js'
import { walkSelectInto } from './select-into.js'
import {
  TokenKind,
  isNameAt,
  isOperatorAt,
  tokenAt,
  wordAt,
  type Token,
  type TokenizedSql,
} from './tokens.js'
import {
  afterLock,
  beforeTableName,
  fromListEnds,
  neverAlias,
  neverTableName,
  notFunctions,
  queryStarts,
  writeVerbs,
} from './words.js'
import { walkWith, isWithClause } from './with.js'

/**
 * Walks tokens `from` up to `end` and collects the tables read, the functions called, the locks, and everything
 * that nested queries do.
 *
 * It knows clauses, not expressions: what it must find is every table position and every nested statement. A word
 * that could begin a write anywhere it should not stand makes the text not understood.
 */
export function walk(context: Context, from: number, end: number, level: Level): void {
  new Walker(context, end, level).run(from)
}

/** Whether a query begins at `index`, parentheses around it skipped. */
export function isQueryStart(source: TokenizedSql, index: number): boolean {
  let at = index
  while (tokenAt(source, at).kind === TokenKind.open) at++
  return queryStarts.has(wordAt(source, at)) && tokenAt(source, at + 1).kind !== TokenKind.dot
}

class Walker {
  readonly #context: Context
  readonly #source: TokenizedSql
  readonly #end: number
  readonly #level: Level
  #scope: Scope | undefined
  #at = 0
  #inTables: boolean
  #expectsTable: boolean
  #usingBeginsTables: boolean
  #columnListAt = -1

  constructor(context: Context, end: number, level: Level) {
    this.#context = context
    this.#source = context.source
    this.#end = end
    this.#level = level
    this.#scope = level.scope
    this.#inTables = level.startsWithTables === true
    this.#expectsTable = this.#inTables
    this.#usingBeginsTables = level.usingBeginsTables === true
  }

  run(from: number): void {
    for (this.#at = from; this.#at < this.#end; this.#at++) this.#step()
    if (this.#expectsTable) throw new NotUnderstood('a table name is missing')
  }

  #step(): void {
    const token = tokenAt(this.#source, this.#at)
    switch (token.kind) {
      case TokenKind.word:
        return this.#word(token.word)
      case TokenKind.comma:
        this.#expectsTable = this.#inTables
        return
      case TokenKind.open:
        return this.#paren(token)
      case TokenKind.semicolon:
        throw new NotUnderstood('a semicolon stands inside a statement')
      case TokenKind.operator:
        return this.#operator()
      case TokenKind.dot:
        return
      default:
        if (this.#expectsTable) this.#table()
    }
  }

  #operator(): void {
    if (this.#expectsTable) throw new NotUnderstood('a table name is missing')
    const isAssignment =
      isOperatorAt(this.#source, this.#at, ':') && isOperatorAt(this.#source, this.#at + 1, '=')
    if (isAssignment && this.#source.dialect === 'mysql') this.#context.found.session = true
  }

  #word(word: string): void {
    const previous = tokenAt(this.#source, this.#at - 1).kind
    if (previous === TokenKind.dot) return this.#refuseLoneDot()
    if (writeVerbs.has(word)) this.#refuseHiddenWrite(word)
    if (this.#level.isQuery && this.#keyword(word)) return
    if (this.#expectsTable) this.#tableOrModifier(word)
    else if (word === 'for') this.#for()
    else if (word === 'select' && !this.#level.isQuery)
      throw new NotUnderstood('SELECT stands in an expression')
  }

  /** `t.delete` is a column; behind a keyword the dot is a mistake, and what follows it may be anything. */
  #refuseLoneDot(): void {
    if (neverTableName.has(wordAt(this.#source, this.#at - 2)))
      throw new NotUnderstood('a name is missing before a dot')
  }

  /** Handles the words that move between clauses; false if `word` is none of them here. */
  #keyword(word: string): boolean {
    switch (word) {
      case 'from':
        return this.#from()
      case 'join':
        return this.#beginTables()
      case 'straight_join':
        return wordAt(this.#source, this.#at - 1) === 'select' || this.#beginTables()
      case 'using':
        if (!this.#usingBeginsTables) return false
        this.#usingBeginsTables = false
        return this.#beginTables()
      case 'into':
        this.#at = walkSelectInto(this.#context, this.#at)
        return true
      case 'table':
        return isNameAt(this.#source, this.#at + 1) && this.#beginTables()
      case 'lock':
        this.#inTables = false
        if (wordAt(this.#source, this.#at + 1) === 'in') this.#context.found.locks = true
        return true
      case 'with':
        return this.#with()
      default:
        return fromListEnds.has(word) && this.#endTables(word)
    }
  }

  #beginTables(): boolean {
    if (this.#expectsTable) throw new NotUnderstood('a table name is missing')
    this.#inTables = true
    this.#expectsTable = true
    return true
  }

  #endTables(word: string): boolean {
    if (this.#expectsTable) throw new NotUnderstood(`${word.toUpperCase()} stands where a table is expected`)
    this.#inTables = false
    return true
  }

  #from(): boolean {
    const before = wordAt(this.#source, this.#at - 2)
    // `a IS [NOT] DISTINCT FROM b` compares.
    if (wordAt(this.#source, this.#at - 1) === 'distinct' && (before === 'is' || before === 'not'))
      return true
    if (this.#expectsTable) throw new NotUnderstood('FROM stands where a table is expected')
    return this.#beginTables()
  }

  #with(): boolean {
    if (!isWithClause(this.#source, this.#at)) return true
    const after = walkWith(this.#context, this.#at, this.#end, this.#scope)
    this.#scope = after.scope
    this.#at = after.next - 1
    return true
  }

  /** `FOR UPDATE`, `FOR NO KEY UPDATE`, `FOR SHARE`, `FOR KEY SHARE`; MySQL's `USE INDEX FOR ORDER BY (i)`. */
  #for(): void {
    let at = this.#at + 1
    const previous = wordAt(this.#source, this.#at - 1)
    if (previous === 'index' || previous === 'key') {
      while (tokenAt(this.#source, at).kind === TokenKind.word) at++
      this.#at = at - 1
      return
    }
    if (wordAt(this.#source, at) === 'no') at++
    if (wordAt(this.#source, at) === 'key') at++
    const strength = wordAt(this.#source, at)
    if (strength !== 'update' && strength !== 'share') return
    if (isNameAt(this.#source, at + 1) && !afterLock.has(wordAt(this.#source, at + 1))) {
      throw new NotUnderstood('FOR UPDATE is followed by something unknown')
    }
    this.#context.found.locks = true
    this.#inTables = false
    this.#at = at
  }

  #tableOrModifier(word: string): void {
    if (beforeTableName.has(word)) return
    if (word === 'dual' && this.#source.dialect === 'mysql') {
      this.#expectsTable = false
      return
    }
    if (word === 'rows' && wordAt(this.#source, this.#at + 1) === 'from') {
      this.#at++
      return
    }
    this.#table()
  }

  #table(): void {
    const { table, next } = readTableName(this.#source, this.#at)
    this.#expectsTable = false
    this.#at = next - 1
    // A function that gives rows: the parenthesis that follows reports the call.
    if (tokenAt(this.#source, next).kind === TokenKind.open) return
    const alias = this.#alias(next)
    if (this.#level.references !== undefined) this.#level.references.push({ table, alias })
    else if (table.schema !== undefined || !isInScope(this.#scope, table.name))
      this.#context.found.addRead(table)
  }

  #alias(next: number): string | undefined {
    const at = wordAt(this.#source, next) === 'as' ? next + 1 : next
    if (at >= this.#end || !isNameAt(this.#source, at)) return undefined
    if (at === next && neverAlias.has(wordAt(this.#source, at))) return undefined
    this.#columnListAt = at + 1
    // Only MySQL's lists of tables to write are asked for their aliases.
    return this.#level.references === undefined ? undefined : nameAt(this.#source, at)
  }

  #paren({ partner: close, isPlain }: Token): void {
    const open = this.#at
    this.#at = close
    if (isPlain && !this.#expectsTable) {
      this.#call(open)
    } else if (isQueryStart(this.#source, open + 1)) {
      this.#expectsTable = false
      walk(this.#context, open + 1, close, { scope: this.#scope, isQuery: true })
    } else if (this.#expectsTable) {
      this.#expectsTable = false
      walk(this.#context, open + 1, close, { ...this.#level, scope: this.#scope, startsWithTables: true })
    } else {
      this.#call(open)
      walk(this.#context, open + 1, close, { scope: this.#scope, isQuery: false })
    }
  }

  /** Reports the function whose arguments the `(` at `open` begins, if it is one. */
  #call(open: number): void {
    const last = open - 1
    const token = tokenAt(this.#source, last)
    if (token.kind > TokenKind.unicodeQuoted || open === this.#columnListAt) return
    const isQualified = tokenAt(this.#source, last - 1).kind === TokenKind.dot
    if (!isQualified && (notFunctions.has(token.word) || this.#isNoCall(last))) return
    const call = functionCallAt(this.#source, last)
    if (call.changesSession) this.#context.found.session = true
    if (!call.isHarmless) this.#context.found.addCall(call.name)
  }

  /** Names that parentheses follow without a call: types after `AS` and `::`, column lists of aliases. */
  #isNoCall(last: number): boolean {
    const before = tokenAt(this.#source, last - 1)
    if (
      before.word === 'as' ||
      (this.#level.isMerge === true && tokenAt(this.#source, last).word === 'insert')
    ) {
      return true
    }
    if (isOperatorAt(this.#source, last - 1, ':') && isOperatorAt(this.#source, last - 2, ':')) return true
    return this.#inTables && before.kind === TokenKind.close
  }

  /** A word that may begin a write is fine as a column or a function, and nowhere else. */
  #refuseHiddenWrite(verb: string): void {
    const source = this.#source
    const previous = wordAt(source, this.#at - 1)
    if (verb === 'update' && (previous === 'do' || previous === 'key')) {
      this.#inTables = false
      return
    }
    if (this.#level.isMerge === true && previous === 'then') return
    if (isNameAt(source, this.#at + 1)) {
      throw new NotUnderstood(`${verb.toUpperCase()} stands where it is not expected`)
    }
  }
}
