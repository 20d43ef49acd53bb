import type { KnownTables, PreparedTags } from '../binding.js'
import { conditionsOf } from '../conditions.js'
import type { Execution, StatementAnswer } from '../execution.js'
import {
  createStatementTags,
  type TablePrecisions,
  type TableRowChange,
  type WriteReach,
} from './statement-tags.js'
import type { ComparedValues } from './some-rows.js'
import { whyWide } from './why-wide.js'
import { type BegunTags, beginTags } from './write-tags.js'

/** What an adapter knows of its writes. */
interface KnownWritesParts<Statement, Change, Type> {
  readonly reach: WriteReach<Change>
  /** Those that reads are analysed with. */
  readonly tables: TablePrecisions<Type>
  readonly compared: ComparedValues<Type>
  /** Whether answers that carry this tag are judged by what rows have. */
  isJudged(tag: string): boolean
  /** What one sending does to the rows of its table. */
  rowsOf(
    statement: Statement,
    values: Pick<Execution<Statement>, 'parameters'> & StatementAnswer,
  ): TableRowChange & { readonly reason: string | undefined }
  /** Whether the database has said what its tables are. That it has not is told once, and not for each write. */
  readonly isKnown: boolean
}

/** Tells what statements bump by their rows, columns and sets, with what carries them on. */
export function knownWrites<
  Change extends { readonly table: string },
  Statement extends { readonly sql: string; readonly writes: readonly Change[] | 'unknown' },
  Type,
>(parts: KnownWritesParts<Statement, Change, Type>): KnownTables<Statement> {
  const { reach, tables, compared, isKnown } = parts
  const rowsOf = (execution: Execution<Statement>, answer: StatementAnswer | undefined) =>
    parts.rowsOf(
      execution.statement,
      answer === undefined ? execution : { parameters: execution.parameters, ...answer },
    )
  const tagsOf = createStatementTags(reach, tables, compared, (tag) => parts.isJudged(tag))
  return {
    touchedBy: ({ writes }) => reach.touched(writes),
    prepare(execution): BegunWrite | undefined {
      const rows = rowsOf(execution, undefined)
      const begun = rows.table && beginTags(rows, tables.of(rows.table.name.toLowerCase()))
      if (begun === undefined) return undefined
      const tags = begun.isTold ? tagsOf(execution.statement, rows, begun) : undefined
      // Of rows nothing is certain until it is known what they have.
      const isWhole = tags !== undefined && (tags === 'all' || conditionsOf(tags) === undefined)
      return { begun, whole: isWhole ? tags : undefined }
    },
    tagsOf: (execution, answer, prepared) =>
      tagsOf(execution.statement, rowsOf(execution, answer), (prepared as BegunWrite | undefined)?.begun),
    whyWide(execution, answer) {
      if (!isKnown) return undefined
      const rows = rowsOf(execution, answer)
      return rows.table === undefined ? rows.reason : whyWide(rows, tables.of(rows.table.name.toLowerCase()))
    },
  }
}

interface BegunWrite extends PreparedTags {
  readonly begun: BegunTags
}
