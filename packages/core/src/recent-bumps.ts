import type { TagState } from './memory-vector.js'
import { forgotten, newTag } from './memory-vector.js'

// A write bumps a handful of tags, and a load takes the time of some dozens of writes.
const maxBumps = 2048

/**
 * Tags that were given new generations, and that a store has nothing else to tell of: an answer may name a tag for the first time
 * that was written while it was being loaded, or before what it depends on was looked at.
 *
 * In two halves, the older of which is dropped as a whole: a map whose first entries are deleted one by one is slow.
 */
export class RecentBumps {
  #younger = new Map<string, TagState>()
  #older: ReadonlyMap<string, TagState> = new Map<string, TagState>()
  /** No tag of the older half has a later generation. */
  #latestOlder = 0
  /** The latest of those that are not remembered any more. */
  #floor = 0

  /** Whether the older half must make room. */
  get isFull(): boolean {
    return this.#younger.size >= maxBumps
  }

  /** @param generation none of those remembered is later */
  makeRoom(generation: number): void {
    this.forget(this.#latestOlder)
    this.#older = this.#younger
    this.#latestOlder = generation
    this.#younger = new Map()
  }

  /** For a tag that is about to get a new generation, which must be later than all before. */
  stateToChange(name: string): TagState {
    const younger = known(this.#younger.get(name))
    if (younger !== undefined) return younger
    const state = known(this.#older.get(name)) ?? newTag(this.#floor)
    this.#younger.set(name, state)
    return state
  }

  /** A tag's state for who remembers it from now on. */
  stateOf(name: string): TagState {
    return this.#find(name) ?? newTag(this.#floor)
  }

  /** A tag that had this generation is not known any more. */
  forget(generation: number): void {
    if (generation > this.#floor) this.#floor = generation
  }

  /** No generation that the tag has had is later than this. */
  latestOf(name: string): number {
    return this.#find(name)?.generation ?? this.#floor
  }

  #find(name: string): TagState | undefined {
    return known(this.#younger.get(name)) ?? known(this.#older.get(name))
  }
}

/** One that the store remembered meanwhile, and has forgotten, tells nothing. */
function known(state: TagState | undefined): TagState | undefined {
  return state?.generation === forgotten ? undefined : state
}
