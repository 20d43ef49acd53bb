import type { StatementAnswer } from '@freshet/core/adapter'
import { QueryResult } from 'typeorm'

/** What `mysql2` gives back for a statement that returns no rows. */
interface OkPacket {
  readonly insertId?: unknown
}

/**
 * What the result of a query runner tells of the rows that a statement concerned: the rows that it returned itself, or the
 * key that the driver says was made.
 */
export function answerOf(result: unknown): StatementAnswer {
  // Its `records` are an empty list where the driver gives none back.
  return ofRaw(result instanceof QueryResult ? result.raw : result)
}

function ofRaw(raw: unknown): StatementAnswer {
  const returned = rowsOf(raw)
  if (returned !== undefined) return { returned }
  // better-sqlite3: the row's id.
  if (typeof raw === 'number' || typeof raw === 'bigint') return { generatedKey: raw }
  if (typeof raw !== 'object' || raw === null) return nothingTold
  return { generatedKey: (raw as OkPacket).insertId }
}

/** Of UPDATE and DELETE PostgreSQL's runner gives a pair: the rows, and how many were concerned. */
function rowsOf(rows: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(rows)) return undefined
  const [first, count] = rows as readonly unknown[]
  const isPair = rows.length === 2 && Array.isArray(first) && (count === null || typeof count === 'number')
  return isPair ? first : rows
}

const nothingTold: StatementAnswer = Object.freeze({})
