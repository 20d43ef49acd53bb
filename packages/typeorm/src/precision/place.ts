import { columnOfSet, isSameKey } from '@freshet/core/adapter'
import type {
  EqualColumns,
  ForeignKeyEdge,
  KeyPins,
  KnownColumns,
  PreparedPlace,
  ShownValue,
} from '@freshet/sql'
import { type DerivedKey, derivedKeys } from './derived-keys.js'
import { type Joined, joinedRows } from './joined-rows.js'
import type { KnownPlace, KnownPlaces } from './known-place.js'
import { type ParentShape, type ShownColumns, shownColumns } from './shown-columns.js'
import type { PreciseTable, RowKey, TablePrecisions, WatchedKey } from './table-precision.js'

/** One way to pin the rows of a place. */
export interface Candidate {
  readonly key: WatchedKey
  readonly pins: KeyPins
  /** What is carried beside the sets. */
  readonly tags: readonly string[]
  /** The row key, if it is what is pinned: its values name all rows that can matter. */
  readonly rowKey: RowKey | undefined
  /** No sets: only the rows. */
  readonly rowsOnly: boolean
  /** Columns that matter of the rows in the sets. */
  readonly columns: readonly string[]
}

/** What a place in a query carries. */
export interface PlannedPlace {
  readonly table: PreciseTable
  /** The best first. */
  readonly candidates: readonly Candidate[]
  /** What is carried if none of them can be used. */
  readonly otherwise: readonly string[]
  /** How its rows are named by those of the answer; `undefined`: they are not. */
  readonly named: NamedRows | undefined
  /** How rows of the answer pin its rows; `undefined`: they do not. */
  readonly linked: LinkedRows | undefined
  /** Instead of the rows, where these cannot be named. */
  readonly unnamed: readonly string[]
  /** Of which rows alone matter: those that have in a column what another row has. */
  readonly derived: readonly DerivedKey[]
  /** Of which rows alone matter: those that are so joined. */
  readonly joined: readonly Joined[]
  /** Columns of whole numbers that decide by nothing but comparisons. */
  readonly compared: PreparedPlace['compared']
  readonly hidesRows: boolean
  readonly isShown: boolean
  /** The sets of which all rows are shown, if all rows are given; `undefined`: none is known to be. */
  readonly whole: WholeSets | undefined
  /** Whether the answer may show a column of its rows. */
  shows(column: string): boolean
  /** How the rows of an answer are told from others that changed. */
  shownColumns(): ShownColumns
  /** Whether rows may be named of which not all columns matter. */
  readonly namesByFew: boolean
}

export interface NamedRows {
  readonly key: RowKey
  /** What is carried beside their names. */
  readonly tags: readonly string[]
  readonly values: readonly NamedValue[]
}

/** Where a row of the answer has a value of the key. */
interface NamedValue {
  readonly name: string
  /** What it means if there is none: `absent` no row here, `unnamed` perhaps a row, `unknown` a row without a name. */
  readonly isNull: 'absent' | 'unnamed' | 'unknown'
}

export interface LinkedRows {
  readonly key: WatchedKey
  readonly names: readonly string[]
  /** Instead of the sets, where a value is not told apart. */
  readonly unlinked: readonly string[]
}

/** Sets of which nothing but their values decides which rows are shown. */
export interface WholeSets {
  readonly key: WatchedKey
  /** Which these are: what the text says, or what rows have that lead to them, under these names. */
  readonly from: KeyPins | readonly string[]
}

/** Past this, columns that matter are as good as all. */
export const maxColumns = 32

/** What is known beside a query. */
export interface PlaceContext {
  readonly tables: TablePrecisions
  readonly enforced: readonly ForeignKeyEdge[]
  /** Whether the database lets no two rows of a table have one value in a column. */
  isUnique(table: string, column: string): boolean
}

/** All tags that an answer may carry for a place beside those of values, if it is pinned so. */
export function tagsOfPlace(place: PlannedPlace, chosen: Candidate | undefined): readonly string[] {
  const { otherwise, unnamed, linked } = place
  const late = isLate(place, chosen) ? [...unnamed, ...(linked?.unlinked ?? [])] : []
  return [...new Set([...(chosen?.tags ?? otherwise), ...late])]
}

