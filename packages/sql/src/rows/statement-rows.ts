import type { SqlDialect } from '../dialect.js'
import type { TableName } from '../facts.js'
import type { KnownColumns } from './columns.js'
import { createRowAnalyser, type RowAnalyser } from './row-analyser.js'
import { applyWrite, type RowWrite } from './row-write.js'
import type { StatementValues } from './statement-values.js'
import type { WritePlan } from './write-plan.js'

/**
 * What one sending of a statement does to the rows of its table.
 *
 * @param statement one object as long as its text is remembered
 */
export type StatementRows = (statement: { readonly sql: string }, values: StatementValues) => RowWrite

/**
 * Builds the function that tells what a statement does to rows. Plans of texts are remembered for the whole process.
 * Make another one when the tables are others.
 *
 * @param columnsOf those of a table that a text names; `undefined`: nothing may be told of its rows
 */
export function createStatementRows(
  dialect: SqlDialect,
  columnsOf: (table: TableName) => KnownColumns | undefined,
): StatementRows {
  const analyser = analyserOf(dialect)
  const known = new WeakMap<object, KnownPlan>()
  const planOf = ({ sql }: { readonly sql: string }): KnownPlan => {
    const plan = analyser.planWrite(sql)
    return { plan, columns: plan.kind === 'unknown' ? undefined : columnsOf(plan.table) }
  }
  return (statement, values) => {
    let told = known.get(statement)
    if (told === undefined) known.set(statement, (told = planOf(statement)))
    return applyWrite(told.plan, values, told.columns)
  }
}

interface KnownPlan {
  readonly plan: WritePlan
  readonly columns: KnownColumns | undefined
}

const analysers = new Map<SqlDialect, RowAnalyser>()

function analyserOf(dialect: SqlDialect): RowAnalyser {
  let analyser = analysers.get(dialect)
  if (analyser === undefined) analysers.set(dialect, (analyser = createRowAnalyser(dialect)))
  return analyser
}
