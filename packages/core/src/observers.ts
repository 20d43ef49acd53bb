import type { Conditions } from './conditions.js'
import type { Execution, StatementAnswer } from './execution.js'
import type { MaybePromise } from './maybe-promise.js'
import type { OwnReads } from './own-reads.js'
import type { Write } from './write.js'
import { Written } from './written.js'

/** One cache that wants to know what is written through a tap. */
export interface WriteObserver<Statement> {
  /** Whether what it keeps may be served by others, so that it must be marked before it is written. Default: it may. */
  readonly isLocal?: boolean
  /** Where it keeps that, if it is local. Default: nobody knows. */
  readonly store?: object
  /**
   * The tags that a writing statement invalidates.
   *
   * @param answer what it gave back; `undefined`: nothing is known of that yet, and the tags stand for whatever it may be
   * @param prepared what `prepare` gave for this sending
   */
  tagsOf(execution: Execution<Statement>, answer?: StatementAnswer, prepared?: unknown): readonly string[]
  /** The database works at a read: there is time for what can be done at any. */
  idle?(): void
  /** While the database works at a statement: what can be told of it before it is answered may be made now. */
  prepare?(execution: Execution<Statement>): unknown
  /**
   * All that a prepared statement has written, of which nothing more is certain. Default: it must be asked for.
   *
   * @param prepared what `prepare` gave for this sending
   */
  toldBy?(prepared: unknown, answer: StatementAnswer | undefined): readonly string[] | undefined
  /**
   * As `tagsOf` of what has been answered, with tags that are made when somebody looks at what is kept.
   *
   * @returns whether all is done; otherwise they are to be made, and told, now. Default: they are
   */
  invalidateLater?(execution: Execution<Statement>, answer: StatementAnswer, prepared: unknown): boolean
  /**
   * What a query has given of rows of one table, within a transaction that has written. Default: nobody asks.
   *
   * @param rows as the driver gives them
   */
  rowsRead?(execution: Execution<Statement>, rows: readonly unknown[]): OwnReads | undefined
  /** Fewer and wider ones, whatever it is sent with: in place of too many of the others. Default: there are none. */
  wideTagsOf?(statement: Statement): readonly string[]
  /** Before the commit. Throws or rejects if the write must not be sent. */
  open(tags: readonly string[]): MaybePromise<Write>
  /** Nobody knows whether it was, or will be, committed. */
  unknown(tags: readonly string[], cause: unknown): MaybePromise<void>
  /**
   * The tags again, outside any write: what was written is committed now, if it was not before.
   *
   * @param conditions what is certain of the rows for which some of the tags stand. Default: nothing
   */
  invalidate(tags: readonly string[], source: string, conditions?: Conditions): MaybePromise<void>
  /** Everything: what was written is not known to this observer. */
  invalidateAll(source: string): MaybePromise<void>
  /** A statement changed what the session sees (its role, its search path): reads may answer differently from now on. */
  sessionChanged(sql: string): void
  /** The database does not tell what its tables are: nothing finer than these is told until it does. */
  catalogueUnknown(cause: unknown): void
}

interface Joined<Statement> {
  readonly observer: WriteObserver<Statement>
  readonly at: number
}

/** Who wants to know, and since when: an observer that came after a write was sent has not been asked about it. */
export class Observers<Statement> {
  #joined: readonly Joined<Statement>[] = []
  /** Grows with every observer that joins. */
  now = 0
  /** Whether a write must be told to anybody before it is sent. */
  needMarks = false

  add(observer: WriteObserver<Statement>): void {
    if (this.#joined.some((joined) => joined.observer === observer)) return
    this.#joined = [...this.#joined, { observer, at: ++this.now }]
    this.needMarks ||= observer.isLocal !== true
  }

  delete(observer: WriteObserver<Statement>): void {
    this.#joined = this.#joined.filter((joined) => joined.observer !== observer)
    this.needMarks = this.#joined.some((joined) => joined.observer.isLocal !== true)
  }

  get all(): readonly Joined<Statement>[] {
    return this.#joined
  }

  /** An empty list of what is written from now on. */
  written(): Written<Statement> {
    return new Written(this)
  }

  idle(): void {
    for (const { observer } of this.#joined) observer.idle?.()
  }

  sessionChanged(sql: string): void {
    for (const { observer } of this.#joined) observer.sessionChanged(sql)
  }

  catalogueUnknown(cause: unknown): void {
    for (const { observer } of this.#joined) observer.catalogueUnknown(cause)
  }

  joinedAfter(time: number): readonly WriteObserver<Statement>[] {
    if (this.now === time) return nobody
    return this.#joined.filter(({ at }) => at > time).map(({ observer }) => observer)
  }
}

const nobody: readonly never[] = []
