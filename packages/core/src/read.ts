import type { Clock } from './clock.js'
import { shared } from './answer.js'
import { type AskedSet, AskedSets } from './asked-sets.js'
import { Background } from './background.js'
import { ByHand } from './by-hand.js'
import { CoolDown } from './cool-down.js'
import type { Crowd, CrowdAnswer } from './crowd.js'
import { apart, Brought, mayCrowd } from './crowd.js'
import { Crowds } from './crowds.js'
import { DelayedDeletions } from './delayed-deletion.js'
import type { Dependencies, LateTags } from './dependencies.js'
import type { Events } from './events.js'
import { FallBack } from './fall-back.js'
import { FillTurns } from './fill-turns.js'
import { Flights } from './flight.js'
import { isWithinTtl } from './fresh.js'
import type { Guard } from './guard.js'
import type { KeepRequest } from './keep.js'
import { Keeper } from './keep.js'
import { LoadsInTurn } from './load-in-turn.js'
import { Loads } from './load.js'
import { LookUps } from './look-up.js'
import type { MaybePromise } from './maybe-promise.js'
import { all, andThen, isPromise } from './maybe-promise.js'
import { Nesting } from './nesting.js'
import type { ReadRequest } from './read-request.js'
import { tell } from './read-request.js'
import { isDue } from './refresh-ahead.js'
import { Refreshes } from './refresh.js'
import type { Space } from './space.js'
import { isWithin, lastValue, StaleAnswers } from './stale.js'
import type { Counters } from './stats.js'
import type { Absent, Entry, Lookup, Store, Vector } from './store.js'
import type { Switches } from './switches.js'
import type { TagNames } from './tag-names.js'
import { TickGroup } from './tick-group.js'

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
  readonly maxBackgroundLoads: number
}

/**
 * The way of a read: look up (`look-up.ts`); serve, or load under the vector that the look-up brought (`load.ts`, and
 * `load-in-turn.ts` where processes share the store), and store (`keep.ts`).
 *
 * What the policies for bad days add stands beside it: values that are not fresh (`stale.ts`), in place of an answer (`fall-back.ts`) or
 * while another one is loaded in the background (`refresh.ts`, `refresh-ahead.ts`, `delayed-deletion.ts`).
 */
export class Reader {
  readonly #parts: ReaderParts
  readonly #lookUps: LookUps
  readonly #loads: Loads
  /** `undefined`: nobody shares the store. */
  readonly #inTurn: LoadsInTurn | undefined
  readonly #byHand: ByHand
  readonly #background: Background
  readonly #staleAnswers: StaleAnswers
  readonly #fallBack: FallBack
  readonly #refreshes: Refreshes
  readonly #delayedDeletions: DelayedDeletions
  readonly #nesting: Nesting
  readonly #askedSets: AskedSets
  readonly #batched: TickGroup
  readonly #crowds = new Crowds((crowd, found) => this.#beginCrowd(crowd, found))

  constructor(parts: ReaderParts) {
    const { store, clock, joinTimeoutMs, maxBackgroundLoads } = parts
    const { fills } = store
    const turns = fills && new FillTurns({ ...parts, fills })
    const flights = new Flights(clock, joinTimeoutMs)
    const lookUps = new LookUps(parts)
    const keeper = new Keeper(parts)
    const coolDown = new CoolDown(clock)
    const nesting = new Nesting(clock)
    const background = new Background({ clock, maxLoads: maxBackgroundLoads, giveUpMs: joinTimeoutMs })
    const staleAnswers = new StaleAnswers(parts)
    const loads = new Loads({ ...parts, flights, lookUps, keeper, turns, background, coolDown, nesting })
    const refreshes = new Refreshes({ ...parts, background, coolDown, flights, lookUps, loads, turns })
    this.#parts = parts
    this.#lookUps = lookUps
    this.#loads = loads
    this.#inTurn = turns && new LoadsInTurn({ ...parts, turns, flights, lookUps, loads })
    this.#byHand = new ByHand({ ...parts, flights, lookUps, keeper })
    this.#background = background
    this.#staleAnswers = staleAnswers
    this.#fallBack = new FallBack({ ...parts, lookUps, background, staleAnswers })
    this.#refreshes = refreshes
    this.#delayedDeletions = new DelayedDeletions({ ...parts, refreshes })
    this.#nesting = nesting
    this.#askedSets = new AskedSets({ ...parts, background })
    this.#batched = new TickGroup((lookup) => lookUps.live(lookup) !== undefined)
  }

