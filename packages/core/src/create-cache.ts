import { setMaxListeners } from 'node:events'
import type { Cache } from './cache.js'
import type { Clock } from './clock.js'
import { systemClock } from './clock.js'
import type { Consistency } from './consistency.js'
import { assertCanBe, resolveConsistency } from './consistency.js'
import { Dialects } from './dialects.js'
import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import type { Engine } from './engine.js'
import { Events } from './events.js'
import { createFace } from './face.js'
import { StoreBehindJournal } from './behind-journal.js'
import { Guard } from './guard.js'
import { Journal } from './journal.js'
import { memoryStore } from './memory-store.js'
import type { NearOptions } from './near.js'
import { resolveNear } from './near.js'
import { assertOptions, invalidOption, positiveInteger, print } from './options.js'
import type { PolicyOptions } from './policy.js'
import { defaultPolicyOf, policyOptionNames, resolvePolicy } from './policy.js'
import { Reader } from './read.js'
import { tellRefused } from './refusals.js'
import { createSpace } from './space.js'
import { Counters } from './stats.js'
import type { StoreFactory } from './store.js'
import { Switches } from './switches.js'
import { TagNames } from './tag-names.js'
import { Writer } from './write.js'

export interface CacheOptions extends PolicyOptions {
  /** Where entries live. Default `memoryStore()`. */
  readonly store?: StoreFactory
  /** Keeps this cache's keys and tags apart from others' in the same store. A namespace belongs to one database. */
  readonly namespace?: string
  /** How fresh an answer must be. Default `'strong'`; in one process all three are the same. */
  readonly consistency?: Consistency
  /**
   * What a shared store keeps in this process as well, or `false` for nothing; a store in this process has no use for it.
   * Default 10,000 entries and 64 MiB.
   */
  readonly near?: NearOptions | false
  /** How long tags stay unserved after a write whose outcome nobody knows. Default `'60s'`. */
  readonly unknownOutcomeHold?: Duration
  /**
   * What becomes of a write that a shared store cannot be told of.
   *
   * `'proceed'`: it goes on. What it changed is told to the store as soon as that is possible; until then this process reads
   * past the store, and other processes may serve older data, for at most the entries' time to live.
   * `'reject'`: it is refused, before it reaches the database or before its transaction commits, with WRITE_REFUSED. A write
   * that has committed when the store goes away is never refused: it proceeds.
   *
   * Default `'proceed'`.
   */
  readonly onStoreDown?: OnStoreDown
  /** How long a reader waits for another reader's load before it loads itself. Default `'10s'`. */
  readonly joinTimeout?: Duration
  /**
   * How many loads may go on in the background at once: those that stale policies and `refreshAhead` begin, and those that `softTimeout` leaves
   * behind. What finds no room is not loaded again yet, or is waited for. Default 8.
   */
  readonly maxBackgroundLoads?: number
  /** Default: the process's monotonic clock. */
  readonly clock?: Clock
  /** Numbers from 0 to 1, for jitter. Default `Math.random`. */
  readonly random?: () => number
}

/** What becomes of a write that the store cannot be told of. */
export type OnStoreDown = 'proceed' | 'reject'

const optionNames = [
  'store',
  'namespace',
  'consistency',
  'near',
  'unknownOutcomeHold',
  'onStoreDown',
  'joinTimeout',
  'maxBackgroundLoads',
  'clock',
  'random',
  ...policyOptionNames,
] as const

// What setTimeout can wait; it takes anything longer for 1 ms.
const maxTimerMs = 2 ** 31 - 1

/**
 * Makes a cache. Without options it lives in this process's memory, is bounded and needs no server.
 *
 * @throws FreshetError INVALID_OPTION, INVALID_DURATION, CONTRADICTORY_OPTIONS, UNSUPPORTED_CONSISTENCY
 * @example
 * const cache = createCache()
 * const prisma = new PrismaClient({ adapter }).$extends(freshet({ cache }))
 */
