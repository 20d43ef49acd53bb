import { NotUnderstood } from '../not-understood.js'
import { TokenKind, skipToken, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import type { NamedColumn } from './column-name.js'
import { readCondition } from './condition.js'
import { endOfClause, findClauses, readWhere, type Clauses } from './clauses.js'
import { readFromList, type FromItem } from './from-list.js'
import { limitOf, skipsRows } from './page.js'
import { allOf, anyRow, type Condition } from './pins.js'
import type { WholeStatement } from './plan-write.js'
import type { ValueSource } from './value-source.js'

const clauseWords = setOfWords(`
  from where group having window order limit offset fetch for lock union intersect except minus into procedure`)
const notFollowed = ['union', 'intersect', 'except', 'minus', 'into', 'procedure', 'window']
const hiding = ['group', 'having']

interface Range {
  readonly from: number
  readonly end: number
}

/** A table of a query, or of a query inside it. */
interface BlockTable {
  readonly item: FromItem & { readonly table: NonNullable<FromItem['table']> }
  readonly hidesRows: boolean
  readonly isLimited: boolean
  /** Its place in the FROM list of the outermost query; `undefined`: it is read by a query inside. */
  readonly outerItem: number | undefined
}

/** What is known of the outermost query. */
export interface OuterQuery {
  readonly items: readonly FromItem[]
  /** The condition of its WHERE. */
  readonly where: Range | undefined
  readonly order: Range | undefined
  readonly isLimited: boolean
  /** How many rows it gives at most, where that is told. */
  readonly limit: ValueSource | undefined
  /** Whether rows are left out that come before the first. */
  readonly skipsRows: boolean
  /** Whether rows that are alike count as one. */
  readonly countsOnce: boolean
}

/** What is gathered of a query and of all queries inside it. */
export interface QueryParts {
  tables: BlockTable[]
  readonly conditions: Condition[]
  /** All that stands in the FROM lists. */
  readonly items: FromItem[]
  /** The list of what the outermost query shows, if that are columns of its rows. */
  shown: Range
  outer: OuterQuery | undefined
  /** The items of that list which a query around this one uses; `undefined`: there is none around it. */
  page: readonly Range[] | undefined
}

/**
 * Gathers the query that fills tokens `from` up to `end`.
 *
 * @throws {NotUnderstood} for what is not one SELECT.
 */
export function readQuery(
  whole: WholeStatement,
  from: number,
  end: number,
  parts: QueryParts,
  isInside: boolean,
): void {
  const { source } = whole
  if (wordAt(source, from) !== 'select') throw new NotUnderstood('it is no plain SELECT')
  const clauses = findClauses(source, from + 1, end, clauseWords)
  if (clauses === undefined || notFollowed.some((word) => clauses.has(word))) {
    throw new NotUnderstood('it is more than one SELECT')
  }
  const list = clauses.get('from')
  const shownEnd = list ?? endOfClause(clauses, from, end)
  const items = list === undefined ? [] : readFromList(source, list + 1, endOfClause(clauses, list, end))
  const place = parts.tables.length
  const skips = skipsRows(source, clauses, end)
  const showsNone =
    isInside || hiding.some((word) => clauses.has(word)) || isComputed(whole, from + 1, shownEnd)
  const hidesRows = showsNone || skips
  const isLimited = clauses.has('limit') || clauses.has('fetch')
  if (!isInside) {
    if (!showsNone) parts.shown = { from: from + 1, end: shownEnd }
    const isGrouped = clauses.has('group') || clauses.has('having')
    const countsOnce = !isGrouped && isCountOfDistinct(source, from + 1, shownEnd)
    const limit = limitOf(source, clauses, end, whole.parameterAt)
    const [where, order] = [rangeOf(clauses, 'where', end, 1), rangeOf(clauses, 'order', end)]
    parts.outer = { items, where, order, isLimited, limit, skipsRows: skips, countsOnce }
  }
  for (const [index, item] of items.entries()) {
    parts.items.push(item)
    const outerItem = isInside ? undefined : index
    if (item.table !== undefined)
      parts.tables.push({ item: { ...item, table: item.table }, hidesRows, isLimited, outerItem })
  }
  parts.conditions.push(conditionOf(whole, clauses, items, place, end))
  readQueriesInside(whole, from, end, parts)
}

/** Whether what is shown may be more than columns of rows: a function may add up, DISTINCT leaves rows out. */
function isComputed({ source }: WholeStatement, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    if (wordAt(source, at).startsWith('distinct') || tokenAt(source, at).kind === TokenKind.open) return true
  }
  return false
}

