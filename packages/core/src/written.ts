import type { Conditions, SomeRows } from './conditions.js'
import type { Execution, StatementAnswer } from './execution.js'
import { type Answered, lastingValues } from './lasting-values.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise } from './maybe-promise.js'
import type { Observers, WriteObserver } from './observers.js'
import type { OpenWrite } from './open-writes.js'
import { both, OpenWrites, renewed, unknownOutcome } from './open-writes.js'
import { wholeSpaceTag } from './space.js'
import { type Seat, type UnderWay, writesUnderWay } from './under-way.js'
import type { Write } from './write.js'
import { WrittenFor } from './written-for.js'

/** What some statements have written, for every observer. */
export class Written<Statement> implements UnderWay {
  readonly #observers: Observers<Statement>
  // A list: there is hardly ever more than one observer, and a map costs a write more than all the rest.
  #made: WrittenFor<Statement>[] | undefined
  /** Instead of a list: what one statement has written, of which tags need perhaps not be made yet. */
  #only: Only<Statement> | undefined
  /** Answered, and the observers have not been asked yet what that was. */
  #untold: Answered<Statement>[] | undefined
  /** Sent, and not answered yet. */
  #sent: Execution<Statement>[] | undefined
  #answered = 0
  /** When the first of the statements was added. */
  #since: number | undefined
  /** Sent as a write of its own, until its end is told. */
  #sending: Execution<Statement> | undefined
  /** What each of the observers has made for it. */
  #prepared: readonly { readonly observer: WriteObserver<Statement>; readonly made: unknown }[] = nonePrepared
  place: number | undefined
  /** Whether all that was answered is there when its end is told: none of it was undone by ROLLBACK TO. */
  keepsAll = false
  /** As one of the transactions under way. */
  #open: Seat | undefined

  constructor(observers: Observers<Statement>) {
    this.#observers = observers
  }

  get isEmpty(): boolean {
    return this.#since === undefined
  }

  /** Whether anybody wants to know of it before it is sent. */
  get needsMarks(): boolean {
    return this.#observers.needMarks
  }

  /** A statement is about to be sent that commits by itself, of which nobody need know before it is done. */
  begin(execution: Execution<Statement>): void {
    this.#sending = execution
    writesUnderWay.begin(this)
  }

