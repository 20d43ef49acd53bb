import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import { FreshetError } from './errors.js'
import { assertOptions, invalidOption, print } from './options.js'
import type { Store } from './store.js'

/**
 * How fresh an answer must be when processes share a store:
 * `strong`, no read that starts after an acknowledged write, in any process, sees older data;
 * `{ maxStaleness }`, never older than that; `eventual`, as soon as the store's push arrives.
 */
export type Consistency = 'strong' | 'eventual' | { readonly maxStaleness: Duration }

/** What of `Consistency` a store can be asked for. */
export type ConsistencyMode = 'strong' | 'eventual' | 'bounded'

/** As stores are told. */
export type ResolvedConsistency =
  { readonly mode: 'strong' | 'eventual' } | { readonly mode: 'bounded'; readonly maxStalenessMs: number }

/** @throws FreshetError INVALID_OPTION, INVALID_DURATION */
export function resolveConsistency(consistency: unknown): ResolvedConsistency {
  if (consistency === 'strong' || consistency === 'eventual') return Object.freeze({ mode: consistency })
  if (typeof consistency !== 'object' || consistency === null) {
    throw invalidOption(
      `The option 'consistency' must be 'strong', 'eventual' or { maxStaleness: '2s' }, but ${print(consistency)} was given.`,
    )
  }
  assertOptions("The option 'consistency'", consistency, ['maxStaleness'])
  const { maxStaleness } = consistency as { maxStaleness?: unknown }
  return Object.freeze({ mode: 'bounded', maxStalenessMs: toMilliseconds(maxStaleness, 'maxStaleness') })
}

/** @throws FreshetError UNSUPPORTED_CONSISTENCY if the store cannot be as fresh as that */
export function assertCanBe(mode: ConsistencyMode, store: Store): void {
  if (store.modes === undefined || store.modes.includes(mode)) return
  throw new FreshetError(
    'UNSUPPORTED_CONSISTENCY',
    `The store '${store.name}' cannot be ${mode}; it can be ${store.modes.join(' or ')}. Ask for that, or give createCache() another store.`,
  )
}
