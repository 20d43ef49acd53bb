import type { StatementAnswer } from '@freshet/core/adapter'
import { QueryResult } from 'typeorm'

/** What `mysql2` gives back for a statement that returns no rows. */
interface OkPacket {
  readonly insertId?: unknown
  readonly affectedRows?: unknown
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
  if (returned !== undefined) return { returned, affected: countOf(raw) }
  // better-sqlite3: the row's id.
  if (typeof raw === 'number' || typeof raw === 'bigint') return { generatedKey: raw }
  if (typeof raw !== 'object' || raw === null) return nothingTold
  const { insertId, affectedRows } = raw as OkPacket
  return { generatedKey: insertId, affected: typeof affectedRows === 'number' ? affectedRows : undefined }
}

/** Of UPDATE and DELETE PostgreSQL's runner gives a pair: the rows, and how many were concerned. */
function rowsOf(rows: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(rows)) return undefined
  return isPair(rows) ? rows[0] : rows
}

function countOf(raw: unknown): number | undefined {
  return isPair(raw) ? (raw[1] ?? undefined) : undefined
}

const isPair = (raw: unknown): raw is readonly [readonly unknown[], number | null] =>
  Array.isArray(raw) &&
  raw.length === 2 &&
  Array.isArray(raw[0]) &&
  (raw[1] === null || typeof raw[1] === 'number')

const nothingTold: StatementAnswer = Object.freeze({})
