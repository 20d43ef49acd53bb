import type { Clock } from './clock.js'
import { copyOut, prepareCopy } from './clone.js'
import type { PreparedCopy } from './clone.js'
import { FreshetError } from './errors.js'
import type { Events } from './events.js'
import { Flights } from './flight.js'
import { FillTurns } from './fill-turns.js'
import type { Sight, Turn } from './fill-turns.js'
import type { Flight, Landed } from './flight.js'
import type { Guard } from './guard.js'
import { Learned } from './learned.js'
import { LoadContext } from './load-context.js'
import type { MaybePromise } from './maybe-promise.js'
import { all, andThen, isPromise, toPromise } from './maybe-promise.js'
import type { Policy } from './policy.js'
import { lifetimeMs } from './policy.js'
import type { Space } from './space.js'
import type { Counters } from './stats.js'
import type { Absent, Entry, Lookup, Store, Vector } from './store.js'
import type { TagNames } from './tag-names.js'

/** One cached read: how to find the answer, and how to get it otherwise. */
export interface ReadRequest {
  readonly space: Space
  /** The full key inside the space, scope included. */
  readonly key: string
  /** Normalised tags that are known before the load. */
  readonly tags: readonly string[]
  /** What only the answer tells that it depends on. Default: nothing. */
  readonly late?: LateTags | undefined
  readonly policy: Policy
  readonly load: (context: LoadContext) => unknown
  /**
   * Makes every answer of this read, whether the value was stored, shared by a load that it joined, or loaded for it;
   * without it the answer is a copy, and its own load's is what that returned. The value is the store's own: it may
   * neither be changed nor become part of the answer.
   */
  readonly restore?: ((value: unknown) => unknown) | undefined
  /** What `load` returns was made as data, so a copy need not look for what data does not have. */
  readonly isPlain?: boolean
  /** For events and statistics, such as `User.findMany`. */
  readonly source?: string | undefined
  /** Filled with how the answer came about, if given. */
  readonly info?: ReadInfo | undefined
}

/** Tags that are known once the data has been read. */
export interface LateTags {
  /** Every write that changes one of these tags changes one of the clocks, which are read before the data. */
  readonly clocks: readonly string[]
  /** Those of an answer; `undefined`: it cannot be told, and the clocks stand for them. */
  of(value: unknown): readonly string[] | undefined
}

export type ReadStatus = 'hit' | 'miss' | 'joined' | 'bypass'

/** How one answer came about. */
export interface ReadInfo {
  status: ReadStatus
  /** Why it was not a hit: `missing`, `expired`, `invalidated`, `held`, `unavailable`, `closed`, or an adapter's own word. */
  reason?: string
  /** Milliseconds since a served entry was stored. */
  ageMs?: number
  /** Milliseconds until a served entry expires. */
  expiresInMs?: number
  /** What the answer depends on. */
  tags?: readonly string[]
}

export interface ReaderParts {
  readonly store: Store
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
 * The way of a read: look up; serve, or load under the vector that the look-up brought, and store.
 */
export class Reader {
  readonly #parts: ReaderParts
  readonly #flights: Flights
  readonly #learned = new Learned()
  /** `undefined`: nobody shares the store. */
  readonly #turns: FillTurns | undefined

  constructor(parts: ReaderParts) {
    this.#parts = parts
    const { fills } = parts.store
    this.#turns = fills && new FillTurns({ ...parts, fills })
    this.#flights = new Flights(parts.clock, parts.joinTimeoutMs)
  }

