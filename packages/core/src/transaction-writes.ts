import { isFreshetError } from './errors.js'
import type { Execution, TappedStatement } from './execution.js'
import type { MaybePromise } from './maybe-promise.js'
import { andThen, isPromise } from './maybe-promise.js'
import type { TappedPlace } from './tapped-writes.js'
import { autocommit, hold, invalidateOutran } from './tapped-writes.js'
import type { OpenWrites } from './open-writes.js'
import type { Written } from './written.js'

type Send<T> = () => Promise<T>

/** What a transaction needs of where it is, besides what every write does. */
export interface TransactionPlace<Statement> extends TappedPlace<Statement> {
  /** What the statement did is perhaps part of another transaction by now, of somebody else's. */
  isWithOthers?(): boolean
  /** A write that commits with its transaction has been answered. Default: that says nothing of the connection. */
  answered?(): void
  /** As `answered`, by an error: before anything follows from that. */
  refused?(): Promise<void>
}

/** What a place does at the end of a transaction, beside invalidating. */
export interface CommitSteps {
  /** It is committed, and nothing has been invalidated yet. */
  committed?(): void
  /** Rolls back by `rollBack()` in place of the COMMIT, which must not be sent: the store cannot be told of it. */
  rollBack(): Promise<unknown>
  /** The end of the writes of a COMMIT that was rejected: the place knows whether the transaction is still open. */
  refused(writes: OpenWrites, error: unknown): Promise<void>
  /** Takes the invalidation over, to have it awaited elsewhere. Default: it is awaited here. */
  settle?(settled: MaybePromise<void>): MaybePromise<void>
}

/** As {@link CommitSteps}, of a rollback. */
export interface RollbackSteps {
  /** Asked when it has been answered: something may have outrun it, or seen what it undoes. */
  mayBeOutrun(): boolean
  /** It is rolled back, and nothing has been invalidated yet. */
  rolledBack?(): void
  /** What becomes of the writes of a ROLLBACK that was rejected. The transaction counts as ended. */
  refused(error: unknown): Promise<void>
}

/**
 * What the statements of one transaction write: collected as they pass, marked before its COMMIT, invalidated after
 * it and before it is acknowledged. A rollback invalidates nothing, unless a statement could have outrun it.
 *
 * When a transaction begins, and what a connection tells about that, is the place's affair; what follows for the
 * tags is decided here.
 */
export class TransactionWrites<Statement extends TappedStatement> {
  readonly written: Written<Statement>
  state: 'open' | 'ending' | 'ended' = 'open'
  /** Whether the database has answered that it began. */
  begun = false
  /** The database may have ended it without being asked: from here on every write may commit by itself. */
  mayHaveEnded = false
  /** A statement was rejected without the server saying so: it may still be carried out, even after a rollback. */
  inDoubt = false
  /** What its texts name may be another table by now: something has changed what the session sees. */
  seesOthers = false
  readonly #place: TransactionPlace<Statement>
  #late: Written<Statement> | undefined

  constructor(place: TransactionPlace<Statement>) {
    this.#place = place
    this.written = place.written()
  }

