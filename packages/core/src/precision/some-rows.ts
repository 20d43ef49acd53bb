import type { ChangedRows, Conditions, RowCondition, SomeRows, ToldRows } from '../conditions.js'
import type { PreciseTable, TablePrecision } from './table-precision.js'
import type { TagTexts } from './tag-texts.js'
import { isSameKey, type KeyTuple, type WatchedKey } from './watched-key.js'
import { maxKeys, type RowChange } from './write-tags.js'

/** How values are compared, which core does not know. */
export interface ComparedValues<Type> {
  /** Of rows that have one of these keys in some columns. */
  listed(columns: readonly ComparedColumn<Type>[], keys: readonly KeyTuple[]): RowCondition
  /** Whether what is equal in a column of the one type is in one of the other. */
  areAlike(one: Type, other: Type): boolean
}

/** A column by its name in the catalogue. */
interface ComparedColumn<Type> {
  readonly name: string
  readonly type: Type
}

/** A foreign key by which rows are deleted with those that they reference. Names are lower-cased. */
export interface Cascade {
  readonly child: string
  readonly columns: readonly string[] | undefined
  readonly references: readonly string[] | undefined
}

/**
 * What is certain of the rows that a change concerns, by the tags that stand for more: that of its table for all rows that are not named,
 * those of columns, of rows that come and of rows that leave for all that could.
 *
 * @param tags those that it bumps. That of the table among them stands for rows that are not named, and for nothing else: the columns are
 * told, and the sets.
 * @param isJudged whether any answer that carries a tag is judged by what rows have. Default: it may be
 */
export function someRows(
  change: RowChange,
  table: TablePrecision,
  tags: readonly string[],
  isJudged?: (tag: string) => boolean,
): Conditions | undefined {
  if (table.grain === 'table' || table.rowKey === undefined) return undefined
  const { kind } = change
  if (kind === 'truncate' || kind === 'unknown') return undefined
  const isLogged = isJudged?.(table.texts.clock) === true
  if (change.isNothing) return isLogged ? logOf(table, []) : undefined
  const givesValues = kind === 'update' || kind === 'upsert'
  if (givesValues && change.assigned === undefined) return undefined
  // What an upsert does is two things.
  const { texts } = table
  const told = kind === 'upsert' || change.tell === undefined ? noTags : tags
  const judged = told.filter(
    (tag) => standsForValues(tag, texts) && (isJudged === undefined || isJudged(tag)),
  )
  const tag = tags.includes(texts.table) ? texts.table : texts.anyRow
  const isNamed = kind === 'insert' || !tags.includes(tag)
  const names = kind === 'update' ? columnsOfNames(change, table, tags, isJudged) : undefined
  if (isNamed && judged.length === 0 && !isLogged) return names
  const columns = givesValues ? [...change.assigned!, ...table.selfChanging].map(toLowerCase) : undefined
  const condition = kind === 'insert' ? noRow : change.condition?.()
  const tell = change.tell && (() => change.tell!())
  const some = new Map<string, SomeRows>([
    ...(names ?? []),
    ...(isLogged && tell !== undefined
      ? logOf(table, [{ condition: condition ?? anyRow, columns, tell }])
      : []),
  ])
  if (!isNamed && (condition !== undefined || columns !== undefined))
    some.set(tag, { table: texts.table, changes: [{ condition: condition ?? anyRow, columns }] })
  if (judged.length > 0) {
    const besides = { table: texts.table, changes: [{ condition: condition ?? anyRow, columns, tell }] }
    for (const one of judged) some.set(one, besides)
  }
  return some.size === 0 ? undefined : some
}

/**
 * Which columns rows are given that an update names, by their tags: an answer that shows them may show others.
 *
 * @param isJudged see {@link someRows}. By {@link TagTexts.row} it is told whether there is such an answer
 */
function columnsOfNames(
  { assigned }: RowChange,
  { texts, selfChanging }: PreciseTable,
  tags: readonly string[],
  isJudged: ((tag: string) => boolean) | undefined,
): Conditions | undefined {
  if (assigned === undefined || isJudged?.(texts.row) !== true) return undefined
  const names = tags.filter((tag) => tag.startsWith(texts.row) && tag !== texts.anyRow)
  const columns = [...assigned, ...selfChanging].map(toLowerCase)
  const given = { table: texts.table, changes: [{ condition: anyRow, columns }] }
  return new Map(names.map((name) => [name, given]))
}

/** All that is done to a table is told beside its clock, for which no row stands. */
const logOf = ({ texts }: PreciseTable, changes: readonly ChangedRows[]): Map<string, SomeRows> =>
  new Map([[texts.clock, { table: texts.table, changes, isLog: true }]])

/** What stands for rows that could matter by what they have, or had. */
const standsForValues = (tag: string, { table, clock, row }: TagTexts): boolean =>
  tag !== table && tag !== clock && !tag.startsWith(row)

const noTags: readonly string[] = []

const toLowerCase = (column: string): string => column.toLowerCase()

