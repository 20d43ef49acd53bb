import type { DataSource } from 'typeorm'
import type { FreshetState } from '../state.js'

const states = new WeakMap<object, FreshetState>()

/** Says that reads are answered for DataSources whose `queryResultCache` is this provider. */
export function serveWith(provider: object, state: FreshetState): void {
  states.set(provider, state)
}

/**
 * What answers the reads of a DataSource that ask for the cache; `undefined` if it has no cache, or by now another
 * one: `setOptions()` replaces it, and anybody may take it away.
 */
export function servingState({ queryResultCache }: DataSource): FreshetState | undefined {
  return queryResultCache === undefined ? undefined : states.get(queryResultCache)
}
