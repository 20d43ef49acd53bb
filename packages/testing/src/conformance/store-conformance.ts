import { bind, type CheckDefinition } from './check.js'
import { closedCacheChecks } from './checks/closed-cache.js'
import { failedWritesChecks } from './checks/failed-writes.js'
import { isolationChecks } from './checks/isolation.js'
import { lifetimeChecks } from './checks/lifetime.js'
import { namespacesChecks } from './checks/namespaces.js'
import { racesChecks } from './checks/races.js'
import { staleAnswersChecks } from './checks/stale-answers.js'
import { tagsChecks } from './checks/tags.js'
import { unkeptValuesChecks } from './checks/unkept-values.js'
import { valuesChecks } from './checks/values.js'
import { vectorsChecks } from './checks/vectors.js'
import { acrossProcessesChecks } from './store/across-processes.js'
import { completeVectorsChecks } from './store/complete-vectors.js'
import { freshAfterAChangeChecks } from './store/fresh-after-a-change.js'
import { holdsChecks } from './store/holds.js'
import { intentsChecks } from './store/intents.js'
import { latePutsChecks } from './store/late-puts.js'
import { lostGenerationsChecks } from './store/lost-generations.js'
import { orderOfChangesChecks } from './store/order-of-changes.js'
import { whatWasStoredChecks } from './store/what-was-stored.js'
import type { StoreCheck } from './store-check.js'
import type { StoreUnderTest } from './store-under-test.js'

const all: readonly CheckDefinition[] = [
  ...whatWasStoredChecks,
  ...completeVectorsChecks,
  ...freshAfterAChangeChecks,
  ...latePutsChecks,
  ...lostGenerationsChecks,
  ...intentsChecks,
  ...holdsChecks,
  ...orderOfChangesChecks,
  ...acrossProcessesChecks,
  ...valuesChecks,
  ...isolationChecks,
  ...lifetimeChecks,
  ...staleAnswersChecks,
  ...tagsChecks,
  ...namespacesChecks,
  ...racesChecks,
  ...failedWritesChecks,
  ...vectorsChecks,
  ...unkeptValuesChecks,
  ...closedCacheChecks,
]

/**
 * Everything that a store of Freshet must keep, as a list of checks that know no test runner. Each has a store of its own, so
 * they may run in any order; those that share a server, one after the other.
 *
 * With `injectedFaults`, a store that fails now and then passes as well, if it fails rightly. What is expected then: through a
 * cache, all that concerns freshness, and that every caller gets its own values and errors; whether something was kept, and how
 * often it was loaded, only until the first failure of the run. Of the store itself, every call that failed is made again until
 * it is answered, and all promises count from there.
 *
 * @example
 * for (const { name, run } of storeConformance({ create: () => myStore() })) test(name, run)
 */
export function storeConformance(store: StoreUnderTest): readonly StoreCheck[] {
  return all.filter(({ appliesTo }) => appliesTo(store)).map((definition) => bind(definition, store))
}
