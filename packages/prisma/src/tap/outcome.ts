/**
 * What the rejection of a statement says about what it did.
 *
 * `nothing`: the database answered with an error of its own, so the statement was undone.
 * `unknown`: anything else (a client-side timeout, a lost connection); the database may still carry it out.
 */
export type Outcome = 'nothing' | 'unknown'

interface DriverError {
  readonly cause?: { readonly kind?: unknown; readonly originalCode?: unknown }
}

// How the adapters name errors that come from the way to the server rather than from the server.
const onTheWay = new Set(['ConnectionClosed', 'SocketTimeout'])
const neverSent = new Set(['DatabaseNotReachable', 'TlsConnectionError', 'TooManyConnections'])

export function outcomeOf(error: unknown, provider: string): Outcome {
  const cause = (error as DriverError | undefined)?.cause
  const kind = String(cause?.kind)
  if (neverSent.has(kind) || isPoolTimeout(error)) return 'nothing'
  const code = cause?.originalCode
  if (typeof code !== 'string') return 'unknown'
  // What the adapter calls a socket's timeout in SQLite is a lock that was not to be had: nothing was done.
  if (provider !== 'sqlite' && onTheWay.has(kind)) return 'unknown'
  return provesNothingDone(code, provider) ? 'nothing' : 'unknown'
}

/** Of `pg-pool`: no connection came free in time. Held back, the tables would add to the load that caused it. */
const isPoolTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect'

function provesNothingDone(code: string, provider: string): boolean {
  switch (provider) {
    case 'postgres':
      // Not: connection exceptions, the server going down, system and internal errors, "completion unknown".
      return /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|57P0|58|XX|40003)/.test(code)
    case 'mysql':
      return isMysqlServerError(Number(code))
    case 'sqlite':
      return code.startsWith('SQLITE_') && !/^SQLITE_(?:IOERR|FULL|CORRUPT|NOMEM|INTERRUPT)/.test(code)
    default:
      return false
  }
}

// Shutdown, a killed or lost connection, network read and write errors, an error while committing.
const lostServer = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1317, 1927])

// Of the `mariadb` driver: no connection of its pool came free in time.
const poolTimeout = 45_028

/** 2000 to 2999 and from 45000 are the numbers of client libraries, not of the server. */
function isMysqlServerError(errno: number): boolean {
  if (lostServer.has(errno)) return false
  if (errno === poolTimeout) return true
  return (errno >= 1000 && errno < 2000) || (errno >= 3000 && errno < 45_000)
}
