import type { StatementAnswer } from '@freshet/core/adapter'

/** What driver adapters give back for a statement that may return rows. */
interface ResultSet {
  readonly rows?: unknown
  readonly lastInsertId?: unknown
}

/** What the answer of a driver adapter tells of the rows that a statement concerned; the count of rows tells nothing. */
export function answerOf(result: unknown): StatementAnswer {
  if (typeof result !== 'object' || result === null) return nothingTold
  const { rows, lastInsertId } = result as ResultSet
  return { returned: Array.isArray(rows) ? rows : undefined, generatedKey: lastInsertId }
}

const nothingTold: StatementAnswer = Object.freeze({})
