import { columnOfSet, isSameKey } from '@freshet/core/adapter'
import type { Comparison } from './comparison.js'
import { type Joined, keysAt, noPins, type KeyAt, type Pins, type ValueOfRow, within } from './pins.js'
import type { PreciseTable, RowKey, WatchedKey } from './table-precision.js'

/** One place in a read where rows of a table matter, as it is being planned. */
export interface Place {
  readonly table: PreciseTable
  readonly pins: Pins
  /** The columns that decide which rows come, or in which order. */
  readonly decided: Set<string>
  /** Columns that decide by what they are held against; some decide in another way as well. */
  readonly compared: Map<string, readonly Comparison[]>
  /** The columns that decide which rows come, whatever their order. */
  filters: ReadonlySet<string>
  /** Rows matter that are not in the result: some are skipped, counted, asked about. */
  hidesRows: boolean
  /**
   * Its rows are only reached from rows that hold an enforced key: one that comes cannot be referenced yet, and one that
   * leaves changes those that reference it.
   */
  readonly isReferenced: boolean
  /** Of rows in the result: the columns that matter if the rows cannot be named. */
  shown: readonly string[] | undefined
  /** Whether rows in the result can be named from it. */
  isNamed: boolean
  /** The columns by which rows in the result lead to others. */
  readonly leads: Set<string>
  /** Of a table between: where the condition stands that leads through it. */
  readonly joinedAt: string | undefined
  /** How rows that are shown pin the rows here: of several keys, rows in a set of one of them. */
  linkedBy: readonly WatchedKey[] | undefined
}

/** One way to pin the rows of a place. */
export interface Candidate {
  /** Rows matter that are in one of these. */
  readonly branches: readonly Branch[]
  /** What is carried beside the sets. */
  readonly tags: readonly string[]
  /** The row key, if it is what is pinned: its values name all rows that can matter. */
  readonly rowKey: RowKey | undefined
  /** No sets: only the rows. */
  readonly rowsOnly: boolean
  /** Columns that matter of the rows in the sets. */
  readonly columns: readonly string[]
}

export interface Branch {
  readonly key: WatchedKey
  readonly at: KeyAt
}

/** A key of one column whose value is that of another row. */
export interface DerivedKey {
  readonly key: WatchedKey
  readonly value: ValueOfRow
}

interface ComparedColumn {
  /** Of the column. */
  readonly tag: string
  readonly comparisons: readonly Comparison[]
  /** Whether rows in the result show it. */
  readonly isShown: boolean
}

/** A place as a plan keeps it. */
export interface PlannedPlace {
  readonly table: PreciseTable
  /** The best first. */
  readonly candidates: readonly Candidate[]
  /** What is carried if none of them can be used. */
  readonly otherwise: readonly string[]
  /** Instead of the sets of rows shown, where these cannot be told. */
  readonly unlinked: readonly string[]
  /** Instead of the rows shown, where these cannot be named. */
  readonly unnamed: readonly string[]
  /** Of which rows alone matter: those that have in a key what another row has. */
  readonly derived: readonly DerivedKey[]
  /** Of which rows alone matter: those that are so joined. */
  readonly joined: readonly Joined[]
  /** Of a table between: which of these leads through it. */
  readonly joinedAt: string | undefined
  /** The columns that decide by nothing but comparisons with whole numbers. */
  readonly compared: ReadonlyMap<string, ComparedColumn>
  /** The keys by which rows that are shown pin the rows here. */
  readonly linkedBy: readonly WatchedKey[]
  readonly hidesRows: boolean
  readonly isShown: boolean
  readonly isNamed: boolean
  /** By which rows in the result are named. */
  readonly rowKey: RowKey | undefined
  /** What matters of rows that are named, lower-cased. */
  readonly columns: ReadonlySet<string>
}

export function createPlace(
  table: PreciseTable,
  given: {
    readonly pins?: Pins
    readonly hidesRows?: boolean
    readonly isReferenced?: boolean
    readonly joinedAt?: string | undefined
  },
): Place {
  return {
    table,
    pins: given.pins ?? noPins,
    decided: new Set(),
    compared: new Map(),
    filters: new Set(),
    hidesRows: given.hidesRows ?? false,
    isReferenced: given.isReferenced ?? false,
    shown: undefined,
    isNamed: false,
    leads: new Set(),
    joinedAt: given.joinedAt,
    linkedBy: undefined,
  }
}

