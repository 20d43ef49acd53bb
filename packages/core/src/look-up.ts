import type { Clock } from './clock.js'
import { isWithinTtl } from './fresh.js'
import type { Guard } from './guard.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise } from './maybe-promise.js'
import { OfOneTick } from './of-one-tick.js'
import type { ReadRequest } from './read-request.js'
import type { Space } from './space.js'
import type { Absent, Entry, Lookup, Store, Vector } from './store.js'
import type { Switches } from './switches.js'

/** What a look-up needs to know of a read. */
export type LookUpRequest = Pick<ReadRequest, 'space' | 'key' | 'dependencies'>

export interface LookUpsParts {
  readonly store: Store
  readonly switches: Switches
  readonly clock: Clock
  readonly guard: Guard
}

/** The first step of a read: asks the store, which may fail or never answer, and then there is nothing. */
export class LookUps {
  readonly #parts: LookUpsParts
  /** A store may look up once for several readers, and then they wait as one. */
  readonly #waits = new OfOneTick<Promise<Lookup>, Promise<Lookup>>()

  constructor(parts: LookUpsParts) {
    this.#parts = parts
  }

  /** What it promises must come through `inTime`: it may reject, or never come. */
  begin(request: LookUpRequest, now?: number): MaybePromise<Lookup> {
    const { switches } = this.#parts
    if (!switches.areAllOn && !switches.reads(request.space, request.dependencies.tags)) return switchedOff
    // Not through `guard.run`: a hit from memory need not pay for closures.
    try {
      return this.#parts.store.lookup(request.space, request.key, request.dependencies, now)
    } catch (cause) {
      this.#parts.guard.failed('lookup', cause)
      return unavailable()
    }
  }

  inTime(lookup: Promise<Lookup>): Promise<Lookup> {
    return (
      this.#waits.find(lookup) ??
      this.#waits.keep(lookup, this.#parts.guard.settle('lookup', lookup, unavailable))
    )
  }

  /** As `inTime`, with what comes next. */
  inTimeAnd<R>(lookup: Promise<Lookup>, next: (found: Lookup) => MaybePromise<R>): Promise<R> {
    return this.#parts.guard.settleAnd('lookup', lookup, unavailable, next)
  }

  again(request: LookUpRequest): MaybePromise<Lookup> {
    const lookup = this.begin(request)
    return isPromise(lookup) ? this.inTime(lookup) : lookup
  }

  /** What was found, if it may be served. */
  live(lookup: Lookup): Entry | undefined {
    return lookup.status === 'found' && isWithinTtl(lookup, this.#parts.clock.now()) ? lookup : undefined
  }

  /** The vector of `tags` as of now; an unusable one if the store cannot be asked. */
  snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector> {
    const { store, guard } = this.#parts
    return guard.run(
      'snapshot',
      () => store.snapshot(space, tags),
      () => unusable,
    )
  }
}

/** Nothing may be stored under it. */
export const unusable: Vector = Object.freeze({ id: '', usable: false })

const unavailable = (): Absent => ({ status: 'absent', reason: 'unavailable', vector: unusable })

const switchedOff: Absent = Object.freeze({ status: 'absent', reason: 'switched off', vector: unusable })
