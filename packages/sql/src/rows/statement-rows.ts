import type { SqlDialect } from '../dialect.js'
import type { TableName } from '../facts.js'
import type { KnownColumns } from './columns.js'
import { createRowAnalyser, type RowAnalyser } from './row-analyser.js'
import { applyWrite, type RowWrite } from './row-write.js'
import type { StatementValues } from './statement-values.js'

/** What one sending of a text does to the rows of its table. */
export type StatementRows = (sql: string, values: StatementValues) => RowWrite

/**
 * Builds the function that tells what a statement does to rows. Plans of texts are remembered for the whole process.
 *
 * @param columnsOf those of a table that a text names; `undefined`: nothing may be told of its rows
 */
export function createStatementRows(
  dialect: SqlDialect,
  columnsOf: (table: TableName) => KnownColumns | undefined,
): StatementRows {
  const analyser = analyserOf(dialect)
  return (sql, values) => {
    const plan = analyser.planWrite(sql)
    return applyWrite(plan, values, plan.kind === 'unknown' ? undefined : columnsOf(plan.table))
  }
}

const analysers = new Map<SqlDialect, RowAnalyser>()

function analyserOf(dialect: SqlDialect): RowAnalyser {
  let analyser = analysers.get(dialect)
  if (analyser === undefined) analysers.set(dialect, (analyser = createRowAnalyser(dialect)))
  return analyser
}
