import type { TouchedTables } from '../binding.js'
import { bothConditions, conditionsOf, withConditions } from '../conditions.js'
import {
  type Cascade,
  cascadedFurther,
  type CascadedRows,
  cascadedRows,
  type ComparedValues,
  someRows,
} from './some-rows.js'
import type { TablePrecision } from './table-precision.js'
import { type BegunTags, type RowChange, writeTags } from './write-tags.js'

/** The tables of a database. Reads and writes must be given the same ones. */
export interface TablePrecisions<Type = unknown> {
  /** By the table's tag; a table that nothing is known of is wide. */
  of(table: string): TablePrecision<Type>
}

/** What carries a write on from the tables that its statement names. */
export interface WriteReach<Change> {
  /** All tables whose rows these can change. */
  touched(writes: readonly Change[] | 'unknown'): TouchedTables
  /** The tables that one change is carried to; its own only if it comes back to that. */
  beyond(write: Change): TouchedTables
  /**
   * The foreign keys along which a delete is carried to rows that reference those deleted, of tables to which nothing else carries it.
   * Default: nobody knows.
   */
  cascades?(write: Change): readonly Cascade[]
  /** The same of the next step: from those tables on, each to tables to which nothing else carries it. Default: nobody knows. */
  cascadesOn?(write: Change): readonly (Cascade & { readonly parent: string })[]
  /** Whether it is known, and rows are its own: no view. */
  holdsRows(table: string): boolean
}

/** What a statement does to the rows of a table that it names. */
export interface TableRowChange extends RowChange {
  readonly table: { readonly name: string } | undefined
}

/**
 * The tags that one sending of a statement bumps; `all`: everything.
 *
 * @param row what it does to the rows of its table, as far as that is known.
 * @param begun its tags, as far as they were told before
 */
export type StatementTags<Change> = (
  statement: { readonly writes: readonly Change[] | 'unknown' },
  row: TableRowChange | undefined,
  begun?: BegunTags,
) => readonly string[] | 'all'

/**
 * Builds the function that tells what a statement bumps: of its own table what its text and values tell, and of every
 * table that foreign keys, triggers and views carry it to the table's tag and its clock, since the rows there are not known, unless they
 * are deleted with rows that are.
 *
 * @param compared what tells rows that are deleted along from others. Default: nothing does
 * @param isJudged see {@link someRows}
 */
export function createStatementTags<Change extends { readonly table: string }, Type = unknown>(
  reach: WriteReach<Change>,
  tables: TablePrecisions<Type>,
  compared?: ComparedValues<Type>,
  isJudged?: (tag: string) => boolean,
): StatementTags<Change> {
  const wide = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => [tables.of(name).texts.table, tables.of(name).texts.clock])
  const anyRow = (touched: TouchedTables) => (touched === 'all' ? 'all' : wide(touched.tables))
  // What is carried on follows from the text, of which a statement is remembered.
  const known = new WeakMap<Change, Told>()
  const toldOf = (write: Change): Told => {
    let told = known.get(write)
    if (told === undefined) {
      const table = write.table.toLowerCase()
      const precision = reach.holdsRows(table) ? tables.of(table) : undefined
      known.set(write, (told = { table, precision, beyond: carriedBeyond(write) }))
    }
    return told
  }
  const carriedBeyond = (write: Change): Beyond | 'all' => {
    const reached = reach.beyond(write)
    if (reached === 'all') return 'all'
    const cascades = compared === undefined ? [] : (reach.cascades?.(write) ?? [])
    const told = new Map<string, CascadedRows>()
    for (const child of new Set(cascades.map((cascade) => cascade.child))) {
      const own = cascades.filter((cascade) => cascade.child === child)
      const rows = cascadedRows(own, tables.of(write.table.toLowerCase()), tables.of(child), compared!)
      if (rows !== undefined) told.set(child, rows)
    }
    addFurther(write, told)
    return {
      tags: wide(reached.tables.filter((name) => !told.has(name))),
      cascades: [...told].map(([child, rows]) => ({ table: tables.of(child), rows, wide: wide([child]) })),
    }
  }
  const addFurther = (write: Change, told: Map<string, CascadedRows>): void => {
    const further = told.size === 0 ? [] : (reach.cascadesOn?.(write) ?? [])
    for (const child of new Set(further.map((cascade) => cascade.child))) {
      const own = further.filter((cascade) => cascade.child === child)
      const { parent } = own[0]!
      const between = told.get(parent)
      if (between === undefined) continue
      const rows = cascadedFurther(own, tables.of(parent), tables.of(child), compared!, between)
      if (rows !== undefined) told.set(child, rows)
    }
  }
  return ({ writes }, row, begun) => {
    const [write, ...others] = writes === 'unknown' ? [] : writes
    if (write === undefined || others.length > 0) return anyRow(reach.touched(writes))
    const { table, precision, beyond } = toldOf(write)
    if (row?.table?.name.toLowerCase() !== table || precision === undefined)
      return anyRow(reach.touched(writes))
    if (beyond === 'all') return 'all'
    const own = begun?.table === precision && !row.isNothing ? begun.end(row) : writeTags(row, precision)
    let tags = withConditions(own, someRows(row, precision, own, isJudged))
    if (beyond.tags.length > 0) tags = both(tags, beyond.tags)
    // Nothing goes along with no row.
    if (row.isNothing) return tags
    for (const cascade of beyond.cascades) tags = both(tags, cascadeTags(cascade, row, isJudged))
    return tags
  }
}

/** What the text tells of one change. */
interface Told {
  readonly table: string
  /** `undefined`: it holds no rows of its own, or is not known. */
  readonly precision: TablePrecision | undefined
  readonly beyond: Beyond | 'all'
}

/** What one change is carried to. */
interface Beyond {
  /** Of tables of whose rows nothing is told. */
  readonly tags: readonly string[]
  readonly cascades: readonly CascadedTable[]
}

interface CascadedTable {
  readonly table: TablePrecision
  readonly rows: CascadedRows
  /** Instead, where it is not told which rows were deleted. */
  readonly wide: readonly string[]
}

function cascadeTags(
  { table, rows, wide }: CascadedTable,
  deleted: RowChange,
  isJudged: ((tag: string) => boolean) | undefined,
): readonly string[] {
  const change = rows(deleted)
  if (change === undefined) return wide
  const tags = writeTags(change, table)
  return withConditions(tags, someRows(change, table, tags, isJudged))
}

function both(some: readonly string[], others: readonly string[]): readonly string[] {
  const conditions = bothConditions(conditionsOf(some), (tag) => some.includes(tag), others)
  return withConditions([...new Set([...some, ...others])], conditions)
}