  /** Answers from the store or from `request.load`. A failure of the cache becomes a load, never a rejection. */
  read(request: ReadRequest): MaybePromise<unknown> {
    if (this.#parts.closing.aborted) return this.bypass(request, 'closed')
    const lookup = this.#lookup(request)
    return isPromise(lookup)
      ? this.#inTime(lookup).then((found) => this.#answer(request, found))
      : this.#answer(request, lookup)
  }

  /**
   * Several reads whose loads are started together: every look-up is decided before the first load begins.
   */
  readMany(requests: readonly ReadRequest[]): MaybePromise<unknown>[] | Promise<MaybePromise<unknown>[]> {
    if (this.#parts.closing.aborted) return requests.map((request) => this.bypass(request, 'closed'))
    const lookups = requests.map((request) => {
      const lookup = this.#lookup(request)
      return isPromise(lookup) ? this.#inTime(lookup) : lookup
    })
    const answerAll = (found: readonly Lookup[]) =>
      found.map((lookup, index) => this.#answer(requests[index]!, lookup))
    const found = all(lookups)
    return isPromise(found) ? found.then(answerAll) : answerAll(found)
  }

  /** Only looks; `undefined` if there is nothing to serve. */
  peek(space: Space, key: string): MaybePromise<Entry | undefined> {
    if (this.#parts.closing.aborted) return undefined
    const lookup = this.#lookup({ space, key, tags: noTags })
    return isPromise(lookup) ? this.#inTime(lookup).then((found) => this.#live(found)) : this.#live(lookup)
  }

  /** Loads without looking up or storing. */
  bypass(request: ReadRequest, reason: string): MaybePromise<unknown> {
    const { counters, events } = this.#parts
    counters.bypasses++
    if (events.has('bypass')) events.emit('bypass', { key: request.key, source: request.source, reason })
    tell(request, 'bypass', reason)
    return this.#alone(request)
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

  /**
   * Stores a value that was not loaded here, in place of whatever is there. `vector` is the user's own,
   * taken before the data was read; without one the value counts as read now.
   *
   * @throws FreshetError NOT_ENCODABLE
   */
  async put(request: Omit<ReadRequest, 'load'>, value: unknown, vector: Vector | undefined): Promise<void> {
    const copy = prepareCopy(value)
    if (copy === undefined) throw notCopyable(request)
    const current = vector ?? (await this.snapshot(request.space, request.tags))
    if (this.#parts.closing.aborted) return
    // If this value is not kept, because it is too large or its vector outdated, neither is the one it replaces.
    if (vector !== undefined || !this.#mayKeep(copy, current)) await this.delete(request.space, request.key)
    const storedAt = this.#parts.clock.now()
    const loaded = { copy, storedAt, loadMs: 0, ttlMs: undefined, byHand: true }
    const store = () => this.#store(request, { tags: request.tags, vector: current }, loaded)
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
    this.#flights.supersede(flightKey)
    const done = this.#parts.guard.run(action, step, otherwise)
    if (!isPromise(done)) return done
    return done.then((result) => {
      this.#flights.supersede(flightKey)
      return result
    })
  }

  #live(lookup: Lookup): Entry | undefined {
    return lookup.status === 'found' && lookup.expiresAt > this.#parts.clock.now() ? lookup : undefined
  }

  #lookup(request: Pick<ReadRequest, 'space' | 'key' | 'tags' | 'late'>): MaybePromise<Lookup> {
    // Not through `guard.run`: a hit from memory need not pay for closures.
    try {
      return this.#parts.store.lookup(request.space, request.key, request.tags, request.late?.clocks)
    } catch (cause) {
      this.#parts.guard.failed('lookup', cause)
      return unavailable()
    }
  }

  /** What `#lookup` promises must come through here: it may reject, or never come. */
  #inTime(lookup: Promise<Lookup>): Promise<Lookup> {
    return this.#parts.guard.settle('lookup', lookup, unavailable)
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
    const learned = this.#learned.get(flightKey)
    if (learned !== undefined) return this.#loadLearned(request, learned, reason)
    if (this.#turns?.pays(flightKey, loadMs) === true)
      return this.#loadInTurn(request, this.#turns, vector, reason)
    return this.#loadOrJoin(request, toldBefore(request), vector, reason)
  }

  /** As `#loadOrJoin`, unless another process does it. */
  async #loadInTurn(
    request: ReadRequest,
    turns: FillTurns,
    vector: Vector,
    reason: string,
    roundsLeft = maxRounds,
  ): Promise<unknown> {
    const flightKey = request.space.prefix + request.key
    if (this.#flights.find(flightKey, vector) !== undefined)
      return this.#loadOrJoin(request, toldBefore(request), vector, reason)
    const turn = await turns.next(request.space, request.key, vector, () => this.#look(request, vector))
    if (turn === 'look again') return this.#lookAgain(request, turns, reason, roundsLeft)
    return this.#loadOrJoin(request, toldBefore(request), vector, reason, false, turn)
  }

  async #look(request: ReadRequest, vector: Vector): Promise<Sight> {
    const lookup = await this.#lookupInTime(request)
    if (lookup.status === 'absent' && lookup.reason === 'unavailable') return 'nothing'
    return this.#live(lookup) !== undefined || lookup.vector.id !== vector.id ? 'changed' : 'same'
  }

  /** Each reader by itself: what it is served must be fresh as of now, whoever loaded it. */
  async #lookAgain(
    request: ReadRequest,
    turns: FillTurns,
    reason: string,
    roundsLeft: number,
  ): Promise<unknown> {
    const { late } = request
    const lookup = await this.#lookupInTime(request)
    const entry = this.#live(lookup)
    if (entry !== undefined) {
      this.#parts.counters.awaited++
      tell(request, 'joined', reason)
      return shared(request, entry.copy)
    }
    const holdsAll = late === undefined || (lookup.status === 'absent' && lookup.holdsClocks === true)
    const vector = holdsAll ? lookup.vector : await this.snapshot(request.space, toldBefore(request))
    if (!vector.usable) {
      this.#parts.counters.loads++
      tell(request, 'miss', reason)
      return this.#alone(request)
    }
    if (roundsLeft > 1) return this.#loadInTurn(request, turns, vector, reason, roundsLeft - 1)
    return this.#loadOrJoin(request, toldBefore(request), vector, reason)
  }

  async #lookupInTime(request: ReadRequest): Promise<Lookup> {
    const lookup = this.#lookup(request)
    return isPromise(lookup) ? await this.#inTime(lookup) : lookup
  }

  /** The key's last load named tags of its own: the vector must hold them too, read now. */
  async #loadLearned(
    request: ReadRequest,
    learned: readonly string[],
    reason: string,
    rejoining = false,
  ): Promise<unknown> {
    const tags = [...new Set([...toldBefore(request), ...learned])]
    const vector = await this.snapshot(request.space, tags)
    return this.#loadOrJoin(request, tags, vector, reason, rejoining)
  }

  #loadOrJoin(
    request: ReadRequest,
    tags: readonly string[],
    vector: Vector,
    reason: string,
    rejoining = false,
    turn?: Turn,
  ): Promise<unknown> {
    const flightKey = request.space.prefix + request.key
    const underWay = vector.usable ? this.#flights.find(flightKey, vector) : undefined
    if (underWay !== undefined) {
      underWay.claim ??= turn?.take()
      return this.#join(request, underWay, reason, rejoining)
    }
    tell(request, 'miss', reason)
    const flight = this.#flights.start(flightKey, tags, vector)
    flight.claim = turn?.take()
    return this.#load(request, flight)
  }

  async #join(request: ReadRequest, flight: Flight, reason: string, rejoining: boolean): Promise<unknown> {
    this.#parts.counters.joined++
    tell(request, 'joined', reason)
    const landed = await this.#flights.join(flight)
    if (landed?.lackedTags === undefined) {
      if (landed?.copy !== undefined) return shared(request, landed.copy)
    } else if (!rejoining) {
      // One of these tags may have been written before this reader came, and the shared vector did not show it.
      return this.#loadLearned(request, landed.lackedTags, reason, true)
    }
    // Nothing came in time, or what came cannot be shared.
    this.#parts.counters.loads++
    return this.#alone(request)
  }

