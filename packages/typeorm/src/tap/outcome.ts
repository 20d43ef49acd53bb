import { isServerError } from '@freshet/core/adapter'
import type { SqlDialect } from '@freshet/sql'
import { NamedPlaceholdersNotSupportedError, QueryRunnerAlreadyReleasedError } from 'typeorm'

/**
 * What the rejection of a statement says about what it did.
 *
 * `nothing`: it was refused, so it was undone or never sent. `settled`: done or not, nothing more will come of it.
 * `unknown`: the database may still carry it out.
 */
export type Outcome = 'nothing' | 'settled' | 'unknown'

export function outcomeOf(error: unknown, dialect: SqlDialect): Outcome {
  if (error instanceof NamedPlaceholdersNotSupportedError) return 'nothing'
  if (error instanceof QueryRunnerAlreadyReleasedError) return 'nothing'
  // ER_ERROR_DURING_COMMIT: an engine failed at it, nobody says how far it had come.
  if (dialect === 'mysql' && bag(error)['errno'] === 1180) return 'unknown'
  if (isServerError(error) || isServerError(bag(error)['driverError'])) return 'nothing'
  // better-sqlite3 runs a statement while it is called; a value that cannot be bound, or a subscriber that throws.
  if (dialect === 'sqlite' && !String(bag(error)['code']).startsWith('SQLITE_')) return 'settled'
  return 'unknown'
}

function bag(error: unknown): Readonly<Record<string, unknown>> {
  return typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>) : {}
}
