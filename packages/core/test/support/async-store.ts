import type { Dependencies } from '../../src/dependencies.js'
import { memoryStore } from '../../src/memory-store.js'
import type { MemoryStoreOptions } from '../../src/memory-store.js'
import type { Space } from '../../src/space.js'
import type { EntryRecord, Intent, Store, StoreFactory, Vector } from '../../src/store.js'

export type Operation = Exclude<keyof Store, 'name' | 'size'>

/** Decides when a request arrives at the store (`go`) and when its answer arrives at the caller (`back`). */
export type Delivery = (operation: Operation, way: 'go' | 'back') => Promise<void>

const atOnce: Delivery = () => Promise.resolve()

/**
 * A memory store behind a wire: every method returns a promise, and a test decides when each request and
 * each answer arrives. Requests overtake one another, except that changes of one key stay in order, as the
 * contract of a store demands.
 */
class AsyncStore implements Store {
  readonly name = 'async-memory'
  readonly #inner: Store
  readonly #deliver: Delivery
  readonly #lastChange = new Map<string, Promise<unknown>>()

  constructor(inner: Store, deliver: Delivery = atOnce) {
    this.#inner = inner
    this.#deliver = deliver
  }

  lookup(space: Space, key: string, dependencies: Dependencies) {
    return this.#send('lookup', () => this.#inner.lookup(space, key, dependencies))
  }

  snapshot(space: Space, tags: readonly string[]) {
    return this.#send('snapshot', () => this.#inner.snapshot(space, tags))
  }

  bind(space: Space, before: Vector, tags: readonly string[], clocks: readonly string[]) {
    return this.#send('bind', () => this.#inner.bind!(space, before, tags, clocks))
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector) {
    return this.#change('put', space.prefix + key, () => this.#inner.put(space, key, record, vector))
  }

  delete(space: Space, key: string) {
    return this.#change('delete', space.prefix + key, () => this.#inner.delete(space, key))
  }

  openIntent(space: Space, tags: readonly string[]) {
    return this.#send('openIntent', () => this.#inner.openIntent(space, tags))
  }

  closeIntent(intent: Intent, bumped: readonly string[]) {
    return this.#send('closeIntent', () => this.#inner.closeIntent(intent, bumped))
  }

  bump(space: Space, tags: readonly string[]) {
    return this.#send('bump', () => this.#inner.bump(space, tags))
  }

  hold(intent: Intent, tags: readonly string[], ms: number) {
    return this.#send('hold', () => this.#inner.hold(intent, tags, ms))
  }

  size() {
    return this.#inner.size()
  }

  close() {
    return this.#send('close', () => this.#inner.close())
  }

  async #send<T>(operation: Operation, run: () => T, before?: Promise<unknown>): Promise<Awaited<T>> {
    await this.#deliver(operation, 'go')
    await before
    const answer = await run()
    await this.#deliver(operation, 'back')
    return answer
  }

  #change<T>(operation: Operation, key: string, run: () => T): Promise<Awaited<T>> {
    let arrived!: () => void
    const arrival = new Promise<void>((resolve) => (arrived = resolve))
    const before = this.#lastChange.get(key)
    this.#lastChange.set(key, arrival)
    const changed = async () => {
      try {
        return await run()
      } finally {
        arrived()
      }
    }
    return this.#send(operation, changed, before)
  }
}

/** A factory of stores behind a wire, over a memory store with `options`. */
export function asyncStore(options: MemoryStoreOptions = {}, deliver?: Delivery): StoreFactory {
  const inner = memoryStore(options)
  return (context) => new AsyncStore(inner(context), deliver)
}
