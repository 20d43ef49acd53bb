import { memoryStore } from '@freshet/core'
import { faultyStore, storeConformance, type FaultyStoreFactory } from '@freshet/testing'
import { describe, expect, test } from 'vitest'

const probability = 0.1
const seeds = Array.from({ length: 40 }, (_, index) => index + 1)

/** The suite's checks of a memory store of which one call in ten fails. */
function checksWith(seed: number) {
  const made: FaultyStoreFactory[] = []
  const checks = storeConformance({
    create: () => {
      const store = faultyStore(memoryStore(), { seed: seed * 1_000 + made.length })
      store.faults.failSometimes(probability)
      made.push(store)
      return store
    },
    marksWrites: false,
    injectedFaults: () => made.reduce((sum, { faults }) => sum + faults.injected, 0),
  })
  return { checks, made }
}

describe(`every check of the suite passes with ${probability * 100} % of all calls failing`, () => {
  for (const [index, { name, promise }] of checksWith(0).checks.entries()) {
    test(`${promise}: ${name}`, async () => {
      let injected = 0
      for (const seed of seeds) {
        const { checks, made } = checksWith(seed)
        await checks[index]!.run().catch((cause: unknown) => {
          throw new Error(`With seed ${seed}: ${String(cause)}`, { cause })
        })
        injected += made.reduce((sum, { faults }) => sum + faults.injected, 0)
      }
      // A check that asks its store for nothing but what cannot fail has none.
      if (!asksNothing.has(name)) expect(injected).toBeGreaterThan(0)
    })
  }
})

const asksNothing = new Set(['closing twice is closing once'])
