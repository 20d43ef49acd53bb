import type { CodeFamily, Outcome } from '@freshet/core/adapter'
import { provesNothingDone } from '@freshet/core/adapter'

interface DriverError {
  readonly cause?: { readonly kind?: unknown; readonly originalCode?: unknown }
}

// How the adapters name errors that come from the way to the server rather than from the server.
const onTheWay = new Set(['ConnectionClosed', 'SocketTimeout'])
const neverSent = new Set(['DatabaseNotReachable', 'TlsConnectionError', 'TooManyConnections'])

const families: Readonly<Record<string, CodeFamily>> = {
  postgres: 'postgresql',
  mysql: 'mysql',
  sqlite: 'sqlite',
}

/** What the rejection of a statement by a driver adapter says about what it did. */
export function outcomeOf(error: unknown, provider: string): Outcome {
  const cause = (error as DriverError | undefined)?.cause
  const kind = String(cause?.kind)
  if (neverSent.has(kind) || isPoolTimeout(error)) return 'nothing'
  const code = cause?.originalCode
  const family = families[provider]
  if (typeof code !== 'string' || family === undefined) return 'unknown'
  // What the adapter calls a socket's timeout in SQLite is a lock that was not to be had: nothing was done.
  if (provider !== 'sqlite' && onTheWay.has(kind)) return 'unknown'
  return provesNothingDone(family, code) ? 'nothing' : 'unknown'
}

/** Of `pg-pool`: no connection came free in time. Held back, the tables would add to the load that caused it. */
const isPoolTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect'
