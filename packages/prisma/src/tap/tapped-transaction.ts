import type { Execution, MaybePromise, OpenWrites, TransactionPlace, Written } from '@freshet/core/adapter'
import { TransactionWrites } from '@freshet/core/adapter'
import type { DefinitionChange, Statement } from '@freshet/sql'
import type { DriverTransaction, SqlQuery } from './driver.js'
import { override } from './driver.js'
import { markPassage } from './probe.js'
import type { Tap } from './tap.js'
import type { TappedConnection } from './tapped-connection.js'

/** How a driver ends a transaction, besides by its COMMIT. */
interface Ways {
  readonly rollBack: () => Promise<unknown>
  readonly settle: (settled: MaybePromise<void>) => MaybePromise<void>
}

const rollback = { sql: 'ROLLBACK', args: [], argTypes: [] }

// D1 has no transactions: what looks like one commits statement by statement.
const adaptersWithoutTransactions = new Set(['@prisma/adapter-d1'])

/** One transaction of a driver. */
export class TappedTransaction implements TransactionPlace<Statement> {
  readonly #tap: Tap
  readonly #connection: TappedConnection
  readonly #inner: DriverTransaction
  readonly #writes: TransactionWrites<Statement>
  /** The connection was given back, and may be in a transaction of somebody else's. */
  #released = false
  /** The invalidation that a `COMMIT` statement started; `commit()` waits for it. */
  #settled: MaybePromise<void> = undefined
  /** Definitions that it changes are not seen before it has ended. */
  #change: DefinitionChange | undefined

  constructor(tap: Tap, connection: TappedConnection, inner: DriverTransaction) {
    this.#tap = tap
    this.#connection = connection
    this.#inner = inner
    this.#writes = new TransactionWrites(this)
    this.#writes.begun = true
    this.#writes.written.keepsAll = true
    this.#writes.mayHaveEnded = adaptersWithoutTransactions.has(tap.factory.adapterName)
  }

  asTransaction(): DriverTransaction {
    const inner = this.#inner
    return override(inner, {
      queryRaw: (query) => this.#statement(query, () => inner.queryRaw(query)),
      executeRaw: (query) => this.#statement(query, () => inner.executeRaw(query)),
      commit: () => this.#commit(),
      rollback: () => this.#rollback(),
      ...(inner.rollbackToSavepoint && { rollbackToSavepoint: (name) => this.#rollBackTo(name) }),
    })
  }

  async #rollBackTo(name: string): Promise<void> {
    this.#writes.written.keepsAll = false
    await this.#inner.rollbackToSavepoint!(name)
  }

  written(): Written<Statement> {
    return this.#tap.written()
  }

  outcomeOf(error: unknown) {
    return this.#tap.outcomeOf(error)
  }

  answerOf(result: unknown) {
    return this.#tap.answerOf(result)
  }

  carriedOut(execution: Execution<Statement>, written: Written<Statement>): void {
    this.#tap.carriedOut(execution, written)
  }

  /** Somebody else may have begun a transaction on the connection: what was written ends when that does. */
  isWithOthers(): boolean {
    return this.#released && !this.#tap.isShared
  }

  #statement<T>(query: SqlQuery, sendOn: () => Promise<T>): Promise<T> {
    markPassage()
    const execution = this.#tap.execution(query)
    const { kind, commitsImplicitly, mayEndTransaction, isCommit, savepoint, writes } = execution.statement
    if (savepoint === 'set') this.#writes.written.keepsAll = false
    const send = writes === 'unknown' ? () => this.#redefine(sendOn) : sendOn
    if (this.#isOpen && (commitsImplicitly || mayEndTransaction)) {
      return this.#writes.writeAndEnd(execution, send)
    }
    if (kind === 'begin') return this.#begin(send)
    if (kind === 'end') return this.#end(isCommit, send)
    if (kind === 'read') return this.#writes.read(execution, () => this.#watch(send))
    if (kind !== 'write') {
      this.#writes.seesOthers = true
      return this.#watch(send)
    }
    return this.#isOpen
      ? this.#writes.write(execution, () => this.#watch(send))
      : this.#writes.writeLate(execution, send)
  }

  async #redefine<T>(send: () => Promise<T>): Promise<T> {
    if (!this.#isOpen) return this.#connection.redefine(send)
    this.#change ??= this.#tap.catalogue.changing()
    try {
      return await send()
    } finally {
      // Its end, which was answered before, has perhaps not been that of this statement.
      if (this.#writes.state === 'ended') {
        const late = this.#tap.catalogue.changing()
        void late.ended(this.isWithOthers() ? undefined : this.#tap.ask)
      }
    }
  }

  /** @param mayStillCome what it changed is perhaps not there yet, and will be */
  #changeEnded(mayStillCome: boolean): void {
    void this.#change?.ended(mayStillCome ? undefined : this.#tap.ask)
    this.#change = undefined
  }