  /** Answers from the store or from `request.load`. A failure of the cache becomes a load, never a rejection. */
  read(request: ReadRequest): MaybePromise<unknown> {
    if (this.#parts.closing.aborted) return this.bypass(request, 'closed')
    const now = this.#parts.clock.now()
    const lookup = this.#lookUps.begin(request, now)
    if (!isPromise(lookup)) return this.#answer(request, lookup, now)
    const asked = this.#rememberWhere(request)
    const crowd = asked === request && mayCrowd(request) ? this.#crowds.join(lookup, request) : undefined
    if (crowd !== undefined) return crowd.answer.then((answer) => this.#ofCrowd(request, answer))
    const answer = (there: Lookup) => {
      this.#crowds.ended(lookup, there)
      return this.#answer(asked, there)
    }
    return request.isBatched === true
      ? this.#batched.join(this.#lookUps.inTime(lookup)).then(answer)
      : this.#lookUps.inTimeAnd(lookup, answer)
  }

  /** What is there is served to each by itself, as is what nobody may share. */
  async #beginCrowd(crowd: Crowd, found: Promise<Lookup>): Promise<CrowdAnswer> {
    const { request } = crowd
    const lookup = await (request.isBatched === true ? this.#batched.join(found) : found)
    const isLive = this.#lookUps.live(lookup) !== undefined
    if (isLive || crowd.readers === 1 || !lookup.vector.usable || !hasClocks(request, lookup)) return lookup
    const { counters, events } = this.#parts
    const others = crowd.readers - 1
    counters.misses += others
    if (events.has('miss')) {
      const { key, source } = request
      const reason = lookup.status === 'absent' ? lookup.reason : 'expired'
      for (let i = 0; i < others; i++) events.emit('miss', { key, source, reason })
    }
    return (await this.#answer(request, lookup)) as Brought | typeof apart
  }

  #ofCrowd(request: ReadRequest, answer: CrowdAnswer): MaybePromise<unknown> {
    if (answer instanceof Brought) {
      const value = answer.answer(request)
      if (value !== apart) return value
    } else if (answer !== apart) return this.#answer(request, answer)
    return this.#loads.loadAlone(request)
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
    const answerAll = (asked: readonly ReadRequest[], found: readonly Lookup[]) =>
      found.map((lookup, index) => this.#answer(asked[index]!, lookup))
    const found = all(lookups)
    if (!isPromise(found)) return answerAll(requests, found)
    const asked = requests.map((request) => this.#rememberWhere(request))
    return found.then((there) => answerAll(asked, there))
  }

  /** When the store has answered, nobody knows any more in which load the read was asked for. */
  #rememberWhere(request: ReadRequest): ReadRequest {
    const { within } = this.#nesting
    return within === undefined ? request : { ...request, within }
  }

  /** Resolves when nothing goes on in the background any more. */
  settled(): Promise<void> {
    return this.#background.settled()
  }

  /** See {@link AskedSets.ask}. */
  askSet(space: Space, asked: AskedSet): void {
    this.#askedSets.ask(space, asked)
  }

  /** Only looks; `undefined` if there is nothing to serve. */
  peek(space: Space, key: string): MaybePromise<Entry | undefined> {
    if (this.#parts.closing.aborted) return undefined
    const lookup = this.#lookUps.begin({ space, key, dependencies: none })
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

  /** Kept small: what a hit from memory goes through is compiled as one piece. */
  #answer(request: ReadRequest, lookup: Lookup, now = this.#parts.clock.now()): MaybePromise<unknown> {
    if (lookup.status === 'absent') return this.#absentAnswer(request, lookup)
    return isWithinTtl(lookup, now)
      ? this.#serve(request, lookup, now)
      : this.#expiredAnswer(request, lookup, now)
  }

  #absentAnswer(request: ReadRequest, lookup: Absent): MaybePromise<unknown> {
    if (request.policy.resilience.isOnMiss) return this.#absentWithPolicies(request, lookup)
    return this.#load(request, lookup.reason, lookup)
  }

  #expiredAnswer(request: ReadRequest, entry: Entry, now: number): MaybePromise<unknown> {
    if (request.policy.resilience.isOnMiss) return this.#expiredWithPolicies(request, entry, now)
    return this.#load(request, 'expired', entry)
  }

  #refreshIfDue(request: ReadRequest, entry: Entry, now: number): void {
    const { refreshAhead } = request.policy.resilience
    if (isDue(entry, refreshAhead, now, this.#parts.random)) this.#refreshes.begin(request, entry)
  }

  #absentWithPolicies(request: ReadRequest, lookup: Absent): MaybePromise<unknown> {
    const { delayedDeletionMs } = request.policy.resilience
    const load = () => this.#loadOrFallBack(request, lookup.reason, lookup)
    const old = delayedDeletionMs === 0 ? undefined : this.#delayedDeletions.find(request, lookup)
    return old === undefined ? load() : this.#staleAnswers.serve(request, old, 'invalidated', load)
  }

  #expiredWithPolicies(request: ReadRequest, entry: Entry, now: number): MaybePromise<unknown> {
    const load = () => this.#loadOrFallBack(request, 'expired', entry)
    if (!isWithin(entry, request.policy.resilience.staleWhileRevalidateMs, now)) return load()
    this.#refreshes.begin(request, entry)
    return this.#staleAnswers.serve(request, entry, 'expired', load)
  }

  #loadOrFallBack(request: ReadRequest, reason: string, lookup: Lookup): MaybePromise<unknown> {
    const last = request.policy.resilience.staleIfErrorMs === 0 ? undefined : lastValue(lookup)
    if (last === undefined) return this.#load(request, reason, lookup)
    return this.#fallBack.answer(request, last, (own) => this.#load(own, reason, lookup))
  }