/** Settles what a place carries, whichever way its rows are pinned. */
export function planPlace(
  place: KnownPlace,
  places: KnownPlaces,
  { enforced, tables, isUnique }: PlaceContext,
): PlannedPlace {
  const { read, table } = place
  const { texts } = table
  const { shown } = read
  const reference = referenceOf(place, places, enforced)
  const linked = reference === undefined ? linkedRows(place) : undefined
  const apart = reference?.references ?? linked?.key.columns ?? []
  const named = namedRows(place, places, enforced, apart)
  // What is decided for rows of the answer alone their own tags tell.
  const decided = named === undefined ? read.decidedBy : shown!.chosenBy
  const leaving = reference === undefined ? [texts.leaving] : []
  const common =
    named === undefined
      ? [...columnTags(table, shown === undefined ? [] : shown.columns), ...leaving]
      : named.tags
  // Of a row that is not named nothing else tells that it goes to another set, or that one of a set is deleted.
  const staysUntold = common.includes(texts.leaving)
  const undecided = (columns: readonly string[]) =>
    staysUntold ? bothColumns(decided, columns) : decided?.filter((column) => !columns.includes(column))
  const besides = (columns: readonly string[]) => [...columnTags(table, undecided(columns)), ...common]
  const inSets: InSets = (columns) => ({
    columns: bothColumns(undecided(columns), named !== undefined || shown === undefined ? [] : shown.columns),
    tags: named?.tags ?? [],
  })
  const coming = reference === undefined ? [linked?.key.anySet ?? texts.incoming] : []
  const candidates = candidatesOf(place, reference !== undefined, besides, inSets)
  const pinned = [...candidates.flatMap(({ key }) => key.columns), ...apart]
  const otherwise = [...coming, ...besides(apart)]
  const usual = candidates[0]?.tags ?? otherwise
  const matters = bothColumns(bothColumns(shown === undefined ? [] : shown.columns, read.decidedBy), [
    ...apart,
    ...(table.rowKey?.columns ?? []),
  ])
  return {
    table,
    candidates,
    otherwise,
    named,
    linked,
    unnamed: [
      ...columnTags(table, bothColumns(bothColumns(shown?.columns, read.decidedBy), pinned)),
      ...leaving,
    ],
    derived: derivedKeys(place, places, isUnique),
    joined: joinedRows(place, places, isUnique),
    compared: new Map([...read.compared].filter(([column]) => usual.includes(texts.column(column)))),
    hidesRows: shown === undefined,
    isShown: shown !== undefined,
    whole: wholeSets(place),
    shows: (column) => shown !== undefined && shown.columns?.includes(column) !== false,
    shownColumns: once(() => shownColumns(place, matters, parentsOf(place, enforced, tables))),
    namesByFew:
      (named !== undefined || candidates.some(({ rowKey }) => rowKey !== undefined)) &&
      matters !== undefined &&
      !place.columns.all.every(({ name }) => matters.includes(name)),
  }
}

/** The rows that those of a place reference, by keys that the database holds them to. */
const parentsOf = (
  { name, columns }: KnownPlace,
  enforced: readonly ForeignKeyEdge[],
  tables: TablePrecisions,
): readonly ParentShape[] =>
  enforced.flatMap((edge) => {
    const known = edge.child === name ? tables.columnsOf({ name: edge.parent }) : undefined
    const own = spelt(columns, edge.columns)
    const references = known && spelt(known, edge.references)
    return own === undefined || references === undefined
      ? []
      : [{ columns: own, table: tables.of(edge.parent).texts.table, references }]
  })

/** Names that differ in case alone are two that nobody tells apart. */
function spelt({ all }: KnownColumns, names: readonly string[] | undefined): readonly string[] | undefined {
  const found = names?.map((name) => all.filter((column) => column.name.toLowerCase() === name))
  return found?.every(({ length }) => length === 1) === true
    ? found.map(([column]) => column!.name)
    : undefined
}

/** Most texts are never asked for it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** @param columns `undefined`: any. */
function columnTags({ texts }: PreciseTable, columns: readonly string[] | undefined): readonly string[] {
  if (columns === undefined || columns.length > maxColumns) return [texts.clock]
  return columns.map((column) => texts.column(column))
}

const bothColumns = (
  some: readonly string[] | undefined,
  others: readonly string[] | undefined,
): readonly string[] | undefined => some && others && [...new Set([...some, ...others])]

/**
 * What is carried beside sets of these columns: the columns that matter of the rows in them (`undefined`: any), and other
 * tags.
 */
type InSets = (columns: readonly string[]) => {
  readonly columns: readonly string[] | undefined
  readonly tags: readonly string[]
}

/** By the row key, then by others. */
function candidatesOf(
  { read, table }: KnownPlace,
  isReferenced: boolean,
  besides: (columns: readonly string[]) => readonly string[],
  inSets: InSets,
): readonly Candidate[] {
  const candidates: Candidate[] = []
  const named = nameRows(
    table,
    bothColumns(read.decidedBy, read.shown === undefined ? [] : read.shown.columns),
  )
  for (const key of table.keys) {
    const isRowKey = table.rowKey !== undefined && isSameKey(key.columns, table.rowKey.columns)
    const rowKey = isRowKey ? named.key : undefined
    // Rows that only come when they are referenced are in no set.
    if (isReferenced && rowKey === undefined) continue
    const sets = isReferenced ? [] : [key.anySet]
    const add = (columns: readonly string[], tags: readonly string[]) => {
      for (const pins of read.pins(key.columns))
        candidates.push({ key, pins, tags: [...sets, ...tags], rowKey, rowsOnly: isReferenced, columns })
    }
    if (rowKey !== undefined) {
      add([], named.tags)
      continue
    }
    const { columns, tags } = inSets(key.columns)
    if (columns !== undefined && columns.length > 0 && columns.length <= maxColumns)
      add(columns, [...columns.map((column) => columnOfSet(key.anySet, column)), ...tags])
    // For more values than are told apart by columns as well.
    add([], besides(key.columns))
  }
  return candidates
}

