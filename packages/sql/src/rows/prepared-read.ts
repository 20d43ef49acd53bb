import type { SqlDialect } from '../dialect.js'
import type { TableName } from '../facts.js'
import type { KnownColumn, KnownColumns, SpeltColumn } from './columns.js'
import { keysOfLists, pinnedLists, type KeyValues } from './key-values.js'
import type { ComparisonOperator } from './comparisons.js'
import type { Cut } from './cut.js'
import type { Condition, PinnedColumn } from './pins.js'
import type { ReadPlan, ReadTable } from './read-plan.js'
import { mayBeSql } from './statement-values.js'
import type { ValueSource } from './value-source.js'

/** The plan of a query, with the columns that it names looked up: what remains to be done for each sending is little. */
export interface PreparedRead {
  readonly places: readonly PreparedPlace[]
  /** What cuts off the rows that are given; `undefined`: nothing, or not by whole numbers that are shown. */
  readonly cut: PreparedCut | undefined
  /** Whether all rows are given that there are, if so many are. */
  givesAll(rows: number, parameters: readonly unknown[] | undefined): boolean
  /** Whether something can be told of a sending with these values: none of them may be SQL. */
  tells(parameters: readonly unknown[] | undefined): boolean
}

/** An order of which some rows are given: first by a column of whole numbers, of rows that are there in all rows. */
export interface PreparedCut extends PlaceColumn {
  /** What the answer calls it. */
  readonly name: string
  readonly direction: 'asc' | 'desc'
  /** Whether the column may decide which rows come as well. */
  readonly isFilter: boolean
  /** Whether rows are left out that come before the first. */
  readonly skips: boolean
  /** How many rows are given at most; `undefined`: not known. */
  limit(parameters: readonly unknown[] | undefined): number | undefined
}

/** One place where a table is read. Columns are called as the catalogue calls them. */
export interface PreparedPlace {
  readonly table: TableName
  readonly hidesRows: boolean
  readonly isLimited: boolean
  /** As in the plan; `undefined` also where a name is not one of the catalogue's. */
  readonly decidedBy: readonly string[] | undefined
  readonly isUnused: boolean
  /** Columns of whole numbers that decide by nothing but comparisons. */
  readonly compared: ReadonlyMap<string, readonly PreparedComparison[]>
  readonly shown: PreparedShown | undefined
  /** How values for the key are told, the surest first. */
  pins(key: readonly string[]): readonly KeyPins[]
  /** The columns whose values rows here must have in one of theirs to change the answer: that one first. */
  equals(column: string): readonly PlaceColumn[]
  /** The one value that all rows which can change the answer have in a column, as it is given; `undefined`: there may be others. */
  only(column: string): ((parameters: readonly unknown[] | undefined) => unknown) | undefined
}

/** What a column is held against. */
export interface PreparedComparison {
  readonly operator: ComparisonOperator
  /** As it is given; `undefined`: not known. */
  value(parameters: readonly unknown[] | undefined): unknown
}

/** How the rows of an answer show the rows of a place. */
export interface PreparedShown {
  /** As in the plan; `undefined` also where a name is not one of the catalogue's. */
  readonly columns: readonly string[] | undefined
  readonly chosenBy: readonly string[] | undefined
  readonly isOptional: boolean
  readonly mayBeAbsent: boolean
  readonly isOnlyLinked: boolean
  /** As in the plan; `undefined` also where a name is not one of the catalogue's. */
  readonly wholeBy: readonly string[] | undefined
  /** Where the answer shows the key of rows that are present; `undefined`: it does not. */
  rowNames(key: readonly string[]): readonly ShownValue[] | undefined
  /**
   * What the answer calls the values that rows here have in the key because they are equal to those of other places, by
   * the ON of a left join; `undefined`: it does not show them all.
   */
  leadNames(key: readonly string[]): readonly string[] | undefined
  /** What rows here must meet to be in an answer: columns of other places that are equal. */
  readonly meets: readonly EqualColumns[]
}

export interface EqualColumns {
  readonly column: string
  readonly other: PlaceColumn
}

export interface PlaceColumn {
  readonly place: number
  readonly column: string
}

/** Where the answer shows a value of a row. */
export interface ShownValue {
  readonly name: string
  /**
   * `own`: it is the row's own. `lead`: it is that of a row which leads here, so that where it is NULL there is no row
   * here. `other`: it is that of a row which may be absent while the row here is not.
   */
  readonly from: 'own' | 'lead' | 'other'
  /** Of `other`: whose it is. */
  readonly other?: PlaceColumn
}

/** The values of a key, by what a sending was given; `undefined`: they cannot be told. Empty: there is no such row. */
export type KeyPins = (parameters: readonly unknown[] | undefined) => readonly KeyValues[] | undefined

/**
 * Prepares the plan of a query.
 *
 * @param columnsOf the columns of a table; `undefined`: not known, so that every row is read.
 * @returns `undefined` if nothing can be told of the query.
 */
