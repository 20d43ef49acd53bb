import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  Transaction,
} from '@prisma/driver-adapter-utils'

export type Point = 'before' | 'after'

/** A statement that is being kept from the database (`before`) or whose answer is being kept back (`after`). */
export interface Held {
  /** Settles with `true` when the statement has reached the point, with `false` when it never came. */
  readonly reached: Promise<boolean>
  /** Lets the statement go on; harmless when it never came. */
  release(): void
}

/**
 * Stands between Prisma and the real driver: counts the statements that reach the database, and can hold one
 * of them, so that an interleaving is chosen and not hoped for.
 */
export class Gate {
  /** Statements seen since the start. */
  statements = 0
  #hold: Hold | undefined

  /** Holds the first statement from now on that `matches`. */
  hold(point: Point, matches: (sql: string) => boolean): Held {
    const hold = new Hold(point, matches)
    this.#hold = hold
    return {
      reached: hold.reached,
      release: () => {
        if (this.#hold === hold) this.#hold = undefined
        hold.release()
      },
    }
  }

  async pass<T>(sql: string, run: () => Promise<T>): Promise<T> {
    this.statements++
    const hold = this.#hold?.matches(sql) ? this.#hold : undefined
    if (!hold) return run()
    this.#hold = undefined
    if (hold.point === 'before') await hold.wait()
    const result = await run().catch(async (error: unknown) => {
      if (hold.point === 'after') await hold.wait()
      throw error
    })
    if (hold.point === 'after') await hold.wait()
    return result
  }
}

class Hold {
  readonly point: Point
  readonly matches: (sql: string) => boolean
  readonly reached: Promise<boolean>
  readonly #released: Promise<void>
  #reach!: (came: boolean) => void
  #release!: () => void

  constructor(point: Point, matches: (sql: string) => boolean) {
    this.point = point
    this.matches = matches
    this.reached = new Promise((resolve) => (this.#reach = resolve))
    this.#released = new Promise((resolve) => (this.#release = resolve))
  }

  wait(): Promise<void> {
    this.#reach(true)
    return this.#released
  }

  release(): void {
    this.#reach(false)
    this.#release()
  }
}

/** The factory with a gate under it. Whatever a cache wraps around the result lies above the gate. */
export function gated(factory: SqlDriverAdapterFactory, gate: Gate): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => gatedAdapter(await factory.connect(), gate),
  }
}

function gatedAdapter(adapter: SqlDriverAdapter, gate: Gate): SqlDriverAdapter {
  return {
    ...queries(adapter, gate),
    executeScript: (script) => gate.pass(script, () => adapter.executeScript(script)),
    startTransaction: async (level) => gatedTransaction(await adapter.startTransaction(level), gate),
    getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: false },
    dispose: () => adapter.dispose(),
  }
}

function gatedTransaction(transaction: Transaction, gate: Gate): Transaction {
  return {
    ...queries(transaction, gate),
    options: transaction.options,
    commit: () => transaction.commit(),
    rollback: () => transaction.rollback(),
    createSavepoint: async (name) => transaction.createSavepoint?.(name),
    rollbackToSavepoint: async (name) => transaction.rollbackToSavepoint?.(name),
    releaseSavepoint: async (name) => transaction.releaseSavepoint?.(name),
  }
}

function queries(target: SqlDriverAdapter | Transaction, gate: Gate) {
  return {
    provider: target.provider,
    adapterName: target.adapterName,
    queryRaw: (query: SqlQuery) => gate.pass(query.sql, () => target.queryRaw(query)),
    executeRaw: (query: SqlQuery) => gate.pass(query.sql, () => target.executeRaw(query)),
  }
}
