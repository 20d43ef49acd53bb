import type { MaybePromise, OpenWrites, Written } from '@freshet/core/adapter'
import { andThen } from '@freshet/core/adapter'
import type { Statement } from '@freshet/sql'
import type { DriverTransaction, SqlQuery } from './driver.js'
import { override } from './driver.js'
import type { Outcome } from './outcome.js'
import { outcomeOf } from './outcome.js'
import { markPassage } from './probe.js'
import type { Tap } from './tap.js'
import type { TappedConnection } from './tapped-connection.js'

type State = 'open' | 'ending' | 'ended'

// D1 has no transactions: what looks like one commits statement by statement.
const adaptersWithoutTransactions = new Set(['@prisma/adapter-d1'])

/**
 * One transaction of a driver. What its statements write is collected, and invalidated around the
 * commit; a rollback invalidates nothing, unless a statement could have outrun it.
 */
export class TappedTransaction {
  readonly #tap: Tap
  readonly #connection: TappedConnection
  readonly #inner: DriverTransaction
  readonly #written: Written<Statement>
  /** Written since the commit was begun: perhaps part of it, perhaps of a transaction that began without a word. */
  readonly #late: Written<Statement>
  #state: State = 'open'
  /** The database may have ended it without being asked: from here on every write may commit by itself. */
  #mayHaveEnded: boolean
  /** A statement was rejected without the server saying so: it may still be carried out, even after a rollback. */
  #inDoubt = false
  /** The connection was given back, and may be in a transaction of somebody else's. */
  #released = false
  /** The invalidation that a `COMMIT` statement started; `commit()` waits for it. */
  #settled: MaybePromise<void> = undefined

  constructor(tap: Tap, connection: TappedConnection, inner: DriverTransaction) {
    this.#tap = tap
    this.#connection = connection
    this.#inner = inner
    this.#written = tap.written()
    this.#late = tap.written()
    this.#mayHaveEnded = adaptersWithoutTransactions.has(tap.factory.adapterName)
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
    if (statement.changesSession) this.#tap.sessionChanged(statement)
    if (this.#state === 'open' && (statement.commitsImplicitly || statement.mayEndTransaction)) {
      return this.#writeAndEnd(statement, send)
    }
    if (statement.kind === 'begin') return this.#begin(send)
    if (statement.kind === 'end') return this.#end(statement, send)
    if (statement.kind !== 'write') return this.#watch(send)
    return this.#state === 'open' ? this.#write(statement, send) : this.#writeTooLate(statement, send)
  }

  /** Notices errors with which a database ends the whole transaction: MySQL's deadlock, SQLite's full disk. */
  #watch<T>(send: () => Promise<T>): Promise<T> {
    // PostgreSQL refuses whatever comes after an error until the transaction is ended.
    if (this.#tap.factory.provider === 'postgres') return send()
    return send().catch((error: unknown) => {
      this.#mayHaveEnded = true
      throw error
    })
  }

  async #write<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    this.#written.add(statement)
    const sent = () => this.#watch(send)
    try {
      const result = await (this.#mayHaveEnded ? this.#tap.autocommit(statement, sent) : sent())
      if (this.#state !== 'open') await this.#outran(statement)
      return result
    } catch (error) {
      if (this.#outcomeOf(error) === 'unknown') await this.#leftInDoubt(statement, error)
      throw error
    }
  }

  /** It may be carried out after the transaction has ended, and then for itself. */
  async #leftInDoubt(statement: Statement, error: unknown): Promise<void> {
    this.#inDoubt = true
    if (this.#state !== 'open') await this.#hold(statement, error)
  }

  /** The transaction was ended while the statement was under way: which of the two came first, nobody knows. */
  async #outran(statement: Statement): Promise<void> {
    if (this.#isWithOthers) return this.#hold(statement, new Error(afterTheEnd))
    const written = this.#tap.written()
    written.add(statement)
    if (this.#tap.seesUncommitted) this.#tap.leftOpen(written)
    await written.invalidate('a statement that was under way when its transaction ended')
  }

  /**
   * Prisma lets a statement through that comes after its transaction's end: by then it commits by itself,
   * or with the transaction of whoever has the connection now.
   */
  async #writeTooLate<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    this.#late.add(statement)
    const result = await this.#tap.autocommit(statement, send)
    if (this.#isWithOthers) await this.#hold(statement, new Error(afterTheEnd))
    return result
  }

  /**
   * MySQL's DDL and BEGIN, or a text that nobody understands: what came before is committed, even if it is
   * refused itself, and what comes after may commit by itself.
   */
  async #writeAndEnd<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    if (statement.kind === 'write') this.#written.add(statement)
    this.#mayHaveEnded = true
    const writes = await this.#written.open()
    let result: T
    try {
      result = await send()
    } catch (error) {
      if (this.#outcomeOf(error) === 'unknown') await writes.unknown(error)
      else await writes.committed('a statement that ends its transaction')
      throw error
    }
    await writes.committed(statement.sql)
    return result
  }

  /** `BEGIN` sent by hand: after the transaction's end it begins another. */
  async #begin<T>(send: () => Promise<T>): Promise<T> {
    if (this.#state === 'open') return this.#watch(send)
    if (this.#tap.isShared) this.#connection.begins(this)
    this.#state = 'open'
    return this.#watch(send)
  }

  /** `COMMIT` or `ROLLBACK` as a statement: the engine's own, for drivers without phantom queries. */
  async #end<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    if (this.#state !== 'open') return this.#endAgain(send)
    if (!statement.isCommit) return this.#rollBackBy(send)
    return this.#commitBy(send, (settled) => {
      // Not awaited here: a slow store would keep the pool's connection. commit() gives that back first.
      this.#settled = settled
    })
  }

  async #endAgain<T>(send: () => Promise<T>): Promise<T> {
    const result = await send()
    await this.#late.invalidate('a late statement')
    return result
  }

