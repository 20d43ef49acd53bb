import type { Execution } from './execution.js'
import type { MaybePromise } from './maybe-promise.js'
import { all, andThen } from './maybe-promise.js'
import type { Write } from './write.js'

/** One cache that wants to know what is written through a tap. */
export interface WriteObserver<Statement> {
  /** The tags that a writing statement invalidates. */
  tagsOf(execution: Execution<Statement>): readonly string[]
  /** Before the commit. */
  open(tags: readonly string[]): MaybePromise<Write>
  /** The tags again, outside any write: what was written is committed now, if it was not before. */
  invalidate(tags: readonly string[], source: string): MaybePromise<void>
  /** Everything: what was written is not known to this observer. */
  invalidateAll(source: string): MaybePromise<void>
  /** A statement changed what the session sees (its role, its search path): reads may answer differently from now on. */
  sessionChanged(sql: string): void
}

/** Who wants to know, and since when: an observer that came after a write was sent has not been asked about it. */
export class Observers<Statement> {
  readonly #joinedAt = new Map<WriteObserver<Statement>, number>()
  /** Grows with every observer that joins. */
  now = 0

  add(observer: WriteObserver<Statement>): void {
    if (!this.#joinedAt.has(observer)) this.#joinedAt.set(observer, ++this.now)
  }

  delete(observer: WriteObserver<Statement>): void {
    this.#joinedAt.delete(observer)
  }

  [Symbol.iterator](): IterableIterator<WriteObserver<Statement>> {
    return this.#joinedAt.keys()
  }

  /** An empty list of what is written from now on. */
  written(): Written<Statement> {
    return new Written(this)
  }

  sessionChanged(sql: string): void {
    for (const observer of this.#joinedAt.keys()) observer.sessionChanged(sql)
  }

  joinedAfter(time: number): WriteObserver<Statement>[] {
    if (this.now === time) return []
    return [...this.#joinedAt].filter(([, joinedAt]) => joinedAt > time).map(([observer]) => observer)
  }
}

/** What some statements have written, for every observer. */
export class Written<Statement> {
  readonly #observers: Observers<Statement>
  readonly #tags = new Map<WriteObserver<Statement>, Set<string>>()
  /** When the first of the statements was added. */
  #since: number | undefined

  constructor(observers: Observers<Statement>) {
    this.#observers = observers
  }

  get isEmpty(): boolean {
    return this.#since === undefined
  }

  add(execution: Execution<Statement>): void {
    this.#since ??= this.#observers.now
    for (const observer of this.#observers) this.#addTags(observer, observer.tagsOf(execution))
  }

  addAll(other: Written<Statement>): void {
    if (other.#since === undefined) return
    this.#since = Math.min(this.#since ?? other.#since, other.#since)
    for (const [observer, tags] of other.#tags) this.#addTags(observer, tags)
  }

  clear(): void {
    this.#tags.clear()
    this.#since = undefined
  }

  /** Marks everything written, before the commit. */
  open(): MaybePromise<OpenWrites> {
    const latecomers = () => this.#latecomers()
    const opening: MaybePromise<OpenWrite>[] = []
    for (const [observer, set] of this.#tags) {
      const tags = [...set]
      opening.push(andThen(observer.open(tags), (write) => ({ write, tags })))
    }
    return andThen(all(opening), (opened) => new OpenWrites(opened, latecomers))
  }

  invalidate(source: string): MaybePromise<void> {
    const steps = [...this.#tags].map(([observer, tags]) => observer.invalidate([...tags], source))
    for (const observer of this.#latecomers()) steps.push(observer.invalidateAll(source))
    return settleAll(steps)
  }

  #latecomers(): readonly WriteObserver<Statement>[] {
    return this.#since === undefined ? [] : this.#observers.joinedAfter(this.#since)
  }

  #addTags(observer: WriteObserver<Statement>, tags: Iterable<string>): void {
    let set = this.#tags.get(observer)
    if (set === undefined) this.#tags.set(observer, (set = new Set()))
    for (const tag of tags) set.add(tag)
  }
}

type Everything = Pick<WriteObserver<never>, 'invalidateAll'>

interface OpenWrite {
  readonly write: Write
  readonly tags: readonly string[]
}

/** A commit under way, for every observer. Exactly one of the ends is called, once. */
export class OpenWrites {
  readonly #writes: readonly OpenWrite[]
  /** Who joined since the first of the statements was sent, asked for at the end. */
  readonly #latecomers: () => readonly Everything[]

  constructor(writes: readonly OpenWrite[], latecomers: () => readonly Everything[]) {
    this.#writes = writes
    this.#latecomers = latecomers
  }

  committed(source: string): MaybePromise<void> {
    return this.#end(({ write, tags }) => write.committed(tags, source), source)
  }

  rolledBack(): MaybePromise<void> {
    return settleAll(this.#writes.map(({ write }) => write.rolledBack()))
  }

  unknown(cause: unknown): MaybePromise<void> {
    return this.#end(({ write, tags }) => write.unknown(tags, cause), 'a write of unknown outcome')
  }

  #end(end: (open: OpenWrite) => MaybePromise<void>, source: string): MaybePromise<void> {
    const steps = this.#writes.map(end)
    for (const observer of this.#latecomers()) steps.push(observer.invalidateAll(source))
    return settleAll(steps)
  }
}

function settleAll(steps: readonly MaybePromise<void>[]): MaybePromise<void> {
  return andThen(all(steps), () => undefined)
}
