import { isNameAt, tokenAt, TokenKind, wordAt, type TokenizedSql } from '../tokens.js'
import { columnNameAt, readColumn, writtenNameAt } from './column-name.js'
import { itemsOf } from './condition.js'

/** A column that is shown as it is. */
export interface ShownColumn {
  readonly reference: string
  readonly column: string
  /** What it is called in the rows of the answer, in the case in which drivers give it; `undefined`: nobody promises. */
  readonly name: string | undefined
  /** The same as a query around this one finds it. */
  readonly folded: string
  readonly from: number
  readonly end: number
}

/**
 * The items between the commas of a list: columns with a name that is given them; `undefined` where an item is anything
 * else.
 */
export function shownItems(
  source: TokenizedSql,
  from: number,
  end: number,
): readonly (ShownColumn | undefined)[] {
  return itemsOf(source, from, end).map((item) => shownColumn(source, item.from, item.end))
}

function shownColumn(source: TokenizedSql, from: number, end: number): ShownColumn | undefined {
  const named = readColumn(source, from)
  if (named?.qualifier === undefined) return undefined
  const isAlone = named.next === end
  if (!isAlone && !(named.next === end - 2 && wordAt(source, named.next) === 'as')) return undefined
  const last = end - 1
  if (!isNameAt(source, last) || tokenAt(source, last).kind === TokenKind.string) return undefined
  const folded = columnNameAt(source, last)
  const given = source.dialect === 'postgresql' ? folded : writtenNameAt(source, last)
  // SQLite promises no name where none is given.
  const name = isAlone && source.dialect === 'sqlite' ? undefined : given
  return { reference: named.qualifier, column: named.name, name, folded, from, end }
}

/** Those whose name no other item of the list has; of several, drivers keep one. */
export function uniquelyNamed(items: readonly (ShownColumn | undefined)[]): readonly ShownColumn[] {
  const counts = new Map<string, number>()
  for (const item of items) {
    const name = item?.folded.toLowerCase()
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return items.filter(
    (item) => item !== undefined && counts.get(item.folded.toLowerCase()) === 1,
  ) as ShownColumn[]
}
