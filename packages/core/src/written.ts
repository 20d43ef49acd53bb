import type { Execution } from './execution.js'
import type { MaybePromise } from './maybe-promise.js'
import { andThen, isPromise } from './maybe-promise.js'
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

interface Joined<Statement> {
  readonly observer: WriteObserver<Statement>
  readonly at: number
}

/** Who wants to know, and since when: an observer that came after a write was sent has not been asked about it. */
export class Observers<Statement> {
  #joined: readonly Joined<Statement>[] = []
  /** Grows with every observer that joins. */
  now = 0

  add(observer: WriteObserver<Statement>): void {
    if (this.#joined.some((joined) => joined.observer === observer)) return
    this.#joined = [...this.#joined, { observer, at: ++this.now }]
  }

  delete(observer: WriteObserver<Statement>): void {
    this.#joined = this.#joined.filter((joined) => joined.observer !== observer)
  }

  get all(): readonly Joined<Statement>[] {
    return this.#joined
  }

  /** An empty list of what is written from now on. */
  written(): Written<Statement> {
    return new Written(this)
  }

  sessionChanged(sql: string): void {
    for (const { observer } of this.#joined) observer.sessionChanged(sql)
  }

  joinedAfter(time: number): readonly WriteObserver<Statement>[] {
    if (this.now === time) return nobody
    return this.#joined.filter(({ at }) => at > time).map(({ observer }) => observer)
  }
}

const nobody: readonly never[] = []

/** What some statements have written, for one observer. */
class WrittenFor<Statement> {
  readonly observer: WriteObserver<Statement>
  /** Of the first statement. Nearly always it is the only one, or they all write the same. */
  readonly #first: readonly string[]
  #all: Set<string> | undefined

  constructor(observer: WriteObserver<Statement>, tags: readonly string[]) {
    this.observer = observer
    this.#first = tags
  }

  add(tags: readonly string[]): void {
    if (tags === this.#first) return
    this.#all ??= new Set(this.#first)
    for (const tag of tags) this.#all.add(tag)
  }

  get tags(): readonly string[] {
    return this.#all === undefined ? this.#first : [...this.#all]
  }
}

/** What some statements have written, for every observer. */
export class Written<Statement> {
  readonly #observers: Observers<Statement>
  // A list: there is hardly ever more than one observer, and a map costs a write more than all the rest.
  #lists: WrittenFor<Statement>[] = []
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
    for (const { observer } of this.#observers.all) this.#addTags(observer, observer.tagsOf(execution))
  }

  addAll(other: Written<Statement>): void {
    if (other.#since === undefined) return
    this.#since = Math.min(this.#since ?? other.#since, other.#since)
    for (const { observer, tags } of other.#lists) this.#addTags(observer, tags)
  }

  clear(): void {
    this.#lists = []
    this.#since = undefined
  }

  /** Marks everything written, before the commit. */
  open(): MaybePromise<OpenWrites> {
    const opening: MaybePromise<OpenWrite>[] = []
    let waits = false
    for (const { observer, tags } of this.#lists) {
      const write = observer.open(tags)
      waits ||= isPromise(write)
      opening.push(isPromise(write) ? write.then((opened) => ({ write: opened, tags })) : { write, tags })
    }
    const latecomers = () => this.#latecomers()
    return waits
      ? Promise.all(opening).then((writes) => new OpenWrites(writes, latecomers))
      : new OpenWrites(opening as OpenWrite[], latecomers)
  }

  invalidate(source: string): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const { observer, tags } of this.#lists) ended = both(ended, observer.invalidate(tags, source))
    for (const observer of this.#latecomers()) ended = both(ended, observer.invalidateAll(source))
    return ended
  }

  #latecomers(): readonly WriteObserver<Statement>[] {
    return this.#since === undefined ? nobody : this.#observers.joinedAfter(this.#since)
  }

  #addTags(observer: WriteObserver<Statement>, tags: readonly string[]): void {
    for (const list of this.#lists) {
      if (list.observer === observer) return list.add(tags)
    }
    this.#lists.push(new WrittenFor(observer, tags))
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
    let ended: MaybePromise<void> = undefined
    for (const { write, tags } of this.#writes) ended = both(ended, write.committed(tags, source))
    return both(ended, this.#tellLatecomers(source))
  }

  rolledBack(): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const { write } of this.#writes) ended = both(ended, write.rolledBack())
    return ended
  }

  unknown(cause: unknown): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const { write, tags } of this.#writes) ended = both(ended, write.unknown(tags, cause))
    return both(ended, this.#tellLatecomers('a write of unknown outcome'))
  }

  #tellLatecomers(source: string): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const observer of this.#latecomers()) ended = both(ended, observer.invalidateAll(source))
    return ended
  }
}

/** Done when both are; a promise only if one of them is. Both are under way already, and neither rejects. */
function both(one: MaybePromise<void>, other: MaybePromise<void>): MaybePromise<void> {
  return isPromise(one) ? andThen(one, () => other) : other
}
