import { TokenKind, isNameAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import { readColumn } from './column-name.js'
import type { FromItem } from './from-list.js'

const keywords = setOfWords(`
  select from where group having order by limit offset fetch for lock update share of nowait skip locked mode key no
  and or not in is null like ilike between exists distinct as on join inner left right full outer cross lateral only
  asc desc nulls first last next row rows ties with true false any all some case when then else end escape unknown
  similar to regexp rlike glob collate cast interval array current_date current_time current_timestamp`)

/** A place in a text that names columns. */
export interface ColumnUse {
  readonly at: number
  /** What the table is called there; `undefined`: any table's. */
  readonly reference: string | undefined
  /** `undefined`: all columns, or any of them. */
  readonly column: string | undefined
}

/** Every place in tokens `from` up to `end` where columns are named, but for the FROM lists. */
export function columnUses(
  source: TokenizedSql,
  from: number,
  end: number,
  items: readonly FromItem[],
): readonly ColumnUse[] {
  const uses: ColumnUse[] = []
  const names = new Map(items.map((item) => [item.names.from, item.names.end] as const))
  for (let at = from; at < end; at++) {
    const next = names.get(at)
    if (next !== undefined && next > at) {
      at = next - 1
      continue
    }
    const { kind, start } = tokenAt(source, at)
    if (kind === TokenKind.operator && source.sql[start] === '*') {
      // What stands before the dot was a use of its own.
      if (isWholeRow(source, at)) uses.push({ at, reference: undefined, column: undefined })
      continue
    }
    if (kind === TokenKind.string || !isNameAt(source, at)) continue
    const column = readColumn(source, at)
    if (column?.qualifier !== undefined) {
      uses.push({ at, reference: column.qualifier, column: column.name })
      at = column.next - 1
    } else if (!isNoColumn(source, at)) {
      uses.push({ at, reference: undefined, column: column?.name })
    }
  }
  return uses
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
