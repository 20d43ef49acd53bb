import type { Lookup } from './store.js'

interface Group {
  readonly members: Promise<Lookup>[]
  readonly areAllThere: Promise<unknown>
}

/**
 * Look-ups that begin in one tick, of loads that are carried out as one if they begin in one tick: where one has to ask a store more
 * often than another, the loads would be carried out apart.
 */
export class TickGroup {
  readonly #isHit: (lookup: Lookup) => boolean
  #group: Group | undefined

  /** @param isHit whether nothing is loaded, so that nobody need be waited for */
  constructor(isHit: (lookup: Lookup) => boolean) {
    this.#isHit = isHit
  }

  /** What is found, at once if it is a hit, else when all who began with it have found something or nothing. */
  async join(lookup: Promise<Lookup>): Promise<Lookup> {
    const group = (this.#group ??= this.#open())
    group.members.push(lookup)
    const found = await lookup
    if (!this.#isHit(found)) await group.areAllThere
    return found
  }

  #open(): Group {
    const members: Promise<Lookup>[] = []
    const areAllThere = new Promise<unknown>((resolve) => {
      process.nextTick(() => {
        this.#group = undefined
        resolve(Promise.allSettled(members))
      })
    })
    return { members, areAllThere }
  }
}
