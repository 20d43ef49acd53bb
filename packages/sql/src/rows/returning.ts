import { TokenKind, isNameAt, isOperatorAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { readColumn, writtenNameAt, type NamedColumn } from './column-name.js'
import { itemsOf } from './condition.js'

/** One column of the rows that a statement gives back. */
export interface ReturnedColumn {
  /** The column of the written table; `undefined`: an expression. */
  readonly column: string | undefined
  /** What the driver calls it; `undefined`: the database chooses a name. */
  readonly name: string | undefined
}

/** What `RETURNING` gives; `all`: `*`; `undefined`: nothing. */
export type Returning = readonly ReturnedColumn[] | 'all' | undefined

/** Reads the list behind `RETURNING`, from `from` up to `end`. */
export function readReturning(
  source: TokenizedSql,
  from: number,
  end: number,
  isTarget: (column: NamedColumn) => boolean,
): Returning {
  if (end === from + 1 && isOperatorAt(source, from, '*')) return 'all'
  const items = itemsOf(source, from, end)
  // Behind a `*` the places of the others are not told.
  if (items.some((item) => isOperatorAt(source, item.end - 1, '*'))) return undefined
  return items.map((item) => returnedColumn(source, item.from, item.end, isTarget))
}

function returnedColumn(
  source: TokenizedSql,
  from: number,
  end: number,
  isTarget: (column: NamedColumn) => boolean,
): ReturnedColumn {
  const named = readColumn(source, from)
  const isOurs = named !== undefined && isTarget(named)
  if (isOurs && named.next === end) return { column: named.name, name: writtenNameAt(source, end - 1) }
  const hasAlias = wordAt(source, end - 2) === 'as' && isNameAt(source, end - 1)
  const alias =
    hasAlias && tokenAt(source, end - 1).kind !== TokenKind.string
      ? writtenNameAt(source, end - 1)
      : undefined
  return { column: isOurs && hasAlias && named.next === end - 2 ? named.name : undefined, name: alias }
}
