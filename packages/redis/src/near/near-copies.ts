import { isNothing, LRUCache, type NearBounds } from '@freshet/core/store'
import type { NearCopy } from './near-copy.js'

/** Is told which copies there are. */
export interface CopiesListener {
  kept(copy: NearCopy): void
  /** @param isEvicted it had to make room */
  dropped(copy: NearCopy, isEvicted: boolean): void
}

// Of the bounds, beside them.
const shareOfNegatives = 0.1

/**
 * The entries of a shared store that live decoded in this process: bounded, and only those that nobody has replaced since. Those that hold
 * nothing (`null`, `[]`) have room of their own: keys that do not exist take no place of what does.
 */
export class NearCopies {
  readonly #copies: LRUCache<string, NearCopy>
  readonly #negatives: LRUCache<string, NearCopy>
  /** Who is fetching an entry, to leave a copy of it: whoever came last, and nobody once the entry has been changed here. */
  readonly #fetching = new Map<string, object>()

  constructor({ maxEntries, maxBytes }: NearBounds, listener?: CopiesListener) {
    const share = (bound: number) => Math.ceil(bound * shareOfNegatives)
    this.#copies = newCopies({ maxEntries, maxBytes }, listener)
    // That there is no room for all of them is as it should be.
    const quiet = listener && {
      kept: (copy: NearCopy) => listener.kept(copy),
      dropped: (copy: NearCopy) => listener.dropped(copy, false),
    }
    this.#negatives = newCopies({ maxEntries: share(maxEntries), maxBytes: share(maxBytes) }, quiet)
  }

  get(identity: string): NearCopy | undefined {
    return this.#copies.get(identity) ?? this.#negatives.get(identity)
  }

  /** As `get`, without being a use of it. */
  peek(identity: string): NearCopy | undefined {
    return this.#copies.peek(identity) ?? this.#negatives.peek(identity)
  }

  *all(): Iterable<[identity: string, copy: NearCopy]> {
    yield* this.#copies.entries()
    yield* this.#negatives.entries()
  }

  /** Unless the one that is there was read later. */
  set(identity: string, copy: NearCopy): void {
    const there = this.peek(identity)
    if (there !== undefined && there.vector.at.localMs > copy.vector.at.localMs) return
    const isNegative = isNothing(copy.copy.master)
    const [copies, others] = isNegative ? [this.#negatives, this.#copies] : [this.#copies, this.#negatives]
    others.delete(identity)
    copies.set(identity, copy)
  }

  /** To be called before an entry is fetched. The answer tells whether what was fetched may be kept. */
  fetching(identity: string): () => boolean {
    const token = {}
    this.#fetching.set(identity, token)
    return () => {
      if (this.#fetching.get(identity) !== token) return false
      return this.#fetching.delete(identity)
    }
  }

  /** The entry is being put or deleted, or that is done: what is being fetched may be what was there before. */
  changed(identity: string): void {
    this.#fetching.delete(identity)
  }

  delete(identity: string): void {
    this.#copies.delete(identity)
    this.#negatives.delete(identity)
  }

  /** Everything, and whatever is being fetched. */
  clear(): void {
    this.#copies.clear()
    this.#negatives.clear()
    this.#fetching.clear()
  }

  get size(): number {
    return this.#copies.size + this.#negatives.size
  }

  get bytes(): number {
    return this.#copies.calculatedSize + this.#negatives.calculatedSize
  }
}

function newCopies({ maxEntries, maxBytes }: NearBounds, listener: CopiesListener | undefined) {
  return new LRUCache<string, NearCopy>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: ({ bytes }, identity) => bytes + identity.length,
    ...(listener && {
      onInsert: (copy: NearCopy) => listener.kept(copy),
      dispose: (copy: NearCopy, _: string, reason: string) => listener.dropped(copy, reason === 'evict'),
    }),
  })
}
