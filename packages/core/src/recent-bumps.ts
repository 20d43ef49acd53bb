// A write bumps a handful of tags, and a load takes the time of some dozens of writes.
const maxBumps = 4096

/**
 * When tags that a store has nothing else to tell of were given new generations: an answer may name a tag for the first time
 * that was written while it was being loaded.
 */
export class RecentBumps {
  readonly #bumps = new Map<string, number>()
  /** The latest of those that are not remembered any more. */
  #floor = 0

  add(name: string, generation: number): void {
    // The latest are last.
    this.#bumps.delete(name)
    this.#bumps.set(name, generation)
    if (this.#bumps.size <= maxBumps) return
    const [oldest] = this.#bumps
    this.#bumps.delete(oldest![0])
    this.forget(oldest![1])
  }

  /** A tag that had this generation is not known any more. */
  forget(generation: number): void {
    if (generation > this.#floor) this.#floor = generation
  }

  /** No generation that the tag has had is later than this. */
  latestOf(name: string): number {
    return this.#bumps.get(name) ?? this.#floor
  }
}
