import type { Cache, Vector } from '@freshet/core'
import { engineOf } from '@freshet/core/adapter'
import { prepareCopy } from '@freshet/core/store'
import type { EntryRecord, Intent, Lookup, MaybePromise, Space, Store } from '@freshet/core/store'
import type { FakeClock } from '../fake-clock.js'

const ttlMs = 3_600_000

/** Calls a store until it answers. */
export type Insist = <T>(call: () => MaybePromise<T>) => Promise<T>

export interface StoreProcessParts {
  readonly cache: Cache
  readonly clock: FakeClock
  readonly insist: Insist
}

/** One process's store, asked directly, and the namespaces that a check asks it for. */
export class StoreProcess {
  readonly clock: FakeClock
  readonly space: Space
  /** Inside `space`. */
  readonly inner: Space
  readonly #store: Store
  readonly #insist: Insist

  constructor({ cache, clock, insist }: StoreProcessParts) {
    const { store, space } = engineOf(cache)!
    this.clock = clock
    this.space = space
    this.inner = engineOf(cache.namespace('inner'))!.space
    this.#store = store
    this.#insist = insist
  }

  lookup(key: string, tags: readonly string[] = [], space = this.space): Promise<Lookup> {
    return this.#insist(() => this.#store.lookup(space, key, { tags }))
  }

  /** The value of what a look-up finds; `undefined` if it finds nothing. */
  async find(key: string, tags: readonly string[] = [], space = this.space): Promise<unknown> {
    const found = await this.lookup(key, tags, space)
    return found.status === 'found' ? found.copy.master : undefined
  }

  snapshot(tags: readonly string[], space = this.space): Promise<Vector> {
    return this.#insist(() => this.#store.snapshot(space, tags))
  }

  put(
    key: string,
    value: unknown,
    tags: readonly string[],
    vector: Vector,
    space = this.space,
  ): Promise<void> {
    const record = this.record(value, tags)
    return this.#insist(() => this.#store.put(space, key, record, vector))
  }

  /** As a load does: the vector first, then the value under it. */
  async fill(key: string, value: unknown, tags: readonly string[], space = this.space): Promise<void> {
    await this.put(key, value, tags, await this.snapshot(tags, space), space)
  }

  record(value: unknown, tags: readonly string[]): EntryRecord {
    const storedAt = this.clock.now()
    return { copy: prepareCopy(value)!, tags, storedAt, expiresAt: storedAt + ttlMs, loadMs: 5 }
  }

  delete(key: string): Promise<boolean> {
    return this.#insist(() => this.#store.delete(this.space, key))
  }

  openIntent(tags: readonly string[], space = this.space): Promise<Intent> {
    return this.#insist(() => this.#store.openIntent(space, tags))
  }

  closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    return this.#insist(() => this.#store.closeIntent(intent, bumped))
  }

  bump(tags: readonly string[]): Promise<void> {
    return this.#insist(() => this.#store.bump(this.space, tags))
  }

  hold(intent: Intent, tags: readonly string[], ms: number): Promise<void> {
    return this.#insist(() => this.#store.hold(intent, tags, ms))
  }

  /** What a write of one tag does, from its mark to its acknowledgement. */
  async change(tag: string, space = this.space): Promise<void> {
    await this.closeIntent(await this.openIntent([tag], space), [tag])
  }
}
