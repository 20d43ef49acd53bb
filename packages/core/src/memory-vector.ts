import type { Dependencies } from './dependencies.js'
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

/** @param generation no change of the tag was later */
export function newTag(generation: number): TagState {
  return { generation, heldUntil: 0, changedAt: 0, asked: false }
}

/** Later than every vector, so that none made of it can ever be found current. */
export const forgotten = Infinity

/** What a vector stands for whose tags nobody has looked at yet. */
export interface Unbound {
  readonly binder: Binder
  readonly space: Space
  readonly dependencies: Dependencies
  /** Whether the texts of the tags are this vector's own. */
  readonly ownsTexts: boolean
}

/** What finds the tags of a vector. */
export interface Binder {
  /** Binds it; it is not usable any more if a tag may have changed since it was made. */
  bindNow(vector: MemoryVector, unbound: Unbound): void
}

/**
 * Generations are numbers that grow through all tags of the store, so that one of them is enough for a vector: its tags
 * are what they were as long as none has a later one than the latest had.
 *
 * That number is known without looking at the tags, which are found (bound) when the vector is compared, or stored under: most of that is done
 * when the load has ended, in batches, and not in the way of a read.
 */
export class MemoryVector implements Vector {
  /** None until it is bound. */
  states: readonly TagState[]
  /** The latest generation among `states` that is not later than itself. */
  latest: number
  usable: boolean
  /** The latest generation of all tags when it was made: a tag with an earlier one has not changed since. */
  readonly madeAt: number
  #uncounted: number
  #unbound: Unbound | undefined

  private constructor(madeAt: number, usable: boolean, unbound: Unbound | undefined) {
    this.states = noStates
    this.latest = forgotten
    this.usable = usable
    this.madeAt = madeAt
    this.#uncounted = 0
    this.#unbound = unbound
  }

  /** Of tags that are what they were when all tags together had this generation. */
  static unbound(madeAt: number, unbound: Unbound): MemoryVector {
    return new MemoryVector(madeAt, true, unbound)
  }

  /** @param bytes what it occupies with the tags that it was made of, estimated */
  static of(
    states: readonly TagState[],
    latest: number,
    usable: boolean,
    madeAt: number,
    bytes: number,
  ): MemoryVector {
    const vector = new MemoryVector(madeAt, usable, undefined)
    vector.boundTo(states, latest, bytes)
    return vector
  }

  static unusable(): MemoryVector {
    return new MemoryVector(0, false, undefined)
  }

  get isBound(): boolean {
    return this.#unbound === undefined
  }

  /** Returns whether it is usable. */
  bind(): boolean {
    const unbound = this.#unbound
    if (unbound !== undefined) {
      this.#unbound = undefined
      unbound.binder.bindNow(this, unbound)
    }
    return this.usable
  }

  /** What was loaded under it has been bound to more. */
  leaveUnbound(): void {
    if (this.#unbound === undefined) return
    this.#unbound = undefined
    this.usable = false
  }

  /** For who binds it. @param bytes see {@link of} */
  boundTo(states: readonly TagState[], latest: number, bytes: number): void {
    this.states = states
    this.latest = latest
    this.#uncounted = bytes
  }

  /** What it occupies, for the first entry that is stored under it; those that share it occupy nothing more. */
  countBytes(): number {
    const bytes = this.#uncounted
    this.#uncounted = 0
    return bytes
  }

  get id(): string {
    this.bind()
    return String(this.latest)
  }
}

const noStates: readonly TagState[] = Object.freeze([])

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

// Adapters ask by one array for each set of tables; an application works on few of them at a time.
const maxRecent = 8

/** The last vectors made: what is asked for by the same array while no tag of the store changes has the same one. */
export class RecentVectors {
  // What is searched stands together: nearly every search is in vain.
  readonly #tags: (readonly string[] | undefined)[] = new Array<undefined>(maxRecent).fill(undefined)
  readonly #spaces: (Space | undefined)[] = new Array<undefined>(maxRecent).fill(undefined)
  readonly #vectors: (MemoryVector | undefined)[] = new Array<undefined>(maxRecent).fill(undefined)
  #oldest = 0
  /** Of the store, when they were made. */
  #version = 0

  find(space: Space, tags: readonly string[], version: number): MemoryVector | undefined {
    if (version !== this.#version) return undefined
    for (let i = 0; i < maxRecent; i++)
      if (this.#tags[i] === tags && this.#spaces[i] === space) return this.#vectors[i]
    return undefined
  }

  add(space: Space, tags: readonly string[], version: number, vector: MemoryVector): void {
    if (version !== this.#version) {
      this.clear()
      this.#version = version
    }
    const at = this.#oldest
    this.#tags[at] = tags
    this.#spaces[at] = space
    this.#vectors[at] = vector
    this.#oldest = (at + 1) % maxRecent
  }

  clear(): void {
    this.#tags.fill(undefined)
    this.#spaces.fill(undefined)
    this.#vectors.fill(undefined)
  }
}