  async #commit(): Promise<void> {
    if (this.#state === 'open' && this.#inner.options.usePhantomQuery) {
      await this.#commitBy(
        () => this.#release(() => this.#inner.commit()),
        (settled) => settled,
      )
    } else await this.#endAgain(() => this.#release(() => this.#inner.commit()))
  }

  async #rollback(): Promise<void> {
    // Without phantom queries this gives the connection back and ends no transaction.
    const ends = this.#state === 'open' && this.#inner.options.usePhantomQuery
    const release = () => this.#release(() => this.#inner.rollback())
    await (ends ? this.#rollBackBy(release) : release())
  }

  async #release(give: () => Promise<void>): Promise<void> {
    try {
      await give()
    } finally {
      this.#released = true
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
      await this.#commitRefused(writes, error)
      throw error
    }
    this.#state = 'ended'
    await settle(andThen(writes.committed('a transaction'), () => this.#late.invalidate('a late statement')))
    await this.#leaveShared()
    return result
  }

  async #commitRefused(writes: OpenWrites, error: unknown): Promise<void> {
    const outcome = this.#outcomeOf(error)
    if (this.#tap.isShared) return this.#leaveOpen(writes, error, outcome)
    this.#state = 'ended'
    await (outcome === 'unknown' ? writes.unknown(error) : writes.rolledBack())
  }

  /**
   * SQLite leaves a transaction open whose COMMIT it refuses, on the connection that everybody shares. If
   * it refuses because there is none any more, some of the writes have been committed by themselves.
   */
  async #leaveOpen(writes: OpenWrites, error: unknown, outcome: Outcome): Promise<void> {
    this.#state = 'open'
    this.#mayHaveEnded = true
    this.#tap.leftOpen(this.#written)
    await (outcome === 'unknown' ? writes.unknown(error) : writes.committed('a transaction left open'))
  }

  async #rollBackBy<T>(send: () => Promise<T>): Promise<T> {
    this.#state = 'ending'
    // Others may join a load that has seen what is now undone: with new generations they do not.
    const wasSeen = this.#tap.isShared && this.#tap.loads > 0
    try {
      const result = await send()
      if (this.#inDoubt || wasSeen)
        await this.#written.invalidate('a rollback that something may have outrun')
      return result
    } catch (error) {
      await (await this.#written.open()).unknown(error)
      throw error
    } finally {
      this.#state = 'ended'
      await this.#leaveShared()
    }
  }

  /** Somebody else may have begun a transaction on the connection: what was written ends when that does. */
  get #isWithOthers(): boolean {
    return this.#released && !this.#tap.isShared
  }

  async #hold(statement: Statement, cause: unknown): Promise<void> {
    const written = this.#tap.written()
    written.add(statement)
    await (await written.open()).unknown(cause)
  }

  #outcomeOf(error: unknown): Outcome {
    return outcomeOf(error, this.#tap.factory.provider)
  }

  async #leaveShared(): Promise<void> {
    if (this.#tap.isShared) await this.#connection.ended(this)
  }
}

const afterTheEnd =
  'A statement reached the database after the end of its transaction, perhaps within the next one on the same connection. Await everything that a transaction does before it ends.'
