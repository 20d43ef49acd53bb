import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import { FreshetError } from './errors.js'
import { assertFunction, invalidOption, print } from './options.js'

/**
 * What a read does when its load is slow or fails, and how it keeps that from happening. Given to a cache, a namespace, a model or one call;
 * the narrower one wins, and `0` or `false` turns a wider one off.
 */
export interface ResilienceOptions {
  /**
   * For how long after its time to live an entry is still served, while it is loaded again in the background. Never after an
   * invalidation of its tags. Default: not at all.
   */
  readonly staleWhileRevalidate?: Duration | false
  /**
   * For how long after its time to live the last value is served in place of an error of its load. Also after an invalidation:
   * it may be older than what was written. Default: not at all.
   */
  readonly staleIfError?: Duration | false
  /**
   * Loads an entry again in the background shortly before it expires, earlier the longer its load takes and by chance (XFetch;
   * Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, 2015). `true`, or their β: above 1
   * earlier, below 1 later. Default `false`.
   */
  readonly refreshAhead?: boolean | number
  /**
   * How long a load is waited for before what `staleIfError` allows is served, while it goes on in the background. Needs
   * `staleIfError`. Default: as long as it takes.
   */
  readonly softTimeout?: Duration | false
  /**
   * How long a load is waited for at all; then LOAD_TIMEOUT. With Prisma and TypeORM a query ends as the database ends it, and only what `staleIfError` allows
   * is served earlier. Default: as long as it takes.
   */
  readonly hardTimeout?: Duration | false
  /**
   * For how long after an invalidation the old value is still served, while one reader's load replaces it. Needs
   * `consistency: 'eventual'`. Default: not at all.
   */
  readonly delayedDeletion?: Duration | false
  /**
   * For how long a key is not loaded again when its loads have failed twice in a row; its readers share the last error. Ends with an
   * invalidation of its tags. Default `'100ms'`; `0`: every reader tries.
   */
  readonly errorCooldown?: Duration | false
  /**
   * Which errors of a load mean that the database cannot be asked, so that `staleIfError` and `errorCooldown` concern them.
   * Default: all, but of Prisma those that answer the query (nothing was found, bad arguments).
   */
  readonly isFailure?: (error: unknown) => boolean
}

export const resilienceOptionNames = [
  'staleWhileRevalidate',
  'staleIfError',
  'refreshAhead',
  'softTimeout',
  'hardTimeout',
  'delayedDeletion',
  'errorCooldown',
  'isFailure',
] as const

/** {@link ResilienceOptions}, checked; times in milliseconds, 0 for "not at all". */
export interface Resilience {
  readonly staleWhileRevalidateMs: number
  readonly staleIfErrorMs: number
  /** β; 0: not at all. */
  readonly refreshAhead: number
  readonly softTimeoutMs: number
  readonly hardTimeoutMs: number
  readonly delayedDeletionMs: number
  readonly errorCooldownMs: number
  readonly isFailure: ((error: unknown) => boolean) | undefined
  /** Whether what is outdated may be served by choice, as `delayedDeletion` does. */
  readonly isEventual: boolean
  /** How long after its time to live a value may be of use. */
  readonly keepMs: number
  /** Whether an answer may be older than its time to live or than what was written. */
  readonly mayBeStale: boolean
  /** Whether a load may begin when its read has been answered, or end after that. */
  readonly mayLoadLater: boolean
  /** Whether a read that finds nothing fresh does more than load. */
  readonly isOnMiss: boolean
}

/** What `resilience` is made of: the rest follows from it. */
type Chosen = Omit<Resilience, 'keepMs' | 'mayBeStale' | 'mayLoadLater' | 'isOnMiss'>

// Where setTimeout ends.
const maxTimerMs = 2 ** 31 - 1

export const defaultResilience: Resilience = complete({
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  refreshAhead: 0,
  softTimeoutMs: 0,
  hardTimeoutMs: 0,
  delayedDeletionMs: 0,
  errorCooldownMs: 100,
  isFailure: undefined,
  isEventual: false,
})

/** The default for a cache whose answers may be older than what was written, or may not. */
export function resilienceOf(isEventual: boolean): Resilience {
  return isEventual ? complete({ ...defaultResilience, isEventual }) : defaultResilience
}

/** As `resilience`, where a load can neither begin nor end after its read has been answered. */
export function withoutLaterLoads(resilience: Resilience): Resilience {
  if (!resilience.mayLoadLater) return resilience
  const none = { staleWhileRevalidateMs: 0, refreshAhead: 0, delayedDeletionMs: 0 }
  return complete({ ...resilience, ...none, softTimeoutMs: 0, hardTimeoutMs: 0 })
}

/**
 * `options` over `base`.
 *
 * @throws FreshetError INVALID_OPTION, INVALID_DURATION, CONTRADICTORY_OPTIONS
 */
