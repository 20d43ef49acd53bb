import type { KnownTables, PreparedTags } from '../binding.js'
import { conditionsOf } from '../conditions.js'
import type { Execution, StatementAnswer } from '../execution.js'
import type { OwnReads } from '../own-reads.js'
import {
  createStatementTags,
  type TablePrecisions,
  type TableRowChange,
  type WriteReach,
} from './statement-tags.js'
import type { ComparedValues } from './some-rows.js'
import type { JudgedTags } from './judged-tags.js'
import { whyWide } from './why-wide.js'
import { type BegunTags, beginTags, tagsOfSending, type TagsOfText, tagsOfText } from './write-tags.js'

/** What an adapter knows of its writes. */
interface KnownWritesParts<Statement, Change, Type> {
  readonly reach: WriteReach<Change>
  /** Those that reads are analysed with. */
  readonly tables: TablePrecisions<Type>
  readonly compared: ComparedValues<Type>
  /** The tags of which answers are judged by what rows have. */
  readonly judged: Pick<JudgedTags, 'has' | 'size'>
  /** What one sending does to the rows of its table. */
  rowsOf(
    statement: Statement,
    values: Pick<Execution<Statement>, 'parameters'> & StatementAnswer,
  ): TableRowChange & { readonly reason: string | undefined }
  /** What a query has given of one table's rows. Default: nobody can tell. */
  rowsRead?(
    statement: Statement,
    parameters: readonly unknown[] | undefined,
    rows: readonly unknown[],
  ): ReadOfTable | undefined
  /** Whether the database has said what its tables are. That it has not is told once, and not for each write. */
  readonly isKnown: boolean
}

/** Rows of one table, as a query has given them. */
interface ReadOfTable {
  readonly table: { readonly name: string; readonly schema?: string | undefined }
  /** Those that the query names. */
  readonly columns: readonly string[]
  rowsWith(key: readonly string[]): OwnReads['rows']
}

/** Tells what statements bump by their rows, columns and sets, with what carries them on. */
export function knownWrites<
  Change extends { readonly table: string },
  Statement extends { readonly sql: string; readonly writes: readonly Change[] | 'unknown' },
  Type,
>(parts: KnownWritesParts<Statement, Change, Type>): KnownTables<Statement> {
  const { reach, tables, compared, judged, isKnown } = parts
  const rowsOf = (execution: Execution<Statement>, answer: StatementAnswer | undefined) =>
    parts.rowsOf(
      execution.statement,
      answer === undefined ? execution : { parameters: execution.parameters, ...answer },
    )
  const tagsOf = createStatementTags(reach, tables, compared, (tag) => judged.has(tag))
  // A statement is one object as long as its text is remembered.
  const ofTexts = new WeakMap<Statement, RememberedTags>()
  const again = (statement: Statement, rows: TableRowChange): readonly string[] | undefined => {
    const known = ofTexts.get(statement)
    return known?.judged === judged.size ? tagsOfSending(rows, known.tags) : undefined
  }
  const remember = (statement: Statement, rows: TableRowChange, tags: readonly string[] | 'all') => {
    const table = rows.table && tables.of(rows.table.name.toLowerCase())
    // Of rows nothing is certain until it is known what they have.
    if (tags === 'all' || conditionsOf(tags) !== undefined || table?.grain !== 'row') return
    const ofText = tagsOfText(rows, table, tags)
    if (ofText !== undefined) ofTexts.set(statement, { tags: ofText, judged: judged.size })
  }
  return {
    touchedBy: ({ writes }) => reach.touched(writes),
    prepare(execution): BegunWrite | undefined {
      const rows = rowsOf(execution, undefined)
      const known = again(execution.statement, rows)
      if (known !== undefined) return { begun: undefined, whole: known }
      const begun = rows.table && beginTags(rows, tables.of(rows.table.name.toLowerCase()))
      if (begun === undefined) return undefined
      const tags = begun.isTold ? tagsOf(execution.statement, rows, begun) : undefined
      if (tags === undefined) return { begun, whole: undefined }
      remember(execution.statement, rows, tags)
      // Of rows nothing is certain until it is known what they have.
      return { begun, whole: tags === 'all' || conditionsOf(tags) === undefined ? tags : undefined }
    },
    tagsOf(execution, answer, prepared) {
      const { statement } = execution
      const rows = rowsOf(execution, answer)
      const begun = (prepared as BegunWrite | undefined)?.begun
      if (begun !== undefined) return tagsOf(statement, rows, begun)
      const known = again(statement, rows)
      if (known !== undefined) return known
      const tags = tagsOf(statement, rows)
      remember(statement, rows, tags)
      return tags
    },
    rowsRead(execution, rows) {
      const read = parts.rowsRead?.(execution.statement, execution.parameters, rows)
      const name = read?.table.name.toLowerCase()
      const table = name !== undefined && reach.holdsRows(name) ? tables.of(name) : undefined
      if (table?.grain !== 'row' || table.rowKey === undefined) return undefined
      const columns = read!.columns.filter((column) => judged.has(table.texts.column(column)))
      if (columns.length === 0) return undefined
      return { table, schema: read!.table.schema, columns, rows: read!.rowsWith(table.rowKey.columns) }
    },
    whyWide(execution, answer) {
      if (!isKnown) return undefined
      const rows = rowsOf(execution, answer)
      return rows.table === undefined ? rows.reason : whyWide(rows, tables.of(rows.table.name.toLowerCase()))
    },
  }
}

interface BegunWrite extends PreparedTags {
  /** `undefined`: all of them are made. */
  readonly begun: BegunTags | undefined
}

interface RememberedTags {
  readonly tags: TagsOfText
  /** How many tags were judged: with more of them, more may be certain. */
  readonly judged: number
}
