import type { SqlDialect } from '../dialect.js'
import { lexicalModes } from '../lexical-mode.js'
import { NotUnderstood } from '../not-understood.js'
import { statementRanges } from '../split.js'
import { tokenize } from '../tokenizer.js'
import { decidingColumns } from './deciding-columns.js'
import { allOf } from './pins.js'
import { readQuery, type QueryParts } from './query-block.js'
import type { ReadPlan } from './read-plan.js'
import { parameterIndexes } from './value-source.js'

/**
 * What the text of a query tells of the rows that it reads: one SELECT without WITH and UNION, whose queries inside are
 * such too. It never throws: everything else is `unknown`, and may depend on any row of its tables.
 *
 * @example
 * planRead('SELECT "p"."id" AS "p_id" FROM "post" "p" WHERE (("p"."authorId" = $1)) ORDER BY "p"."title"', 'postgresql')
 * // { kind: 'tables', tables: [{ table: { name: 'post' }, hidesRows: false, isLimited: false, decidedBy: ['authorId', 'title'] }],
 * //   condition: { pins: [{ columns: [{ table: 0, name: 'authorId' }], values: [[{ from: 'parameter', index: 0 }]] }], … } }
 */
export function planRead(sql: string, dialect: SqlDialect): ReadPlan {
  try {
    return planOf(sql, dialect)
  } catch (error) {
    if (error instanceof NotUnderstood) return { kind: 'unknown', reason: error.message }
    return { kind: 'unknown', reason: `the analysis failed: ${String(error)}` }
  }
}

function planOf(sql: string, dialect: SqlDialect): ReadPlan {
  const source = tokenize(sql, dialect, lexicalModes[dialect][0])
  if (source.ambiguous) throw new NotUnderstood('what the text reads depends on how the server reads it')
  const [statement, ...others] = statementRanges(source)
  if (statement === undefined || others.length > 0) throw new NotUnderstood('it is not one statement')
  const { from: verb, end } = statement
  const parts: QueryParts = { tables: [], conditions: [], items: [], shown: { from: verb, end: verb } }
  readQuery({ source, verb, end, parameterAt: parameterIndexes(source) }, verb, end, parts, false)
  const decided = decidingColumns(source, verb, end, parts)
  return {
    kind: 'tables',
    tables: parts.tables.map(({ item, hidesRows, isLimited }) => {
      return { table: item.table, hidesRows, isLimited, decidedBy: decided?.get(item.reference) }
    }),
    condition: allOf(parts.conditions),
  }
}