export function prepareRead(
  plan: ReadPlan,
  columnsOf: (table: TableName) => KnownColumns | undefined,
): PreparedRead | undefined {
  if (plan.kind === 'unknown') return undefined
  const known = plan.tables.map(({ table }) => columnsOf(table))
  const context: Context = { ...plan, known }
  const dialects = new Set(known.flatMap((columns) => columns?.dialect ?? []))
  return {
    places: plan.tables.map((_, place) => preparePlace(context, place)),
    cut: plan.cut && prepareCut(context, plan.cut),
    givesAll(rows, parameters) {
      const limit = plan.limit && rawValue(plan.limit, parameters)
      return !plan.tables.some(({ isLimited }) => isLimited) || (typeof limit === 'number' && rows < limit)
    },
    tells: (parameters) => !hasSql(dialects, parameters),
  }
}

function hasSql(dialects: ReadonlySet<SqlDialect>, parameters: readonly unknown[] | undefined): boolean {
  for (const dialect of dialects) if (mayBeSql(parameters, dialect)) return true
  return false
}

interface Context {
  readonly tables: readonly ReadTable[]
  readonly condition: Condition
  readonly known: readonly (KnownColumns | undefined)[]
}

function preparePlace(context: Context, place: number): PreparedPlace {
  const { table, hidesRows, isLimited, decidedBy, compared, isUnused, shown } = context.tables[place]!
  const columns = context.known[place]
  return {
    table,
    hidesRows,
    isLimited,
    decidedBy: columns && namesOf(columns, decidedBy),
    isUnused,
    compared: columns === undefined ? new Map() : prepareCompared(columns, compared),
    shown: shown && {
      columns: columns && namesOf(columns, shown.columns),
      chosenBy: columns && namesOf(columns, shown.chosenBy),
      isOptional: shown.isOptional,
      mayBeAbsent: shown.mayBeAbsent,
      isOnlyLinked: shown.isOnlyLinked,
      wholeBy: columns && namesOf(columns, shown.wholeBy),
      rowNames: (key) => each(key, (name) => rowName(context, place, name)),
      leadNames: (key) => each(key, (name) => leadName(context, place, name)),
      meets: meetsAt(context, place),
    },
    pins: (key) => pinsAt(context, place, key),
    equals: (column) => equalsAt(context, place, column),
    only: (column) => onlyAt(context, place, column),
  }
}

function prepareCompared(
  columns: KnownColumns,
  compared: ReadTable['compared'],
): ReadonlyMap<string, readonly PreparedComparison[]> {
  const prepared = new Map<string, readonly PreparedComparison[]>()
  for (const [spelling, comparisons] of compared) {
    const column = columns.find(spelling)
    if (column?.type?.kind !== 'integer') continue
    prepared.set(
      column.name,
      comparisons.map(({ operator, value }) => ({
        operator,
        value: (parameters) => rawValue(value, parameters),
      })),
    )
  }
  return prepared
}

function prepareCut(
  { tables, known }: Context,
  { column, name: shown, direction, limit, skips }: Cut,
): PreparedCut | undefined {
  const { table: place, name } = column
  const found = known[place]?.find(name)
  if (found?.type?.kind !== 'integer') return undefined
  return {
    place,
    column: found.name,
    name: shown,
    direction,
    isFilter: tables[place]!.filters?.includes(name) !== false,
    skips,
    limit(parameters) {
      const value = rawValue(limit, parameters)
      return typeof value === 'number' && value > 0 ? value : undefined
    },
  }
}

/** What stands in the text, or is given for it. */
function rawValue(source: ValueSource, parameters: readonly unknown[] | undefined): unknown {
  if (source.from === 'literal') return source.value
  return source.from === 'parameter' ? parameters?.[source.index] : undefined
}

function namesOf(columns: KnownColumns, spelt: readonly string[] | undefined): readonly string[] | undefined {
  const names: string[] = []
  for (const spelling of spelt ?? []) {
    const column = columns.find(spelling)
    // SQLite's `rowid`, a column that was added: nobody knows which it is.
    if (column === undefined) return undefined
    names.push(column.name)
  }
  return spelt === undefined ? undefined : names
}

