// A write bumps a handful of tags, and a load takes the time of some dozens of writes.
const maxBumps = 2048

/**
 * When tags that a store has nothing else to tell of were given new generations: an answer may name a tag for the first time
 * that was written while it was being loaded.
 *
 * In two halves, the older of which is dropped as a whole: a map whose first entries are deleted one by one is slow.
 */
export class RecentBumps {
  #younger = new Map<string, number>()
  #older: ReadonlyMap<string, number> = new Map<string, number>()
  /** The latest in the older half. */
  #latestOlder = 0
  /** The latest of those that are not remembered any more. */
  #floor = 0

  /** Generations only ever grow. */
  add(name: string, generation: number): void {
    this.#younger.set(name, generation)
    if (this.#younger.size < maxBumps) return
    this.forget(this.#latestOlder)
    this.#older = this.#younger
    this.#latestOlder = generation
    this.#younger = new Map()
  }

  /** A tag that had this generation is not known any more. */
  forget(generation: number): void {
    if (generation > this.#floor) this.#floor = generation
  }

  /** No generation that the tag has had is later than this. */
  latestOf(name: string): number {
    return this.#younger.get(name) ?? this.#older.get(name) ?? this.#floor
  }
}
