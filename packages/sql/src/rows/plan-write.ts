import type { SqlDialect } from '../dialect.js'
import { lexicalModes } from '../lexical-mode.js'
import { NotUnderstood } from '../not-understood.js'
import { statementRanges } from '../split.js'
import { tokenize } from '../tokenizer.js'
import { wordAt, type TokenizedSql } from '../tokens.js'
import { planDelete } from './plan-delete.js'
import { planInsert } from './plan-insert.js'
import { planTruncate } from './plan-truncate.js'
import { planUpdate } from './plan-update.js'
import { parameterIndexes, type ParameterIndex } from './value-source.js'
import type { WritePlan } from './write-plan.js'

/** A writing statement that fills a whole text, from the token of its verb up to `end`. */
export interface WholeStatement {
  readonly source: TokenizedSql
  readonly verb: number
  readonly end: number
  readonly parameterAt: ParameterIndex
}

/**
 * What the text of a statement tells of the rows that it writes: one INSERT, UPDATE, DELETE or TRUNCATE of one table. It
 * never throws: everything else is `unknown`.
 *
 * It says nothing of functions that the statement calls, triggers, rules, foreign keys, and columns that change by
 * themselves: those are the statement's analysis and the database's catalogue to tell.
 *
 * @example
 * planWrite('UPDATE "Post" SET "title" = $1 WHERE ("Post"."id" = $2 AND 1=1)', 'postgresql')
 * // { kind: 'update', table: { name: 'post' }, assignments: [{ column: 'title', value: { from: 'parameter', index: 0 } }],
 * //   where: { pins: [{ columns: [{ table: 0, name: 'id' }], values: [[{ from: 'parameter', index: 1 }]] }], … } }
 */
export function planWrite(sql: string, dialect: SqlDialect): WritePlan {
  try {
    return planOf(sql, dialect)
  } catch (error) {
    if (error instanceof NotUnderstood) return { kind: 'unknown', reason: error.message }
    return { kind: 'unknown', reason: `the analysis failed: ${String(error)}` }
  }
}

function planOf(sql: string, dialect: SqlDialect): WritePlan {
  const source = tokenize(sql, dialect, lexicalModes[dialect][0])
  if (source.ambiguous) throw new NotUnderstood('what the text does depends on how the server reads it')
  const [statement, ...others] = statementRanges(source)
  if (statement === undefined || others.length > 0) throw new NotUnderstood('it is not one statement')
  const { from: verb, end } = statement
  const whole: WholeStatement = { source, verb, end, parameterAt: parameterIndexes(source) }
  switch (wordAt(source, verb)) {
    case 'insert':
      return planInsert(whole)
    case 'update':
      return planUpdate(whole)
    case 'delete':
      return planDelete(whole)
    case 'truncate':
      return planTruncate(whole)
    default:
      throw new NotUnderstood('it is no plain INSERT, UPDATE, DELETE or TRUNCATE')
  }
}
