import type { Space } from '../space.js'
import { wholeSpaceTag } from '../space.js'

/** Tags that are not served until a time, because nobody knows how a write of them ended. */
export interface Hold {
  readonly space: Space
  readonly tags: readonly string[]
  /** On the cache's clock, in ms. */
  readonly until: number
}

const maxHolds = 1_000

/** The holds of this process that have not ended, for a store that may not have been told, or has forgotten. */
export class Holds {
  #holds: readonly Hold[] = []

  add(hold: Hold, root: Space, now: number): void {
    const living = [...this.living(now), hold]
    this.#holds = living.length <= maxHolds ? living : [everythingUntilTheLast(living, root)]
  }

  living(now: number): readonly Hold[] {
    return this.#holds.filter(({ until }) => until > now)
  }
}

function everythingUntilTheLast(holds: readonly Hold[], root: Space): Hold {
  const until = holds.reduce((latest, hold) => Math.max(latest, hold.until), 0)
  return { space: root, tags: [wholeSpaceTag], until }
}
