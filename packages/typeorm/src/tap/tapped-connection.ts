import type { OpenWrites, Written } from '@freshet/core/adapter'
import type { Statement } from '@freshet/sql'
import type { Outcome } from './outcome.js'
import { outcomeOf } from './outcome.js'
import { inTransaction } from './physical.js'
import type { Tap } from './tap.js'
import { Transaction } from './transaction.js'

type Send<T> = () => Promise<T>

/**
 * One physical connection of a driver, whichever runners use it in turn, or, in SQLite, at once.
 *
 * Transactions belong to it and not to runners: what a released runner has left open is ended by whoever is given
 * the connection next, and `query('BEGIN')` begins one without any runner knowing.
 */
export class TappedConnection {
  readonly #tap: Tap
  readonly #physical: object
  #transaction: Transaction | undefined
  /** The database has refused a COMMIT and ended the transaction; TypeORM sends a ROLLBACK all the same. */
  #refused = false

  constructor(tap: Tap, physical: object) {
    this.#tap = tap
    this.#physical = physical
  }

  /** Whether what is read here may not be committed. */
  get isOpen(): boolean {
    return this.#transaction !== undefined || inTransaction(this.#physical) === true
  }

  /** Every statement of every runner. */
  async run<T>(statement: Statement, send: Send<T>): Promise<T> {
    await this.#endIfEnded()
    if (statement.changesSession) this.#tap.sessionChanged(statement)
    switch (statement.kind) {
      case 'begin':
        return this.#begin(statement, send)
      case 'end':
        return this.#end(statement, send)
      case 'write':
        return this.#write(statement, send)
      case 'read':
        return this.#watch(send)
      case 'harmless':
        return statement.savepoint === 'released' ? this.#release(send) : this.#watch(send)
    }
  }

  /**
   * A write whose rows come one by one: `opened` before it is sent. Inside a transaction it is like any other; outside
   * one, the returned ends are called when the last row has come, or none will.
   */
  async openStream(statement: Statement): Promise<StreamedWrite> {
    await this.#endIfEnded()
    if (statement.changesSession) this.#tap.sessionChanged(statement)
    const written = this.#tap.written()
    written.add(statement)
    const transaction = this.#transaction
    transaction?.written.add(statement)
    // An error of the stream is nobody's to hear before the user.
    if (transaction !== undefined && this.#truth() === undefined) transaction.mayHaveEnded = true
    const writes = await written.open()
    return {
      done: async () => {
        this.#belongsToOpen(statement, written)
        await writes.committed(statement.sql)
      },
      failed: async (error) => {
        this.#belongsToOpen(statement, written)
        await this.#endWith(this.#outcomeOf(error), writes, error, statement)
      },
    }
  }

  async #begin<T>(statement: Statement, send: Send<T>): Promise<T> {
    const open = this.#transaction
    if (open !== undefined && !open.ending) {
      if (!statement.commitsImplicitly) return this.#watch(send)
      const result = await this.#writeAndEnd(statement, open, send)
      if (this.#transaction === open) this.#opened().begun = true
      return result
    }
    const transaction = this.#opened()
    try {
      const result = await send()
      transaction.begun = true
      return result
    } catch (error) {
      await this.#beginFailed(transaction, error)
      throw error
    }
  }

  /** What was written meanwhile by others has committed by itself, or will with whatever is open. */
  async #beginFailed(transaction: Transaction, error: unknown): Promise<void> {
    if (this.#outcomeOf(error) === 'unknown') transaction.mayHaveEnded = true
    else this.#close(transaction)
    await transaction.written.invalidate('a transaction that did not begin')
  }

  async #end<T>(statement: Statement, send: Send<T>): Promise<T> {
    const transaction = this.#transaction
    const refused = this.#refused
    this.#refused = false
    if (transaction === undefined) {
      if (refused && !statement.isCommit) return send()
      // Nobody saw it begin, so nobody knows what was written in it.
      return this.#autocommit(endOfUnseen(statement), send)
    }
    return statement.isCommit ? this.#commit(transaction, send) : this.#rollBack(transaction, send)
  }