/** Whether rows may be named of which not all columns matter. */
export const namesByFew = ({ columns, isNamed, candidates }: PlannedPlace, all: readonly string[]): boolean =>
  (isNamed || candidates.some(({ rowKey }) => rowKey !== undefined)) &&
  !all.every((column) => columns.has(column.toLowerCase()))

/** All tags that an answer may carry for it, beside those of values. */
export const tagsOfPlace = ({
  candidates,
  otherwise,
  unlinked,
  unnamed,
}: PlannedPlace): readonly string[] => [
  ...candidates.flatMap(({ tags }) => tags),
  ...otherwise,
  ...unlinked,
  ...unnamed,
]

/** Settles what a place carries, whichever way its rows are pinned. */
export function planPlace(given: Place): PlannedPlace {
  const place = { ...given, decided: new Set([...given.decided, ...given.compared.keys()]) }
  const { table, decided, linkedBy, isReferenced, shown, isNamed } = place
  const { texts } = table
  const leaving = isReferenced ? [] : [texts.leaving]
  const linked = linkedBy ?? []
  const unnamed = shown === undefined ? [] : [...columnTags(table, shown), ...leaving]
  // What decides has tags of its own.
  const named = nameRows(table, shown ?? [])
  const common = [...(place.hidesRows ? leaving : []), ...(isNamed ? named.tags : unnamed)]
  // Of a row that is not named nothing else tells that it goes to another set, or that one of a set is deleted.
  const staysUntold = common.includes(texts.leaving)
  const undecided = (columns: readonly string[]) =>
    staysUntold
      ? [...new Set([...decided, ...columns])]
      : [...decided].filter((column) => !columns.includes(column))
  const besides = (columns: readonly string[]) => [...columnTags(table, undecided(columns)), ...common]
  const inSets: InSets = (columns) => ({
    columns: [...new Set([...undecided(columns), ...(isNamed ? [] : (shown ?? []))])],
    tags: isNamed ? named.tags : [],
  })
  const columnsOfLinks = linked.flatMap(({ columns }) => columns)
  const linkColumns = staysUntold || linked.length === 1 ? columnsOfLinks : []
  const candidates = candidatesOf(place, besides, inSets)
  const pinned = candidates.flatMap(({ branches }) => branches.flatMap(({ key }) => key.columns))
  const unlinked = [...(isReferenced ? [] : [texts.incoming]), ...columnTags(table, columnsOfLinks)]
  const otherwise =
    linkedBy === undefined
      ? [...(isReferenced ? [] : [texts.incoming]), ...besides([])]
      : [...linked.map(({ anySet }) => anySet), ...besides(linkColumns)]
  return {
    table,
    candidates,
    otherwise,
    unlinked,
    unnamed:
      shown === undefined
        ? []
        : [...columnTags(table, [...new Set([...shown, ...pinned, ...columnsOfLinks])]), ...leaving],
    derived: derivedKeys(place),
    joined: place.pins.joined,
    joinedAt: place.joinedAt,
    compared: comparedColumns(given, candidates[0]?.tags ?? otherwise),
    linkedBy: linked,
    hidesRows: place.hidesRows,
    isShown: shown !== undefined,
    isNamed,
    rowKey: named.rowKey,
    columns: new Set(
      [...decided, ...(shown ?? []), ...(table.rowKey?.columns ?? [])].map((column) => column.toLowerCase()),
    ),
  }
}

/** @param tags what is carried usually: of columns by which rows are pinned, nothing is asked but in what set a row is. */
function comparedColumns(
  { table, decided, compared, shown }: Place,
  tags: readonly string[],
): ReadonlyMap<string, ComparedColumn> {
  const alone = [...compared].filter(
    ([column]) =>
      !decided.has(column) &&
      tags.includes(table.texts.column(column)) &&
      table.columns.named(column)?.column.type?.kind === 'integer',
  )
  return new Map(
    alone.map(([column, comparisons]) => [
      column,
      { tag: table.texts.column(column), comparisons, isShown: shown?.includes(column) === true },
    ]),
  )
}