  get #isOpen(): boolean {
    return this.#writes.state === 'open'
  }

  /** Notices errors with which a database ends the whole transaction: MySQL's deadlock, SQLite's full disk. */
  #watch<T>(send: () => Promise<T>): Promise<T> {
    // PostgreSQL refuses whatever comes after an error until the transaction is ended.
    if (this.#tap.factory.provider === 'postgres') return send()
    return send().catch((error: unknown) => {
      this.#writes.mayHaveEnded = true
      throw error
    })
  }

  /** `BEGIN` sent by hand: after the transaction's end it begins another. */
  async #begin<T>(send: () => Promise<T>): Promise<T> {
    if (this.#isOpen) return this.#watch(send)
    if (this.#tap.isShared) this.#connection.begins(this)
    this.#writes.state = 'open'
    return this.#watch(send)
  }

  /** `COMMIT` or `ROLLBACK` as a statement: the engine's own, for drivers without phantom queries. */
  async #end<T>(isCommit: boolean, send: () => Promise<T>): Promise<T> {
    if (!this.#isOpen) return this.#endAgain(send)
    if (!isCommit) return this.#rollBackBy(send)
    return this.#commitBy(send, {
      rollBack: () => this.#inner.executeRaw(rollback),
      settle: (settled) => {
        // Not awaited here: a slow store would keep the pool's connection. commit() gives that back first.
        this.#settled = settled
      },
    })
  }

  async #endAgain<T>(send: () => Promise<T>): Promise<T> {
    const result = await send()
    await this.#writes.invalidateLate()
    return result
  }

  async #commit(): Promise<void> {
    try {
      await this.#commitAndGiveBack()
    } finally {
      this.#givenBack()
    }
  }

  async #commitAndGiveBack(): Promise<void> {
    if (this.#isOpen && this.#inner.options.usePhantomQuery) {
      await this.#commitBy(() => this.#release(() => this.#inner.commit()), {
        rollBack: () => this.#release(() => this.#inner.rollback()),
        settle: (settled) => settled,
      })
    } else await this.#endAgain(() => this.#release(() => this.#inner.commit()))
  }

  async #rollback(): Promise<void> {
    // Without phantom queries this gives the connection back and ends no transaction.
    const ends = this.#isOpen && this.#inner.options.usePhantomQuery
    const release = () => this.#release(() => this.#inner.rollback())
    try {
      await (ends ? this.#rollBackBy(release) : release())
    } finally {
      this.#givenBack()
    }
  }

  /** Nobody has ended it: how it ends is not heard of any more. */
  #givenBack(): void {
    this.#changeEnded(true)
  }

  async #release(give: () => Promise<void>): Promise<void> {
    try {
      await give()
    } finally {
      this.#released = true
      await this.#settled
    }
  }

  async #commitBy<T>(send: () => Promise<T>, { rollBack, settle }: Ways): Promise<T> {
    const result = await this.#writes.commit(send, {
      committed: () => this.#changeEnded(false),
      rollBack: () => this.#rollBackBy(rollBack),
      refused: (writes, error) => this.#commitRefused(writes, error),
      settle,
    })
    await this.#leaveShared()
    return result
  }

  async #commitRefused(writes: OpenWrites, error: unknown): Promise<void> {
    const isUnknown = this.outcomeOf(error) === 'unknown'
    if (this.#tap.isShared) return this.#leaveOpen(writes, error, isUnknown)
    this.#writes.state = 'ended'
    this.#changeEnded(isUnknown)
    await (isUnknown ? writes.unknown(error) : writes.rolledBack())
  }

  /**
   * SQLite leaves a transaction open whose COMMIT it refuses, on the connection that everybody shares. If
   * it refuses because there is none any more, some of the writes have been committed by themselves.
   */
  async #leaveOpen(writes: OpenWrites, error: unknown, isUnknown: boolean): Promise<void> {
    this.#writes.state = 'open'
    this.#writes.mayHaveEnded = true
    this.#tap.leftOpen(this.#writes.written)
    if (this.#change !== undefined) this.#tap.changeLeftOpen(this.#change)
    this.#change = undefined
    await (isUnknown ? writes.unknown(error) : writes.committed('a transaction left open'))
  }

  async #rollBackBy<T>(send: () => Promise<T>): Promise<T> {
    // Others may join a load that has seen what is now undone: with new generations they do not.
    const wasSeen = this.#tap.isShared && this.#tap.loads > 0
    try {
      return await this.#writes.rollBack(send, {
        mayBeOutrun: () => wasSeen,
        rolledBack: () => this.#changeEnded(false),
        refused: (error) => this.#writes.leaveUnknown(error),
      })
    } finally {
      await this.#leaveShared()
    }
  }

  async #leaveShared(): Promise<void> {
    if (this.#tap.isShared) await this.#connection.ended(this)
  }
}
