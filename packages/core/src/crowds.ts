import type { CrowdAnswer } from './crowd.js'
import { Crowd } from './crowd.js'
import type { ReadRequest } from './read-request.js'
import type { Lookup } from './store.js'

/** Finds the readers whom one look-up answers. */
export class Crowds {
  readonly #begin: (crowd: Crowd, found: Promise<Lookup>) => Promise<CrowdAnswer>
  /** The last one that somebody waits for, who has been sent away to go by himself. */
  #lookup: Promise<Lookup> | undefined
  /** Those who came after him. */
  #crowd: Crowd | undefined
  /** By look-up: what those who came after are told. */
  readonly #told = new Map<Promise<Lookup>, Told>()

  /** @param begin goes the way of a crowd; `found` comes when who came first has been told */
  constructor(begin: (crowd: Crowd, found: Promise<Lookup>) => Promise<CrowdAnswer>) {
    this.#begin = begin
  }

  /** The crowd that a reader belongs to; `undefined`: it goes by itself. */
  join(lookup: Promise<Lookup>, request: ReadRequest): Crowd | undefined {
    if (lookup !== this.#lookup) {
      this.#lookup = lookup
      this.#crowd = undefined
      return undefined
    }
    const crowd = this.#crowd
    if (crowd === undefined) {
      const { found } = this.#toldOf(lookup)
      return (this.#crowd = new Crowd(request, (made) => this.#begin(made, found)))
    }
    if (!crowd.isFor(request)) return undefined
    crowd.readers++
    return crowd
  }

  /**
   * To be called by whoever went by himself, who goes ahead of those who came after him: what these do finds a load to join. Nobody joins
   * them any more.
   */
  ended(lookup: Promise<Lookup>, found: Lookup): void {
    if (lookup === this.#lookup) this.#lookup = this.#crowd = undefined
    if (this.#told.size === 0) return
    this.#told.get(lookup)?.tell(found)
    this.#told.delete(lookup)
  }

  /** One for all crowds of a look-up: where readers of several alternate, there is more than one. */
  #toldOf(lookup: Promise<Lookup>): Told {
    let told = this.#told.get(lookup)
    if (told === undefined) {
      let tell!: (found: Lookup) => void
      const found = new Promise<Lookup>((resolve) => (tell = resolve))
      this.#told.set(lookup, (told = { found, tell }))
    }
    return told
  }
}

interface Told {
  readonly found: Promise<Lookup>
  readonly tell: (found: Lookup) => void
}