  async #commit<T>(transaction: Transaction, send: Send<T>): Promise<T> {
    transaction.ending = true
    const writes = await transaction.written.open()
    let result: T
    try {
      result = await send()
    } catch (error) {
      await this.#commitRefused(transaction, writes, error)
      await transaction.late.invalidate('a late statement')
      throw error
    }
    this.#close(transaction)
    this.#adopt()
    await writes.committed('a transaction')
    await transaction.late.invalidate('a late statement')
    return result
  }

  async #commitRefused(transaction: Transaction, writes: OpenWrites, error: unknown): Promise<void> {
    const outcome = this.#outcomeOf(error)
    const isOpen = this.#truth()
    // SQLite leaves a transaction open whose COMMIT it refuses, unless there is none.
    const ended = isOpen === undefined ? outcome === 'nothing' : !isOpen
    if (ended) {
      this.#close(transaction)
      this.#refused = true
    } else {
      transaction.ending = false
      transaction.written.addAll(transaction.late)
      if (isOpen === undefined) transaction.mayHaveEnded = true
    }
    if (outcome === 'unknown') await writes.unknown(error)
    else if (outcome === 'nothing' && (isOpen === undefined || isOpen)) await writes.rolledBack()
    // SQLite had none any more: some of the writes have been committed by themselves.
    else await writes.committed('a transaction that could not be committed')
  }

  async #rollBack<T>(transaction: Transaction, send: Send<T>): Promise<T> {
    transaction.ending = true
    // Others may join a load that has seen what is now undone: with new generations they do not.
    const wasSeen = this.#tap.isShared && this.#tap.loads > 0
    let result: T
    try {
      result = await send()
    } catch (error) {
      this.#close(transaction)
      if (this.#outcomeOf(error) === 'unknown') await (await transaction.written.open()).unknown(error)
      else await transaction.written.invalidate('a rollback that was refused')
      throw error
    }
    this.#close(transaction)
    this.#adopt()
    if (transaction.inDoubt || wasSeen || !transaction.begun || transaction.mayHaveEnded)
      await transaction.written.invalidate('a rollback that something may have outrun')
    await transaction.late.invalidate('a late statement')
    return result
  }

  /** In SQLite the savepoint may be what began the transaction, and then this commits it. */
  async #release<T>(send: Send<T>): Promise<T> {
    const transaction = this.#transaction
    if (!this.#tap.isShared || transaction === undefined) return this.#watch(send)
    const writes = await transaction.written.open()
    try {
      return await this.#watch(send)
    } finally {
      await writes.committed('a savepoint that was released')
      await this.#endIfEnded()
    }
  }

  async #write<T>(statement: Statement, send: Send<T>): Promise<T> {
    const transaction = this.#transaction
    if (transaction === undefined) return this.#autocommit(statement, send)
    if (transaction.ending) {
      transaction.late.add(statement)
      return this.#autocommit(statement, send)
    }
    if (statement.commitsImplicitly || statement.mayEndTransaction)
      return this.#writeAndEnd(statement, transaction, send)
    transaction.written.add(statement)
    const sent = () => this.#watch(send)
    try {
      const result = await (transaction.holdsWrites ? sent() : this.#autocommit(statement, sent))
      if (this.#transaction !== transaction) await this.#outran(statement)
      return result
    } catch (error) {
      if (this.#outcomeOf(error) !== 'nothing') await this.#leftInDoubt(statement, transaction, error)
      throw error
    }
  }

  /** It may be carried out after the transaction has ended, and then for itself. */
  async #leftInDoubt(statement: Statement, transaction: Transaction, error: unknown): Promise<void> {
    transaction.inDoubt = true
    if (this.#transaction === transaction) return
    const written = this.#tap.written()
    written.add(statement)
    await (await written.open()).unknown(error)
  }

  /** The transaction ended while the statement was under way: which of the two came first, nobody knows. */
  async #outran(statement: Statement): Promise<void> {
    const written = this.#tap.written()
    written.add(statement)
    this.#belongsToOpen(statement, written)
    await written.invalidate('a statement that was under way when its transaction ended')
  }

  /** MySQL's DDL, or a text that nobody understands: what came before is committed, even if it is refused itself. */
  async #writeAndEnd<T>(statement: Statement, transaction: Transaction, send: Send<T>): Promise<T> {
    if (statement.kind === 'write') transaction.written.add(statement)
    transaction.mayHaveEnded = true
    const writes = await transaction.written.open()
    let result: T
    try {
      result = await send()
    } catch (error) {
      if (this.#outcomeOf(error) === 'unknown') await writes.unknown(error)
      else await writes.committed('a statement that ends its transaction')
      throw error
    }
    await writes.committed(statement.sql)
    await this.#endIfEnded()
    return result
  }

  /** A writing statement of its own: no transaction is around it, so it commits by itself. */
  async #autocommit<T>(statement: Statement, send: Send<T>): Promise<T> {
    this.#refused = false
    const written = this.#tap.written()
    written.add(statement)
    const writes = await written.open()
    let result: T
    try {
      result = await send()
    } catch (error) {
      await this.#endWith(this.#outcomeOf(error), writes, error, statement)
      throw error
    }
    this.#belongsToOpen(statement, written)
    await writes.committed(statement.sql)
    return result
  }

  async #endWith(outcome: Outcome, writes: OpenWrites, error: unknown, statement: Statement): Promise<void> {
    if (outcome === 'unknown') await writes.unknown(error)
    else if (outcome === 'nothing' && statement.isSingle) await writes.rolledBack()
    // Half of a script, or of a procedure with commits of its own, may have been done before the error.
    else await writes.committed('a statement that failed half-way')
  }

  /** A transaction that is open now may have been open when it was carried out: then it commits with that one. */
  #belongsToOpen(statement: Statement, written: Written<Statement>): void {
    this.#adopt()
    if (this.#transaction === undefined && statement.mayEndTransaction && this.#truth() === undefined) {
      // Such a text may also have begun one.
      this.#opened().mayHaveEnded = true
    }
    this.#transaction?.written.addAll(written)
  }

  /** Notices errors with which a database ends the whole transaction: MySQL's deadlock, SQLite's full disk. */
  async #watch<T>(send: Send<T>): Promise<T> {
    try {
      const result = await send()
      this.#adopt()
      return result
    } catch (error) {
      const transaction = this.#transaction
      // PostgreSQL refuses whatever comes after an error until the transaction is ended.
      if (transaction !== undefined && this.#tap.dialect !== 'postgresql' && this.#truth() === undefined)
        transaction.mayHaveEnded = true
      await this.#endIfEnded()
      throw error
    }
  }

  #opened(): Transaction {
    this.#refused = false
    this.#tap.visibleTransactions++
    return (this.#transaction = new Transaction(() => this.#tap.written()))
  }

  #close(transaction: Transaction): void {
    this.#tap.visibleTransactions++
    if (this.#transaction === transaction) this.#transaction = undefined
  }

  /** One is open that was not seen to begin: by a savepoint in SQLite, or within a longer text. */
  #adopt(): void {
    if (this.#transaction === undefined && inTransaction(this.#physical) === true) this.#opened().begun = true
  }

  /** The database says that the transaction is over, and nobody has asked for that here. */
  async #endIfEnded(): Promise<void> {
    const transaction = this.#transaction
    if (transaction === undefined || !transaction.begun || transaction.ending) return
    if (inTransaction(this.#physical) !== false) return
    this.#close(transaction)
    await transaction.written.invalidate('a transaction that ended unasked')
  }

  /** As `inTransaction`, where it also holds right after an error. */
  #truth(): boolean | undefined {
    return this.#tap.isShared ? inTransaction(this.#physical) : undefined
  }

  #outcomeOf(error: unknown): Outcome {
    return outcomeOf(error, this.#tap.dialect)
  }
}

/** The ends of a write whose rows are streamed. Exactly one is called, once; neither rejects. */
export interface StreamedWrite {
  done(): Promise<void>
  failed(error: unknown): Promise<void>
}

/** The end of a transaction that was not seen to begin. */
export const endOfUnseen = (statement: Statement): Statement => ({
  ...statement,
  kind: 'write',
  writes: 'unknown',
  unknownReason: 'it ends a transaction that was not seen to begin',
})
