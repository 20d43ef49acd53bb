import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.js'
import { isWithinTtl } from './fresh.js'
import type { ReadRequest } from './read-request.js'
import type { Refreshes } from './refresh.js'
import type { Absent, Outdated } from './store.js'
import type { Switches } from './switches.js'

/** An old value that is served for a last time. */
interface Retiring {
  /** Tells it from the next one of its key. */
  readonly storedAt: number
  readonly until: number
  isReplaced: boolean
}

const maxKeys = 10_000
// Times on a server's clock come back a little different each time.
const toleranceMs = 100

export interface DelayedDeletionsParts {
  readonly clock: Clock
  readonly switches: Switches
  readonly refreshes: Refreshes
}

/**
 * Old values that are still served after an invalidation, while one load replaces them, as rockscache does by marking what is deleted.
 *
 * Each is served for a limited time, counted from the invalidation, and by each process only until its load has ended: a tag that is
 * written all the time must not keep an old value alive.
 */
export class DelayedDeletions {
  readonly #parts: DelayedDeletionsParts
  // Made at the first use: most caches have no such policy.
  #retiring: LRUCache<string, Retiring> | undefined

  constructor(parts: DelayedDeletionsParts) {
    this.#parts = parts
  }

  /** The old value, if it may be served now. */
  find(request: ReadRequest, lookup: Absent): Outdated | undefined {
    const { delayedDeletionMs } = request.policy.resilience
    const { outdated, reason } = lookup
    const changedAt = outdated?.changedAt
    if (reason !== 'invalidated' || outdated === undefined || changedAt === undefined) return undefined
    // It may have been made fresher since.
    if (this.#parts.switches.stateOf(request.space).consistency !== 'eventual') return undefined
    const now = this.#parts.clock.now()
    const sinceMs = now - changedAt
    if (sinceMs < 0 || sinceMs >= delayedDeletionMs || !isWithinTtl(outdated, now)) return undefined
    const retiring = this.#retiringOf(request, outdated)
    if (retiring !== undefined) return now < retiring.until && !retiring.isReplaced ? outdated : undefined
    return this.#retire(request, lookup, outdated, now + delayedDeletionMs) ? outdated : undefined
  }

  #retiringOf({ space, key }: ReadRequest, { storedAt }: Outdated): Retiring | undefined {
    const retiring = this.#retiring?.get(space.prefix + key)
    return retiring !== undefined && Math.abs(retiring.storedAt - storedAt) < toleranceMs
      ? retiring
      : undefined
  }

  /** Whether somebody loads what replaces it. */
  #retire(request: ReadRequest, lookup: Absent, { storedAt }: Outdated, until: number): boolean {
    const retiring: Retiring = { storedAt, until, isReplaced: false }
    if (!this.#parts.refreshes.begin(request, lookup, () => (retiring.isReplaced = true))) return false
    this.#retiring ??= new LRUCache({ max: maxKeys })
    this.#retiring.set(request.space.prefix + request.key, retiring)
    return true
  }
}
