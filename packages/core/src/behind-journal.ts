import type { ConsistencyMode } from './consistency.js'
import type { Dependencies } from './dependencies.js'
import type { Journal } from './journal.js'
import type { MaybePromise } from './maybe-promise.js'
import type { Space } from './space.js'
import type { Absent, EntryRecord, Fills, Intent, Lookup, Store, StoreSize, Vector } from './store.js'

/** A store out of which nothing is read as long as there is something that it has not been told. */
export class StoreBehindJournal implements Store {
  readonly name: string
  readonly modes?: readonly ConsistencyMode[]
  readonly writeLimitMs?: number
  readonly fills?: Fills
  readonly bind?: NonNullable<Store['bind']>
  readonly become?: NonNullable<Store['become']>
  readonly speak?: NonNullable<Store['speak']>
  readonly #store: Store
  readonly #journal: Journal

  constructor(store: Store, journal: Journal) {
    this.#store = store
    this.#journal = journal
    this.name = store.name
    if (store.modes !== undefined) this.modes = store.modes
    if (store.writeLimitMs !== undefined) this.writeLimitMs = store.writeLimitMs
    if (store.fills !== undefined) this.fills = store.fills
    if (store.bind !== undefined) this.bind = store.bind.bind(store)
    if (store.become !== undefined) this.become = store.become.bind(store)
    if (store.speak !== undefined) this.speak = store.speak.bind(store)
  }

  lookup(space: Space, key: string, dependencies: Dependencies, now?: number): MaybePromise<Lookup> {
    return this.#journal.isPending ? unavailable : this.#store.lookup(space, key, dependencies, now)
  }

  snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector> {
    return this.#journal.isPending ? unusable : this.#store.snapshot(space, tags)
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector): MaybePromise<void> {
    return this.#journal.isPending ? undefined : this.#store.put(space, key, record, vector)
  }

  delete(space: Space, key: string): MaybePromise<boolean> {
    return this.#store.delete(space, key)
  }

  openIntent(space: Space, tags: readonly string[]): MaybePromise<Intent> {
    return this.#store.openIntent(space, tags)
  }

  renewIntent(intent: Intent): MaybePromise<void> {
    return this.#store.renewIntent?.(intent)
  }

  closeIntent(intent: Intent, bumped: readonly string[]): MaybePromise<void> {
    return this.#store.closeIntent(intent, bumped)
  }

  bump(space: Space, tags: readonly string[]): MaybePromise<void> {
    return this.#store.bump(space, tags)
  }

  hold(intent: Intent, tags: readonly string[], ms: number): MaybePromise<void> {
    return this.#store.hold(intent, tags, ms)
  }

  size(): StoreSize {
    return this.#store.size()
  }

  close(): MaybePromise<void> {
    return this.#store.close()
  }
}

const unusable: Vector = Object.freeze({ id: '', usable: false })
const unavailable: Absent = Object.freeze({ status: 'absent', reason: 'unavailable', vector: unusable })
