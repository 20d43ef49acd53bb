import type { Space } from './space.js'
import type { Vector } from './store.js'

/** A tag as it is now. Entries point at it, so a hit looks no name up. */
export interface TagState {
  /** {@link forgotten} once the tag has left the map: whatever points here can never be valid again. */
  generation: number
  heldUntil: number
  /** When it got its generation by a change, in whole milliseconds; 0: it has not been changed since it was made. */
  changedAt: number
  /** Asked for again since it was made, or since it was last spared. */
  asked: boolean
}

/** Later than every vector, so that none made of it can ever be found current. */
export const forgotten = Infinity

/**
 * Generations are numbers that grow through all tags of the store, so that one of them is enough for a vector: its tags
 * are what they were as long as none has a later one than the latest had.
 */
export class MemoryVector implements Vector {
  readonly states: readonly TagState[]
  /** The latest generation among `states`. */
  readonly latest: number
  readonly usable: boolean
  /** The latest generation of all tags when it was made: a tag with an earlier one has not changed since. */
  readonly madeAt: number
  #uncounted: number

  /** @param bytes what it occupies with the tags that it was made of, estimated */
  constructor(states: readonly TagState[], latest: number, usable: boolean, madeAt: number, bytes: number) {
    this.states = states
    this.latest = latest
    this.usable = usable
    this.madeAt = madeAt
    this.#uncounted = bytes
  }

  /** What it occupies, for the first entry that is stored under it; those that share it occupy nothing more. */
  countBytes(): number {
    const bytes = this.#uncounted
    this.#uncounted = 0
    return bytes
  }

  get id(): string {
    return String(this.latest)
  }
}

export function isUnchanged({ states, latest }: MemoryVector): boolean {
  for (let i = 0; i < states.length; i++) if (states[i]!.generation > latest) return false
  return true
}

/**
 * Whether one of the namespaces' own tags has changed, each of which stands before the others of its namespace.
 *
 * @param spaces how many namespaces the vector is of
 */
export function isCleared({ states, latest }: MemoryVector, spaces: number): boolean {
  const perSpace = states.length / spaces
  for (let i = 0; i < states.length; i += perSpace) if (states[i]!.generation > latest) return true
  return false
}

/** When the first of the tags that have changed did so last; `undefined` if that is not known of one of them. */
export function changedAt({ states, latest }: MemoryVector): number | undefined {
  let first = Infinity
  for (const state of states) if (state.generation > latest) first = Math.min(first, state.changedAt)
  return first === 0 || first === Infinity ? undefined : first
}

interface RecentVector {
  readonly space: Space
  readonly tags: readonly string[]
  readonly version: number
  readonly vector: MemoryVector
}

// Adapters ask by one array for each set of tables; an application works on few of them at a time.
const maxRecent = 8

/** The last vectors made: what is asked for by the same array while no tag of the store changes has the same one. */
export class RecentVectors {
  readonly #recent: (RecentVector | undefined)[] = new Array<undefined>(maxRecent).fill(undefined)
  #oldest = 0

  find(space: Space, tags: readonly string[], version: number): MemoryVector | undefined {
    for (let i = 0; i < maxRecent; i++) {
      const recent = this.#recent[i]
      if (recent === undefined || recent.tags !== tags) continue
      if (recent.version === version && recent.space === space) return recent.vector
    }
    return undefined
  }

  add(recent: RecentVector): void {
    this.#recent[this.#oldest] = recent
    this.#oldest = (this.#oldest + 1) % maxRecent
  }

  clear(): void {
    this.#recent.fill(undefined)
  }
}
