import { TokenKind, isNameAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import { readColumn } from './column-name.js'
import type { QueryParts } from './query-block.js'

const keywords = setOfWords(`
  select from where group having order by limit offset fetch for lock update share of nowait skip locked mode key no
  and or not in is null like ilike between exists distinct as on join inner left right full outer cross lateral only
  asc desc nulls first last next row rows ties with true false any all some case when then else end escape unknown
  similar to regexp rlike glob collate cast interval array current_date current_time current_timestamp`)

/**
 * The columns that are named outside the list of columns that the outermost query shows, by the reference of their table;
 * a table without an entry has none.
 *
 * @returns `undefined` where a name may be that of a column of any table.
 */
export function decidingColumns(
  source: TokenizedSql,
  from: number,
  end: number,
  { items, shown, tables }: QueryParts,
): ReadonlyMap<string, readonly string[]> | undefined {
  const decided = new Map<string, string[]>(tables.map(({ item }) => [item.reference, []]))
  for (let at = from; at < end; at++) {
    const item = items.find(({ names }) => names.from === at && names.end > at)
    if (item !== undefined) {
      at = item.names.end - 1
      continue
    }
    if (tokenAt(source, at).kind === TokenKind.operator && source.sql[tokenAt(source, at).start] === '*') {
      if (isWholeRow(source, at) && !isShown(at, shown)) return undefined
      continue
    }
    if (!isNameAt(source, at) || tokenAt(source, at).kind === TokenKind.string) continue
    const column = readColumn(source, at)
    if (column?.qualifier !== undefined) {
      const columns = decided.get(column.qualifier)
      if (columns !== undefined && !isShown(at, shown) && !columns.includes(column.name))
        columns.push(column.name)
      at = column.next - 1
    } else if (!isNoColumn(source, at) && !isShown(at, shown)) {
      return undefined
    }
  }
  return decided
}

/** The `*` of `SELECT *`, `t.*` and `, *`; not that of `count(*)`, nor of a product. */
function isWholeRow(source: TokenizedSql, at: number): boolean {
  const { kind, word } = tokenAt(source, at - 1)
  return kind === TokenKind.dot || kind === TokenKind.comma || word === 'select' || word === 'distinct'
}

/** A keyword, a function, a name that is given. */
function isNoColumn(source: TokenizedSql, at: number): boolean {
  return (
    keywords.has(wordAt(source, at)) ||
    tokenAt(source, at + 1).kind === TokenKind.open ||
    wordAt(source, at - 1) === 'as'
  )
}

/** In a list of columns that are shown as they are. */
const isShown = (at: number, { from, end }: QueryParts['shown']): boolean => at >= from && at < end
