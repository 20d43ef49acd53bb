import type { Execution } from './execution.js'
import type { MaybePromise } from './maybe-promise.js'
import { andThen, isPromise } from './maybe-promise.js'
import type { Write } from './write.js'

/** One cache that wants to know what is written through a tap. */
export interface WriteObserver<Statement> {
  /** Whether what it keeps may be served by others, so that it must be marked before it is written. Default: it may. */
  readonly isLocal?: boolean
  /** The tags that a writing statement invalidates. */
  tagsOf(execution: Execution<Statement>): readonly string[]
  /** Before the commit. Throws or rejects if the write must not be sent. */
  open(tags: readonly string[]): MaybePromise<Write>
  /** Nobody knows whether it was, or will be, committed. */
  unknown(tags: readonly string[], cause: unknown): MaybePromise<void>
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

  /** Whether anybody wants to know of it before it is sent. */
  get needsMarks(): boolean {
    return this.#observers.needMarks
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

  /**
   * Marks everything written. Send the commit at once when it is done.
   *
   * @throws what an observer refuses the write with: then it must not be sent, and nothing is marked
   */
  open(): MaybePromise<OpenWrites> {
    const [first] = this.#lists
    if (first === undefined) return this.#commit([])
    if (this.#lists.length > 1) return this.#openAll()
    const { observer, tags } = first
    const write = observer.open(tags)
    return isPromise(write) ? this.#opened(write, tags) : this.#commit([{ write, tags }])
  }

  async #opened(opening: Promise<Write>, tags: readonly string[]): Promise<OpenWrites> {
    return await renewed(this.#commit([{ write: await opening, tags }]))
  }

  async #openAll(): Promise<OpenWrites> {
    const opening = this.#lists.map(async ({ observer, tags }) => ({
      write: await observer.open(tags),
      tags,
    }))
    const settled = await Promise.allSettled(opening)
    const writes = this.#commit(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
    const refusal = settled.find((one) => one.status === 'rejected')
    // The first may have been marked long before the last.
    if (refusal === undefined) return await renewed(writes)
    await writes.rolledBack()
    throw refusal.reason
  }

  #commit(writes: readonly OpenWrite[]): OpenWrites {
    return new OpenWrites(writes, () => this.#latecomers())
  }

  /** As the end of an open write of which nobody knows how it ended, for one that was not opened. */
  unknown(cause: unknown): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const { observer, tags } of this.#lists) ended = both(ended, observer.unknown(tags, cause))
    for (const observer of this.#latecomers()) ended = both(ended, observer.invalidateAll(unknownOutcome))
    return ended
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

  /** Before the commit is sent. @throws what an observer refuses the write with */
  async renew(): Promise<void> {
    for (const { write } of this.#writes) await write.renew()
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
    return both(ended, this.#tellLatecomers(unknownOutcome))
  }

  #tellLatecomers(source: string): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const observer of this.#latecomers()) ended = both(ended, observer.invalidateAll(source))
    return ended
  }
}

const unknownOutcome = 'a write of unknown outcome'

/** The marks live long enough for a commit. If one cannot be made to, none of the writes must be sent. */
async function renewed(writes: OpenWrites): Promise<OpenWrites> {
  try {
    await writes.renew()
    return writes
  } catch (refusal) {
    await writes.rolledBack()
    throw refusal
  }
}

/** Done when both are; a promise only if one of them is. Both are under way already, and neither rejects. */
function both(one: MaybePromise<void>, other: MaybePromise<void>): MaybePromise<void> {
  return isPromise(one) ? andThen(one, () => other) : other
}
