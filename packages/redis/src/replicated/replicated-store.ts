import {
  type Dependencies,
  type EntryRecord,
  type Intent,
  isPromise,
  type Lookup,
  type MaybePromise,
  type Space,
  type Vector,
} from '@freshet/core/store'
import { type Keys, tagsOf } from '../keys.js'
import { NearStore, type NearStoreParts } from '../near/near-store.js'
import type { Replica } from './replica.js'

export interface ReplicatedStoreParts extends NearStoreParts {
  readonly keys: Keys
  /** What fills the copies; made when the namespace is known, which is when the store is first asked for something. */
  readonly join: (root: string) => Replica
}

/**
 * A shared store all entries of which live in each process: they come when another process has stored them, not when they are
 * asked for. Which of them may be served is the near store's to say.
 */
export class ReplicatedStore extends NearStore {
  readonly #keys: Keys
  readonly #open: (root: string) => Replica
  #replica: Replica | undefined
  #hasEnded = false

  constructor({ join, ...parts }: ReplicatedStoreParts) {
    super(parts)
    this.#keys = parts.keys
    this.#open = join
  }

  override lookup(space: Space, key: string, dependencies: Dependencies, now?: number): MaybePromise<Lookup> {
    if (this.#replica === undefined) this.#join(space)
    return super.lookup(space, key, dependencies, now)
  }

  override snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector> {
    this.#join(space)
    return super.snapshot(space, tags)
  }

  override put(space: Space, key: string, record: EntryRecord, vector: Vector): MaybePromise<void> {
    this.#join(space)
    const done = super.put(space, key, record, vector)
    if (record.byHand !== true || !isPromise(done)) return done
    return done.finally(() => this.#replica?.tellOfHand())
  }

  override async delete(space: Space, key: string): Promise<boolean> {
    this.#join(space)
    try {
      return await super.delete(space, key)
    } finally {
      this.#replica?.deleted(space, key)
    }
  }

  override async closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    await super.closeIntent(intent, bumped)
    this.#changed(intent.space, [...intent.tags, ...bumped])
  }

  override async bump(space: Space, tags: readonly string[]): Promise<void> {
    await super.bump(space, tags)
    this.#changed(space, tags)
  }

  override async close(): Promise<void> {
    this.#hasEnded = true
    this.#replica?.close()
    await super.close()
  }

  #join({ prefixes }: Space): void {
    if (this.#replica === undefined && !this.#hasEnded) this.#replica = this.#open(prefixes.at(-1)!)
  }

  #changed(space: Space, tags: readonly string[]): void {
    this.#replica?.changed(tagsOf(space, tags).map(this.#keys.generation))
  }
}
