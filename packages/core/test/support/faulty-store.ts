import { memoryStore } from '../../src/memory-store.js'
import type { Space } from '../../src/space.js'
import type { EntryRecord, Intent, Store, StoreFactory, Vector } from '../../src/store.js'
import type { Operation } from './async-store.js'

/** How a store fails: at once, by a promise, by never answering. */
export type FaultKind = 'throws' | 'rejects' | 'never answers'
export const faultKinds: readonly FaultKind[] = ['throws', 'rejects', 'never answers']

class StoreDown extends Error {}

/** Which methods fail at the moment, and how. Empty: none. */
export type Faults = Map<Operation, FaultKind>

const operations: readonly Operation[] = [
  'lookup',
  'snapshot',
  'put',
  'delete',
  'openIntent',
  'closeIntent',
  'bump',
  'hold',
]

/** Every method a query can touch fails. */
export const allFail = (kind: FaultKind): Faults => new Map(operations.map((operation) => [operation, kind]))

/** A memory store whose methods fail as `faults` says, which a test may change at any time. */
class FaultyStore implements Store {
  readonly name = 'faulty'
  readonly #inner: Store
  readonly #faults: Faults

  constructor(inner: Store, faults: Faults) {
    this.#inner = inner
    this.#faults = faults
  }

  lookup(space: Space, key: string, tags: readonly string[]) {
    return this.#run('lookup', () => this.#inner.lookup(space, key, tags))
  }

  snapshot(space: Space, tags: readonly string[]) {
    return this.#run('snapshot', () => this.#inner.snapshot(space, tags))
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector) {
    return this.#run('put', () => this.#inner.put(space, key, record, vector))
  }

  delete(space: Space, key: string) {
    return this.#run('delete', () => this.#inner.delete(space, key))
  }

  openIntent(space: Space, tags: readonly string[]) {
    return this.#run('openIntent', () => this.#inner.openIntent(space, tags))
  }

  closeIntent(intent: Intent, bumped: readonly string[]) {
    return this.#run('closeIntent', () => this.#inner.closeIntent(intent, bumped))
  }

  bump(space: Space, tags: readonly string[]) {
    return this.#run('bump', () => this.#inner.bump(space, tags))
  }

  hold(intent: Intent, tags: readonly string[], ms: number) {
    return this.#run('hold', () => this.#inner.hold(intent, tags, ms))
  }

  size() {
    return this.#inner.size()
  }

  close() {
    return this.#run('close', () => this.#inner.close())
  }

  #run<T>(operation: Operation, step: () => T): T | Promise<Awaited<T>> {
    switch (this.#faults.get(operation)) {
      case undefined:
        return step()
      case 'throws':
        throw new StoreDown(operation)
      case 'rejects':
        return Promise.reject(new StoreDown(operation))
      case 'never answers':
        return new Promise(() => undefined)
    }
  }
}

export function faultyStore(faults: Faults): StoreFactory {
  const inner = memoryStore()
  return (context) => new FaultyStore(inner(context), faults)
}
