import type {
  Execution,
  OpenWrites,
  Outcome,
  StatementAnswer,
  TransactionPlace,
  Written,
} from '@freshet/core/adapter'
import { autocommit, endRejected, TransactionWrites } from '@freshet/core/adapter'
import type { DefinitionChange, Statement } from '@freshet/sql'
import { endOfUnseen } from '@freshet/sql'
import { answerOf } from './answer.js'
import { outcomeOf } from './outcome.js'
import { inTransaction } from './physical.js'
import type { Tap } from './tap.js'

type Send<T> = () => Promise<T>
/** One sending through a runner. */
export interface Sent extends Execution<Statement> {
  /** Rolls back on the connection that the statement is sent on, past the tap. */
  readonly runner: { rollBack(): Promise<unknown> }
}
type Transaction = TransactionWrites<Statement>

/**
 * One physical connection of a driver, whichever runners use it in turn, or, in SQLite, at once.
 *
 * Transactions belong to it and not to runners: what a released runner has left open is ended by whoever is given
 * the connection next, and `query('BEGIN')` begins one without any runner knowing.
 */
export class TappedConnection implements TransactionPlace<Statement> {
  readonly #tap: Tap
  readonly #physical: object
  #transaction: Transaction | undefined
  /** Definitions that the transaction has changed are not seen before it has ended. */
  #change: DefinitionChange | undefined
  /** A COMMIT was refused, and the transaction has been ended; TypeORM sends a ROLLBACK all the same. */
  #refused: 'by the database' | 'here' | undefined
  /** What is read here may differ from what others read: another role, another search path, a table that hides another. */
  hasOwnSession = false
  // Made once: every statement is watched.
  readonly #answered = (result: unknown): unknown => {
    this.answered()
    return result
  }
  readonly #failed = async (error: unknown): Promise<never> => {
    await this.refused()
    throw error
  }

  constructor(tap: Tap, physical: object) {
    this.#tap = tap
    this.#physical = physical
  }

  /** Whether what is read here may not be committed. */
  get isOpen(): boolean {
    return this.#transaction !== undefined || inTransaction(this.#physical) === true
  }

  /** Every statement of every runner. */
  run<T>(sent: Sent, send: Send<T>): Promise<T> {
    const ended = this.#endedUnasked()
    return ended === undefined
      ? this.#pass(sent, send)
      : this.#endOf(ended).then(() => this.#pass(sent, send))
  }

  #pass<T>(sent: Sent, send: Send<T>): Promise<T> {
    const { statement } = sent
    this.#noteSession(statement)
    switch (statement.kind) {
      case 'begin':
        return this.#begin(sent, send)
      case 'end':
        return this.#end(sent, send)
      case 'write':
        return this.#write(sent, send)
      case 'read':
        return this.#transaction === undefined
          ? this.#watch(send)
          : this.#transaction.read(sent, () => this.#watch(send))
      case 'harmless':
        if (this.#transaction !== undefined) this.#transaction.seesOthers = true
        // What follows may be undone by itself.
        if (statement.savepoint === 'set' && this.#transaction !== undefined)
          this.#transaction.written.keepsAll = false
        return statement.savepoint === 'released' ? this.#release(send) : this.#watch(send)
    }
  }

  /**
   * A write whose rows come one by one: `opened` before it is sent. Inside a transaction it is like any other; outside
   * one, the returned ends are called when the last row has come, or none will.
   */
  async openStream(sent: Execution<Statement>): Promise<StreamedWrite> {
    await this.#endIfEnded()
    const { statement } = sent
    this.#noteSession(statement)
    const written = this.written()
    written.add(sent)
    const transaction = this.#transaction
    transaction?.written.add(sent)
    // An error of the stream is nobody's to hear before the user.
    if (transaction !== undefined && this.#truth() === undefined) transaction.mayHaveEnded = true
    const writes = await written.open()
    const change = isRedefining(statement) ? this.#tap.catalogue.changing() : undefined
    return {
      done: async () => {
        this.#changed(change, false)
        this.carriedOut(sent, written)
        await writes.committed(statement.sql)
      },
      failed: async (error) => {
        this.#changed(change, this.outcomeOf(error) === 'unknown')
        this.carriedOut(sent, written)
        await endRejected(writes, statement, this.outcomeOf(error), error)
      },
    }
  }

  written(): Written<Statement> {
    return this.#tap.observers.written()
  }

  outcomeOf(error: unknown): Outcome {
    return outcomeOf(error, this.#tap.dialect)
  }

  answerOf(result: unknown): StatementAnswer {
    return answerOf(result)
  }

  answered(): void {
    this.#adopt()
  }

  /** Errors with which a database ends the whole transaction: MySQL's deadlock, SQLite's full disk. */
  async refused(): Promise<void> {
    const transaction = this.#transaction
    // PostgreSQL refuses whatever comes after an error until the transaction is ended.
    if (transaction !== undefined && this.#tap.dialect !== 'postgresql' && this.#truth() === undefined)
      transaction.mayHaveEnded = true
    await this.#endIfEnded()
  }

  /** A transaction that is open now may have been open when it was carried out: then it commits with that one. */
  carriedOut({ statement }: Execution<Statement>, written: Written<Statement>): void {
    this.#adopt()
    if (this.#transaction === undefined && statement.mayEndTransaction && this.#truth() === undefined) {
      // Such a text may also have begun one.
      this.#opened().mayHaveEnded = true
    }
    this.#transaction?.written.addAll(written)
  }

  #noteSession({ changesSession, hidesTables, sql }: Statement): void {
    if (changesSession) this.#tap.observers.sessionChanged(sql)
    if (changesSession || hidesTables) this.hasOwnSession = true
  }

  async #begin<T>(sent: Sent, send: Send<T>): Promise<T> {
    const open = this.#transaction
    if (open?.state === 'open') {
      if (!sent.statement.commitsImplicitly) return this.#watch(send)
      const result = await this.#writeAndEnd(sent, open, send)
      if (this.#transaction === open) this.#opened().begun = true
      return result
    }
    const transaction = this.#opened()
    transaction.written.keepsAll = true
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
    if (this.outcomeOf(error) === 'unknown') transaction.mayHaveEnded = true
    else this.#close(transaction)
    await transaction.written.invalidate('a transaction that did not begin')
  }

  #end<T>(sent: Sent, send: Send<T>): Promise<T> {
    const transaction = this.#transaction
    const refused = this.#refused
    this.#refused = undefined
    const { statement } = sent
    if (transaction === undefined) {
      // SQLite would say that there is none to roll back, in place of why it was.
      if (refused === 'here' && !statement.isCommit) return Promise.resolve(undefined as T)
      if (refused !== undefined && !statement.isCommit) return send()
      return this.#autocommit({ ...sent, statement: endOfUnseen(statement) }, () => this.#redefine(send))
    }
    return statement.isCommit ? this.#commit(sent, transaction, send) : this.#rollBack(transaction, send)
  }

  #commit<T>({ runner }: Sent, transaction: Transaction, send: Send<T>): Promise<T> {
    return transaction.commit(send, {
      rollBack: async () => {
        await this.#rollBack(transaction, () => runner.rollBack())
        this.#refused = 'here'
      },
      committed: () => this.#leave(transaction),
      refused: (writes, error) => this.#commitRefused(transaction, writes, error),
    })
  }

  async #commitRefused(transaction: Transaction, writes: OpenWrites, error: unknown): Promise<void> {
    const outcome = this.outcomeOf(error)
    if (outcome === 'unknown') this.#changeEnded(true)
    const isOpen = this.#truth()
    // SQLite leaves a transaction open whose COMMIT it refuses, unless there is none.
    const ended = isOpen === undefined ? outcome === 'nothing' : !isOpen
    if (ended) {
      this.#close(transaction)
      this.#refused = 'by the database'
    } else {
      transaction.state = 'open'
      transaction.written.addAll(transaction.late)
      if (isOpen === undefined) transaction.mayHaveEnded = true
    }
    if (outcome === 'unknown') await writes.unknown(error)
    else if (outcome === 'nothing' && (isOpen === undefined || isOpen)) await writes.rolledBack()
    // SQLite had none any more: some of the writes have been committed by themselves.
    else await writes.committed('a transaction that could not be committed')
  }

  #rollBack<T>(transaction: Transaction, send: Send<T>): Promise<T> {
    // Others may join a load that has seen what is now undone: with new generations they do not.
    const wasSeen = this.#tap.isShared && this.#tap.loads > 0
    return transaction.rollBack(send, {
      rolledBack: () => this.#leave(transaction),
      mayBeOutrun: () => wasSeen || transaction.mayHaveEnded,
      refused: (error) => this.#rollbackRefused(transaction, error),
    })
  }

  async #rollbackRefused(transaction: Transaction, error: unknown): Promise<void> {
    this.#close(transaction)
    if (this.outcomeOf(error) === 'unknown') await transaction.leaveUnknown(error)
    else await transaction.written.invalidate('a rollback that was refused')
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

  #write<T>(sent: Sent, sendOn: Send<T>): Promise<T> {
    const send = isRedefining(sent.statement) ? () => this.#redefine(sendOn) : sendOn
    const transaction = this.#transaction
    if (transaction === undefined) return this.#autocommit(sent, send)
    if (transaction.state !== 'open') return transaction.writeLate(sent, send)
    if (sent.statement.commitsImplicitly || sent.statement.mayEndTransaction)
      return this.#writeAndEnd(sent, transaction, send)
    return transaction.write(sent, transaction.holdsWrites ? send : () => this.#watch(send))
  }

  async #writeAndEnd<T>(sent: Sent, transaction: Transaction, send: Send<T>): Promise<T> {
    const result = await transaction.writeAndEnd(sent, send)
    await this.#endIfEnded()
    return result
  }

  #autocommit<T>(sent: Sent, send: Send<T>): Promise<T> {
    this.#refused = undefined
    return autocommit(this, sent, send)
  }

  #watch<T>(send: Send<T>): Promise<T> {
    return send().then(this.#answered as (result: T) => T, this.#failed)
  }

  /** Sends what may change definitions: until it is known how it ended, nothing is known of the tables. */
  async #redefine<T>(send: Send<T>): Promise<T> {
    const change = this.#tap.catalogue.changing()
    let mayStillCome = false
    try {
      return await send()
    } catch (error) {
      mayStillCome = this.outcomeOf(error) === 'unknown'
      throw error
    } finally {
      this.#changed(change, mayStillCome)
    }
  }

  /** @param mayStillCome perhaps it has not been carried out, and will be */
  #changed(change: DefinitionChange | undefined, mayStillCome: boolean): void {
    this.#adopt()
    if (this.#transaction === undefined) void change?.ended(mayStillCome ? undefined : this.#tap.ask)
    else if (this.#change === undefined) this.#change = change
    else void change?.ended(undefined)
  }

  #changeEnded(mayStillCome: boolean): void {
    void this.#change?.ended(mayStillCome ? undefined : this.#tap.ask)
    this.#change = undefined
  }

  #opened(): Transaction {
    this.#refused = undefined
    this.#tap.visibleTransactions++
    return (this.#transaction = new TransactionWrites<Statement>(this))
  }

  #close(transaction: Transaction): void {
    transaction.state = 'ended'
    this.#changeEnded(false)
    this.#tap.visibleTransactions++
    if (this.#transaction === transaction) this.#transaction = undefined
  }

  #leave(transaction: Transaction): void {
    this.#close(transaction)
    this.#adopt()
  }

  /** One is open that was not seen to begin: by a savepoint in SQLite, or within a longer text. */
  #adopt(): void {
    if (this.#transaction === undefined && inTransaction(this.#physical) === true) this.#opened().begun = true
  }

  /** The database says that the transaction is over, and nobody has asked for that here. */
  async #endIfEnded(): Promise<void> {
    const ended = this.#endedUnasked()
    if (ended !== undefined) await this.#endOf(ended)
  }

  #endedUnasked(): Transaction | undefined {
    const transaction = this.#transaction
    if (transaction === undefined || !transaction.begun || transaction.state !== 'open') return undefined
    return inTransaction(this.#physical) === false ? transaction : undefined
  }

  async #endOf(transaction: Transaction): Promise<void> {
    this.#close(transaction)
    await transaction.written.invalidate('a transaction that ended unasked')
  }

  /** As `inTransaction`, where it also holds right after an error. */
  #truth(): boolean | undefined {
    return this.#tap.isShared ? inTransaction(this.#physical) : undefined
  }
}

const isRedefining = ({ writes }: Statement): boolean => writes === 'unknown'

/** The ends of a write whose rows are streamed. Exactly one is called, once; neither rejects. */
export interface StreamedWrite {
  done(): Promise<void>
  failed(error: unknown): Promise<void>
}
