import type { ConsistencyMode } from '@freshet/core/store'
import type { Advice } from './advice.js'

/** A mark that ends before the database has ended the commit that it stands for protects nobody from it. */
export function lease(
  leaseMs: number,
  databaseLimitMs: number | undefined,
  mode: ConsistencyMode,
): Advice | undefined {
  if (databaseLimitMs === undefined || databaseLimitMs < leaseMs || mode === 'eventual') return undefined
  return {
    code: 'REDIS_LEASE',
    message: `A writer's mark lives ${leaseMs} ms after the writer has died ('lease'), and the database may still commit for it ${databaseLimitMs} ms later ('advice.databaseLimit'). What is committed in between is not seen until the entries expire. Give redisStore() a longer 'lease', or have the database end such transactions sooner: transaction_timeout, or statement_timeout and idle_in_transaction_session_timeout, in PostgreSQL.`,
  }
}
