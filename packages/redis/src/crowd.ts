import type { Dependencies, Lookup, Space } from '@freshet/core/store'

/** Readers who ask for one entry in the same words, before the request for it has been sent: they are answered as one. */
export class Crowd {
  readonly space: Space
  readonly key: string
  readonly dependencies: Dependencies
  /** How many they are. Final once the request has been sent. */
  readers: number
  answer!: Promise<Lookup>

  constructor(space: Space, key: string, dependencies: Dependencies, readers = 1) {
    this.space = space
    this.key = key
    this.dependencies = dependencies
    this.readers = readers
  }

  isAs({ space, key, dependencies }: Crowd): boolean {
    return this.key === key && this.space.prefix === space.prefix && areAlike(this.dependencies, dependencies)
  }
}

/** Those that wait for one request, the last of each key. */
export class Crowds {
  // A map is dearer than all the rest where only one reader asks.
  #last: Crowd | undefined
  #before: Map<string, Crowd> | undefined

  of(key: string): Crowd | undefined {
    return this.#last?.key === key ? this.#last : this.#before?.get(key)
  }

  add(crowd: Crowd): void {
    if (this.#last !== undefined) (this.#before ??= new Map()).set(this.#last.key, this.#last)
    this.#last = crowd
  }
}

/** Requests that are sent together. */
export interface Unsent {
  /** Who waits for those that have not been sent; `undefined`: there are none. */
  readonly crowds: Crowds | undefined
}

/**
 * What `look` brings, for all who ask for the same before it has been sent: so each is answered by a look-up that began after it had asked.
 *
 * @param look asks at once, by what `unsent` sends
 */
export function together(unsent: Unsent, crowd: Crowd, look: () => Promise<Lookup>): Promise<Lookup> {
  const there = unsent.crowds?.of(crowd.key)
  if (there?.isAs(crowd) === true) {
    there.readers += crowd.readers
    return there.answer
  }
  crowd.answer = look()
  unsent.crowds?.add(crowd)
  return crowd.answer
}

function areAlike(some: Dependencies, others: Dependencies): boolean {
  if (some.toldBy !== undefined && some.toldBy === others.toldBy) return true
  return areSame(some.tags, others.tags) && areSame(some.late?.clocks ?? none, others.late?.clocks ?? none)
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  if (some === others) return true
  return some.length === others.length && some.every((one, index) => one === others[index])
}

const none: readonly string[] = Object.freeze([])