export function resolveResilience(options: ResilienceOptions, base: Resilience): Resilience {
  if (hasNoResilience(options)) return base
  const { isFailure = base.isFailure } = options
  if (isFailure !== undefined) assertFunction("The option 'isFailure'", 'judging', isFailure)
  const chosen: Chosen = {
    staleWhileRevalidateMs: duration(options, 'staleWhileRevalidate') ?? base.staleWhileRevalidateMs,
    staleIfErrorMs: duration(options, 'staleIfError') ?? base.staleIfErrorMs,
    refreshAhead: beta(options.refreshAhead) ?? base.refreshAhead,
    softTimeoutMs: duration(options, 'softTimeout', maxTimerMs) ?? base.softTimeoutMs,
    hardTimeoutMs: duration(options, 'hardTimeout', maxTimerMs) ?? base.hardTimeoutMs,
    delayedDeletionMs: duration(options, 'delayedDeletion') ?? base.delayedDeletionMs,
    errorCooldownMs: duration(options, 'errorCooldown') ?? base.errorCooldownMs,
    isFailure,
    isEventual: base.isEventual,
  }
  assertConsistent(options, chosen)
  return complete(chosen)
}

function complete(chosen: Chosen): Resilience {
  const { staleWhileRevalidateMs, staleIfErrorMs, delayedDeletionMs, softTimeoutMs, hardTimeoutMs } = chosen
  const mayBeStale = staleWhileRevalidateMs + staleIfErrorMs + delayedDeletionMs > 0
  return Object.freeze({
    ...chosen,
    keepMs: Math.max(staleWhileRevalidateMs, staleIfErrorMs),
    mayBeStale,
    mayLoadLater: mayBeStale || chosen.refreshAhead > 0,
    isOnMiss: mayBeStale || softTimeoutMs + hardTimeoutMs > 0,
  })
}

/** One by one, as every hit with options of its own asks. */
export function hasNoResilience(options: ResilienceOptions): boolean {
  return (
    options.staleWhileRevalidate === undefined &&
    options.staleIfError === undefined &&
    options.refreshAhead === undefined &&
    options.softTimeout === undefined &&
    options.hardTimeout === undefined &&
    options.delayedDeletion === undefined &&
    options.errorCooldown === undefined &&
    options.isFailure === undefined
  )
}

type DurationName = Exclude<(typeof resilienceOptionNames)[number], 'refreshAhead' | 'isFailure'>

function duration(options: ResilienceOptions, name: DurationName, max?: number): number | undefined {
  const given: unknown = options[name]
  if (given === undefined) return undefined
  if (given === false) return 0
  return toMilliseconds(given, name, max === undefined ? { min: 0 } : { min: 0, max })
}

function beta(given: unknown): number | undefined {
  if (given === undefined) return undefined
  if (typeof given === 'boolean') return given ? 1 : 0
  if (typeof given === 'number' && given >= 0 && given <= maxBeta) return given
  throw invalidOption(
    `The option 'refreshAhead' must be true, false or a number from 0 to ${maxBeta}, but ${print(given)} was given.`,
  )
}

const maxBeta = 100

/** What is inherited may be turned off by a narrower option, and then does nothing; only what is asked for must make sense. */
function assertConsistent(
  { softTimeout, hardTimeout, delayedDeletion }: ResilienceOptions,
  { staleIfErrorMs, softTimeoutMs, hardTimeoutMs, delayedDeletionMs, isEventual }: Chosen,
): void {
  const isGiven = softTimeout !== undefined || hardTimeout !== undefined
  if (softTimeout !== undefined && softTimeoutMs > 0 && staleIfErrorMs === 0) {
    throw contradictory(
      `'softTimeout' is ${softTimeoutMs} ms, but there is no 'staleIfError', so nothing could be served instead of what is waited for. Give 'staleIfError' too, or 'hardTimeout' to give up.`,
    )
  }
  if (isGiven && softTimeoutMs > 0 && hardTimeoutMs > 0 && hardTimeoutMs <= softTimeoutMs) {
    throw contradictory(
      `'hardTimeout' is ${hardTimeoutMs} ms and 'softTimeout' ${softTimeoutMs} ms, so the load would be given up before its answer may be replaced. Make 'hardTimeout' longer than 'softTimeout'.`,
    )
  }
  if (delayedDeletion !== undefined && delayedDeletionMs > 0 && !isEventual) {
    throw contradictory(
      `'delayedDeletion' serves what was written over, and 'consistency' says that nobody may see that. Give createCache() 'consistency: "eventual"', or leave 'delayedDeletion' out.`,
    )
  }
}

function contradictory(problem: string): FreshetError {
  return new FreshetError('CONTRADICTORY_OPTIONS', `Two options contradict each other: ${problem}`)
}

/** Whether an error of a load says that the database could not be asked. */
export function isFailure({ isFailure: judge }: Resilience, error: unknown): boolean {
  try {
    return judge === undefined || judge(error)
  } catch {
    // A judge that fails has not said that it is an answer.
    return true
  }
}
