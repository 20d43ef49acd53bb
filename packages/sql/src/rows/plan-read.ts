import type { SqlDialect } from '../dialect.js'
import { lexicalModes } from '../lexical-mode.js'
import { NotUnderstood } from '../not-understood.js'
import { statementRanges } from '../split.js'
import { tokenize } from '../tokenizer.js'
import { isOperatorAt, TokenKind, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import { readColumn } from './column-name.js'
import { columnUses, type ColumnUse } from './column-uses.js'
import { comparisonAt, tellsComparisons } from './comparisons.js'
import type { FromItem } from './from-list.js'
import { type Cut, type FirstOrder, firstOrder } from './cut.js'
import { readPage } from './page.js'
import { allOf, type Condition, type Link } from './pins.js'
import { usesOfPlaces } from './place-uses.js'
import type { WholeStatement } from './plan-write.js'
import { readQuery, type QueryParts } from './query-block.js'
import type { ReadPlan, ShownName } from './read-plan.js'
import { shownItems, uniquelyNamed, type ShownColumn } from './shown-names.js'
import { parameterIndexes } from './value-source.js'

/**
 * What the text of a query tells of the rows that it reads: one SELECT without WITH and UNION, whose queries inside are
 * such too. It never throws: everything else is `unknown`, and may depend on any row of its tables.
 *
 * @example
 * planRead('SELECT "p"."id" AS "p_id" FROM "post" "p" WHERE (("p"."authorId" = $1)) ORDER BY "p"."title"', 'postgresql')
 * // { kind: 'tables', tables: [{ table: { name: 'post' }, hidesRows: false, isLimited: false, decidedBy: ['authorId', 'title'], … }],
 * //   condition: { pins: [{ columns: [{ table: 0, name: 'authorId' }], values: [[{ from: 'parameter', index: 0 }]] }], … } }
 */
export function planRead(sql: string, dialect: SqlDialect): ReadPlan {
  try {
    return planOf(sql, dialect)
  } catch (error) {
    if (error instanceof NotUnderstood) return { kind: 'unknown', reason: error.message }
    return { kind: 'unknown', reason: `the analysis failed: ${String(error)}` }
  }
}

function planOf(sql: string, dialect: SqlDialect): ReadPlan {
  const source = tokenize(sql, dialect, lexicalModes[dialect][0])
  if (source.ambiguous) throw new NotUnderstood('what the text reads depends on how the server reads it')
  const [statement, ...others] = statementRanges(source)
  if (statement === undefined || others.length > 0) throw new NotUnderstood('it is not one statement')
  const { from, end } = statement
  const whole = { source, verb: from, end, parameterAt: parameterIndexes(source) }
  return planOfPage(whole) ?? planOfQuery(whole)
}

function planOfQuery(whole: WholeStatement): ReadPlan {
  const { source, verb, end } = whole
  const parts = emptyParts(verb)
  readQuery(whole, verb, end, parts, false)
  const shown = shownItems(source, parts.shown.from, parts.shown.end)
  return planOfParts(whole, verb, end, parts, shown, orderedFirst(source, parts.outer?.order, shown))
}

/** A query around another is a query of that one's tables which shows less. */
function planOfPage(whole: WholeStatement): ReadPlan | undefined {
  const { source } = whole
  const page = readPage(whole)
  if (page === undefined) return undefined
  const parts = emptyParts(whole.verb)
  readQuery(whole, page.inner.from, page.inner.end, parts, false)
  const { outer, shown, tables } = parts
  const items = shownItems(source, shown.from, shown.end)
  if (outer === undefined || outer.isLimited || outer.skipsRows) return undefined
  // Of rows that are hidden there are no items.
  const inside = uniquelyNamed(items)
  const named = (name: string) => inside.find(({ folded }) => folded === name)
  const used = [...page.shown.map(({ column }) => column), ...page.ordered].map(named)
  if (inside.length < items.length || used.includes(undefined)) return undefined
  const { isLimited, hidesRows } = page
  parts.outer = { ...outer, isLimited, limit: page.limit, skipsRows: hidesRows, countsOnce: true }
  parts.page = used.map((item) => item!)
  parts.tables = tables.map((table) =>
    table.outerItem === undefined ? table : { ...table, isLimited, hidesRows },
  )
  const around = page.shown.map((item) => ({ ...named(item.column)!, name: item.name, folded: item.folded }))
  const first = page.first && named(page.first.column)
  return planOfParts(
    whole,
    page.inner.from,
    page.inner.end,
    parts,
    around,
    first && { ...page.first, ...first },
  )
}

const emptyParts = (verb: number): QueryParts => ({
  tables: [],
  conditions: [],
  items: [],
  shown: { from: verb, end: verb },
  outer: undefined,
  page: undefined,
})

function planOfParts(
  { source, parameterAt }: WholeStatement,
  from: number,
  end: number,
  parts: QueryParts,
  shown: readonly (ShownColumn | undefined)[],
  first: FirstOrder | undefined,
): ReadPlan {
  const names = uniquelyNamed(shown)
  const named = columnUses(source, from, end, parts.items)
  const areTold = tellsComparisons(source, from, end)
  const uses = usesOfPlaces(
    named.map((use) => ({
      ...(orderedBy(source, use, names, parts) ?? use),
      comparison: areTold ? comparisonAt(source, parameterAt, use) : undefined,
    })),
    parts,
  )
  const condition = allOf(parts.conditions)
  return {
    kind: 'tables',
    tables: parts.tables.map((table, place) => {
      const { item, hidesRows, isLimited, outerItem } = table
      const { decidedBy, chosenBy, compared, filters, isOptional, isUnused, shown: columns } = uses[place]!
      const isShown = !hidesRows && outerItem !== undefined
      return {
        table: item.table,
        hidesRows,
        isLimited,
        decidedBy,
        compared,
        filters,
        isUnused,
        shown: isShown
          ? {
              columns,
              names: names.filter(({ reference }) => reference === item.reference).flatMap(toNames),
              chosenBy,
              mayBeAbsent: mayBeAbsent(item, parts),
              isOptional,
              isOnlyLinked: isOnlyLinked(source, item, linksInto(condition, place).length),
              wholeBy:
                pinnedAlone(source, table, parts) ??
                (isOptional ? linkedAlone(source, item, linksInto(condition, place)) : undefined),
            }
          : undefined,
      }
    }),
    condition,
    cut: first && cutOf(first, names, parts),
    limit: parts.outer?.limit,
  }
}

/** A name that stands alone is that of what is shown under it. */
function orderedFirst(
  source: TokenizedSql,
  order: QueryOrder,
  shown: readonly (ShownColumn | undefined)[],
): FirstOrder | undefined {
  const first = order && firstOrder(source, order.from, order.end)
  if (first === undefined || first.reference !== undefined) return first
  const item = uniquelyNamed(shown).find(({ folded }) => folded === first.column)
  return item && { ...first, reference: item.reference, column: item.column }
}

type QueryOrder = NonNullable<QueryParts['outer']>['order']

function cutOf(
  { reference, column, direction }: FirstOrder,
  names: readonly ShownColumn[],
  parts: QueryParts,
): Cut | undefined {
  const { outer, tables } = parts
  const table = tables.findIndex(
    ({ item, outerItem }) => outerItem !== undefined && item.reference === reference,
  )
  const limit = outer?.limit
  const name = names.find((shown) => shown.reference === reference && shown.column === column)?.name
  if (table < 0 || limit === undefined || name === undefined) return undefined
  // Of rows without one here the order is another.
  if (mayBeAbsent(tables[table]!.item, parts)) return undefined
  return { column: { table, name: column }, name, direction, limit, skips: outer!.skipsRows }
}

const mayBeAbsent = ({ join }: FromItem, { outer }: QueryParts): boolean =>
  join !== 'inner' || outer!.items.some((item) => item.join === 'other')

const toNames = ({ column, name }: ShownColumn): readonly ShownName[] =>
  name === undefined ? [] : [{ column, name }]

/** A name that stands alone in the ORDER BY is that of what is shown under it, in all three languages. */
function orderedBy(
  source: TokenizedSql,
  use: ColumnUse,
  names: readonly ShownColumn[],
  { outer, page }: QueryParts,
): ColumnUse | undefined {
  const { at, reference, column } = use
  const { from, end } = outer?.order ?? { from: 0, end: 0 }
  if (page !== undefined || reference !== undefined || at < from || at >= end) return undefined
  const isItem = isOrderMark(source, at - 1, from) && isOrderMark(source, at + 1, from)
  const item = isItem ? names.find(({ folded }) => folded === column) : undefined
  return item && { at, reference: item.reference, column: item.column }
}

const orderMarks = setOfWords('by asc desc nulls limit offset fetch for')

/** What may stand before or behind a whole item of an ORDER BY. */
function isOrderMark(source: TokenizedSql, at: number, order: number): boolean {
  const { kind, word } = tokenAt(source, at)
  return kind === TokenKind.comma || kind === TokenKind.end || (at > order && orderMarks.has(word))
}

/** Of what the ON of a left join says. */
const linksInto = ({ links }: Condition, place: number): readonly Link[] =>
  links.filter(({ right, isOneWay }) => isOneWay === true && right.table === place)

const linkedAlone = (source: TokenizedSql, item: FromItem, links: readonly Link[]) =>
  isOnlyLinked(source, item, links.length) ? links.map(({ right }) => right.name) : undefined

/** `WHERE "a"."x" = $1`, or `IN`, where all other tables are joined from the left. */
function pinnedAlone(
  source: TokenizedSql,
  { item, outerItem }: QueryParts['tables'][number],
  { outer }: QueryParts,
): readonly string[] | undefined {
  if (outerItem !== 0 || outer?.where === undefined) return undefined
  if (outer.items.some(({ join }, at) => at > 0 && join !== 'left')) return undefined
  let { from, end } = outer.where
  while (tokenAt(source, from).kind === TokenKind.open && tokenAt(source, from).partner === end - 1) {
    from++
    end--
  }
  const named = readColumn(source, from)
  if (named?.qualifier !== item.reference) return undefined
  const { next } = named
  const isEqual = isOperatorAt(source, next, '=') && next + 2 === end
  const isIn = wordAt(source, next) === 'in' && tokenAt(source, next + 1).partner === end - 1
  return isEqual || isIn ? [named.name] : undefined
}

/** `"a"."x" = "b"."y"`, joined by AND: nothing that another row could fail. */
function isOnlyLinked(source: TokenizedSql, { on }: FromItem, links: number): boolean {
  if (on === undefined || links === 0) return false
  let tokens = 0
  for (let at = on.from; at < on.end; at++) {
    const { kind } = tokenAt(source, at)
    if (kind !== TokenKind.open && kind !== TokenKind.close) tokens++
  }
  return tokens === links * 8 - 1
}
