import type { TableName } from './facts.js'
import { NotUnderstood } from './not-understood.js'
import { TokenKind, isNameAt, isOperatorAt, tokenAt, wordAt, type TokenizedSql } from './tokens.js'
import { neverTableName } from './words.js'

/** A table's name as read, and the index of the token behind it. */
export interface ReadTable {
  readonly table: TableName
  readonly next: number
}

/**
 * The name that the token at `index` spells, lower-cased and without its quotes.
 *
 * @throws {NotUnderstood} where the name is written in a way that the text alone does not tell.
 */
export function nameAt(source: TokenizedSql, index: number): string {
  const token = tokenAt(source, index)
  const name = token.kind === TokenKind.word ? token.word : unquoted(source, index)
  if (source.dialect === 'postgresql') refuseLongName(name)
  return name
}

/**
 * Reads `name`, `schema.name` or `database.schema.name` at `index`.
 *
 * @throws {NotUnderstood} if no table name stands there.
 */
export function readTableName(source: TokenizedSql, index: number): ReadTable {
  if (!isNameAt(source, index) || neverTableName.has(wordAt(source, index))) {
    throw new NotUnderstood('a table name is missing')
  }
  if (tokenAt(source, index + 1).kind !== TokenKind.dot) {
    return { table: { name: nameAt(source, index) }, next: index + 1 }
  }
  let last = index
  while (tokenAt(source, last + 1).kind === TokenKind.dot) {
    // `t.*` is how MySQL may write what a multi-table DELETE deletes.
    if (isOperatorAt(source, last + 2, '*')) break
    last += 2
    if (!isNameAt(source, last)) throw new NotUnderstood('a name is missing after a dot')
  }
  if (last === index) return { table: { name: nameAt(source, index) }, next: index + 1 }
  if (last - index > 4) throw new NotUnderstood('a table name has too many parts')
  return { table: { schema: nameAt(source, last - 2), name: nameAt(source, last) }, next: last + 1 }
}

/** PostgreSQL cuts longer names off (NAMEDATALEN 64), so that two spellings are one table. */
function refuseLongName(name: string): void {
  if (name.length > 20 && utf8Length(name) > 63) throw new NotUnderstood('a name is too long')
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}

function unquoted(source: TokenizedSql, index: number): string {
  const { sql } = source
  const token = tokenAt(source, index)
  const isUnicode = token.kind === TokenKind.unicodeQuoted
  const text = sql.slice(token.start + (isUnicode ? 3 : 1), token.end - 1)
  const quote = sql[token.end - 1]!
  if (text.includes('\\') && (isUnicode || source.dialect === 'mysql')) {
    throw new NotUnderstood('a name is written with escapes')
  }
  if (isUnicode && wordAt(source, index + 1) === 'uescape')
    throw new NotUnderstood('a name is written with escapes')
  const name = text.includes(quote) ? text.replaceAll(quote + quote, quote) : text
  return name.toLowerCase()
}
