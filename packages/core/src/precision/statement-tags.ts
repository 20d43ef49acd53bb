import type { TouchedTables } from '../binding.js'
import type { TablePrecision } from './table-precision.js'
import { type RowChange, writeTags } from './write-tags.js'

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
 */
export type StatementTags<Change> = (
  statement: { readonly writes: readonly Change[] | 'unknown' },
  row: TableRowChange | undefined,
) => readonly string[] | 'all'

/**
 * Builds the function that tells what a statement bumps: of its own table what its text and values tell, and of every
 * table that foreign keys, triggers and views carry it to the table's tag and its clock, since the rows there are not known.
 */
export function createStatementTags<Change extends { readonly table: string }>(
  reach: WriteReach<Change>,
  tables: TablePrecisions,
): StatementTags<Change> {
  const wide = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => [tables.of(name).texts.table, tables.of(name).texts.clock])
  const anyRow = (touched: TouchedTables) => (touched === 'all' ? 'all' : wide(touched.tables))
  // What is carried on follows from the text, of which a statement is remembered.
  const known = new WeakMap<Change, readonly string[] | 'all'>()
  const tagsBeyond = (write: Change): readonly string[] | 'all' => {
    let tags = known.get(write)
    if (tags === undefined) known.set(write, (tags = anyRow(reach.beyond(write))))
    return tags
  }
  return ({ writes }, row) => {
    const [write, ...others] = writes === 'unknown' ? [] : writes
    if (write === undefined || others.length > 0) return anyRow(reach.touched(writes))
    const table = write.table.toLowerCase()
    if (row?.table?.name.toLowerCase() !== table || !reach.holdsRows(table))
      return anyRow(reach.touched(writes))
    const beyond = tagsBeyond(write)
    if (beyond === 'all') return 'all'
    const own = writeTags(row, tables.of(table))
    return beyond.length === 0 ? own : [...new Set([...own, ...beyond])]
  }
}