function each<T>(key: readonly string[], of: (name: string) => T | undefined): readonly T[] | undefined {
  const values: T[] = []
  for (const name of key) {
    const value = of(name)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

/** By its own pins, or, for a single column, by those of columns that it must equal. */
function pinsAt(context: Context, place: number, key: readonly string[]): readonly KeyPins[] {
  const { condition, known } = context
  const columns = key.map((name) => known[place]?.named(name))
  if (columns.some((column) => column === undefined)) return []
  const spelt = columns.map((column) => column!)
  const reached = spelt.length > 1 ? [{ place, columns: spelt }] : reachedFrom(context, place, spelt[0]!)
  return reached.flatMap(({ place: at, columns: named }) => {
    const lists = pinnedLists(condition.pins, at, named)
    return lists === undefined ? [] : [pinsOf(lists, named)]
  })
}

interface Reached {
  readonly place: number
  readonly columns: readonly SpeltColumn[]
}

/** A column, and those that it must equal. */
function reachedFrom({ condition, known }: Context, place: number, column: SpeltColumn): readonly Reached[] {
  const reached: Reached[] = [{ place, columns: [column] }]
  for (const { place: at, columns } of reached) {
    const [named] = columns
    for (const next of equalTo({ table: at, name: named!.spelling }, condition)) {
      const other = alike(known, next, named!.column)
      const isNew = !reached.some((one) => one.place === next.table && one.columns[0]!.spelling === next.name)
      if (other !== undefined && isNew) reached.push({ place: next.table, columns: [other] })
    }
  }
  return reached
}

function equalsAt(context: Context, place: number, name: string): readonly PlaceColumn[] {
  const column = context.known[place]?.named(name)
  if (column === undefined) return []
  return reachedFrom(context, place, column).map((one) => ({
    place: one.place,
    column: one.columns[0]!.column.name,
  }))
}

function onlyAt({ condition, known }: Context, place: number, name: string) {
  const column = known[place]?.named(name)
  const lists = column && pinnedLists(condition.pins, place, [column])
  const source = lists?.length === 1 ? lists[0]![0] : undefined
  if (source === undefined || source.from === 'elements') return undefined
  return (parameters: readonly unknown[] | undefined) => rawValue(source, parameters)
}

function pinsOf(lists: readonly (readonly ValueSource[])[], columns: readonly SpeltColumn[]): KeyPins {
  return (parameters) => keysOfLists(lists, columns, parameters)
}

/** The column, if its values are compared as those of `like` are: values of two types are equal by rules of their own. */
function alike(
  known: Context['known'],
  { table, name }: PinnedColumn,
  like: KnownColumn,
): SpeltColumn | undefined {
  const column = known[table]?.find(name)
  if (column?.type === undefined || column.type.kind !== like.type?.kind) return undefined
  return { column, spelling: name }
}

/** The columns whose values this one must have too, in every row that can be in the answer. */
function equalTo(column: PinnedColumn, { links }: Condition): readonly PinnedColumn[] {
  return links.flatMap(({ left, right, isOneWay }) => {
    if (isSame(right, column)) return [left]
    return isSame(left, column) && isOneWay !== true ? [right] : []
  })
}

const isSame = (a: PinnedColumn, b: PinnedColumn): boolean => a.name === b.name && a.table === b.table

/** Where the answer shows a column, as it is. */
function ownName({ tables, known }: Context, place: number, name: string): string | undefined {
  const spelling = known[place]?.named(name)?.spelling
  return tables[place]?.shown?.names.find(({ column }) => column === spelling)?.name
}

/** Its own value, or one that is equal wherever both rows are present. */
function rowName(context: Context, place: number, name: string): ShownValue | undefined {
  const own = ownName(context, place, name)
  if (own !== undefined) return { name: own, from: 'own' }
  const lead = leadName(context, place, name)
  if (lead !== undefined) return { name: lead, from: 'lead' }
  for (const other of equalColumns(context, place, name)) {
    const shown = ownName(context, other.place, other.column)
    if (shown !== undefined) return { name: shown, from: 'other', other }
  }
  return undefined
}

/** What the row that leads here has: without a value there, no row is reached. */
function leadName(context: Context, place: number, name: string): string | undefined {
  for (const other of equalColumns(context, place, name, true)) {
    const shown = ownName(context, other.place, other.column)
    if (shown !== undefined) return shown
  }
  return undefined
}

/** @param leading only those by which the ON of a left join leads to this place. */
function equalColumns(
  { condition, known }: Context,
  place: number,
  name: string,
  leading = false,
): readonly PlaceColumn[] {
  const spelt = known[place]?.named(name)
  if (spelt === undefined) return []
  const here = { table: place, name: spelt.spelling }
  return condition.links.flatMap(({ left, right, isOneWay }) => {
    const isInto = isSame(right, here)
    if (!isInto && (leading || !isSame(left, here))) return []
    if (leading && isOneWay !== true) return []
    const other = isInto ? left : right
    const column = alike(known, other, spelt.column)
    return column === undefined ? [] : [{ place: other.table, column: column.column.name }]
  })
}

function meetsAt({ condition, known }: Context, place: number): readonly EqualColumns[] {
  return condition.links.flatMap(({ left, right, isOneWay }) => {
    const ends = [[right, left], ...(isOneWay === true ? [] : [[left, right]])] as const
    return ends.flatMap(([here, there]) => {
      const column = here.table === place ? known[place]?.find(here.name) : undefined
      const other = column && alike(known, there, column)
      if (column === undefined || other === undefined) return []
      return [{ column: column.name, other: { place: there.table, column: other.column.name } }]
    })
  })
}
