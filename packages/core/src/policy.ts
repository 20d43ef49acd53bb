import type { Compression, CompressionOptions } from './compression.js'
import { resolveCompression } from './compression.js'
import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import { jittered } from './jitter.js'
import { isNothing } from './nothing.js'
import { positiveInteger, ratio } from './options.js'
import type { Resilience, ResilienceOptions } from './resilience.js'
import {
  defaultResilience,
  hasNoResilience,
  resilienceOf,
  resilienceOptionNames,
  resolveResilience,
} from './resilience.js'

/**
 * How long an entry lives, what it may weigh, and what is done when its load is slow or fails. Given to a cache, a model or one
 * call; the narrower one wins.
 */
export interface PolicyOptions extends ResilienceOptions {
  /** Time to live. A number is milliseconds. Default `'5m'`. */
  readonly ttl?: Duration
  /** Time to live of `null` and of empty arrays. Default `'30s'`, or `ttl` if that is shorter. */
  readonly negativeTtl?: Duration
  /** Share of the time to live by which it varies either way, so that entries do not die together. 0 to 1, default 0.1. */
  readonly jitter?: number
  /**
   * Values that are larger, by estimate, are returned but not stored. Default 4 MiB. A model or a call can only ask for less
   * than its cache.
   */
  readonly maxEntryBytes?: number
  /** What a shared store compresses on the way; `false`: nothing. Default: what is above 4 KiB. */
  readonly compression?: CompressionOptions | false
}

export const policyOptionNames = [
  'ttl',
  'negativeTtl',
  'jitter',
  'maxEntryBytes',
  'compression',
  ...resilienceOptionNames,
] as const

export interface Policy {
  readonly ttlMs: number
  readonly negativeTtlMs: number
  readonly jitter: number
  readonly resilience: Resilience
  readonly maxEntryBytes: number
  /** `undefined`: as the store says. */
  readonly compression: Compression | false | undefined
}

const defaultNegativeTtlMs = 30_000
export const defaultPolicy: Policy = Object.freeze({
  ttlMs: 300_000,
  negativeTtlMs: defaultNegativeTtlMs,
  jitter: 0.1,
  resilience: defaultResilience,
  maxEntryBytes: 4 * 2 ** 20,
  compression: undefined,
})

/**
 * What holds for a cache that says nothing.
 *
 * @param isEventual whether answers may be older than what was written
 * @param maxEntryBytes the cache's own, which nobody else may go beyond
 * @throws FreshetError INVALID_OPTION
 */
export function defaultPolicyOf(
  isEventual: boolean,
  maxEntryBytes: unknown = defaultPolicy.maxEntryBytes,
): Policy {
  const resilience = resilienceOf(isEventual)
  return { ...defaultPolicy, resilience, maxEntryBytes: positiveInteger(maxEntryBytes, 'maxEntryBytes') }
}

/**
 * `options` over `base`.
 *
 * @throws FreshetError INVALID_DURATION, INVALID_OPTION, CONTRADICTORY_OPTIONS
 */
export function resolvePolicy(options: PolicyOptions, base: Policy): Policy {
  const { ttl, negativeTtl, jitter, maxEntryBytes, compression } = options
  const resilience = resolveResilience(options, base.resilience)
  const isSame = resilience === base.resilience
  const isSameWeight = maxEntryBytes === undefined && compression === undefined
  if (isSame && isSameWeight && ttl === undefined && negativeTtl === undefined && jitter === undefined)
    return base
  const ttlMs = ttl === undefined ? base.ttlMs : toMilliseconds(ttl, 'ttl')
  return Object.freeze({
    ttlMs,
    negativeTtlMs:
      negativeTtl === undefined
        ? Math.min(base.negativeTtlMs, ttlMs)
        : toMilliseconds(negativeTtl, 'negativeTtl'),
    jitter: jitter === undefined ? base.jitter : ratio(jitter, 'jitter'),
    resilience,
    maxEntryBytes:
      maxEntryBytes === undefined
        ? base.maxEntryBytes
        : Math.min(base.maxEntryBytes, positiveInteger(maxEntryBytes, 'maxEntryBytes')),
    compression: compression === undefined ? base.compression : resolveCompression(compression),
  })
}

/**
 * As `resolvePolicy` over one base, remembering the last one: calls of one place are given the same options again and again.
 *
 * @throws FreshetError as `resolvePolicy`
 */
export function policyResolver(base: Policy): (options: PolicyOptions) => Policy {
  let lastTtl: unknown
  let lastNegativeTtl: unknown
  let lastJitter: unknown
  let policy = base
  return (options) => {
    const { ttl, negativeTtl, jitter, maxEntryBytes, compression } = options
    const isOfTime = maxEntryBytes === undefined && compression === undefined && hasNoResilience(options)
    if (!isOfTime) return resolvePolicy(options, base)
    if (ttl === lastTtl && negativeTtl === lastNegativeTtl && jitter === lastJitter) return policy
    policy = resolvePolicy(options, base)
    lastTtl = ttl
    lastNegativeTtl = negativeTtl
    lastJitter = jitter
    return policy
  }
}

export function lifetimeMs(policy: Policy, value: unknown, random: () => number): number {
  return jittered(isNothing(value) ? policy.negativeTtlMs : policy.ttlMs, policy.jitter, random)
}
