import { Readable } from 'node:stream'
import pg from 'pg'
import type { Gate } from '../gate.js'

/**
 * The driver `pg` with a gate in every connection of its pools.
 *
 * A query stream is one that has all rows before it gives the first: what it does to the database is the same, and
 * the package that TypeORM would load for it is not needed.
 */
export function gatedDriver(gate: Gate): typeof pg {
  class GatedClient extends pg.Client {
    override query(...given: unknown[]): never {
      const [first] = given
      const send = super.query.bind(this) as (...all: unknown[]) => unknown
      if (first instanceof BufferedStream) {
        void gate
          .pass(first.sql, () => send(first.sql, first.values) as Promise<pg.QueryResult>)
          .then(
            ({ rows }) => first.give(rows as unknown[]),
            (error: Error) => first.destroy(error),
          )
        return first as never
      }
      // With a callback it is the pool's own.
      if (typeof first !== 'string' || typeof given.at(-1) === 'function') return send(...given) as never
      return gate.pass(first, () => send(...given) as Promise<unknown>) as never
    }
  }
  class GatedPool extends pg.Pool {
    constructor(options: pg.PoolConfig) {
      super({ ...options, Client: GatedClient })
    }
  }
  return { ...pg, Pool: GatedPool }
}

/** In place of `pg-query-stream`. */
export class BufferedStream extends Readable {
  readonly sql: string
  readonly values: readonly unknown[]

  constructor(sql: string, values: readonly unknown[] = []) {
    super({ objectMode: true, read: () => undefined })
    this.sql = sql
    this.values = values
  }

  give(rows: readonly unknown[]): void {
    for (const row of rows) this.push(row)
    this.push(null)
  }
}
