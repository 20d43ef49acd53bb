import type { CrowdAnswer } from './crowd.js'
import { Crowd } from './crowd.js'
import { OfOneTick } from './of-one-tick.js'
import type { ReadRequest } from './read-request.js'
import type { Lookup } from './store.js'

/** Finds the readers whom one look-up answers. */
export class Crowds {
  readonly #begin: (crowd: Crowd, lookup: Promise<Lookup>) => Promise<CrowdAnswer>
  /** Of the last look-up: whether somebody waits for it, and the crowd of those who came after him. */
  readonly #last = new OfOneTick<Promise<Lookup>, Crowd | 'one reader'>()

  /** @param begin goes the way of a crowd once `lookup` has ended */
  constructor(begin: (crowd: Crowd, lookup: Promise<Lookup>) => Promise<CrowdAnswer>) {
    this.#begin = begin
  }

  /** The crowd that a reader belongs to; `undefined`: it goes by itself. */
  join(lookup: Promise<Lookup>, request: ReadRequest): Crowd | undefined {
    const crowd = this.#last.find(lookup)
    if (crowd === undefined) {
      this.#last.keep(lookup, 'one reader')
      return undefined
    }
    // Whoever came first goes ahead, and what the crowd does finds a load to join.
    if (crowd === 'one reader')
      return this.#last.keep(lookup, new Crowd(request, (made) => this.#begin(made, lookup))) as Crowd
    if (!crowd.isFor(request)) return undefined
    crowd.readers++
    return crowd
  }
}
