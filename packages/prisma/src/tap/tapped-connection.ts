import type { DriverConnection, DriverTransaction } from './driver.js'
import { override } from './driver.js'
import { outcomeOf } from './outcome.js'
import { markPassage } from './probe.js'
import type { Statement } from '@freshet/sql'
import type { Tap } from './tap.js'
import { TappedTransaction } from './tapped-transaction.js'

/** One connection, or pool of them, that a factory has handed out. */
export class TappedConnection {
  readonly #tap: Tap
  readonly #inner: DriverConnection
  /** Begun where reads can see into them, and not known to have ended. */
  readonly #open = new Set<object>()

  constructor(tap: Tap, inner: DriverConnection) {
    this.#tap = tap
    this.#inner = inner
  }

  asConnection(): DriverConnection {
    const inner = this.#inner
    return override(inner, {
      queryRaw: (query) => this.#statement(query.sql, () => inner.queryRaw(query)),
      executeRaw: (query) => this.#statement(query.sql, () => inner.executeRaw(query)),
      executeScript: (script) => this.#statement(script, () => inner.executeScript(script)),
      startTransaction: (isolationLevel) => this.#startTransaction(isolationLevel),
      dispose: () => this.#dispose(),
    })
  }

  begins(transaction: object): void {
    this.#open.add(transaction)
    this.#tap.transactionBegins()
  }

  async ended(transaction: object): Promise<void> {
    if (this.#open.delete(transaction)) await this.#tap.transactionEnded()
  }

  #statement<T>(sql: string, send: () => Promise<T>): Promise<T> {
    markPassage()
    const statement = this.#tap.classify(sql)
    if (statement.changesSession) this.#tap.sessionChanged(statement)
    if (statement.kind === 'begin') return this.#begin(send)
    if (statement.kind === 'end') return this.#end(statement, send)
    if (statement.savepoint !== undefined && this.#tap.isShared) {
      return statement.savepoint === 'set' ? this.#begin(send) : this.#end(statement, send)
    }
    return statement.kind === 'write' ? this.#tap.autocommit(statement, send) : send()
  }

  /**
   * `BEGIN` sent as a statement of its own: on a shared connection everything is inside from here on, and
   * in a pool nobody knows who will be. Until it ends nothing is served or stored, and what is written
   * meanwhile is invalidated again then.
   */
  async #begin<T>(send: () => Promise<T>): Promise<T> {
    const begun = {}
    this.begins(begun)
    try {
      return await send()
    } catch (error) {
      if (outcomeOf(error, this.#tap.factory.provider) === 'nothing') await this.ended(begun)
      throw error
    }
  }

  async #end<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    // Nobody saw it begin, so nobody knows what was written in it.
    if (this.#open.size === 0) return this.#tap.autocommit(endOfUnseen(statement), send)
    const result = await send()
    // In a pool every BEGIN may have gone to a connection of its own.
    for (const transaction of this.#tap.isShared ? this.#open : [...this.#open].slice(-1))
      await this.ended(transaction)
    return result
  }

  async #startTransaction(isolationLevel: string | undefined): Promise<DriverTransaction> {
    if (!this.#tap.isShared) return this.#tapped(await this.#inner.startTransaction(isolationLevel))
    // Counted before it is open: a read must not slip in between the driver's BEGIN and our hearing of it.
    this.#tap.transactionBegins()
    try {
      const inner = await this.#inner.startTransaction(isolationLevel)
      await this.#endLeftOpen()
      return this.#tapped(inner)
    } catch (error) {
      await this.#tap.transactionEnded()
      throw error
    }
  }

  #tapped(inner: DriverTransaction): DriverTransaction {
    const transaction = new TappedTransaction(this.#tap, this, inner)
    // It was counted before it was open.
    if (this.#tap.isShared) this.#open.add(transaction)
    return transaction.asTransaction()
  }

  async #dispose(): Promise<void> {
    try {
      await this.#inner.dispose()
    } finally {
      await this.#endLeftOpen()
    }
  }

  /** A connection that begins a transaction, or is closed, has none that was left open before. */
  async #endLeftOpen(): Promise<void> {
    for (const transaction of this.#open) await this.ended(transaction)
  }
}

const endOfUnseen = (statement: Statement): Statement => ({
  ...statement,
  kind: 'write',
  writes: 'unknown',
  unknownReason: 'it ends a transaction that was not seen to begin',
})
