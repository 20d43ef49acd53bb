import { prepareCopy } from './clone.js'
import type { Clock } from './clock.js'
import type { Flights } from './flight.js'
import type { Guard } from './guard.js'
import { notCopyable } from './keep.js'
import type { Keeper, KeepRequest } from './keep.js'
import type { LookUps } from './look-up.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise } from './maybe-promise.js'
import type { Space } from './space.js'
import type { Store, Vector } from './store.js'

export interface ByHandParts {
  readonly store: Store
  readonly clock: Clock
  readonly guard: Guard
  readonly closing: AbortSignal
  readonly flights: Flights
  readonly lookUps: LookUps
  readonly keeper: Keeper
}

/** Keys that are set and deleted by those who know better than a load. */
export class ByHand {
  readonly #parts: ByHandParts

  constructor(parts: ByHandParts) {
    this.#parts = parts
  }

  /**
   * Stores a value that was not loaded here, in place of whatever is there. `vector` is the user's own,
   * taken before the data was read; without one the value counts as read now.
   *
   * @throws FreshetError NOT_ENCODABLE
   */
  async put(request: KeepRequest, value: unknown, vector: Vector | undefined): Promise<void> {
    const copy = prepareCopy(value)
    if (copy === undefined) throw notCopyable(request)
    const { tags } = request.dependencies
    const current = vector ?? (await this.#parts.lookUps.snapshot(request.space, tags))
    if (this.#parts.closing.aborted) return
    // If this value is not kept, because it is too large or its vector outdated, neither is the one it replaces.
    if (vector !== undefined || !this.#parts.keeper.mayKeep(request, copy, current))
      await this.delete(request.space, request.key)
    const storedAt = this.#parts.clock.now()
    const loaded = { copy, storedAt, loadMs: 0, ttlMs: undefined, byHand: true }
    const store = () => this.#parts.keeper.store(request, { tags, vector: current }, loaded)
    await this.#superseding(request.space, request.key, 'put', store, nothing)
  }

  /** Whether there was something to delete. */
  delete(space: Space, key: string): MaybePromise<boolean> {
    const remove = () => this.#parts.store.delete(space, key)
    return this.#superseding(space, key, 'delete', remove, () => false)
  }

  /** Changes a key by hand: loads that began before it was done are not stored after it. */
  #superseding<T>(
    space: Space,
    key: string,
    action: string,
    step: () => MaybePromise<T>,
    otherwise: () => T,
  ): MaybePromise<T> {
    const flightKey = space.prefix + key
    this.#parts.flights.supersede(flightKey)
    const done = this.#parts.guard.run(action, step, otherwise)
    if (!isPromise(done)) return done
    return done.then((result) => {
      this.#parts.flights.supersede(flightKey)
      return result
    })
  }
}

const nothing = (): void => undefined