  /** Neither looked up nor shared nor stored. */
  #alone(request: ReadRequest): MaybePromise<unknown> {
    const value = request.load(this.#context())
    return request.restore === undefined ? value : andThen(value, request.restore)
  }

  /** Not `async`: a miss need not pay for a promise between the loader's and the caller's. */
  #load(request: ReadRequest, flight: Flight): Promise<unknown> {
    const { clock, counters } = this.#parts
    counters.loads++
    const failed = (error: unknown): Promise<never> => {
      flight.fail(error)
      this.#flights.end(flight)
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
      this.#flights.end(flight)
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
    if (!storable && !flight.superseded) this.#turns?.keptNothing(flight.key)
    if (!storable && flight.joiners === 0) return { value, copy: undefined, lackedTags }
    const copy = prepareCopy(value, request.isPlain === true ? plainData : undefined)
    if (copy === undefined) this.#parts.guard.failed('copy', notCopyable(request))
    // Not awaited: an entry that is stored late under its vector is still sound.
    else if (storable) {
      const storedAt = this.#parts.clock.now()
      const loadMs = storedAt - startedAt
      const loaded = { copy, storedAt, loadMs, ttlMs: context.ttlMs, byHand: false }
      if (request.late === undefined) flight.stored = this.#store(request, flight, loaded)
      else flight.stored = flight.keeping = this.#keep(request, request.late, value, flight, loaded)
      if (copy.bytes <= this.#parts.maxEntryBytes) this.#turns?.took(flight.key, loadMs)
      else this.#turns?.keptNothing(flight.key)
    }
    return { value, copy, lackedTags }
  }

  /** Stores what was loaded, under what it turned out to depend on. */
  #keep(
    request: ReadRequest,
    late: LateTags,
    value: unknown,
    flight: Flight,
    loaded: Loaded,
  ): MaybePromise<void> {
    const { store, guard } = this.#parts
    const tags = this.#tagsWithLate(request, flight, late, value)
    if (tags === undefined || store.bind === undefined) return this.#store(request, flight, loaded)
    const bound = guard.run(
      'bind',
      () => store.bind!(request.space, flight.vector, tags, late.clocks),
      () => unusable,
    )
    return andThen(bound, (vector) => {
      if (flight.superseded || this.#parts.closing.aborted) return undefined
      if (!vector.usable) this.#parts.counters.unbound++
      return this.#store(request, { tags, vector }, loaded)
    })
  }

  /** `undefined` if the answer does not tell them. */
  #tagsWithLate(
    request: ReadRequest,
    { tags }: Flight,
    { clocks, of }: LateTags,
    value: unknown,
  ): readonly string[] | undefined {
    try {
      const late = of(value)
      if (late === undefined) return undefined
      return [...tags.filter((tag) => !clocks.includes(tag) || request.tags.includes(tag)), ...late]
    } catch (cause) {
      this.#parts.guard.failed(`tags of ${request.source ?? request.key}`, cause)
      return undefined
    }
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

  #mayKeep(copy: PreparedCopy, vector: Vector): boolean {
    return vector.usable && copy.bytes <= this.#parts.maxEntryBytes
  }