function derivedKeys({ table, pins }: Place): readonly DerivedKey[] {
  return [...pins.derived].flatMap(([column, value]) => {
    const key = table.keys.find(({ columns }) => columns.length === 1 && columns[0] === column)
    return key === undefined || value.table === table ? [] : [{ key, value }]
  })
}

/** How rows are named of which these columns matter, and what is carried beside their names. */
function nameRows(
  { rowKey, stableRowKey, areStable, texts }: PreciseTable,
  columns: readonly string[],
): { readonly rowKey: RowKey | undefined; readonly tags: readonly string[] } {
  return areStable(columns) ? { rowKey: stableRowKey, tags: [] } : { rowKey, tags: [texts.anyRow] }
}

/** Past this, columns that matter are as good as all. */
export const maxColumns = 32

const columnTags = ({ texts }: PreciseTable, columns: readonly string[]): readonly string[] =>
  columns.length > maxColumns ? [texts.clock] : columns.map((column) => texts.column(column))

/** What is carried beside sets of these columns: the columns that matter of the rows in them, and other tags. */
type InSets = (columns: readonly string[]) => {
  readonly columns: readonly string[]
  readonly tags: readonly string[]
}

/** By the row key, by another key, by one key or another. */
function candidatesOf(
  { table, pins, isReferenced, decided, shown }: Place,
  besides: (columns: readonly string[]) => readonly string[],
  inSets: InSets,
): readonly Candidate[] {
  const candidates: Candidate[] = []
  const named = nameRows(table, [...decided, ...(shown ?? [])])
  for (const key of table.keys) {
    const at = keysAt(pins, key.columns)
    if (at === undefined) continue
    const isRowKey = table.rowKey !== undefined && isSameKey(key.columns, table.rowKey.columns)
    const rowKey = isRowKey ? named.rowKey : undefined
    // Rows that only come when they are referenced are in no set.
    if (isReferenced && rowKey === undefined) continue
    const branches = at.map((values) => ({ key, at: values }))
    const sets = isReferenced ? [] : [key.anySet]
    const shared = { branches, rowKey, rowsOnly: isReferenced }
    if (rowKey !== undefined) {
      candidates.push({ ...shared, tags: [...sets, ...named.tags], columns: [] })
      continue
    }
    const { columns, tags } = inSets(key.columns)
    if (columns.length > 0 && columns.length <= maxColumns) {
      const ofAnySet = columns.map((column) => columnOfSet(key.anySet, column))
      candidates.push({ ...shared, columns, tags: [...sets, ...ofAnySet, ...tags] })
    }
    // For more values than are told apart by columns as well.
    candidates.push({ ...shared, columns: [], tags: [...sets, ...besides(key.columns)] })
  }
  if (candidates.length === 0 && !isReferenced) candidates.push(...mixedCandidates(table, pins, besides))
  return candidates
}

/** Where the branches of an OR pin different keys, each row is in a set, and no column is without its tag. */
function mixedCandidates(
  table: PreciseTable,
  { all, oneOf }: Pins,
  besides: (columns: readonly string[]) => readonly string[],
): readonly Candidate[] {
  return oneOf.flatMap((alternatives) => {
    const branches: Branch[] = []
    for (const alternative of alternatives) {
      const pinned = firstPinned(table, within(alternative, all))
      if (pinned === undefined) return []
      branches.push(...pinned)
    }
    const sets = [...new Set(branches.map(({ key }) => key.anySet))]
    return [{ branches, tags: [...sets, ...besides([])], rowKey: undefined, rowsOnly: false, columns: [] }]
  })
}

function firstPinned(table: PreciseTable, pins: Pins): readonly Branch[] | undefined {
  for (const key of table.keys) {
    const at = keysAt(pins, key.columns)
    if (at !== undefined) return at.map((values) => ({ key, at: values }))
  }
  return undefined
}
