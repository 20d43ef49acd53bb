import { shared } from './answer.js'
import { prepareCopy } from './clone.js'
import type { Clock } from './clock.js'
import type { FillTurns, Turn } from './fill-turns.js'
import type { Flight, Flights, Landed } from './flight.js'
import type { Guard } from './guard.js'
import { notCopyable } from './keep.js'
import type { Keeper } from './keep.js'
import { Learned } from './learned.js'
import { LoadContext } from './load-context.js'
import type { LookUps } from './look-up.js'
import type { MaybePromise } from './maybe-promise.js'
import { andThen, toPromise } from './maybe-promise.js'
import type { ReadRequest } from './read-request.js'
import { tell, toldBefore } from './read-request.js'
import type { Counters } from './stats.js'
import type { Vector } from './store.js'
import type { TagNames } from './tag-names.js'

export interface LoadsParts {
  readonly clock: Clock
  readonly counters: Counters
  readonly guard: Guard
  readonly tagNames: TagNames
  readonly closing: AbortSignal
  readonly flights: Flights
  readonly lookUps: LookUps
  readonly keeper: Keeper
  /** `undefined`: nobody shares the store. */
  readonly turns: FillTurns | undefined
}

/** The way of a read that found nothing: join a load under the same vector, or load and leave what was loaded. */
export class Loads {
  readonly #parts: LoadsParts
  readonly #learned = new Learned()

  constructor(parts: LoadsParts) {
    this.#parts = parts
  }

  /** The tags that the key's last load named, if it did. */
  learned(flightKey: string): readonly string[] | undefined {
    return this.#learned.get(flightKey)
  }

  /** The key's last load named tags of its own: the vector must hold them too, read now. */
  async loadLearned(
    request: ReadRequest,
    learned: readonly string[],
    reason: string,
    rejoining = false,
  ): Promise<unknown> {
    const tags = [...new Set([...toldBefore(request), ...learned])]
    const vector = await this.#parts.lookUps.snapshot(request.space, tags)
    return this.loadOrJoin(request, tags, vector, reason, rejoining)
  }

  loadOrJoin(
    request: ReadRequest,
    tags: readonly string[],
    vector: Vector,
    reason: string,
    rejoining = false,
    turn?: Turn,
  ): Promise<unknown> {
    const flightKey = request.space.prefix + request.key
    const underWay = vector.usable ? this.#parts.flights.find(flightKey, vector) : undefined
    if (underWay !== undefined) {
      underWay.claim ??= turn?.take()
      return this.#join(request, underWay, reason, rejoining)
    }
    tell(request, 'miss', reason)
    const flight = this.#parts.flights.start(flightKey, tags, vector)
    flight.claim = turn?.take()
    return this.#load(request, flight)
  }

  async #join(request: ReadRequest, flight: Flight, reason: string, rejoining: boolean): Promise<unknown> {
    this.#parts.counters.joined++
    tell(request, 'joined', reason)
    const landed = await this.#parts.flights.join(flight)
    if (landed?.lackedTags === undefined) {
      if (landed?.copy !== undefined) return shared(request, landed.copy)
    } else if (!rejoining) {
      // One of these tags may have been written before this reader came, and the shared vector did not show it.
      return this.loadLearned(request, landed.lackedTags, reason, true)
    }
    // Nothing came in time, or what came cannot be shared.
    this.#parts.counters.loads++
    return this.alone(request)
  }

  /** Neither looked up nor shared nor stored. */
  alone(request: ReadRequest): MaybePromise<unknown> {
    const value = request.load(this.#context())
    return request.restore === undefined ? value : andThen(value, request.restore)
  }

  /** Not `async`: a miss need not pay for a promise between the loader's and the caller's. */
  #load(request: ReadRequest, flight: Flight): Promise<unknown> {
    const { clock, counters } = this.#parts
    counters.loads++
    const failed = (error: unknown): Promise<never> => {
      flight.fail(error)
      this.#parts.flights.end(flight)
      this.#release(flight)
      return rejected(error)
    }
    try {
      const context = this.#context()
      const startedAt = clock.now()
      return toPromise(request.load(context)).then(
        (value) => this.#loaded(request, flight, context, value, startedAt),
        failed,
      )
    } catch (error) {
      return failed(error)
    }
  }

  #loaded(
    request: ReadRequest,
    flight: Flight,
    context: LoadContext,
    value: unknown,
    startedAt: number,
  ): unknown {
    try {
      flight.land(this.#landed(request, flight, context, value, startedAt))
    } catch (error) {
      flight.fail(error)
      throw error
    } finally {
      this.#parts.flights.end(flight)
      this.#release(flight)
    }
    return request.restore === undefined ? value : request.restore(value)
  }

  /** Those who wait in other processes look again when the entry is there, or will not be. */
  #release({ claim, stored }: Flight): void {
    if (claim === undefined) return
    void this.#parts.guard.run('release', () => andThen(stored, () => claim.release()), nothing)
  }

  /** Stores what was loaded, if it may be, and says what is left of it for those who joined. */
  #landed(
    request: ReadRequest,
    flight: Flight,
    context: LoadContext,
    value: unknown,
    startedAt: number,
  ): Landed {
    const lackedTags = this.#learn(request, flight.tags, context)
    if (lackedTags !== undefined) return { value, copy: undefined, lackedTags }
    // `undefined` is "not there", so it is not a value to keep.
    const storable =
      context.mayStore && !flight.superseded && value !== undefined && !this.#parts.closing.aborted
    if (!storable && !flight.superseded) this.#parts.turns?.keptNothing(flight.key)
    if (!storable && flight.joiners === 0) return { value, copy: undefined, lackedTags }
    const copy = prepareCopy(value, request.isPlain === true ? plainData : undefined)
    if (copy === undefined) this.#parts.guard.failed('copy', notCopyable(request))
    // Not awaited: an entry that is stored late under its vector is still sound.
    else if (storable) {
      const storedAt = this.#parts.clock.now()
      const loadMs = storedAt - startedAt
      const loaded = { copy, storedAt, loadMs, ttlMs: context.ttlMs, byHand: false }
      if (request.late === undefined) flight.stored = this.#parts.keeper.store(request, flight, loaded)
      else
        flight.stored = flight.keeping = this.#parts.keeper.keep(request, request.late, value, flight, loaded)
      if (this.#parts.keeper.hasRoomFor(copy)) this.#parts.turns?.took(flight.key, loadMs)
      else this.#parts.turns?.keptNothing(flight.key)
    }
    return { value, copy, lackedTags }
  }

  /** The tags that the loader named, if the vector lacks any; remembered, so that the next load's has them. */
  #learn(request: ReadRequest, tags: readonly string[], context: LoadContext): readonly string[] | undefined {
    if (context.tags === undefined) return undefined
    this.#learned.set(request.space.prefix + request.key, context.tags)
    return context.tags.every((tag) => tags.includes(tag)) ? undefined : context.tags
  }

  #context(): LoadContext {
    return new LoadContext(this.#parts.closing, this.#parts.tagNames)
  }
}

const plainData = { isPlain: true } as const

const nothing = (): void => undefined

async function rejected(reason: unknown): Promise<never> {
  throw reason
}
