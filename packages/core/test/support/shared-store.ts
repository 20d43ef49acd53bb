import type { Dependencies } from '../../src/dependencies.js'
import { memoryStore } from '../../src/memory-store.js'
import type { Space } from '../../src/space.js'
import type { EntryRecord, Intent, Store, StoreContext, StoreFactory, Vector } from '../../src/store.js'
import type { StoreOperation } from '@freshet/testing'

/** One process's way to a store that others have as well. */
export interface Connection {
  /** What is given to `createCache` or `failover`. */
  readonly store: StoreFactory
  /** Cut off: look-ups answer that nobody can be asked, and changes are rejected. */
  isAway: boolean
  /** What has been asked for, in order. */
  readonly asked: StoreOperation[]
  /** Intents that have been opened here, and neither closed nor made a hold. */
  readonly marks: Set<Intent>
  /** Intents that have been renewed. */
  readonly renewed: Intent[]
  /** What the store was given. */
  context: StoreContext | undefined
  /** Called before each call is carried out. A test that returns a promise holds the call up. */
  before: (operation: StoreOperation) => Promise<void> | undefined
}

/** A store that several processes have in common, as they have a server. All of them have the same clock. */
export class SharedStore {
  #inner: Store | undefined

  connect(): Connection {
    const connection: Connection = {
      store: (context) => {
        connection.context = context
        return new ConnectedStore(this.#open(context), connection)
      },
      isAway: false,
      asked: [],
      marks: new Set(),
      renewed: [],
      context: undefined,
      before: () => undefined,
    }
    return connection
  }

  #open(context: StoreContext): Store {
    return (this.#inner ??= memoryStore()(context))
  }
}

const unusable: Vector = { id: '', usable: false }

/** Answers by promises, in the order of the calls unless a test holds one up. */
class ConnectedStore implements Store {
  readonly name = 'shared'
  readonly writeLimitMs = 1_500
  readonly #inner: Store
  readonly #connection: Connection

  constructor(inner: Store, connection: Connection) {
    this.#inner = inner
    this.#connection = connection
  }

  async lookup(space: Space, key: string, dependencies: Dependencies) {
    await this.#arrive('lookup')
    return this.#connection.isAway
      ? ({ status: 'absent', reason: 'unavailable', vector: unusable } as const)
      : this.#inner.lookup(space, key, dependencies)
  }

  async snapshot(space: Space, tags: readonly string[]) {
    await this.#arrive('snapshot')
    return this.#connection.isAway ? unusable : this.#inner.snapshot(space, tags)
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector) {
    return this.#change('put', () => this.#inner.put(space, key, record, vector))
  }

  delete(space: Space, key: string) {
    return this.#change('delete', () => this.#inner.delete(space, key))
  }

  openIntent(space: Space, tags: readonly string[]) {
    return this.#change('openIntent', async () => {
      const intent = await this.#inner.openIntent(space, tags)
      this.#connection.marks.add(intent)
      return intent
    })
  }

  async renewIntent(intent: Intent) {
    await this.#connection.before('openIntent')
    if (this.#connection.isAway) throw new Error('the store is away')
    this.#connection.renewed.push(intent)
  }

  closeIntent(intent: Intent, bumped: readonly string[]) {
    return this.#change('closeIntent', () => {
      this.#connection.marks.delete(intent)
      return this.#inner.closeIntent(intent, bumped)
    })
  }

  bump(space: Space, tags: readonly string[]) {
    return this.#change('bump', () => this.#inner.bump(space, tags))
  }

  hold(intent: Intent, tags: readonly string[], ms: number) {
    return this.#change('hold', () => {
      this.#connection.marks.delete(intent)
      return this.#inner.hold(intent, tags, ms)
    })
  }

  size() {
    return this.#inner.size()
  }

  close(): void {}

  async #change<T>(operation: StoreOperation, change: () => T): Promise<Awaited<T>> {
    await this.#arrive(operation)
    if (this.#connection.isAway) throw new Error('the store is away')
    return await change()
  }

  async #arrive(operation: StoreOperation): Promise<void> {
    this.#connection.asked.push(operation)
    await this.#connection.before(operation)
  }
}