  #store(
    request: Omit<ReadRequest, 'load'>,
    { tags, vector }: Pick<Flight, 'tags' | 'vector'>,
    { copy, storedAt, loadMs, ttlMs, byHand }: Loaded,
  ): MaybePromise<void> {
    const { store, guard, counters, random } = this.#parts
    if (!this.#mayKeep(copy, vector)) return
    const policy = ttlMs === undefined ? request.policy : { ...request.policy, ttlMs, negativeTtlMs: ttlMs }
    const expiresAt = storedAt + lifetimeMs(policy, copy.master, random)
    counters.stored++
    // Not through `guard.run`: a miss in memory need not pay for closures.
    try {
      const done = store.put(
        request.space,
        request.key,
        { copy, tags, storedAt, expiresAt, loadMs, byHand },
        vector,
      )
      return isPromise(done) ? guard.settle('put', done, nothing) : done
    } catch (cause) {
      guard.failed('put', cause)
    }
  }
}

/** A value to store. */
interface Loaded {
  readonly copy: PreparedCopy
  readonly storedAt: number
  readonly loadMs: number
  /** What the loader asked for instead of the policy's. */
  readonly ttlMs: number | undefined
  readonly byHand: boolean
}

function notCopyable(request: Pick<ReadRequest, 'key' | 'source'>): FreshetError {
  return new FreshetError(
    'NOT_ENCODABLE',
    `The value of ${request.source ?? request.key} is not cached: it holds a function, a symbol, a cycle or an instance of a class that is not plain data. Cache plain data, or call skip() in the loader.`,
  )
}

// A reader that has waited twice for what did not come loads itself.
const maxRounds = 2

const plainData = { isPlain: true } as const

/** All tags whose generations must be read before the data. */
function toldBefore({ tags, late }: ReadRequest): readonly string[] {
  return late === undefined ? tags : [...tags, ...late.clocks]
}

const noTags: readonly string[] = Object.freeze([])

const unusable: Vector = Object.freeze({ id: '', usable: false })

const unavailable = (): Absent => ({ status: 'absent', reason: 'unavailable', vector: unusable })

const nothing = (): void => undefined

/** What a reader gets of a value that others get as well. */
function shared(request: ReadRequest, { master, plan }: PreparedCopy): unknown {
  return request.restore === undefined ? copyOut(master, plan) : request.restore(master)
}

function tell(request: ReadRequest, status: ReadStatus, reason?: string): void {
  if (request.info === undefined) return
  request.info.status = status
  request.info.tags = request.tags
  if (reason !== undefined) request.info.reason = reason
}

async function rejected(reason: unknown): Promise<never> {
  throw reason
}
