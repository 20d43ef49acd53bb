import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import { jittered } from './jitter.js'
import { ratio } from './options.js'
import type { Resilience, ResilienceOptions } from './resilience.js'
import { defaultResilience, resilienceOf, resilienceOptionNames, resolveResilience } from './resilience.js'

/** How long an entry lives, and what is done when its load is slow or fails. Given to a cache, a model or one call; the narrower one wins. */
export interface PolicyOptions extends ResilienceOptions {
  /** Time to live. A number is milliseconds. Default `'5m'`. */
  readonly ttl?: Duration
  /** Time to live of `null` and of empty arrays. Default `'30s'`, or `ttl` if that is shorter. */
  readonly negativeTtl?: Duration
  /** Share of the time to live by which it varies either way, so that entries do not die together. 0 to 1, default 0.1. */
  readonly jitter?: number
}

export const policyOptionNames = ['ttl', 'negativeTtl', 'jitter', ...resilienceOptionNames] as const

export interface Policy {
  readonly ttlMs: number
  readonly negativeTtlMs: number
  readonly jitter: number
  readonly resilience: Resilience
}

const defaultNegativeTtlMs = 30_000
export const defaultPolicy: Policy = Object.freeze({
  ttlMs: 300_000,
  negativeTtlMs: defaultNegativeTtlMs,
  jitter: 0.1,
  resilience: defaultResilience,
})

/** @param isEventual whether answers may be older than what was written */
export function defaultPolicyOf(isEventual: boolean): Policy {
  return { ...defaultPolicy, resilience: resilienceOf(isEventual) }
}

/**
 * `options` over `base`.
 *
 * @throws FreshetError INVALID_DURATION, INVALID_OPTION, CONTRADICTORY_OPTIONS
 */
export function resolvePolicy(options: PolicyOptions, base: Policy): Policy {
  const { ttl, negativeTtl, jitter } = options
  const resilience = resolveResilience(options, base.resilience)
  const isSame = resilience === base.resilience
  if (isSame && ttl === undefined && negativeTtl === undefined && jitter === undefined) return base
  const ttlMs = ttl === undefined ? base.ttlMs : toMilliseconds(ttl, 'ttl')
  return Object.freeze({
    ttlMs,
    negativeTtlMs:
      negativeTtl === undefined
        ? Math.min(base.negativeTtlMs, ttlMs)
        : toMilliseconds(negativeTtl, 'negativeTtl'),
    jitter: jitter === undefined ? base.jitter : ratio(jitter, 'jitter'),
    resilience,
  })
}

/** As `policy`, for a read whose load can neither begin nor end after its answer. */
export function withoutLaterLoads(policy: Policy): Policy {
  return policy.resilience.mayLoadLater ? { ...policy, resilience: defaultResilience } : policy
}

/** Nothing was found, and that was worth remembering for a shorter time. */
function isNegative(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0)
}

export function lifetimeMs(policy: Policy, value: unknown, random: () => number): number {
  return jittered(isNegative(value) ? policy.negativeTtlMs : policy.ttlMs, policy.jitter, random)
}
