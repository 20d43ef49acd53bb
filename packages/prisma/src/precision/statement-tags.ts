import { writeTags } from '@freshet/core/adapter'
import {
  createWriteClosure,
  type RowWrite,
  type Statement,
  type TableChange,
  type TableGraph,
  type TableSet,
} from '@freshet/sql'
import type { TablePrecisions } from './table-precision.js'

/**
 * The tags that one sending of a statement bumps; `all`: everything.
 *
 * @param row what it does to the rows of its table, as far as that is known.
 */
export type StatementTags = (
  statement: Pick<Statement, 'writes'>,
  row: RowWrite | undefined,
) => readonly string[] | 'all'

// No table of a database has it.
const origin = '\u0000'

/**
 * Builds the function that tells what a statement bumps: of its own table what its text and values tell, and of every
 * table that foreign keys, triggers and views carry it to the table's tag, since the rows there are not known.
 */
export function createStatementTags(graph: TableGraph, tables: TablePrecisions): StatementTags {
  const closure = createWriteClosure(graph)
  const carried = createCarried(graph)
  const wide = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => [tables.of(name).texts.table, tables.of(name).texts.clock])
  const anyRow = (touched: TableSet) => (touched === 'all' ? 'all' : wide(touched.tables))
  return ({ writes }, row) => {
    const [write, ...others] = writes === 'unknown' ? [] : writes
    if (writes === 'unknown') return anyRow(closure(writes))
    const table = write?.table.toLowerCase()
    const isTold =
      write !== undefined &&
      others.length === 0 &&
      row?.table?.name.toLowerCase() === table &&
      graph.tables.has(table!)
    if (!isTold || graph.views.has(table!)) return anyRow(closure(writes))
    const beyond = carried(write)
    if (beyond === 'all') return 'all'
    return [...new Set([...writeTags(row!, tables.of(table!)), ...wide(beyond.tables)])]
  }
}

/**
 * What a change is carried to, its own table included only if it comes back to that: a tree whose branches are deleted
 * with it. The change is made to a table beside it, which all keys into its table reference as well.
 */
function createCarried(graph: TableGraph): (write: TableChange) => TableSet {
  const closures = new Map<string, (writes: readonly TableChange[]) => TableSet>()
  const closureOf = (table: string) =>
    createWriteClosure({
      ...graph,
      tables: new Set([...graph.tables, origin]),
      foreignKeys: [
        ...graph.foreignKeys,
        ...graph.foreignKeys
          .filter(({ parent }) => parent === table)
          .map((key) => ({ ...key, parent: origin })),
      ],
      dependentsOf: (name) => graph.dependentsOf(name === origin ? table : name),
    })
  return (write) => {
    const table = write.table.toLowerCase()
    let closure = closures.get(table)
    if (closure === undefined) closures.set(table, (closure = closureOf(table)))
    const reached = closure([{ ...write, table: origin }])
    return reached === 'all' ? 'all' : { tables: reached.tables.filter((name) => name !== origin) }
  }
}
