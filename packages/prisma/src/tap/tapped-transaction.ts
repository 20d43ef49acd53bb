import type { MaybePromise } from '@freshet/core/adapter'
import type { DriverTransaction, SqlQuery } from './driver.js'
import { override } from './driver.js'
import { Written } from './observer.js'
import { outcomeOf } from './outcome.js'
import { markPassage } from './probe.js'
import type { Statement } from './statement.js'
import type { Tap } from './tap.js'

type State = 'open' | 'ending' | 'ended'

// D1 has no transactions: what looks like one commits statement by statement.
const adaptersWithoutTransactions = new Set(['@prisma/adapter-d1'])

/**
 * One transaction of a driver. What its statements write is collected, and invalidated around the
 * commit; a rollback invalidates nothing, unless a statement could have outrun it.
 */
export class TappedTransaction {
  readonly #tap: Tap
  readonly #inner: DriverTransaction
  readonly #written = new Written()
  #state: State = 'open'
  #inFlight = 0
  /** A statement was rejected without the server saying so: it may still be carried out, even after a rollback. */
  #inDoubt = false
  /** The invalidation that a `COMMIT` statement started; `commit()` waits for it. */
  #settled: MaybePromise<void> = undefined

  constructor(tap: Tap, inner: DriverTransaction) {
    this.#tap = tap
    this.#inner = inner
  }

  asTransaction(): DriverTransaction {
    const inner = this.#inner
    return override(inner, {
      queryRaw: (query) => this.#statement(query, () => inner.queryRaw(query)),
      executeRaw: (query) => this.#statement(query, () => inner.executeRaw(query)),
      commit: () => this.#commit(),
      rollback: () => this.#rollback(),
    })
  }

  #statement<T>(query: SqlQuery, send: () => Promise<T>): Promise<T> {
    markPassage()
    const statement = this.#tap.classify(query.sql)
    if (statement.kind === 'read') return send()
    if (statement.kind === 'end') return this.#end(statement, send)
    if (statement.kind === 'begin') this.#state = 'open'
    if (statement.changesSession) this.#sessionChanged(statement)
    if (statement.kind !== 'write') return send()
    // Prisma lets a statement through that comes after its transaction's end; by then it commits by itself.
    if (this.#state !== 'open' || this.#commitsEachStatement) return this.#tap.autocommit(statement, send)
    return statement.commitsImplicitly ? this.#writeAndCommit(statement, send) : this.#write(statement, send)
  }

  get #commitsEachStatement(): boolean {
    return adaptersWithoutTransactions.has(this.#tap.factory.adapterName)
  }

  #sessionChanged(statement: Statement): void {
    for (const observer of this.#tap.observers) observer.sessionChanged(statement.sql)
  }

  async #write<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    this.#written.add(this.#tap.observers, statement)
    this.#inFlight++
    try {
      return await send()
    } catch (error) {
      if (outcomeOf(error, this.#tap.factory.provider) === 'unknown') this.#inDoubt = true
      throw error
    } finally {
      this.#inFlight--
    }
  }

  /** MySQL commits what came before a DDL statement, and every statement after it by itself. */
  #writeAndCommit<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    this.#written.add(this.#tap.observers, statement)
    return this.#commitBy(send, (settled) => settled)
  }

  /** `COMMIT` or `ROLLBACK` as a statement: the engine's own, for drivers without phantom queries. */
  async #end<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    if (this.#state !== 'open') return send()
    if (!statement.isCommit) return this.#rollBackBy(send)
    return this.#commitBy(send, (settled) => {
      // Not awaited here: a slow store would keep the pool's connection. commit() gives that back first.
      this.#settled = settled
    })
  }

  async #commit(): Promise<void> {
    if (this.#state === 'open' && this.#inner.options.usePhantomQuery) {
      await this.#commitBy(
        () => this.#inner.commit(),
        (settled) => settled,
      )
      return
    }
    try {
      await this.#inner.commit()
    } finally {
      await this.#settled
    }
  }

  async #rollback(): Promise<void> {
    // Without phantom queries this gives the connection back and ends no transaction.
    const ends = this.#state === 'open' && this.#inner.options.usePhantomQuery
    if (ends) return this.#rollBackBy(() => this.#inner.rollback())
    try {
      await this.#inner.rollback()
    } finally {
      await this.#settled
    }
  }

  async #commitBy<T>(
    send: () => Promise<T>,
    settle: (settled: MaybePromise<void>) => MaybePromise<void>,
  ): Promise<T> {
    this.#state = 'ending'
    const writes = await this.#written.open()
    let result: T
    try {
      result = await send()
    } catch (error) {
      if (outcomeOf(error, this.#tap.factory.provider) === 'nothing') await writes.rolledBack()
      else await writes.unknown(error)
      this.#commitRefused()
      throw error
    }
    this.#state = 'ended'
    await settle(writes.committed('a transaction'))
    await this.#leaveShared()
    return result
  }

  /** SQLite leaves a transaction open whose COMMIT it refuses, on the connection that everybody shares. */
  #commitRefused(): void {
    this.#state = this.#tap.isShared ? 'open' : 'ended'
    if (this.#tap.isShared) this.#tap.leftOpen(this.#written)
  }

  async #rollBackBy<T>(send: () => Promise<T>): Promise<T> {
    this.#state = 'ending'
    const mayOutrun = this.#inDoubt || this.#inFlight > 0
    try {
      const result = await send()
      if (mayOutrun) await this.#written.invalidate('a statement that may have outrun its rollback')
      return result
    } catch (error) {
      await (await this.#written.open()).unknown(error)
      throw error
    } finally {
      this.#state = 'ended'
      await this.#leaveShared()
    }
  }

  async #leaveShared(): Promise<void> {
    if (this.#tap.isShared) await this.#tap.transactionEnded()
  }
}
