import type { Execution, StatementAnswer } from './execution.js'

/** What one sending of a statement was given and gave back. */
export interface Answered<Statement> {
  readonly execution: Execution<Statement>
  readonly answer: StatementAnswer
}

// Of one row, or of one statement. Copying more is more work than what it spares.
const maxValues = 64

/**
 * The same values in lists of its own, for who asks for them when their owner may have changed his.
 *
 * @returns `undefined` if there are many, or some can change themselves: dates, buffers, JSON
 */
export function lastingValues<Statement>(
  { statement, parameters }: Execution<Statement>,
  answer: StatementAnswer,
): Answered<Statement> | undefined {
  const given = parameters && lastingList(parameters)
  if (given === undefined && parameters !== undefined) return undefined
  const { returned, generatedKey, affected } = answer
  const rows = returned && lastingRows(returned)
  if (rows === undefined && returned !== undefined) return undefined
  if (!isLasting(generatedKey)) return undefined
  return { execution: { statement, parameters: given }, answer: { returned: rows, generatedKey, affected } }
}

function lastingRows(rows: readonly unknown[]): readonly unknown[] | undefined {
  if (rows.length === 0) return rows
  if (rows.length > 1) return undefined
  const row = rows[0]
  const own = Array.isArray(row) ? lastingList(row) : lastingFields(row)
  return own && [own]
}

function lastingList(values: readonly unknown[]): readonly unknown[] | undefined {
  if (!Array.isArray(values) || values.length > maxValues) return undefined
  for (const value of values) if (!isLasting(value)) return undefined
  return values.slice()
}

function lastingFields(row: unknown): object | undefined {
  if (typeof row !== 'object' || row === null) return undefined
  const own: Record<string, unknown> = { ...row }
  let count = 0
  for (const name in own) if (++count > maxValues || !isLasting(own[name])) return undefined
  return own
}

const isLasting = (value: unknown): boolean =>
  (typeof value !== 'object' && typeof value !== 'function') || value === null