/** @param skip so many tokens at its beginning */
function rangeOf(clauses: Clauses, word: string, end: number, skip = 0): Range | undefined {
  const from = clauses.get(word)
  return from === undefined ? undefined : { from: from + skip, end: endOfClause(clauses, from, end) }
}

/** `COUNT(DISTINCT …) AS "cnt"` alone, without a query in it. */
function isCountOfDistinct(source: TokenizedSql, from: number, end: number): boolean {
  if (wordAt(source, from) !== 'count' || wordAt(source, from + 2) !== 'distinct') return false
  const next = skipToken(source, from + 1)
  if (next !== end && !(next === end - 2 && wordAt(source, next) === 'as')) return false
  for (let at = from + 2; at < next; at++) if (wordAt(source, at) === 'select') return false
  return true
}

function readQueriesInside(whole: WholeStatement, from: number, end: number, parts: QueryParts): void {
  const { source } = whole
  for (let at = from; at < end; at++) {
    if (tokenAt(source, at).kind !== TokenKind.open) continue
    const word = wordAt(source, at + 1)
    if (word === 'with' || word === 'values' || word === 'table')
      throw new NotUnderstood('a query inside is no plain SELECT')
    if (word !== 'select') continue
    readQuery(whole, at + 1, tokenAt(source, at).partner, parts, true)
    at = skipToken(source, at) - 1
  }
}

/** The WHERE, and of every ON what holds for the rows that can be in the answer. */
function conditionOf(
  whole: WholeStatement,
  clauses: Clauses,
  items: readonly FromItem[],
  place: number,
  end: number,
): Condition {
  const { source, parameterAt } = whole
  const tables = items.filter(({ table }) => table !== undefined)
  const tableOf = (column: NamedColumn): number | undefined => {
    // Of one table alone, what the catalogue knows as its column is its column.
    if (column.qualifier === undefined) return items.length === 1 && tables.length === 1 ? place : undefined
    const named = items.filter(({ reference }) => reference === column.qualifier)
    const index = named.length === 1 ? tables.indexOf(named[0]!) : -1
    return index < 0 ? undefined : place + index
  }
  const context = { source, parameterAt, tableOf }
  const where = holding(readWhere(context, clauses, end))
  const conditions = [where]
  const present = new Set(tablesIn(where))
  // An ON names what stands before it, so that a row which must be there has the others be there too.
  for (const item of items.toReversed()) {
    if (item.on === undefined || item.join === 'other') continue
    const condition = holding(readCondition(context, item.on.from, item.on.end))
    const right = place + tables.indexOf(item)
    const isThere = item.join === 'inner' || (item.table !== undefined && present.has(right))
    if (isThere) for (const table of tablesIn(condition)) present.add(table)
    conditions.push(isThere ? condition : ofOptional(condition, right))
  }
  return allOf(conditions)
}

/** A condition that never holds makes the answer empty, whatever the rows: too rare to be told apart. */
const holding = (condition: Condition): Condition => (condition.isNever ? anyRow : condition)

/** The tables that have a row wherever the condition holds: nothing equals NULL. */
const tablesIn = ({ pins, links }: Condition): readonly number[] => [
  ...pins.flatMap(({ columns }) => columns.map(({ table }) => table)),
  ...links.flatMap(({ left, right }) => [left.table, right.table]),
]

/** The ON of a LEFT JOIN chooses among the rows of the right table alone; the others stay without it. */
function ofOptional({ pins, links }: Condition, right: number): Condition {
  return {
    pins: pins.filter(({ columns }) => columns.every(({ table }) => table === right)),
    links: links.flatMap((link) => {
      if (link.right.table === right && link.left.table !== right) return [{ ...link, isOneWay: true }]
      if (link.left.table === right && link.right.table !== right)
        return [{ left: link.right, right: link.left, isOneWay: true }]
      return []
    }),
    bounds: [],
    isNever: false,
  }
}
