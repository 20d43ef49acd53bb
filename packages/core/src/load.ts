import { shared } from './answer.js'
import type { Background } from './background.js'
import type { Clock } from './clock.js'
import type { CoolDown } from './cool-down.js'
import { apart } from './crowd.js'
import type { Dependencies } from './dependencies.js'
import { toldBefore } from './dependencies.js'
import { FreshetError } from './errors.js'
import type { FillTurns, Turn } from './fill-turns.js'
import type { Flight, Flights, Landed } from './flight.js'
import type { Guard } from './guard.js'
import { notCopyable } from './keep.js'
import type { Keeper } from './keep.js'
import { Learned } from './learned.js'
import { LoadContext } from './load-context.js'
import type { LookUps } from './look-up.js'
import type { MaybePromise } from './maybe-promise.js'
import { andThen, isPromise, rejected, toPromise } from './maybe-promise.js'
import type { Nesting } from './nesting.js'
import type { ReadRequest } from './read-request.js'
import { cooledReason, tell } from './read-request.js'
import { isFailure } from './resilience.js'
import type { Counters } from './stats.js'
import type { Claim, Vector } from './store.js'
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
  readonly background: Background
  readonly coolDown: CoolDown
  readonly nesting: Nesting
  /** When a load that nobody waits for is given up. */
  readonly joinTimeoutMs: number
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
    turn?: Turn,
  ): Promise<unknown> {
    const tags = [...new Set([...toldBefore(request.dependencies), ...learned])]
    const vector = await this.#parts.lookUps.snapshot(request.space, tags)
    return this.loadOrJoin(request, { tags }, vector, reason, rejoining, turn)
  }

  loadOrJoin(
    request: ReadRequest,
    dependencies: Dependencies,
    vector: Vector,
    reason: string,
    rejoining = false,
    turn?: Turn,
  ): Promise<unknown> {
    const flightKey = request.space.prefix + request.key
    const underWay = vector.usable ? this.#parts.flights.find(flightKey, vector) : undefined
    if (underWay !== undefined && request.waitsForNobody !== true) {
      underWay.claim ??= turn?.take()
      return this.#join(request, underWay, reason, rejoining)
    }
    const cooled = vector.usable ? this.#cooled(request, flightKey, vector) : undefined
    tell(request, 'miss', cooled === undefined ? reason : cooledReason)
    if (cooled !== undefined) {
      this.#parts.counters.cooled += request.crowd?.readers ?? 1
      this.#end(turn?.take())
      return rejected(cooled.error)
    }
    const flight = this.#parts.flights.start(flightKey, dependencies, vector)
    flight.claim = turn?.take()
    return this.#load(request, flight)
  }

  /** What the readers of a key are told whose loads have just failed. */
  #cooled(request: ReadRequest, flightKey: string, vector: Vector): { readonly error: unknown } | undefined {
    const { coolDown } = this.#parts
    if (!coolDown.isInUse || request.policy.resilience.errorCooldownMs === 0) return undefined
    return coolDown.find(flightKey, vector)
  }

  async #join(request: ReadRequest, flight: Flight, reason: string, rejoining: boolean): Promise<unknown> {
    const { nesting, flights, counters } = this.#parts
    const within = request.within ?? nesting.within
    if (within !== undefined && nesting.waitsFor(flight, within)) return this.#unjoined(request, reason)
    counters.joined += request.crowd?.readers ?? 1
    tell(request, 'joined', reason)
    const limitMs = ownLimitMs(request)
    const landing = flights.join(flight, limitMs)
    const landed = await (within === undefined ? landing : waitingWithin(within, flight, landing))
    if (landed?.lackedTags === undefined) {
      if (landed?.copy !== undefined) return shared(request, landed.copy)
    } else if (!rejoining) {
      // One of these tags may have been written before this reader came, and the shared vector did not show it.
      return this.loadLearned(request, landed.lackedTags, reason, true)
    }
    if (landed === undefined) this.#waitedInVain(request, limitMs)
    // Nothing came in time, or what came cannot be shared.
    return this.loadAlone(request)
  }

  /** The load would wait for this reader, and this reader for the load. */
  #unjoined(request: ReadRequest, reason: string): MaybePromise<unknown> {
    this.#parts.nesting.watch()
    tell(request, 'miss', reason)
    return this.loadAlone(request)
  }

  /** @throws FreshetError LOAD_TIMEOUT */
  #waitedInVain(request: ReadRequest, limitMs: number | undefined): void {
    if (limitMs !== undefined && limitMs <= this.#parts.joinTimeoutMs) {
      this.#parts.counters.timeouts++
      throw loadTimeout(request, limitMs)
    }
    if (request.isOwnLoader === true) this.#parts.nesting.watch()
  }

  /** A load that others cannot share: each of a crowd has one of its own. */
  loadAlone(request: ReadRequest): MaybePromise<unknown> {
    if (request.crowd !== undefined) return apart
    this.#parts.counters.loads++
    return this.alone(request)
  }

  /** Neither looked up nor shared nor stored. */
  alone(request: ReadRequest): MaybePromise<unknown> {
    const limitMs = ownLimitMs(request)
    const loaded = request.load(this.#context())
    const value = limitMs === undefined ? loaded : this.#within(request, limitMs, toPromise(loaded))
    return request.restore === undefined ? value : andThen(value, request.restore)
  }

  /** Not `async`: a miss need not pay for a promise between the loader's and the caller's. */
  #load(request: ReadRequest, flight: Flight): Promise<unknown> {
    const { clock, counters, nesting } = this.#parts
    counters.loads++
    const outer = request.within ?? nesting.within
    if (outer !== undefined) wait(outer, flight)
    const failed = (error: unknown): Promise<never> => {
      this.#failed(request, flight, error)
      return rejected(error)
    }
    try {
      const context = this.#context()
      const startedAt = clock.now()
      const loading = toPromise(nesting.run(flight, request, context)).then(
        (value) => this.#loaded(request, flight, context, value, startedAt),
        failed,
      )
      const limitMs = request.isInBackground === true ? this.#backgroundLimitMs(request) : ownLimitMs(request)
      if (limitMs === undefined) return loading
      return this.#within(request, limitMs, loading, (error) => this.#gaveUp(request, flight, error))
    } catch (error) {
      return failed(error)
    }
  }

  #backgroundLimitMs({ policy }: ReadRequest): number {
    return policy.resilience.hardTimeoutMs === 0 ? this.#parts.joinTimeoutMs : policy.resilience.hardTimeoutMs
  }

  /** @throws FreshetError LOAD_TIMEOUT, by rejection */
  #within<T>(
    request: ReadRequest,
    limitMs: number,
    loading: Promise<T>,
    givenUp?: (error: FreshetError) => void,
  ): Promise<T> {
    const { clock, counters } = this.#parts
    return new Promise((resolve, reject) => {
      const cancel = clock.setTimer(() => {
        const error = loadTimeout(request, limitMs)
        counters.timeouts++
        givenUp?.(error)
        reject(error)
      }, limitMs)
      void loading.then(resolve, reject).finally(cancel)
    })
  }

  #gaveUp(request: ReadRequest, flight: Flight, error: FreshetError): void {
    flight.giveUp()
    this.#cool(request, flight, error)
    this.#end(flight.claim)
    flight.claim = undefined
  }

  #failed(request: ReadRequest, flight: Flight, error: unknown): void {
    flight.fail(error)
    this.#parts.flights.end(flight)
    this.#release(flight)
    this.#cool(request, flight, error)
  }

  #cool({ policy, isOneOfMany }: ReadRequest, { key, vector }: Flight, error: unknown): void {
    const { errorCooldownMs } = policy.resilience
    if (
      errorCooldownMs === 0 ||
      isOneOfMany === true ||
      !vector.usable ||
      !isFailure(policy.resilience, error)
    )
      return
    this.#parts.coolDown.failed(key, vector, error, errorCooldownMs)
  }

  #loaded(
    request: ReadRequest,
    flight: Flight,
    context: LoadContext,
    value: unknown,
    startedAt: number,
  ): unknown {
    const { flights, coolDown } = this.#parts
    if (coolDown.isInUse) coolDown.succeeded(flight.key)
    try {
      flight.land(this.#landed(request, flight, context, value, startedAt))
    } catch (error) {
      flight.fail(error)
      throw error
    } finally {
      flights.landed(flight)
      flights.end(flight)
      this.#release(flight)
    }
    return request.restore === undefined ? value : request.restore(value)
  }

  /** Those who wait in other processes look again when the entry is there, or will not be. */
  #release({ claim, stored }: Flight): void {
    this.#end(claim, stored)
  }

  #end(claim: Claim | undefined, after?: MaybePromise<void>): void {
    if (claim === undefined) return
    void this.#parts.guard.run('release', () => andThen(after, () => claim.release()), nothing)
  }

  /** Stores what was loaded, if it may be, and says what is left of it for those who joined. */
  #landed(
    request: ReadRequest,
    flight: Flight,
    context: LoadContext,
    value: unknown,
    startedAt: number,
  ): Landed {
    const lackedTags = this.#learn(request, flight, context)
    if (lackedTags !== undefined) return { value, copy: undefined, lackedTags }
    // `undefined` is "not there", so it is not a value to keep.
    const storable =
      context.mayStore && !flight.superseded && value !== undefined && !this.#parts.closing.aborted
    if (!storable && !flight.superseded) this.#parts.turns?.keptNothing(flight.key)
    if (!storable && flight.joiners === 0) return { value, copy: undefined, lackedTags }
    const copy = this.#parts.keeper.copyOf(request, value)
    if (copy === undefined) this.#parts.guard.failed('copy', notCopyable(request))
    // Not awaited: an entry that is stored late under its vector is still sound.
    else if (storable) {
      const storedAt = this.#parts.clock.now()
      const loadMs = storedAt - startedAt
      const loaded = { copy, storedAt, loadMs, ttlMs: context.ttlMs, byHand: false }
      flight.stored = this.#parts.keeper.keep(request, flight, loaded)
      if (isPromise(flight.stored)) this.#parts.background.wait(flight.stored)
      const { turns, keeper } = this.#parts
      if (turns !== undefined && keeper.hasRoomFor(request, copy)) turns.took(flight.key, loadMs)
      else turns?.keptNothing(flight.key)
    }
    return { value, copy, lackedTags }
  }

  /** The tags that the loader named, if the vector lacks any; remembered, so that the next load's has them. */
  #learn(request: ReadRequest, flight: Flight, context: LoadContext): readonly string[] | undefined {
    if (context.tags === undefined) return undefined
    this.#learned.set(request.space.prefix + request.key, context.tags)
    const { tags } = flight
    return context.tags.every((tag) => tags.includes(tag)) ? undefined : context.tags
  }

  #context(): LoadContext {
    return new LoadContext(this.#parts.closing, this.#parts.tagNames)
  }
}

/** How long this reader waits for a load at all; `undefined`: as long as it takes. */
function ownLimitMs({ policy, isOwnLoader }: ReadRequest): number | undefined {
  const { hardTimeoutMs } = policy.resilience
  return hardTimeoutMs === 0 || isOwnLoader !== true ? undefined : hardTimeoutMs
}

function loadTimeout({ source, key }: ReadRequest, limitMs: number): FreshetError {
  return new FreshetError(
    'LOAD_TIMEOUT',
    `The load of ${source ?? key} took longer than 'hardTimeout', which is ${limitMs} ms. It goes on, and what it brings is stored if it still may be. Look at what it waits for, give a longer 'hardTimeout', or 'staleIfError' to be served the last value.`,
  )
}

function wait(outer: Flight, inner: Flight): void {
  outer.waitsFor ??= new Set()
  outer.waitsFor.add(inner)
}

async function waitingWithin<T>(outer: Flight, inner: Flight, landing: Promise<T>): Promise<T> {
  wait(outer, inner)
  try {
    return await landing
  } finally {
    outer.waitsFor?.delete(inner)
  }
}

const nothing = (): void => undefined
