import type { PreciseTable } from './table-precision.js'
import type { WatchedKey } from './watched-key.js'

/** The sets of which some read may ask whether they were touched: nobody remembers others. */
export class WantedSets {
  /** By the tags of their tables, what stands for all sets of a key. */
  readonly #keys = new Map<string, Set<string>>()

  get isEmpty(): boolean {
    return this.#keys.size === 0
  }

  /** To be called before an answer that may ask is stored. */
  want({ texts: { table } }: PreciseTable, { anySet }: WatchedKey): void {
    const wanted = this.#keys.get(table)
    if (wanted === undefined) this.#keys.set(table, new Set([anySet]))
    else wanted.add(anySet)
  }

  isWanted({ texts: { table } }: PreciseTable, { anySet }: WatchedKey): boolean {
    return this.#keys.get(table)?.has(anySet) === true
  }
}
