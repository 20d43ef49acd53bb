import type { Space } from './space.js'

// Nobody gathers more by writing and never reading.
const maxBumps = 64
// Batches that may wait until the event loop turns, and until that is not waited for: who awaits nothing but promises never lets it.
const batchesUntilTurn = 2
export const maxBatches = 4

/** Tags that have got new generations. */
export interface Bump {
  readonly space: Space
  /** Or how to make them. */
  readonly tags: readonly string[] | (() => readonly string[])
  readonly at: number
  /** The one that came after it: a list that grows by pushing costs a write more than all the rest. */
  next: Bump | undefined
}

export interface LaterParts {
  /** Entries are put when so many have come. */
  readonly batchSize: number
  readonly bump: (bump: Bump) => void
}

/**
 * What a store in this process does when somebody looks, or has time for it: entries are put, and tags get new generations. When a query
 * is answered, all that they are kept in has left the processor's caches, and its caller would wait for what nobody can see. While the database
 * works on the next one, nobody waits, and a batch of entries brings the code back once.
 *
 * It is done in the order in which it came: who comes while tags wait has all done first, so that entries never wait behind them.
 */
export class Later {
  /** Whether what is put has waited. */
  isPutting = false
  readonly #parts: LaterParts
  #puts = new Map<string, () => void>()
  /** Takes turns with the other. */
  #empty: Map<string, () => void> | undefined
  #firstBump: Bump | undefined
  #lastBump: Bump | undefined
  #bumpCount = 0

  constructor(parts: LaterParts) {
    this.#parts = parts
  }

  /** Whether tags wait: who looks at any must have it done first. */
  get hasBumps(): boolean {
    return this.#firstBump !== undefined
  }

  /** @param put must not throw. It takes the place of another one of this key. */
  addPut(key: string, put: () => void): void {
    if (this.hasBumps) this.flush()
    this.#puts.set(key, put)
    const { size } = this.#puts
    const { batchSize } = this.#parts
    if (size === batchesUntilTurn * batchSize) setImmediate(this.#turn)
    else if (size >= maxBatches * batchSize) this.flush()
  }

  addBump(bump: Bump): void {
    if (this.#lastBump === undefined) this.#firstBump = bump
    else this.#lastBump.next = bump
    this.#lastBump = bump
    if (++this.#bumpCount === maxBumps) this.flush()
  }

  /** Puts what waits under this key. */
  flushKey(key: string): void {
    if (this.hasBumps) return this.flush()
    if (this.#puts.size === 0) return
    const put = this.#puts.get(key)
    if (put === undefined) return
    this.#puts.delete(key)
    this.isPutting = true
    put()
    this.isPutting = false
  }

  /** There is time, if there is enough to do. */
  flushBatch(): void {
    if (this.#puts.size >= this.#parts.batchSize) this.flush()
  }

  /** What is done asks in its turn whether something waits, and finds nothing. */
  flush(): void {
    const first = this.#firstBump
    this.#firstBump = undefined
    this.#lastBump = undefined
    this.#bumpCount = 0
    if (this.#puts.size > 0) this.#putAll()
    for (let bump = first; bump !== undefined; bump = bump.next) this.#parts.bump(bump)
  }

  #putAll(): void {
    const puts = this.#puts
    this.#puts = this.#empty ?? new Map()
    this.#empty = undefined
    this.isPutting = true
    for (const put of puts.values()) put()
    this.isPutting = false
    puts.clear()
    this.#empty = puts
  }

  readonly #turn = (): void => this.flush()
}