/**
 * The enforced key by which its rows are reached from others: one that comes cannot be referenced yet, and one that leaves
 * changes those that reference it.
 */
function referenceOf(
  { read, table }: KnownPlace,
  places: KnownPlaces,
  enforced: readonly ForeignKeyEdge[],
): ForeignKeyEdge | undefined {
  const meets = read.shown?.meets ?? []
  return enforced.find(
    ({ child, parent, columns, references }) =>
      parent === table.name &&
      columns !== undefined &&
      references !== undefined &&
      references.length > 0 &&
      places.some(
        (other, at) =>
          other?.name === child &&
          references.every((reference, part) =>
            meets.some((met) => isBetween(met, at, reference, columns[part]!)),
          ),
      ),
  )
}

const isBetween = (
  { column, other }: EqualColumns,
  place: number,
  reference: string,
  referencing: string,
): boolean =>
  other.place === place && column.toLowerCase() === reference && other.column.toLowerCase() === referencing

/** How rows are named of which these columns matter, and what is carried beside their names. */
function nameRows(
  { rowKey, stableRowKey, areStable, texts }: PreciseTable,
  columns: readonly string[] | undefined,
): { readonly key: RowKey | undefined; readonly tags: readonly string[] } {
  return areStable(columns) ? { key: stableRowKey, tags: [] } : { key: rowKey, tags: [texts.anyRow] }
}

/** @param apart columns that decide without a tag of their own, beside those that decide for rows of the answer alone */
function namedRows(
  place: KnownPlace,
  places: KnownPlaces,
  enforced: readonly ForeignKeyEdge[],
  apart: readonly string[],
): NamedRows | undefined {
  const { table, read } = place
  const { rowKey } = table
  const shown = rowKey && read.shown?.rowNames(rowKey.columns)
  if (shown === undefined) return undefined
  const { columns, chosenBy } = read.shown!
  const untold = read.decidedBy?.filter((column) => chosenBy?.includes(column) !== true)
  const { key, tags } = nameRows(table, bothColumns(bothColumns(columns, untold), apart))
  const values = shown.map((value, part) => ({
    name: value.name,
    isNull: meaningOfNull(value, rowKey!.columns[part]!, place, places, enforced),
  }))
  return { key: key!, tags, values }
}

function meaningOfNull(
  { from, other }: ShownValue,
  column: string,
  { read, table, columns }: KnownPlace,
  places: KnownPlaces,
  enforced: readonly ForeignKeyEdge[],
): NamedValue['isNull'] {
  const isNullable = columns.named(column)?.column.nullable !== false
  if (from === 'own') return read.shown!.mayBeAbsent && !isNullable ? 'absent' : 'unknown'
  if (from === 'lead') return 'absent'
  const beyond = places[other!.place]?.read.shown
  const holds = enforced.some(
    ({ child, parent, columns: own, references }) =>
      child === table.name &&
      parent === places[other!.place]?.name &&
      isOnly(own, column) &&
      isOnly(references, other!.column),
  )
  // A row here would have its row there.
  return holds && !isNullable && beyond?.isOnlyLinked === true && beyond.meets.length === 1
    ? 'absent'
    : 'unnamed'
}

const isOnly = (columns: readonly string[] | undefined, column: string): boolean =>
  columns?.length === 1 && columns[0] === column.toLowerCase()

/** Rows that only complete rows which come without them are in the sets that these pin. */
function linkedRows({ read, table }: KnownPlace): LinkedRows | undefined {
  const { shown } = read
  if (shown?.isOptional !== true) return undefined
  for (const key of table.keys) {
    const names = shown.leadNames(key.columns)
    if (names !== undefined)
      return { key, names, unlinked: [table.texts.incoming, ...columnTags(table, key.columns)] }
  }
  return undefined
}

/** Of texts several that are not equal may have one normal form, and one set. */
function wholeSets({ read, table }: KnownPlace): WholeSets | undefined {
  const { wholeBy, isOptional, leadNames } = read.shown ?? {}
  const key = wholeBy && table.keys.find(({ columns }) => isSameKey(columns, wholeBy))
  if (key === undefined || !areTold(key)) return undefined
  // What leads to rows here may be left out itself.
  const from = isOptional === true ? leadNames!(key.columns) : read.pins(key.columns)[0]
  return from && { key, from }
}

/** Whether two rows of one normal form are certainly in one set. */
export const areTold = ({ types }: WatchedKey): boolean => types.every(({ kind }) => kind !== 'text')

/** The key by whose sets an answer may be judged: of rows that are shown their own names tell. */
export const judgedSets = (
  { hidesRows }: Pick<PlannedPlace, 'hidesRows'>,
  chosen: Candidate | undefined,
): WatchedKey | undefined =>
  hidesRows && chosen !== undefined && chosen.rowKey === undefined && areTold(chosen.key)
    ? chosen.key
    : undefined

/** Whether rows of the place follow from the answer. */
export const isLate = ({ named, linked }: PlannedPlace, chosen: Candidate | undefined): boolean =>
  chosen?.rowKey === undefined && (named !== undefined || (linked !== undefined && chosen === undefined))
