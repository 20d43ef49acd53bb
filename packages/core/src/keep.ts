import { prepareCopy, type PreparedCopy } from './clone.js'
import type { Clock } from './clock.js'
import type { LateTags } from './dependencies.js'
import { FreshetError } from './errors.js'
import type { Events } from './events.js'
import type { Flight } from './flight.js'
import type { Guard } from './guard.js'
import { copySmall, LateCopy } from './late-copy.js'
import { unusable } from './look-up.js'
import type { MaybePromise } from './maybe-promise.js'
import { andThen, isPromise } from './maybe-promise.js'
import { lifetimeMs } from './policy.js'
import type { ReadRequest } from './read-request.js'
import { tellRefused } from './refusals.js'
import type { Counters } from './stats.js'
import type { Store, Vector } from './store.js'
import type { Switches } from './switches.js'

/** A value to keep. */
export interface Loaded {
  readonly copy: PreparedCopy
  readonly storedAt: number
  readonly loadMs: number
  /** What the loader asked for instead of the policy's. */
  readonly ttlMs: number | undefined
  readonly byHand: boolean
}

/** A read as far as it concerns what is kept of it. */
export type KeepRequest = Omit<ReadRequest, 'load'>

export interface KeeperParts {
  readonly store: Store
  readonly switches: Switches
  readonly clock: Clock
  readonly random: () => number
  readonly counters: Counters
  readonly events: Events
  readonly guard: Guard
  readonly closing: AbortSignal
}

/** The last step of a read that found nothing: hands to the store what was loaded. */
export class Keeper {
  readonly #parts: KeeperParts

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  /** Stores what was loaded, under what it turned out to depend on, when the store has time for it. */
  keep(request: ReadRequest, flight: Flight, loaded: Loaded): MaybePromise<void> {
    const { store, guard, closing } = this.#parts
    if (store.putLater === undefined) return this.#keep(request, flight, loaded)
    const put = (): void => {
      if (flight.superseded || closing.aborted) return
      try {
        void this.#keep(request, flight, loaded)
      } catch (cause) {
        guard.failed('put', cause)
      }
    }
    const { copy } = loaded
    const atMostBytes = copy instanceof LateCopy ? copy.atMostBytes : copy.bytes
    if (!store.putLater(request.space, request.key, atMostBytes, put)) put()
  }

  /** What is kept of a value, made before anybody else has it; `undefined`: it cannot be copied. */
  copyOf({ isPlain }: KeepRequest, value: unknown): PreparedCopy | undefined {
    if (isPlain !== true) return prepareCopy(value)
    const small = this.#parts.store.putLater === undefined ? undefined : copySmall(value)
    return small ?? prepareCopy(value, plainData)
  }

  /** Whether a value is small enough. */
  hasRoomFor({ policy }: Pick<KeepRequest, 'policy'>, copy: PreparedCopy): boolean {
    return copy.bytes <= policy.maxEntryBytes
  }

  #keep(request: ReadRequest, flight: Flight, loaded: Loaded): MaybePromise<void> {
    const { store, guard } = this.#parts
    const { late } = request.dependencies
    if (late === undefined) return this.store(request, flight, loaded)
    const tags = this.#tagsWithLate(request, flight, late, loaded.copy.master)
    if (tags === undefined || store.bind === undefined) return this.store(request, flight, loaded)
    const bound = guard.run(
      'bind',
      () => store.bind!(request.space, flight.vector, tags, late.clocks),
      () => unusable,
    )
    flight.keeping = andThen(bound, (vector) => {
      if (flight.superseded || this.#parts.closing.aborted) return undefined
      if (!vector.usable) this.#parts.counters.unbound++
      return this.store(request, { tags, vector }, loaded)
    })
    return flight.keeping
  }

  /** `undefined` if the answer does not tell them. */
  #tagsWithLate(
    request: ReadRequest,
    flight: Flight,
    late: LateTags,
    value: unknown,
  ): readonly string[] | undefined {
    try {
      const told = late.of(value)
      if (told === undefined) return undefined
      const { dependencies } = request
      if (flight.dependencies === dependencies) return dependencies.tags.concat(told)
      const { clocks } = late
      return [
        ...flight.tags.filter((tag) => !clocks.includes(tag) || dependencies.tags.includes(tag)),
        ...told,
      ]
    } catch (cause) {
      this.#parts.guard.failed(`tags of ${request.source ?? request.key}`, cause)
      return undefined
    }
  }

  mayKeep(request: KeepRequest, copy: PreparedCopy, vector: Vector): boolean {
    const { switches } = this.#parts
    const { space, dependencies } = request
    return (
      vector.usable &&
      this.hasRoomFor(request, copy) &&
      (switches.areAllOn || switches.stores(space, dependencies.tags))
    )
  }

  store(
    request: KeepRequest,
    { tags, vector }: Pick<Flight, 'tags' | 'vector'>,
    { copy, storedAt, loadMs, ttlMs, byHand }: Loaded,
  ): MaybePromise<void> {
    const { store, guard, counters, random } = this.#parts
    if (!this.hasRoomFor(request, copy))
      tellRefused(this.#parts, { ...request, reason: 'too-large', bytes: copy.bytes })
    if (!this.mayKeep(request, copy, vector)) return
    const policy = ttlMs === undefined ? request.policy : { ...request.policy, ttlMs, negativeTtlMs: ttlMs }
    const expiresAt = storedAt + lifetimeMs(policy, copy.master, random)
    const keepUntil = expiresAt + policy.resilience.keepMs
    counters.stored++
    // Not through `guard.run`: a miss in memory need not pay for closures.
    try {
      const done = store.put(
        request.space,
        request.key,
        {
          copy,
          tags,
          storedAt,
          expiresAt,
          keepUntil,
          loadMs,
          byHand,
          compression: policy.compression,
          shown: request.dependencies.shown,
          toldBy: request.dependencies.toldBy,
        },
        vector,
      )
      return isPromise(done) ? guard.settle('put', done, nothing) : done
    } catch (cause) {
      guard.failed('put', cause)
    }
  }
}

export function notCopyable(request: Pick<ReadRequest, 'key' | 'source'>): FreshetError {
  return new FreshetError(
    'NOT_ENCODABLE',
    `The value of ${request.source ?? request.key} is not cached: it holds a function, a symbol, a cycle or an instance of a class that is not plain data. Cache plain data, or call skip() in the loader.`,
  )
}

const plainData = { isPlain: true } as const

const nothing = (): void => undefined