export function createCache(options: CacheOptions = {}): Cache {
  assertOptions('createCache()', options, optionNames)
  const controller = new AbortController()
  // Every database of the cache listens, and an application may have many.
  setMaxListeners(0, controller.signal)
  const { engine, journal } = createEngine(options, controller.signal)
  let closed: Promise<void> | undefined
  const close = async () => {
    controller.abort()
    await journal.close()
    await engine.store.close()
  }
  return createFace(engine, () => (closed ??= close()))
}

function createEngine(
  options: CacheOptions,
  closing: AbortSignal,
): { readonly engine: Engine; readonly journal: Journal } {
  const { consistency = 'strong' } = options
  const resolved = resolveConsistency(consistency)
  const clock = validClock(options.clock ?? systemClock)
  const events = new Events()
  const counters = new Counters()
  const tagNames = new TagNames()
  const guard = new Guard({ clock, counters, events })
  const journal = new Journal({ clock, counters, events })
  const policy = resolvePolicy(options, defaultPolicyOf(resolved.mode === 'eventual', options.maxEntryBytes))
  const refuses = validOnStoreDown(options.onStoreDown ?? 'proceed') === 'reject'
  const inner = storeFactory(options.store)({
    now: () => clock.now(),
    setTimer: (callback, ms) => clock.setTimer(callback, ms),
    failed: (action, cause) => guard.failed(action, cause),
    warn: (code, message) => events.warnOnce(code, message),
    switched: (event) => events.emit('failover', event),
    undelivered: (space, tags, cause) => journal.keep(space, tags, 0, cause),
    needsIntents: refuses,
    namespace: options.namespace,
    consistency: resolved,
    near: resolveNear(options.near),
    maxEntryBytes: policy.maxEntryBytes,
    refused: (entry) => tellRefused({ counters, events }, entry),
  })
  assertCanBe(resolved.mode, inner)
  journal.attach(inner)
  // Nothing is ever out of reach in this process, and a hit from memory should not pay for another call.
  const store = inner.isLocal === true ? inner : new StoreBehindJournal(inner, journal)
  const switches = new Switches({ store, events, tagNames, consistency })
  const reader = new Reader({
    store,
    switches,
    clock,
    random: validRandom(options.random ?? Math.random),
    counters,
    events,
    guard,
    tagNames,
    closing,
    joinTimeoutMs: toMilliseconds(options.joinTimeout ?? '10s', 'joinTimeout', { max: maxTimerMs }),
    maxBackgroundLoads: positiveInteger(options.maxBackgroundLoads ?? 8, 'maxBackgroundLoads'),
  })
  const unknownOutcomeHoldMs = toMilliseconds(options.unknownOutcomeHold ?? '60s', 'unknownOutcomeHold')
  const writer = new Writer({ store, clock, counters, events, guard, journal, refuses, unknownOutcomeHoldMs })
  const engine = {
    reader,
    writer,
    store,
    clock,
    events,
    counters,
    tagNames,
    databases: new Map(),
    space: createSpace(options.namespace),
    dialects: new Dialects(store),
    policy,
    switches,
    closing,
  }
  return { engine, journal }
}

function validOnStoreDown(given: unknown): OnStoreDown {
  if (given === 'proceed' || given === 'reject') return given
  throw invalidOption(
    `The option 'onStoreDown' must be 'proceed' or 'reject', but ${print(given)} was given.`,
  )
}

function validClock(clock: Clock): Clock {
  if (typeof clock?.now === 'function' && typeof clock.setTimer === 'function') return clock
  throw invalidOption(`The option 'clock' must have now() and setTimer(), but ${print(clock)} was given.`)
}

function validRandom(random: () => number): () => number {
  if (typeof random === 'function') return random
  throw invalidOption(`The option 'random' must be a function, but ${print(random)} was given.`)
}

function storeFactory(store: unknown): StoreFactory {
  if (store === undefined) return memoryStore()
  if (typeof store === 'function') return store as StoreFactory
  throw invalidOption(
    `The option 'store' must come from memoryStore() or another store of Freshet, but ${print(store)} was given.`,
  )
}
