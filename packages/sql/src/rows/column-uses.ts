import { TokenKind, isNameAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import { readColumn } from './column-name.js'
import type { FromItem } from './from-list.js'

/** No database takes these for a column. */
const keywords = setOfWords(`
  select from where group having order by limit fetch for and or not in is null like distinct as on join inner left right outer cross
  asc desc with true false all case when then else collate current_date current_time current_timestamp`)

/** What stands around a word. Of what is no bare word, the text is empty. */
interface Around {
  readonly before: string
  readonly behind: string
  readonly kindBehind: TokenKind
  /** What stands before the one before. */
  readonly twoBefore: string
  /** Whether a word stands anywhere before it in the part. */
  follows(word: string): boolean
}

const locking = setOfWords('for update share key no mode of')
const counting = setOfWords('first next offset')
const isValue = (kind: TokenKind): boolean =>
  kind === TokenKind.number || kind === TokenKind.string || kind === TokenKind.parameter
const isNoOperator = ({ kindBehind }: Around): boolean => kindBehind !== TokenKind.operator
const isCounted = ({ before, twoBefore }: Around): boolean => counting.has(before) || counting.has(twoBefore)
const isCalled = ({ kindBehind }: Around): boolean => kindBehind === TokenKind.open
const isLockingTail = ({ follows, before }: Around): boolean => follows('for') || before === 'mode'

/** Names of columns as well, in one database or another: where these are keywords. Elsewhere a row may be told by them. */
const keywordsAt: ReadonlyMap<string, (around: Around) => boolean> = new Map([
  ['update', ({ before }) => locking.has(before)],
  ['share', ({ before }) => locking.has(before) || before === 'in'],
  ['no', ({ before }) => before === 'for'],
  ['key', ({ before }) => before === 'no' || before === 'for'],
  ['mode', ({ before }) => before === 'share'],
  ['lock', ({ behind }) => behind === 'in'],
  ['of', isLockingTail],
  ['nowait', isLockingTail],
  ['skip', ({ behind }) => behind === 'locked'],
  ['locked', ({ before }) => before === 'skip'],
  ['nulls', ({ behind }) => behind === 'first' || behind === 'last'],
  ['first', ({ before }) => before === 'nulls' || before === 'fetch'],
  ['last', ({ before }) => before === 'nulls'],
  ['next', ({ before }) => before === 'fetch'],
  ['row', isCounted],
  ['rows', isCounted],
  ['only', ({ before }) => before === 'row' || before === 'rows' || before === 'from' || before === 'join'],
  ['ties', ({ before }) => before === 'with'],
  ['offset', ({ kindBehind }) => isValue(kindBehind) || kindBehind === TokenKind.open],
  ['escape', ({ kindBehind }) => isValue(kindBehind)],
  ['end', ({ follows }) => follows('case')],
  ['unknown', ({ before }) => before === 'is' || before === 'not'],
  ['any', isCalled],
  ['some', isCalled],
  ['array', isCalled],
  ['full', ({ behind }) => behind === 'join' || behind === 'outer'],
  ['similar', ({ behind }) => behind === 'to'],
  ['to', ({ before }) => before === 'similar'],
  ...['ilike', 'between', 'exists', 'lateral', 'regexp', 'rlike', 'glob', 'cast', 'interval'].map(
    (word) => [word, isNoOperator] as const,
  ),
])

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
    } else if (!isNoColumn(source, from, at)) {
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
function isNoColumn(source: TokenizedSql, from: number, at: number): boolean {
  return (
    isKeyword(source, from, at) ||
    tokenAt(source, at + 1).kind === TokenKind.open ||
    wordAt(source, at - 1) === 'as'
  )
}

function isKeyword(source: TokenizedSql, from: number, at: number): boolean {
  const word = wordAt(source, at)
  const isKeywordHere = keywordsAt.get(word)
  if (isKeywordHere === undefined) return keywords.has(word)
  return isKeywordHere({
    before: wordAt(source, at - 1),
    behind: wordAt(source, at + 1),
    kindBehind: tokenAt(source, at + 1).kind,
    twoBefore: wordAt(source, at - 2),
    follows: (other) => {
      for (let place = from; place < at; place++) if (wordAt(source, place) === other) return true
      return false
    },
  })
}