  /** The database works at it. */
  prepare(execution: Execution<Statement>): void {
    if (this.#sending === execution)
      this.#prepared = this.#observers.all.map(({ observer }) => ({
        observer,
        made: observer.prepare?.(execution),
      }))
  }

  /** A statement is about to be sent. Until it is answered, it counts for whatever it may write. */
  sent(execution: Execution<Statement>): void {
    this.#enter()
    if (this.#sent === undefined) this.#sent = [execution]
    else this.#sent.push(execution)
  }

  /** It has been answered; `undefined`: nobody knows what. */
  answered(execution: Execution<Statement>, answer: StatementAnswer | undefined): void {
    this.#unsend(execution)
    const lasting = answer === undefined || this.needsMarks ? undefined : lastingValues(execution, answer)
    if (lasting === undefined) return this.add(execution, answer)
    this.#answered++
    this.#enter()
    if (this.#untold === undefined) this.#untold = [lasting]
    else this.#untold.push(lasting)
  }

  #unsend(execution: Execution<Statement>): void {
    const sent = this.#sent
    if (sent === undefined) return
    // Nearly always the only one.
    if (sent.at(-1) === execution) sent.pop()
    else this.#sent = sent.filter((other) => other !== execution)
  }

  get #areAllAnswered(): boolean {
    return this.#sent === undefined || this.#sent.length === 0
  }

  /** Asks the observers what has been written: there is time now. */
  ask(): void {
    void this.#lists
  }

  get #lists(): WrittenFor<Statement>[] {
    if (this.#untold !== undefined) {
      const untold = this.#untold
      this.#untold = undefined
      for (const { execution, answer } of untold) this.#tell(execution, answer)
    }
    if (this.#only !== undefined) {
      const { observer, execution, answer, made, told } = this.#only
      this.#only = undefined
      this.#addTags(observer, execution.statement, told ?? observer.tagsOf(execution, answer, made))
    }
    return (this.#made ??= [])
  }

  /** How many statements there are of which all is known that was written; `undefined`: of some it is not. */
  get answeredSoFar(): number | undefined {
    return this.#areAllAnswered && this.keepsAll ? this.#answered : undefined
  }

  /** A query of the same transaction has given rows, after all that is written here. */
  addReads(execution: Execution<Statement>, rows: readonly unknown[]): void {
    for (const list of this.#lists) {
      const reads = list.observer.rowsRead?.(execution, rows)
      if (reads !== undefined) list.addReads(reads)
    }
  }

  /** A statement that was not sent under this list, or of which no answer is to come. */
  add(execution: Execution<Statement>, answer?: StatementAnswer): void {
    const isFirst = this.#since === undefined
    this.#answered++
    this.#enter()
    if (isFirst && this.#sending === execution) {
      this.#only = this.#soleObserver(execution, answer)
      if (this.#only !== undefined) return
    }
    this.#tell(execution, answer)
  }

  #tell(execution: Execution<Statement>, answer: StatementAnswer | undefined): void {
    for (const { observer } of this.#observers.all)
      this.#addTags(
        observer,
        execution.statement,
        observer.tagsOf(execution, answer, this.#preparedBy(observer, execution)),
      )
  }

  #soleObserver(
    execution: Execution<Statement>,
    answer: StatementAnswer | undefined,
  ): Only<Statement> | undefined {
    const [prepared, ...others] = this.#prepared
    if (prepared === undefined || others.length > 0 || this.#observers.all.length > 1) return undefined
    const { observer, made } = prepared
    if (this.#observers.all[0]?.observer !== observer) return undefined
    return { observer, execution, answer, made, told: observer.toldBy?.(made, answer) }
  }

  #preparedBy(observer: WriteObserver<Statement>, execution: Execution<Statement>): unknown {
    if (this.#sending !== execution) return undefined
    for (const prepared of this.#prepared) if (prepared.observer === observer) return prepared.made
    return undefined
  }

  addAll(other: Written<Statement>): void {
    if (other.#since === undefined) return
    this.#enter()
    this.#since = Math.min(this.#since!, other.#since)
    for (const list of other.#lists) {
      const own = this.#of(list.observer)
      if (own === undefined) this.#lists.push(list.copy())
      else own.addAll(list)
    }
    for (const execution of other.#sent ?? []) this.add(execution)
  }

  clear(): void {
    this.#made = undefined
    this.#only = undefined
    this.#untold = undefined
    this.#sent = undefined
    this.#since = undefined
    this.leave()
  }

  /** All that was answered has been told, or was undone: it is not under way any more. */
  leave(): void {
    if (this.#sending !== undefined) writesUnderWay.end(this)
    this.#sending = undefined
    if (this.#open === undefined || !this.#areAllAnswered) return
    writesUnderWay.leave(this.#open)
    this.#open = undefined
  }

  #enter(): void {
    this.#since ??= this.#observers.now
    if (this.#sending === undefined) this.#open ??= writesUnderWay.open(this)
  }

  mayConcern(store: object | undefined, table: string): boolean {
    const clock = `${table}~`
    const names = (tags: readonly string[] | undefined): boolean =>
      tags === undefined || tags.includes(clock) || tags.includes(wholeSpaceTag)
    const latecomers = this.#latecomers()
    const sent = this.#sending === undefined ? (this.#sent ?? []) : [this.#sending]
    return this.#observers.all.some(({ observer }) => {
      if (store !== undefined && observer.store !== store) return false
      if (latecomers.includes(observer)) return true
      const told = this.#of(observer)
      if (told !== undefined && names(told.tags)) return true
      return sent.some(({ statement }) => names(observer.wideTagsOf?.(statement)))
    })
  }

  /**
   * Marks everything written. Send the commit at once when it is done.
   *
   * @throws what an observer refuses the write with: then it must not be sent, and nothing is marked
   */
  open(): MaybePromise<OpenWrites> {
    const lists = this.#whole()
    const [first] = lists
    if (first === undefined) return this.#commit([])
    if (lists.length > 1) return this.#openAll(lists)
    const { observer, tags } = first
    const write = observer.open(tags)
    return isPromise(write)
      ? this.#opened(observer, write, tags)
      : this.#commit([this.#openWrite(observer, write, tags)])
  }

  async #opened(
    observer: WriteObserver<Statement>,
    opening: Promise<Write>,
    marked: readonly string[],
  ): Promise<OpenWrites> {
    return await renewed(this.#commit([this.#openWrite(observer, await opening, marked)]))
  }

  async #openAll(lists: readonly WrittenFor<Statement>[]): Promise<OpenWrites> {
    const opening = lists.map(async ({ observer, tags }) =>
      this.#openWrite(observer, await observer.open(tags), tags),
    )
    const settled = await Promise.allSettled(opening)
    const writes = this.#commit(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
    const refusal = settled.find((one) => one.status === 'rejected')
    // The first may have been marked long before the last.
    if (refusal === undefined) return await renewed(writes)
    await writes.rolledBack()
    throw refusal.reason
  }

  #openWrite(observer: WriteObserver<Statement>, write: Write, marked: readonly string[]): OpenWrite {
    // Who has left since has not been asked what the answer tells.
    return {
      write,
      tags: () => this.#wholeOf(observer)?.tags ?? marked,
      conditions: () => this.#conditionsOf(this.#wholeOf(observer)),
    }
  }

  #commit(writes: readonly OpenWrite[]): OpenWrites {
    return new OpenWrites(
      writes,
      () => this.#latecomers(),
      () => this.leave(),
    )
  }

  /** As the end of an open write of which nobody knows how it ended, for one that was not opened. */
  unknown(cause: unknown): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const { observer, tags } of this.#whole()) ended = both(ended, observer.unknown(tags, cause))
    for (const observer of this.#latecomers()) ended = both(ended, observer.invalidateAll(unknownOutcome))
    this.leave()
    return ended
  }

  /** @param conditionally whether nothing but what was written can have been done. Default: nobody knows */
  invalidate(source: string, conditionally = false): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    const only = this.#areAllAnswered ? this.#only : undefined
    if (only?.told !== undefined) ended = only.observer.invalidate(only.told, source)
    else if (only === undefined || !conditionally || !this.#invalidateLater(only))
      for (const list of this.#whole()) {
        const conditions = conditionally ? this.#conditionsOf(list) : undefined
        ended = both(ended, list.observer.invalidate(list.tags, source, conditions))
      }
    for (const observer of this.#latecomers()) ended = both(ended, observer.invalidateAll(source))
    this.leave()
    return ended
  }

  /** What is under way beside it has perhaps been done, or not, when somebody looks: then nobody could tell any more what is certain. */
  #invalidateLater({ observer, execution, answer, made }: Only<Statement>): boolean {
    return (
      answer !== undefined &&
      this.keepsAll &&
      writesUnderWay.isOnly(this) &&
      observer.invalidateLater?.(execution, answer, made) === true
    )
  }

  /**
   * What is certain of rows that were written holds of what they were when they were read only if nothing has written them in
   * between: what was told has stopped what was read before it, but what is under way has perhaps been done.
   */
  #conditionsOf(list: WrittenFor<Statement> | undefined): Conditions | undefined {
    const conditions = list?.conditions
    const { isLocal, store } = list?.observer ?? {}
    if (conditions === undefined || isLocal !== true || store === undefined) return undefined
    const certain = new Map<string, SomeRows>()
    const tables = new Map<string, boolean>()
    for (const [tag, some] of conditions) {
      let isOnly = tables.get(some.table)
      if (isOnly === undefined)
        tables.set(some.table, (isOnly = !writesUnderWay.othersMayConcern(this, store, some.table)))
      if (isOnly) certain.set(tag, this.keepsAll ? some : { ...some, mayBeUndone: true })
    }
    return certain
  }

  #latecomers(): readonly WriteObserver<Statement>[] {
    return this.#since === undefined ? nobody : this.#observers.joinedAfter(this.#since)
  }

  /** With whatever those may write that have not been answered. */
  #whole(): readonly WrittenFor<Statement>[] {
    if (this.#areAllAnswered) return this.#lists
    const whole = new Written(this.#observers)
    whole.addAll(this)
    whole.leave()
    return whole.#lists
  }

  #wholeOf(observer: WriteObserver<Statement>): WrittenFor<Statement> | undefined {
    return this.#whole().find((list) => list.observer === observer)
  }

  #of(observer: WriteObserver<Statement>): WrittenFor<Statement> | undefined {
    for (const list of this.#lists) if (list.observer === observer) return list
    return undefined
  }

  #addTags(observer: WriteObserver<Statement>, statement: Statement, tags: readonly string[]): void {
    const list = this.#of(observer)
    if (list === undefined) this.#lists.push(new WrittenFor(observer, statement, tags))
    else list.add(statement, tags)
  }
}

/** What one statement has written, for one observer. */
interface Only<Statement> {
  readonly observer: WriteObserver<Statement>
  readonly execution: Execution<Statement>
  readonly answer: StatementAnswer | undefined
  /** What the observer has made for it. */
  readonly made: unknown
  /** All its tags, if they were known before it was answered. */
  readonly told: readonly string[] | undefined
}

const nonePrepared: readonly never[] = []
const nobody: readonly never[] = []
