import type { Clock } from './clock.js'
import { shared } from './answer.js'
import { ByHand } from './by-hand.js'
import type { Events } from './events.js'
import { FillTurns } from './fill-turns.js'
import { Flights } from './flight.js'
import type { Guard } from './guard.js'
import type { KeepRequest } from './keep.js'
import { Keeper } from './keep.js'
import { LoadsInTurn } from './load-in-turn.js'
import { Loads } from './load.js'
import { LookUps } from './look-up.js'
import type { MaybePromise } from './maybe-promise.js'
import { all, andThen, isPromise } from './maybe-promise.js'
import type { LateTags, ReadRequest } from './read-request.js'
import { tell, toldBefore } from './read-request.js'
import type { Space } from './space.js'
import type { Counters } from './stats.js'
import type { Entry, Lookup, Store, Vector } from './store.js'
import type { Switches } from './switches.js'
import type { TagNames } from './tag-names.js'

export interface ReaderParts {
  readonly store: Store
  readonly switches: Switches
  readonly clock: Clock
  readonly random: () => number
  readonly counters: Counters
  readonly events: Events
  readonly guard: Guard
  readonly tagNames: TagNames
  readonly closing: AbortSignal
  readonly joinTimeoutMs: number
  readonly maxEntryBytes: number
}

/**
 * The way of a read: look up (`look-up.ts`); serve, or load under the vector that the look-up brought (`load.ts`, and
 * `load-in-turn.ts` where processes share the store), and store (`keep.ts`).
 */
export class Reader {
  readonly #parts: ReaderParts
  readonly #lookUps: LookUps
  readonly #loads: Loads
  /** `undefined`: nobody shares the store. */
  readonly #inTurn: LoadsInTurn | undefined
  readonly #byHand: ByHand

  constructor(parts: ReaderParts) {
    const { store, clock, joinTimeoutMs } = parts
    const { fills } = store
    const turns = fills && new FillTurns({ ...parts, fills })
    const flights = new Flights(clock, joinTimeoutMs)
    const lookUps = new LookUps(parts)
    const keeper = new Keeper(parts)
    const loads = new Loads({ ...parts, flights, lookUps, keeper, turns })
    this.#parts = parts
    this.#lookUps = lookUps
    this.#loads = loads
    this.#inTurn = turns && new LoadsInTurn({ ...parts, turns, flights, lookUps, loads })
    this.#byHand = new ByHand({ ...parts, flights, lookUps, keeper })
  }

  /** Answers from the store or from `request.load`. A failure of the cache becomes a load, never a rejection. */
  read(request: ReadRequest): MaybePromise<unknown> {
    if (this.#parts.closing.aborted) return this.bypass(request, 'closed')
    const lookup = this.#lookUps.begin(request)
    return isPromise(lookup)
      ? this.#lookUps.inTime(lookup).then((found) => this.#answer(request, found))
      : this.#answer(request, lookup)
  }

  /**
   * Several reads whose loads are started together: every look-up is decided before the first load begins.
   */
  readMany(requests: readonly ReadRequest[]): MaybePromise<unknown>[] | Promise<MaybePromise<unknown>[]> {
    if (this.#parts.closing.aborted) return requests.map((request) => this.bypass(request, 'closed'))
    const lookups = requests.map((request) => {
      const lookup = this.#lookUps.begin(request)
      return isPromise(lookup) ? this.#lookUps.inTime(lookup) : lookup
    })
    const answerAll = (found: readonly Lookup[]) =>
      found.map((lookup, index) => this.#answer(requests[index]!, lookup))
    const found = all(lookups)
    return isPromise(found) ? found.then(answerAll) : answerAll(found)
  }

  /** Only looks; `undefined` if there is nothing to serve. */
  peek(space: Space, key: string): MaybePromise<Entry | undefined> {
    if (this.#parts.closing.aborted) return undefined
    const lookup = this.#lookUps.begin({ space, key, tags: noTags })
    return isPromise(lookup)
      ? this.#lookUps.inTime(lookup).then((found) => this.#lookUps.live(found))
      : this.#lookUps.live(lookup)
  }

  /** Loads without looking up or storing. */
  bypass(request: ReadRequest, reason: string): MaybePromise<unknown> {
    const { counters, events } = this.#parts
    counters.bypasses++
    if (events.has('bypass')) events.emit('bypass', { key: request.key, source: request.source, reason })
    tell(request, 'bypass', reason)
    return this.#loads.alone(request)
  }

  /** The vector of `tags` as of now; an unusable one if the store cannot be asked. */
  snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector> {
    return this.#lookUps.snapshot(space, tags)
  }

  /** See {@link ByHand.put}. */
  put(request: KeepRequest, value: unknown, vector: Vector | undefined): Promise<void> {
    return this.#byHand.put(request, value, vector)
  }

  /** Whether there was something to delete. */
  delete(space: Space, key: string): MaybePromise<boolean> {
    return this.#byHand.delete(space, key)
  }

  #answer(request: ReadRequest, lookup: Lookup): MaybePromise<unknown> {
    const { late } = request
    if (lookup.status === 'absent') {
      return late === undefined || lookup.holdsClocks === true || !lookup.vector.usable
        ? this.#absent(request, lookup.reason, lookup.vector, lookup.loadMs)
        : this.#absentWithClocks(request, late, lookup.reason, lookup.loadMs)
    }
    const now = this.#parts.clock.now()
    if (lookup.expiresAt > now) return this.#serve(request, lookup, now)
    return late === undefined
      ? this.#absent(request, 'expired', lookup.vector, lookup.loadMs)
      : this.#absentWithClocks(request, late, 'expired', lookup.loadMs)
  }

  #serve(request: ReadRequest, entry: Entry, now: number): unknown {
    const { counters, events } = this.#parts
    counters.hits++
    if (events.has('hit')) events.emit('hit', { key: request.key, source: request.source })
    if (request.info !== undefined) {
      tell(request, 'hit')
      request.info.ageMs = now - entry.storedAt
      request.info.expiresInMs = entry.expiresAt - now
    }
    return shared(request, entry.copy)
  }

  /** The vector to load under must hold the clocks too. */
  #absentWithClocks(
    request: ReadRequest,
    { clocks }: LateTags,
    reason: string,
    loadMs: number | undefined,
  ): MaybePromise<unknown> {
    return andThen(this.snapshot(request.space, [...request.tags, ...clocks]), (vector) =>
      this.#absent(request, reason, vector, loadMs),
    )
  }

  #absent(
    request: ReadRequest,
    reason: string,
    vector: Vector,
    loadMs: number | undefined,
  ): MaybePromise<unknown> {
    if (!vector.usable) return this.bypass(request, reason)
    this.#parts.counters.misses++
    if (this.#parts.events.has('miss')) {
      this.#parts.events.emit('miss', { key: request.key, source: request.source, reason })
    }
    const flightKey = request.space.prefix + request.key
    const learned = this.#loads.learned(flightKey)
    if (learned !== undefined) return this.#loads.loadLearned(request, learned, reason)
    if (this.#inTurn?.pays(flightKey, loadMs) === true) return this.#inTurn.load(request, vector, reason)
    return this.#loads.loadOrJoin(request, toldBefore(request), vector, reason)
  }
}

const noTags: readonly string[] = Object.freeze([])
