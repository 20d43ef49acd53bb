import * as mysql from 'mysql2'
import type { Gate } from '../gate.js'

type Done = (error: Error | null, ...results: unknown[]) => void
type Query = (...given: unknown[]) => unknown

/** Who waits for a lock fails at once. */
const IMPATIENCE = 'SET SESSION innodb_lock_wait_timeout = 0, lock_wait_timeout = 1'

/** The driver `mysql2` with a gate in every connection of its pools. */
export function gatedMysql(gate: Gate): typeof mysql {
  const createPool = (options: mysql.PoolOptions): mysql.Pool => {
    const pool = mysql.createPool(options)
    pool.on('connection', (connection: mysql.PoolConnection) => {
      connection.query(IMPATIENCE)
      passThrough(connection, gate)
    })
    return pool
  }
  return { ...mysql, createPool: createPool as typeof mysql.createPool }
}

function passThrough(connection: mysql.PoolConnection, gate: Gate): void {
  const send = connection.query.bind(connection) as Query
  const query: Query = (...given) => {
    const [sql] = given
    const done = given.at(-1)
    // Without a callback it is a stream's, which goes its own way.
    if (typeof sql !== 'string' || typeof done !== 'function') {
      if (typeof sql === 'string') gate.statements++
      return send(...given)
    }
    const answer = gate.pass(
      sql,
      () =>
        new Promise<unknown[]>((resolve, reject) => {
          const settle: Done = (error, ...results) => (error ? reject(error) : resolve(results))
          send(...given.slice(0, -1), settle)
        }),
    )
    answer.then(
      (results) => (done as Done)(null, ...results),
      (error: Error) => (done as Done)(error),
    )
    return undefined
  }
  Object.assign(connection, { query })
}
