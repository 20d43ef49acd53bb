import { TokenKind, isOperatorAt, skipToken, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { setOfWords } from '../words.js'
import { readColumn, type NamedColumn } from './column-name.js'
import {
  allOf,
  anyOf,
  anyRow,
  everyRow,
  noRow,
  type Bound,
  type Condition,
  type PinnedColumn,
} from './pins.js'
import { valueSource, type ParameterIndex, type ValueSource } from './value-source.js'

/** What a condition is read with. */
export interface ConditionContext {
  readonly source: TokenizedSql
  readonly parameterAt: ParameterIndex
  /** The place, among the tables that the condition speaks of, of the one that a column belongs to. */
  tableOf(column: NamedColumn): number | undefined
}

/** Words that bind less than AND does, or between which AND may stand without joining conditions. */
const refused = setOfWords('xor case select values with window')

/**
 * What the condition that fills tokens `from` up to `end` says of its rows.
 *
 * Precedence decides: OR binds least in all three languages, then (MySQL's XOR and) AND, then NOT and all operators. So
 * what stands alone between two ANDs holds by itself, and only its whole text is looked at.
 */
export function readCondition(context: ConditionContext, from: number, end: number): Condition {
  const { source } = context
  if (from >= end) return anyRow
  if (isWhollyInParens(source, from, end)) return readCondition(context, from + 1, end - 1)
  const parts = splitCondition(source, from, end)
  if (parts === undefined) return anyRow
  return anyOf(
    parts.map((branch) => {
      const [first] = branch
      if (branch.length > 1) return allOf(branch.map((part) => readCondition(context, part.from, part.end)))
      if (parts.length > 1) return readCondition(context, first!.from, first!.end)
      return readComparison(context, first!.from, first!.end)
    }),
  )
}

interface Range {
  readonly from: number
  readonly end: number
}

const isWhollyInParens = (source: TokenizedSql, from: number, end: number): boolean =>
  tokenAt(source, from).kind === TokenKind.open && tokenAt(source, from).partner === end - 1

/** The parts joined by AND of every branch joined by OR; `undefined` where another word would have to be weighed too. */
function splitCondition(source: TokenizedSql, from: number, end: number): Range[][] | undefined {
  const branches: Range[][] = [[]]
  let start = from
  let openBetweens = 0
  for (let at = from; at < end; at = skipToken(source, at)) {
    const { kind, word } = tokenAt(source, at)
    if (kind === TokenKind.comma || isLooseOperator(source, at)) return undefined
    if (kind !== TokenKind.word || tokenAt(source, at - 1).kind === TokenKind.dot) continue
    if (refused.has(word)) return undefined
    if (word === 'between') openBetweens++
    if (word !== 'and' && word !== 'or') continue
    if (word === 'and' && openBetweens > 0) {
      openBetweens--
      continue
    }
    if (at === start || openBetweens > 0) return undefined
    branches[branches.length - 1]!.push({ from: start, end: at })
    if (word === 'or') branches.push([])
    start = at + 1
  }
  if (start >= end) return undefined
  branches[branches.length - 1]!.push({ from: start, end })
  return branches
}

/** MySQL's `||`, which is OR unless a setting of the server says otherwise, and its assignments. */
function isLooseOperator(source: TokenizedSql, at: number): boolean {
  if (source.dialect !== 'mysql') return false
  return (
    (isOperatorAt(source, at, '|') && isOperatorAt(source, at + 1, '|')) ||
    (isOperatorAt(source, at, ':') && isOperatorAt(source, at + 1, '='))
  )
}

/** One condition without AND and OR. What is not one of the forms below says nothing. */
function readComparison(context: ConditionContext, from: number, end: number): Condition {
  const { source } = context
  if (isConstant(source, from, end)) {
    return source.sql.slice(tokenAt(source, from).start, tokenAt(source, from).end) ===
      source.sql.slice(tokenAt(source, end - 1).start, tokenAt(source, end - 1).end)
      ? everyRow
      : noRow
  }
  const left = readColumns(context, from)
  if (left === undefined) return anyRow
  const { columns, next } = left
  if (wordAt(source, next) === 'in')
    return pinned(columns, listAfterIn(context, next + 1, end, columns.length))
  if (!isOperatorAt(source, next, '='))
    return left.isList ? anyRow : readBounds(context, columns[0]!, next, end)
  const value = isOperatorAt(source, next + 1, '=') && source.dialect === 'sqlite' ? next + 2 : next + 1
  return readEquality(context, left, value, end)
}

/** `1=1` and `1=0`, which ORMs write where a filter is empty. */
const isConstant = (source: TokenizedSql, from: number, end: number): boolean =>
  end === from + 3 &&
  isOperatorAt(source, from + 1, '=') &&
  [from, from + 2].every((at) =>
    /^[01]$/.test(source.sql.slice(tokenAt(source, at).start, tokenAt(source, at).end)),
  )

interface LeftSide {
  readonly columns: readonly PinnedColumn[]
  readonly isList: boolean
  readonly next: number
}

/** A column, in parentheses or not, or several in parentheses. */
function readColumns(context: ConditionContext, from: number): LeftSide | undefined {
  const { source } = context
  if (tokenAt(source, from).kind !== TokenKind.open) return oneColumn(context, from)
  const close = tokenAt(source, from).partner
  const columns: PinnedColumn[] = []
  for (let at = from + 1; ;) {
    const one = oneColumn(context, at)
    if (one === undefined) return undefined
    columns.push(...one.columns)
    at = one.next
    if (at === close) {
      const isList = columns.length > 1
      // MariaDB compares a bigint in a row with a string as doubles, so that neighbours are equal.
      return isList && source.dialect === 'mysql' ? undefined : { columns, isList, next: close + 1 }
    }
    if (tokenAt(source, at).kind !== TokenKind.comma) return undefined
    at++
  }
}

function oneColumn(context: ConditionContext, from: number): LeftSide | undefined {
  const named = readColumn(context.source, from)
  const table = named === undefined ? undefined : context.tableOf(named)
  if (named === undefined || table === undefined) return undefined
  return { columns: [{ table, name: named.name }], isList: false, next: named.next }
}

function readEquality(context: ConditionContext, left: LeftSide, from: number, end: number): Condition {
  const { source } = context
  if (left.isList) return pinned(left.columns, oneOf(listOfValues(context, from, end, left.columns.length)))
  if (source.dialect === 'postgresql' && wordAt(source, from) === 'any') {
    return pinned(left.columns, elementsOf(context, from + 1, end))
  }
  const right = readColumns(context, from)
  if (right !== undefined && right.next === end && !right.isList) {
    return { ...anyRow, links: [{ left: left.columns[0]!, right: right.columns[0]! }] }
  }
  return pinned(left.columns, oneOf(known([valueSource(source, from, end, context.parameterAt)])))
}

/** `< v`, `<= v`, `> v`, `>= v`, `BETWEEN v AND v`. */
function readBounds(context: ConditionContext, column: PinnedColumn, at: number, end: number): Condition {
  const { source } = context
  if (wordAt(source, at) === 'between') return between(context, column, at + 1, end)
  const side = isOperatorAt(source, at, '<') ? 'most' : isOperatorAt(source, at, '>') ? 'least' : undefined
  if (side === undefined) return anyRow
  const isOpen = !isOperatorAt(source, at + 1, '=')
  return bounded(context, [{ column, side, isOpen, from: isOpen ? at + 1 : at + 2, end }])
}

function between(context: ConditionContext, column: PinnedColumn, from: number, end: number): Condition {
  let and = from
  while (and < end && wordAt(context.source, and) !== 'and') and = skipToken(context.source, and)
  return bounded(context, [
    { column, side: 'least', isOpen: false, from, end: and },
    { column, side: 'most', isOpen: false, from: and + 1, end },
  ])
}

/** What stands behind BETWEEN may compare what it gives: both values are known, or nothing is said. */
function bounded(
  { source, parameterAt }: ConditionContext,
  places: readonly (Omit<Bound, 'value'> & Range)[],
): Condition {
  const bounds = places.map(({ from, end, ...bound }) => ({
    ...bound,
    value: valueSource(source, from, end, parameterAt),
  }))
  return known(bounds.map(({ value }) => value)) === undefined ? anyRow : { ...everyRow, bounds }
}

/** `ANY($1)`: a list that is given whole. */
function elementsOf(context: ConditionContext, open: number, end: number): ValueSource[][] | undefined {
  const { source } = context
  if (!isWhollyInParens(source, open, end)) return undefined
  const value = valueSource(source, open, end, context.parameterAt)
  return value.from === 'parameter' ? [[{ from: 'elements', index: value.index }]] : undefined
}

const oneOf = (list: ValueSource[] | undefined): ValueSource[][] | undefined =>
  list === undefined ? undefined : [list]

/** A list of values is understood if every one of them is. */
const known = (list: ValueSource[]): ValueSource[] | undefined =>
  list.every(({ from }) => from === 'parameter' || from === 'literal') ? list : undefined

function pinned(columns: readonly PinnedColumn[], values: ValueSource[][] | undefined): Condition {
  return values === undefined ? anyRow : { ...anyRow, pins: [{ columns, values }] }
}

/** `( v, … )`, or `( (v, v), … )` where several columns are compared. */
function listAfterIn(
  context: ConditionContext,
  open: number,
  end: number,
  width: number,
): ValueSource[][] | undefined {
  const { source } = context
  if (!isWhollyInParens(source, open, end)) return undefined
  const lists: ValueSource[][] = []
  for (const { from, end: itemEnd } of itemsOf(source, open + 1, end - 1)) {
    const list =
      width > 1
        ? listOfValues(context, from, itemEnd, width)
        : known([valueSource(source, from, itemEnd, context.parameterAt)])
    if (list === undefined) return undefined
    lists.push(list)
  }
  return lists
}

/** `( v, … )` of as many values as columns. */
function listOfValues(
  context: ConditionContext,
  from: number,
  end: number,
  width: number,
): ValueSource[] | undefined {
  const { source, parameterAt } = context
  if (!isWhollyInParens(source, from, end)) return undefined
  const items = itemsOf(source, from + 1, end - 1)
  if (items.length !== width) return undefined
  return known(items.map((item) => valueSource(source, item.from, item.end, parameterAt)))
}

/** The stretches between the commas of a list. */
export function itemsOf(source: TokenizedSql, from: number, end: number): Range[] {
  const items: Range[] = []
  let start = from
  for (let at = from; at < end; at = skipToken(source, at)) {
    if (tokenAt(source, at).kind !== TokenKind.comma) continue
    items.push({ from: start, end: at })
    start = at + 1
  }
  if (from < end) items.push({ from: start, end })
  return items
}
