import type { Outcome } from '@freshet/core/adapter'
import { isServerError } from '@freshet/core/adapter'
import type { SqlDialect } from '@freshet/sql'
import { NamedPlaceholdersNotSupportedError, QueryRunnerAlreadyReleasedError } from 'typeorm'

/** What the rejection of a statement by a query runner says about what it did. */
export function outcomeOf(error: unknown, dialect: SqlDialect): Outcome {
  if (error instanceof NamedPlaceholdersNotSupportedError) return 'nothing'
  if (error instanceof QueryRunnerAlreadyReleasedError) return 'nothing'
  if (isServerError(error) || isServerError(bag(error)['driverError'])) return 'nothing'
  // better-sqlite3 runs a statement while it is called; a value that cannot be bound, or a subscriber that throws.
  if (dialect === 'sqlite' && !String(bag(error)['code']).startsWith('SQLITE_')) return 'settled'
  return 'unknown'
}

function bag(error: unknown): Readonly<Record<string, unknown>> {
  return typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>) : {}
}