  #load(request: ReadRequest, reason: string, lookup: Lookup): MaybePromise<unknown> {
    const { vector, loadMs } = lookup
    return hasClocks(request, lookup)
      ? this.#absent(request, reason, vector, loadMs)
      : this.#absentWithClocks(request, request.dependencies.late!, reason, loadMs)
  }

  #serve(request: ReadRequest, entry: Entry, now: number): unknown {
    const { counters, events } = this.#parts
    counters.hits++
    if (request.policy.resilience.refreshAhead !== 0) this.#refreshIfDue(request, entry, now)
    if (events.has('hit')) events.emit('hit', { key: request.key, source: request.source })
    if (request.info !== undefined) {
      tell(request, 'hit')
      request.info.tags = entry.tags ?? request.dependencies.tags
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
    return andThen(this.snapshot(request.space, [...request.dependencies.tags, ...clocks]), (vector) =>
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
    if (this.#inTurn !== undefined && request.waitsForNobody !== true) {
      if (request.isBatched === true) return this.#inTurn.loadBatched(request, vector, reason, loadMs)
      if (this.#inTurn.pays(flightKey, loadMs)) return this.#inTurn.load(request, vector, reason, loadMs)
    }
    return this.#loads.loadOrJoin(request, request.dependencies, vector, reason)
  }
}

const none: Dependencies = Object.freeze({ tags: [] })

/** Whether the vector that was found is one to load under. */
function hasClocks({ dependencies }: ReadRequest, lookup: Lookup): boolean {
  return (
    (lookup.status === 'absent' && (lookup.holdsClocks === true || !lookup.vector.usable)) ||
    dependencies.late === undefined
  )
}
