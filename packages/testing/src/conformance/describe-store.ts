import { storeConformance } from './store-conformance.js'
import type { StorePromise } from './store-check.js'
import type { StoreUnderTest } from './store-under-test.js'

/** What of a test runner is needed: vitest, `node:test`, Jest and Mocha have it. */
export interface TestRunner {
  readonly describe: (name: string, define: () => void) => unknown
  readonly test: (name: string, run: () => Promise<void>) => unknown
}

/**
 * Registers the suite with a test runner: a group for each promise, a test for each sentence.
 *
 * @example
 * import { describe, test } from 'vitest' // or 'node:test', or '@jest/globals'
 *
 * describeStore('my store', { create: () => myStore() }, { describe, test })
 */
export function describeStore(name: string, store: StoreUnderTest, { describe, test }: TestRunner): void {
  const byPromise = new Map<StorePromise, { readonly name: string; readonly run: () => Promise<void> }[]>()
  for (const check of storeConformance(store)) {
    const checks = byPromise.get(check.promise) ?? []
    byPromise.set(check.promise, [...checks, check])
  }
  for (const [promise, checks] of byPromise) {
    describe(`${name}: ${promise}`, () => {
      // A function without parameters: what a runner would pass, or wait for, is none of the check's.
      for (const check of checks) test(check.name, () => check.run())
    })
  }
}
