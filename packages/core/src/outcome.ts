/**
 * What a rejection says about the write that it rejects.
 *
 * Only an error that the database itself sent proves that the statement did nothing. Everything else
 * (a client-side timeout, a lost connection, a bug in between) leaves it open: PostgreSQL was seen to
 * commit 0.7 s after its client had been told that the query had timed out.
 */
export function isServerError(error: unknown): boolean {
  for (let current = error, depth = 0; isObject(current) && depth < 5; current = current['cause'], depth++) {
    if (isStatementError(current)) return true
  }
  return false
}

type Bag = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Bag => typeof value === 'object' && value !== null

function isStatementError(error: Bag): boolean {
  return isPostgresError(error) || isMysqlError(error) || isSqliteError(error)
}

// SQLSTATE classes whose errors come from the connection or from a server that is going down, not from
// the statement; 40003 is "statement completion unknown" by name.
const openSqlStates = /^(?:08|57P0|58|XX|40003)/

/** `pg` and its likes: a five-character SQLSTATE and a severity. */
function isPostgresError(error: Bag): boolean {
  const { code, severity } = error
  return (
    typeof code === 'string' &&
    /^[0-9A-Z]{5}$/.test(code) &&
    typeof severity === 'string' &&
    !openSqlStates.test(code)
  )
}

/** `mysql2` and `mariadb`: a server error number (1000 to 1999 and from 3000) and an SQLSTATE; 2000 to 2999 are the client's own. */
function isMysqlError(error: Bag): boolean {
  const { errno, sqlState, sqlstate } = error
  if (typeof errno !== 'number' || typeof (sqlState ?? sqlstate) !== 'string') return false
  return (errno >= 1000 && errno < 2000 && !lostServer.has(errno)) || (errno >= 3000 && errno < 45_000)
}

// Shutdown, killed connection and read timeouts: the statement may have been carried out.
const lostServer = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927])

/** `better-sqlite3` and its likes. A full disk or an I/O error during COMMIT leaves the outcome open. */
function isSqliteError(error: Bag): boolean {
  const { code } = error
  return (
    typeof code === 'string' &&
    code.startsWith('SQLITE_') &&
    !/^SQLITE_(?:IOERR|FULL|CORRUPT|NOMEM|INTERRUPT)/.test(code)
  )
}
