/**
 * What the rejection of a statement says about what it did.
 *
 * `nothing`: it was refused, so it was undone or never sent. `settled`: done or not, nothing more will come of it.
 * `unknown`: the database may still carry it out.
 */
export type Outcome = 'nothing' | 'settled' | 'unknown'

/** Whose codes: the languages of SQL have the names of the databases that speak them. */
export type CodeFamily = 'postgresql' | 'mysql' | 'sqlite'

/**
 * Whether an error's own code proves that the statement did nothing.
 *
 * Only an error that the database itself sent does. Everything else (a client-side timeout, a lost connection, a bug
 * in between) leaves it open: PostgreSQL was seen to commit 0.7 s after its client had been told that the query had
 * timed out.
 *
 * @param code SQLSTATE, number, or name (`SQLITE_BUSY`), as the database has it
 */
export function provesNothingDone(family: CodeFamily, code: string | number): boolean {
  switch (family) {
    case 'postgresql':
      return /^[0-9A-Z]{5}$/.test(String(code)) && !openSqlStates.test(String(code))
    case 'mysql':
      return isMysqlRefusal(Number(code))
    case 'sqlite':
      return String(code).startsWith('SQLITE_') && !openSqliteCodes.test(String(code))
  }
}

/** Whether an error, or one that it wraps, is of a database and proves that the statement did nothing. */
export function isServerError(error: unknown): boolean {
  for (let current = error, depth = 0; isObject(current) && depth < 5; current = current['cause'], depth++) {
    if (isRefusal(current)) return true
  }
  return false
}

// SQLSTATE classes whose errors come from the connection or from a server that is going down, system and internal
// errors; 40003 is "statement completion unknown" by name.
const openSqlStates = /^(?:08|57P0|58|XX|40003)/

// A full disk or an I/O error during COMMIT.
const openSqliteCodes = /^SQLITE_(?:IOERR|FULL|CORRUPT|NOMEM|INTERRUPT)/

// Shutdown, a killed or lost connection, network read and write errors; 1180 is ER_ERROR_DURING_COMMIT: an engine
// failed at it, and nobody says how far it had come.
const openMysqlNumbers = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1317, 1927])

// Of the `mariadb` driver: no connection of its pool came free in time.
const mariadbPoolTimeout = 45_028

/** 2000 to 2999 and from 45000 are the numbers of client libraries, not of the server. */
function isMysqlRefusal(number: number): boolean {
  if (openMysqlNumbers.has(number)) return false
  return (
    (number >= 1000 && number < 2000) || (number >= 3000 && number < 45_000) || number === mariadbPoolTimeout
  )
}

type Bag = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Bag => typeof value === 'object' && value !== null

/** Told by their shapes: a code alone may be anybody's. */
function isRefusal({ code, severity, errno, sqlState, sqlstate }: Bag): boolean {
  if (typeof errno === 'number' && typeof (sqlState ?? sqlstate) === 'string')
    return provesNothingDone('mysql', errno)
  if (typeof code !== 'string') return false
  if (typeof severity === 'string') return provesNothingDone('postgresql', code)
  return provesNothingDone('sqlite', code)
}
