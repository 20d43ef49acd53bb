import { wordAt, type TokenizedSql } from '../tokens.js'
import { columnNameAt, readColumn } from './column-name.js'
import { itemsOf } from './condition.js'
import type { PinnedColumn } from './pins.js'
import type { ValueSource } from './value-source.js'

/** An order of which some rows are given. */
export interface Cut {
  /** What it begins with: a column of one of the query's tables, of which each row given has one. */
  readonly column: PinnedColumn
  /** What the answer calls it. */
  readonly name: string
  readonly direction: Direction
  /** How many rows are given at most. */
  readonly limit: ValueSource
  /** Whether rows are left out that come before the first. */
  readonly skips: boolean
}

type Direction = 'asc' | 'desc'

/** The first item of an ORDER BY, where that is a column. */
export interface FirstOrder {
  readonly reference: string | undefined
  readonly column: string
  readonly direction: Direction
}

/** @param order the token ORDER */
export function firstOrder(source: TokenizedSql, order: number, end: number): FirstOrder | undefined {
  const [item] = wordAt(source, order + 1) === 'by' ? itemsOf(source, order + 2, end) : []
  const named = item && readColumn(source, item.from)
  if (named === undefined) return undefined
  const direction = directionOf(source, named.next, item!.end)
  return (
    direction && {
      reference: named.qualifier,
      column: columnNameAt(source, named.next - 1),
      direction,
    }
  )
}

/** Of what stands behind a column: `ASC`, `DESC NULLS LAST`; `undefined`: it is no column by itself. */
function directionOf(source: TokenizedSql, from: number, end: number): Direction | undefined {
  const word = wordAt(source, from)
  const isTold = from < end && (word === 'asc' || word === 'desc')
  const rest = isTold ? from + 1 : from
  const isWhole = rest >= end || (wordAt(source, rest) === 'nulls' && rest + 2 === end)
  return isWhole ? (isTold && word === 'desc' ? 'desc' : 'asc') : undefined
}