const anyRow: RowCondition = { excludes: () => false }
const noRow: RowCondition = { excludes: () => true }

/** What a delete does to the rows of another table that go along. */
export type CascadedRows = (deleted: RowChange) => RowChange | undefined

/** @returns `undefined` if it cannot be told which rows these are. */
export function cascadedRows<Type>(
  cascades: readonly Cascade[],
  parent: TablePrecision<Type>,
  child: TablePrecision<Type>,
  compared: ComparedValues<Type>,
): CascadedRows | undefined {
  if (parent.grain === 'table' || child.grain === 'table' || child.rowKey === undefined) return undefined
  const ends: Ends<Type>[] = []
  for (const cascade of cascades) {
    const one = endsOf(cascade, parent, child, compared)
    if (one === undefined) return undefined
    ends.push(one)
  }
  return (deleted) => {
    const conditions: RowCondition[] = []
    const sets: (readonly [key: readonly string[], values: readonly KeyTuple[]])[] = []
    for (const { key, references } of ends) {
      const values = deleted.touched(references)
      if (values === undefined || values.length > maxKeys) return undefined
      const columns = key.columns.map((name, at) => ({ name, type: key.types[at]! }))
      conditions.push(compared.listed(columns, values))
      sets.push([key.columns, values])
    }
    return deletedWith(conditions, sets)
  }
}

/**
 * Rows that are deleted with rows that are themselves deleted with others: which these are, is told by what the rows between have.
 *
 * @param cascades of one table to one other
 * @param parents the rows between
 * @returns `undefined` if it cannot be told
 */
export function cascadedFurther<Type>(
  cascades: readonly Cascade[],
  parent: TablePrecision<Type>,
  child: TablePrecision<Type>,
  compared: ComparedValues<Type>,
  parents: CascadedRows,
): CascadedRows | undefined {
  if (parent.grain === 'table' || child.grain === 'table' || child.rowKey === undefined) return undefined
  const keys: (readonly string[])[] = []
  for (const cascade of cascades) {
    const ends = endsOf(cascade, parent, child, compared)
    if (ends === undefined) return undefined
    keys.push(ends.key.columns)
  }
  return (deleted) => {
    const between = parents(deleted)?.condition?.()
    if (between === undefined) return undefined
    // Each was of one of these.
    const condition: RowCondition = {
      excludes: (_valueOf, parentOf) =>
        keys.every((columns) => {
          const valueOf = parentOf?.(columns, parent.texts.table)
          return valueOf !== undefined && between.excludes(valueOf)
        }),
    }
    return { ...nothingOf, condition: () => condition, tell: () => nothingTold }
  }
}

const nothingOf: RowChange = {
  kind: 'delete',
  inserts: false,
  deletes: true,
  isNothing: false,
  assigned: [],
  touched: () => undefined,
  entering: () => [],
}

const nothingTold: ToldRows = { touched: () => undefined, entering: () => [], after: () => [] }

interface Ends<Type> {
  /** Of the child. */
  readonly key: WatchedKey<Type>
  /** The parent's columns, in the order of the key's. */
  readonly references: readonly string[]
}

function endsOf<Type>(
  { columns, references }: Cascade,
  parent: PreciseTable<Type>,
  child: PreciseTable<Type>,
  { areAlike }: ComparedValues<Type>,
): Ends<Type> | undefined {
  const key = keyOf(child, columns)
  const referenced = keyOf(parent, references)
  if (key === undefined || referenced === undefined) return undefined
  const ends = key.columns.map((column) => {
    const name = references![columns!.indexOf(column.toLowerCase())]
    return referenced.columns.findIndex((other) => other.toLowerCase() === name)
  })
  const isAlike = ends.every((end, at) => end >= 0 && areAlike(key.types[at]!, referenced.types[end]!))
  return isAlike ? { key, references: ends.map((end) => referenced.columns[end]!) } : undefined
}

/** The only key of these columns; names that differ in case alone are two that nobody tells apart. */
function keyOf<Type>(
  { keys }: PreciseTable<Type>,
  columns: readonly string[] | undefined,
): WatchedKey<Type> | undefined {
  if (columns === undefined) return undefined
  const found = keys.filter((key) =>
    isSameKey(
      key.columns.map((column) => column.toLowerCase()),
      columns,
    ),
  )
  return found.length === 1 ? found[0] : undefined
}

function deletedWith(
  conditions: readonly RowCondition[],
  sets: readonly (readonly [key: readonly string[], values: readonly KeyTuple[]])[],
): RowChange {
  const [only, ...others] = sets
  const touched = (key: readonly string[]) => {
    if (only === undefined || others.length > 0 || !isSameKey(only[0], key)) return undefined
    const [columns, values] = only
    const places = key.map((column) => columns.indexOf(column))
    return values.map((tuple) => places.map((place) => tuple[place]!))
  }
  return {
    ...nothingOf,
    touched,
    tell: () => ({ ...nothingTold, touched }),
    // Each meets one of them.
    condition: () => ({ excludes: (valueOf) => conditions.every((one) => one.excludes(valueOf)) }),
  }
}
