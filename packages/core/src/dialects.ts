import type { Space } from './space.js'
import type { Dialect, Store } from './store.js'

/** What one database of a cache means by the tags of its tables. */
type Spoken = () => ReadonlyMap<string, Dialect>

/**
 * What the databases of a cache mean by the tags of their tables. A shared store is told of it. Where two of this process mean
 * something else by one table, each writes all of it.
 */
export class Dialects {
  readonly #store: Store
  readonly #speakers = new Map<string, Map<object, Spoken>>()
  /** Tags of tables, by their clocks, by the namespace. */
  readonly #disputed = new Map<string, ReadonlyMap<string, string>>()

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * @param speaker stands for the database, which may speak otherwise later
   * @param spoken asked for only if anybody may mean something else
   */
  speak(space: Space, speaker: object, spoken: Spoken): void {
    const speakers = this.#speakers.get(space.prefix) ?? new Map<object, Spoken>()
    this.#speakers.set(space.prefix, speakers.set(speaker, spoken))
    if (this.#store.speak === undefined && speakers.size === 1) return
    const { dialects, disputed } = together([...speakers.values()].map((one) => one()))
    if (disputed.size === 0) this.#disputed.delete(space.prefix)
    else this.#disputed.set(space.prefix, disputed)
    this.#store.speak?.(space, dialects)
  }

  /** Whether all who read and write in this process mean the same. */
  get areAllOne(): boolean {
    return this.#disputed.size === 0
  }

  /** With the tags of tables that others of this process read otherwise than these were told by. */
  widened({ prefix }: Space, tags: readonly string[]): readonly string[] {
    const disputed = this.#disputed.get(prefix)
    if (disputed === undefined) return tags
    return [...new Set([...tags, ...tags.flatMap((tag) => disputed.get(tag) ?? [])])]
  }
}

function together(all: readonly ReadonlyMap<string, Dialect>[]) {
  const dialects = new Map<string, Dialect>()
  const disputed = new Map<string, string>()
  for (const [table, dialect] of all.flatMap((one) => [...one])) {
    const { id, clock } = dialects.get(table) ?? dialect
    if (id !== dialect.id) disputed.set(clock, table)
    const ids = new Set([...id.split('+'), dialect.id])
    // Whoever means the same two.
    dialects.set(table, { id: [...ids].toSorted().join('+'), clock })
  }
  return { dialects, disputed }
}