  /** Written since its end was asked for: perhaps in time to become part of it, perhaps of the next one. */
  get late(): Written<Statement> {
    return (this.#late ??= this.#place.written())
  }

  /** Whether what is written now commits when this does, and not before. */
  get holdsWrites(): boolean {
    return this.begun && this.state === 'open' && !this.mayHaveEnded
  }

  /** A write of a transaction whose end has not been asked for. */
  async write<T>(execution: Execution<Statement>, send: Send<T>): Promise<T> {
    const isHeld = this.holdsWrites
    this.written.sent(execution)
    try {
      const result = await (isHeld ? send() : autocommit(this.#place, execution, send))
      if (isHeld) this.#place.answered?.()
      this.written.answered(execution, this.#place.answerOf(result))
      if (this.state !== 'open') await this.#outran(execution)
      return result
    } catch (error) {
      if (isHeld) await this.#place.refused?.()
      this.written.answered(execution, undefined)
      if (!isRefused(error) && this.#place.outcomeOf(error) !== 'nothing')
        await this.#leftInDoubt(execution, error)
      throw error
    } finally {
      if (this.state === 'ended') this.written.leave()
    }
  }

  /** A query of a transaction whose end has not been asked for: it tells what became of rows that were written before. */
  read<T>(execution: Execution<Statement>, send: Send<T>): Promise<T> {
    const { written } = this
    const answered = written.isEmpty || !this.holdsWrites ? undefined : written.answeredSoFar
    if (answered === undefined || this.seesOthers) return send()
    return send().then((result) => {
      const rows = this.#place.answerOf(result)?.returned
      const isCertain = this.holdsWrites && !this.seesOthers && written.answeredSoFar === answered
      if (rows !== undefined && isCertain) written.addReads(execution, rows)
      return result
    })
  }

  /**
   * A write that comes after the end was asked for: by then it commits by itself, or with the transaction of whoever
   * has the connection now.
   */
  async writeLate<T>(execution: Execution<Statement>, send: Send<T>): Promise<T> {
    this.late.add(execution)
    try {
      const result = await autocommit(this.#place, execution, send)
      if (this.#isWithOthers) await hold(this.#place, execution, new Error(afterTheEnd))
      return result
    } finally {
      // Nobody ends it once more.
      if (this.state === 'ended') this.late.leave()
    }
  }

  /**
   * MySQL's DDL and BEGIN, or a text that nobody understands: what came before is committed, even if it is refused
   * itself, and what comes after may commit by itself.
   */
  async writeAndEnd<T>(execution: Execution<Statement>, send: Send<T>): Promise<T> {
    if (execution.statement.kind === 'write') this.written.add(execution)
    this.mayHaveEnded = true
    const writes = await this.written.open()
    let result: T
    try {
      result = await send()
    } catch (error) {
      if (this.#place.outcomeOf(error) === 'unknown') await writes.unknown(error)
      else await writes.committed('a statement that ends its transaction')
      throw error
    }
    await writes.committed(execution.statement.sql)
    return result
  }

  /** @throws FreshetError WRITE_REFUSED if it was rolled back instead */
  async commit<T>(send: Send<T>, steps: CommitSteps): Promise<T> {
    this.state = 'ending'
    const opening = this.written.needsMarks ? this.#marked(steps) : undefined
    const writes = isPromise(opening) ? await opening : opening
    let result: T
    try {
      const sending = send()
      if (writes === undefined) process.nextTick(ask, this.written)
      result = await sending
    } catch (error) {
      await steps.refused(writes ?? (await this.written.open()), error)
      await this.invalidateLate()
      throw error
    }
    this.state = 'ended'
    steps.committed?.()
    const isCertain = this.begun && !this.mayHaveEnded && !this.inDoubt
    const told =
      writes === undefined ? this.written.invalidate(source, isCertain) : writes.committed(source, isCertain)
    const settled = andThen(told, () => this.invalidateLate())
    const ending = steps.settle === undefined ? settled : steps.settle(settled)
    if (isPromise(ending)) await ending
    return result
  }

  #marked(steps: CommitSteps): MaybePromise<OpenWrites> {
    try {
      const opening = this.written.open()
      return isPromise(opening) ? opening.catch((refusal: unknown) => this.#refuse(steps, refusal)) : opening
    } catch (refusal) {
      return this.#refuse(steps, refusal)
    }
  }

  /** Nobody else would end it: whoever hears of a COMMIT that failed takes the transaction for ended. */
  async #refuse(steps: CommitSteps, refusal: unknown): Promise<never> {
    try {
      await steps.rollBack()
    } catch {
      // What becomes of the writes is seen to. The connection is gone, and the transaction with it.
    }
    throw refusal
  }

  async rollBack<T>(send: Send<T>, steps: RollbackSteps): Promise<T> {
    this.state = 'ending'
    let result: T
    try {
      result = await send()
    } catch (error) {
      this.state = 'ended'
      await steps.refused(error)
      throw error
    }
    this.state = 'ended'
    steps.rolledBack?.()
    if (this.inDoubt || !this.begun || steps.mayBeOutrun())
      await this.written.invalidate('a rollback that something may have outrun')
    this.written.leave()
    await this.invalidateLate()
    return result
  }

  /** What was written since its end was asked for. */
  invalidateLate(): MaybePromise<void> {
    return this.#late?.invalidate('a late statement')
  }

  /** Nobody knows what becomes of anything that it wrote. */
  async leaveUnknown(cause: unknown): Promise<void> {
    await this.written.unknown(cause)
  }

  /** It may be carried out after the transaction has ended, and then for itself. */
  async #leftInDoubt(execution: Execution<Statement>, error: unknown): Promise<void> {
    this.inDoubt = true
    if (this.state !== 'open') await hold(this.#place, execution, error)
  }

  #outran(execution: Execution<Statement>): Promise<void> {
    return this.#isWithOthers
      ? hold(this.#place, execution, new Error(afterTheEnd))
      : invalidateOutran(this.#place, execution)
  }

  get #isWithOthers(): boolean {
    return this.#place.isWithOthers?.() === true
  }
}

const source = 'a transaction'

function ask<Statement>(written: Written<Statement>): void {
  written.ask()
}

const isRefused = (error: unknown): boolean => isFreshetError(error, 'WRITE_REFUSED')

const afterTheEnd =
  'A statement reached the database after the end of its transaction, perhaps within the next one on the same connection. Await everything that a transaction does before it ends.'
