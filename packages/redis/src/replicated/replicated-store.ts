import {
  type EntryRecord,
  type Intent,
  isPromise,
  type Lookup,
  type MaybePromise,
  type Space,
  type Store,
  type StoreSize,
  type Vector,
} from '@freshet/core/store'
import { type Keys, tagsOf } from '../keys.js'
import type { Replica } from './replica.js'

export interface ReplicatedStoreParts {
  /** The shared store with copies in this process. */
  readonly near: Store
  readonly keys: Keys
  /** What fills the copies; made when the namespace is known, which is when the store is first asked for something. */
  readonly join: (root: string) => Replica
}

/**
 * A shared store all entries of which live in each process: they come when another process has stored them, not when they are
 * asked for. Which of them may be served is the near store's to say.
 */
export class ReplicatedStore implements Store {
  readonly name: string
  readonly #parts: ReplicatedStoreParts
  #replica: Replica | undefined
  #isClosed = false

  constructor(parts: ReplicatedStoreParts) {
    this.name = parts.near.name
    this.#parts = parts
  }

  lookup(space: Space, key: string, tags: readonly string[]): MaybePromise<Lookup> {
    if (this.#replica === undefined) this.#join(space)
    return this.#parts.near.lookup(space, key, tags)
  }

  snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector> {
    this.#join(space)
    return this.#parts.near.snapshot(space, tags)
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector): MaybePromise<void> {
    this.#join(space)
    const done = this.#parts.near.put(space, key, record, vector)
    if (record.byHand !== true || !isPromise(done)) return done
    return done.finally(() => this.#replica?.tellOfHand())
  }

  async delete(space: Space, key: string): Promise<boolean> {
    this.#join(space)
    try {
      return await this.#parts.near.delete(space, key)
    } finally {
      this.#replica?.deleted(space, key)
    }
  }

  openIntent(space: Space, tags: readonly string[]): MaybePromise<Intent> {
    return this.#parts.near.openIntent(space, tags)
  }

  async closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    await this.#parts.near.closeIntent(intent, bumped)
    this.#changed(intent.space, [...intent.tags, ...bumped])
  }

  async bump(space: Space, tags: readonly string[]): Promise<void> {
    await this.#parts.near.bump(space, tags)
    this.#changed(space, tags)
  }

  hold(intent: Intent, tags: readonly string[], ms: number): MaybePromise<void> {
    return this.#parts.near.hold(intent, tags, ms)
  }

  size(): StoreSize {
    return this.#parts.near.size()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#replica?.close()
    await this.#parts.near.close()
  }

  #join({ prefixes }: Space): void {
    if (this.#replica === undefined && !this.#isClosed) this.#replica = this.#parts.join(prefixes.at(-1)!)
  }

  #changed(space: Space, tags: readonly string[]): void {
    this.#replica?.changed(tagsOf(space, tags).map(this.#parts.keys.generation))
  }
}
