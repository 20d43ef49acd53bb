import type { MaybePromise, Write } from '@freshet/core/adapter'
import { all, andThen } from '@freshet/core/adapter'
import type { Statement } from './statement.js'

/** One cache that wants to know what is written through a tap. */
export interface WriteObserver {
  /** The tags that a writing statement invalidates. */
  tagsOf(statement: Statement): readonly string[]
  /** Before the commit. */
  open(tags: readonly string[]): MaybePromise<Write>
  /** The tags again, outside any write: what was written is committed now, if it was not before. */
  invalidate(tags: readonly string[], source: string): MaybePromise<void>
  /** A statement changed what the session sees (its role, its search path): reads may answer differently from now on. */
  sessionChanged(sql: string): void
}

/** What some statements have written, for every observer. */
export class Written {
  readonly #tags = new Map<WriteObserver, Set<string>>()

  get isEmpty(): boolean {
    return this.#tags.size === 0
  }

  add(observers: Iterable<WriteObserver>, statement: Statement): void {
    for (const observer of observers) this.#addTags(observer, observer.tagsOf(statement))
  }

  addAll(other: Written): void {
    for (const [observer, tags] of other.#tags) this.#addTags(observer, tags)
  }

  clear(): void {
    this.#tags.clear()
  }

  /** Marks everything written, before the commit. */
  open(): MaybePromise<OpenWrites> {
    const opening = [...this.#tags].map(([observer, set]) => {
      const tags = [...set]
      return andThen(observer.open(tags), (write) => ({ write, tags }))
    })
    return andThen(all(opening), (opened) => new OpenWrites(opened))
  }

  invalidate(source: string): MaybePromise<void> {
    return settleAll([...this.#tags].map(([observer, tags]) => observer.invalidate([...tags], source)))
  }

  #addTags(observer: WriteObserver, tags: Iterable<string>): void {
    let set = this.#tags.get(observer)
    if (set === undefined) this.#tags.set(observer, (set = new Set()))
    for (const tag of tags) set.add(tag)
  }
}

interface OpenWrite {
  readonly write: Write
  readonly tags: readonly string[]
}

/** A commit under way, for every observer. Exactly one of the ends is called, once. */
export class OpenWrites {
  readonly #writes: readonly OpenWrite[]

  constructor(writes: readonly OpenWrite[]) {
    this.#writes = writes
  }

  committed(source: string): MaybePromise<void> {
    return settleAll(this.#writes.map(({ write, tags }) => write.committed(tags, source)))
  }

  rolledBack(): MaybePromise<void> {
    return settleAll(this.#writes.map(({ write }) => write.rolledBack()))
  }

  unknown(cause: unknown): MaybePromise<void> {
    return settleAll(this.#writes.map(({ write, tags }) => write.unknown(tags, cause)))
  }
}

function settleAll(steps: readonly MaybePromise<void>[]): MaybePromise<void> {
  return andThen(all(steps), () => undefined)
}
