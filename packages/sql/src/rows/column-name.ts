import { nameAt } from '../names.js'
import { NotUnderstood } from '../not-understood.js'
import { TokenKind, isNameAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import { fold } from './columns.js'

/** A column as a statement names it: with what stands before its last dot, if anything does. */
export interface NamedColumn {
  /** The table's name or alias. */
  readonly qualifier: string | undefined
  readonly name: string
  readonly next: number
}

const isAscii = /^[ -~]*$/

/** Words that give a value of their own where a column of that name would have to be quoted. */
const notColumns = setOfWords(`
  null true false default unknown user current_user session_user system_user current_role current_date current_time
  current_timestamp current_catalog current_schema localtime localtimestamp utc_date utc_time utc_timestamp sysdate
  not and or case when then else end select exists any all some row array interval binary cast distinct is in`)

/**
 * The name at `index` as the catalogue spells it: in PostgreSQL as it is quoted, or folded if it is not; elsewhere
 * in lower case.
 *
 * @throws {NotUnderstood} where the name is written in a way that the text alone does not tell.
 */
export function columnNameAt(source: TokenizedSql, index: number): string {
  const folded = nameAt(source, index)
  const { kind } = tokenAt(source, index)
  if (source.dialect === 'postgresql') return kind === TokenKind.word ? folded : writtenNameAt(source, index)
  const written = writtenNameAt(source, index)
  // The server folds ASCII; of other letters it is not known.
  return isAscii.test(written) ? folded : fold(written)
}

/** The name at `index` in the case in which it is written. */
export function writtenNameAt(source: TokenizedSql, index: number): string {
  const { kind, start, end } = tokenAt(source, index)
  if (kind === TokenKind.unicodeQuoted) throw new NotUnderstood('a column is written with escapes')
  const text = source.sql.slice(start, end)
  return kind === TokenKind.word ? text : unquoted(text)
}

function unquoted(quoted: string): string {
  const mark = quoted[quoted.length - 1]!
  const name = quoted.slice(1, -1)
  return name.includes(mark) ? name.replaceAll(mark + mark, mark) : name
}

/** Reads `c`, `t.c` or `s.t.c` at `index`; `undefined` where no column's name stands. */
export function readColumn(source: TokenizedSql, index: number): NamedColumn | undefined {
  let at = index
  if (!isColumnName(source, at)) return undefined
  while (tokenAt(source, at + 1).kind === TokenKind.dot) {
    at += 2
    if (at - index > 6 || !isColumnName(source, at)) return undefined
  }
  if (at === index && notColumns.has(wordAt(source, at))) return undefined
  return {
    qualifier: at === index ? undefined : columnNameAt(source, at - 2),
    name: columnNameAt(source, at),
    next: at + 1,
  }
}

/** In MySQL `"…"` is a string unless a setting of the server says otherwise; in SQLite `'…'` is one wherever it can be. */
function isColumnName(source: TokenizedSql, index: number): boolean {
  const { kind, start } = tokenAt(source, index)
  if (!isNameAt(source, index) || kind === TokenKind.string) return false
  return source.dialect !== 'mysql' || source.sql[start] !== '"'
}
