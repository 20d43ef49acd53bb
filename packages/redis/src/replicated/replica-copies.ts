import type { StoreContext } from '@freshet/core/store'
import type { CopiesListener } from '../near/near-copies.js'
import type { NearCopy } from '../near/near-copy.js'

export interface ReplicaCopiesOptions {
  readonly context: StoreContext
  /** Whether a copy could be served, as far as is known. */
  readonly isCurrent: (copy: NearCopy) => boolean
}

/** What the copies depend on, and whether there is room for all of them. */
export class ReplicaCopies implements CopiesListener {
  readonly #options: ReplicaCopiesOptions
  /** How many copies depend on each key of a generation. */
  readonly #dependents = new Map<string, number>()
  /** A copy that could still be served had to make room. */
  isFull = false

  constructor(options: ReplicaCopiesOptions) {
    this.#options = options
  }

  /** Those of the keys that a copy depends on. */
  needed(keys: readonly string[]): readonly string[] {
    return keys.filter((key) => this.#dependents.has(key))
  }

  kept({ keys }: NearCopy): void {
    for (const key of keys) this.#dependents.set(key, (this.#dependents.get(key) ?? 0) + 1)
  }

  dropped(copy: NearCopy, isEvicted: boolean): void {
    for (const key of copy.keys) {
      const others = this.#dependents.get(key)! - 1
      if (others === 0) this.#dependents.delete(key)
      else this.#dependents.set(key, others)
    }
    const { context, isCurrent } = this.#options
    if (!isEvicted || copy.expiresAt <= context.now() || !isCurrent(copy)) return
    this.isFull = true
    context.warn('REPLICA_TOO_LARGE', tooLarge)
  }
}

const tooLarge =
  "The namespace does not fit into this process: entries that could still be served had to make room, and are asked for again when they are needed. Give createCache() higher bounds (near: { maxEntries, maxBytes }), put into a replicated namespace only what is small, or choose the topology 'near'."
