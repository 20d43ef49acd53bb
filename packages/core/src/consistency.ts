import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import { assertOptions, invalidOption, print } from './options.js'

/**
 * How fresh an answer must be when processes share a store:
 * `strong`, no read that starts after an acknowledged write, in any process, sees older data;
 * `{ maxStaleness }`, never older than that; `eventual`, as soon as the store's push arrives.
 */
export type Consistency = 'strong' | 'eventual' | { readonly maxStaleness: Duration }

/** @throws FreshetError INVALID_OPTION, INVALID_DURATION */
export function assertConsistency(consistency: unknown): void {
  if (consistency === 'strong' || consistency === 'eventual') return
  if (typeof consistency !== 'object' || consistency === null) {
    throw invalidOption(
      `The option 'consistency' must be 'strong', 'eventual' or { maxStaleness: '2s' }, but ${print(consistency)} was given.`,
    )
  }
  assertOptions("The option 'consistency'", consistency, ['maxStaleness'])
  toMilliseconds((consistency as { maxStaleness?: unknown }).maxStaleness, 'maxStaleness')
}
