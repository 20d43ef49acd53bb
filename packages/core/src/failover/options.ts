import type { ResolvedConsistency } from '../consistency.js'
import type { Duration } from '../duration.js'
import { toMilliseconds } from '../duration.js'
import { assertOptions, invalidOption, print } from '../options.js'
import type { StoreFactory } from '../store.js'

export interface FailoverOptions {
  /** Answers as long as it can be reached. */
  readonly primary: StoreFactory
  /**
   * Answers while the primary is away: `memoryStore()`, of which each process has its own, or a second server that all
   * processes have in common.
   */
  readonly backup: StoreFactory
  /**
   * For how long this process may hear nothing from the primary until that is away. Less than the primary takes until it gives
   * an invalidation up (`writeTimeout` of `redisStore()`), or an outage in which one was lost may pass unnoticed. Default `'1s'`.
   */
  readonly after?: Duration
  /** How often it is then asked whether it is back; less often if it does not stay. Default `'500ms'`. */
  readonly probe?: Duration
  /**
   * How old an answer of the backup may be, counted from before its load began. Default: the bound of `{ maxStaleness }`, which
   * it cannot exceed; with `'eventual'` `'5s'`.
   */
  readonly maxAge?: Duration
}

export interface ResolvedFailoverOptions {
  readonly primary: StoreFactory
  readonly backup: StoreFactory
  readonly afterMs: number
  readonly probeMs: number
  /** As given. */
  readonly maxAgeMs: number | undefined
}

const names = ['primary', 'backup', 'after', 'probe', 'maxAge'] as const
const defaultMaxAgeMs = 5_000

/** @throws FreshetError INVALID_OPTION, INVALID_DURATION */
export function resolveOptions(options: FailoverOptions): ResolvedFailoverOptions {
  assertOptions('failover()', options, names)
  const { primary, backup, after = '1s', probe = '500ms', maxAge } = options
  return Object.freeze({
    primary: validFactory('primary', primary),
    backup: validFactory('backup', backup),
    afterMs: toMilliseconds(after, 'after', { min: 100 }),
    probeMs: toMilliseconds(probe, 'probe', { min: 10 }),
    maxAgeMs: maxAge === undefined ? undefined : toMilliseconds(maxAge, 'maxAge'),
  })
}

/**
 * How old an answer of the backup may be in a cache that is as fresh as `consistency`.
 *
 * @throws FreshetError INVALID_OPTION for more than the cache's own bound
 */
export function maxAgeFor(maxAgeMs: number | undefined, consistency: ResolvedConsistency): number {
  if (consistency.mode !== 'bounded') return maxAgeMs ?? defaultMaxAgeMs
  const { maxStalenessMs } = consistency
  if (maxAgeMs === undefined || maxAgeMs <= maxStalenessMs) return maxAgeMs ?? maxStalenessMs
  throw invalidOption(
    `The option 'maxAge' of failover() must be at most the cache's maxStaleness of ${maxStalenessMs} ms, but ${maxAgeMs} ms were given. Leave it out, or allow more staleness.`,
  )
}

function validFactory(option: string, store: unknown): StoreFactory {
  if (typeof store === 'function') return store as StoreFactory
  throw invalidOption(
    `The option '${option}' of failover() must come from memoryStore() or another store of Freshet, but ${print(store)} was given.`,
  )
}
