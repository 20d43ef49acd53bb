import type { Execution } from '@freshet/core/adapter'
import type { Statement } from '@freshet/sql'
import { endOfUnseen } from '@freshet/sql'
import type { DriverConnection, DriverTransaction, SqlQuery } from './driver.js'
import { override } from './driver.js'
import { markPassage } from './probe.js'
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
      queryRaw: (query) => this.#statement(query, () => inner.queryRaw(query)),
      executeRaw: (query) => this.#statement(query, () => inner.executeRaw(query)),
      executeScript: (script) => this.#statement({ sql: script }, () => inner.executeScript(script)),
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

  /** Sends what may change definitions, outside any transaction that is known of. */
  async redefine<T>(send: () => Promise<T>): Promise<T> {
    const change = this.#tap.catalogue.changing()
    try {
      const result = await send()
      this.#tap.changed(change, false)
      return result
    } catch (error) {
      this.#tap.changed(change, this.#tap.outcomeOf(error) === 'unknown')
      throw error
    }
  }

  #statement<T>(query: SqlQuery, send: () => Promise<T>): Promise<T> {
    markPassage()
    const execution = this.#tap.execution(query)
    const { kind, savepoint } = execution.statement
    if (kind === 'begin') return this.#begin(send)
    if (kind === 'end') return this.#end(execution, send)
    if (savepoint !== undefined && this.#tap.isShared) {
      return savepoint === 'set' ? this.#begin(send) : this.#end(execution, send)
    }
    if (kind === 'write') return this.#autocommit(execution, send)
    const answer = send()
    this.#tap.sending()
    return answer
  }

  #autocommit<T>(execution: Execution<Statement>, send: () => Promise<T>): Promise<T> {
    const redefines = execution.statement.writes === 'unknown'
    return this.#tap.autocommit(execution, redefines ? () => this.redefine(send) : send)
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
      if (this.#tap.outcomeOf(error) === 'nothing') await this.ended(begun)
      throw error
    }
  }

  async #end<T>(execution: Execution<Statement>, send: () => Promise<T>): Promise<T> {
    if (this.#open.size === 0) {
      return this.#autocommit({ ...execution, statement: endOfUnseen(execution.statement) }, send)
    }
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
      this.#tap.disconnected(this.#inner)
      await this.#endLeftOpen()
    }
  }

  /** A connection that begins a transaction, or is closed, has none that was left open before. */
  async #endLeftOpen(): Promise<void> {
    for (const transaction of this.#open) await this.ended(transaction)
  }
}
