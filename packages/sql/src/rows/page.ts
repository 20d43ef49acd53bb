import { TokenKind, skipToken, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import { type Clauses, endOfClause, findClauses } from './clauses.js'
import { columnNameAt, readColumn } from './column-name.js'
import { itemsOf } from './condition.js'
import { readFromList } from './from-list.js'
import { type FirstOrder, firstOrder } from './cut.js'
import type { WholeStatement } from './plan-write.js'
import { type ParameterIndex, type ValueSource, valueSource } from './value-source.js'
import { shownItems, type ShownColumn } from './shown-names.js'

interface Range {
  readonly from: number
  readonly end: number
}

/** A query around another, which shows and orders by some of its columns, each combination once. */
export interface Page {
  readonly inner: Range
  /** What it shows of the query inside, by the names there. */
  readonly shown: readonly ShownColumn[]
  /** What else it orders by. */
  readonly ordered: readonly string[]
  /** What it orders by first. */
  readonly first: FirstOrder | undefined
  readonly isLimited: boolean
  /** How many rows it gives at most, where that is told. */
  readonly limit: ValueSource | undefined
  /** Rows are skipped. */
  readonly hidesRows: boolean
}

const clauseWords = setOfWords(`
  from where group having window order limit offset fetch for lock union intersect except minus into procedure`)
const pageClauses = setOfWords('from order limit offset')
const orderWords = setOfWords('asc desc nulls first last')

/**
 * Reads `SELECT DISTINCT "d"."a" AS "b", … FROM (SELECT …) "d" ORDER BY "d"."a" ASC LIMIT 10 OFFSET 20`, as TypeORM sends
 * it for the keys of a page; `undefined` for everything else.
 */
export function readPage({ source, verb, end, parameterAt }: WholeStatement): Page | undefined {
  const isDistinct = wordAt(source, verb) === 'select' && wordAt(source, verb + 1) === 'distinct'
  const clauses = isDistinct ? findClauses(source, verb + 2, end, clauseWords) : undefined
  const list = clauses?.get('from')
  if (clauses === undefined || list === undefined) return undefined
  if ([...clauses.keys()].some((word) => !pageClauses.has(word))) return undefined
  if (tokenAt(source, list + 1).kind !== TokenKind.open) return undefined
  const items = readFromList(source, list + 1, endOfClause(clauses, list, end))
  const [item, ...others] = items
  if (item?.reference === undefined || item.table !== undefined || others.length > 0) return undefined
  const shown = shownItems(source, verb + 2, list)
  const ordered = orderOf(source, clauses.get('order'), clauses, end, item.reference)
  const [order, limit] = [clauses.get('order'), clauses.get('limit')]
  if (ordered === undefined || !shown.every((column) => column?.reference === item.reference))
    return undefined
  return {
    inner: { from: list + 2, end: tokenAt(source, list + 1).partner },
    shown: shown.map((column) => column!),
    ordered,
    first: order === undefined ? undefined : firstOrder(source, order, endOfClause(clauses, order, end)),
    isLimited: limit !== undefined,
    limit: limitOf(source, clauses, end, parameterAt),
    hidesRows: skipsRows(source, clauses, end),
  }
}

/** The columns of an ORDER BY that names nothing else. */
function orderOf(
  source: TokenizedSql,
  order: number | undefined,
  clauses: ReadonlyMap<string, number>,
  end: number,
  reference: string,
): readonly string[] | undefined {
  if (order === undefined) return []
  if (wordAt(source, order + 1) !== 'by') return undefined
  const names: string[] = []
  for (const item of itemsOf(source, order + 2, endOfClause(clauses, order, end))) {
    const column = readColumn(source, item.from)
    if (column === undefined || (column.qualifier ?? reference) !== reference) return undefined
    for (let at = column.next; at < item.end; at++) if (!orderWords.has(wordAt(source, at))) return undefined
    names.push(columnNameAt(source, column.next - 1))
  }
  return names
}

/** How many rows are given at most; `undefined`: nothing says. */
export function limitOf(
  source: TokenizedSql,
  clauses: Clauses,
  end: number,
  parameterAt: ParameterIndex,
): ValueSource | undefined {
  const limit = clauses.get('limit')
  return limit === undefined
    ? undefined
    : valueSource(source, limit + 1, endOfClause(clauses, limit, end), parameterAt)
}

/** By an OFFSET, but for `OFFSET 0`, which is written for a first page. `LIMIT 20, 10` skips 20. */
export function skipsRows(source: TokenizedSql, clauses: Clauses, end: number): boolean {
  const [offset, limit] = [clauses.get('offset'), clauses.get('limit')]
  if (offset !== undefined && !isZero(source, offset + 1, endOfClause(clauses, offset, end))) return true
  return limit !== undefined && hasComma(source, limit, endOfClause(clauses, limit, end))
}

function isZero(source: TokenizedSql, from: number, end: number): boolean {
  const { kind, start, end: last } = tokenAt(source, from)
  return end === from + 1 && kind === TokenKind.number && source.sql.slice(start, last) === '0'
}

function hasComma(source: TokenizedSql, from: number, end: number): boolean {
  for (let at = from; at < end; at = skipToken(source, at))
    if (tokenAt(source, at).kind === TokenKind.comma) return true
  return false
}
