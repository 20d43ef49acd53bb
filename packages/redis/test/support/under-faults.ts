import type { StoreFactory } from '@freshet/core'
import { type FaultyStoreFactory, faultyStore, storeConformance, type StoreUnderTest } from '@freshet/testing'
import { describe, expect, test } from 'vitest'

const probability = 0.1
/** Each makes other calls fail. */
const seeds = Array.from({ length: Number(process.env['FRESHET_FAULT_SEEDS'] ?? 1) }, (_, index) => index + 1)

/** Stands between the suite and each store. */
export type Wrap = (factory: StoreFactory) => StoreFactory

/** The suite's checks of a store of whose calls one in ten fails. */
function checksWith(make: (wrap: Wrap) => StoreUnderTest, seed: number) {
  const made: FaultyStoreFactory[] = []
  const injected = () => made.reduce((sum, { faults }) => sum + faults.injected, 0)
  const store = make((factory) => {
    const faulty = faultyStore(factory, { seed: seed * 1_000 + made.length })
    faulty.faults.failSometimes(probability)
    made.push(faulty)
    return faulty
  })
  return { checks: storeConformance({ ...store, injectedFaults: injected }), injected }
}

/** Registers the suite's checks, each with every seed. */
export function describeUnderFaults(name: string, make: (wrap: Wrap) => StoreUnderTest): void {
  describe(`${name}: every check of the suite passes with ${probability * 100} % of all calls failing`, () => {
    let injectedInAll = 0
    for (const [index, check] of checksWith(make, 0).checks.entries()) {
      test(`${check.promise}: ${check.name}`, async () => {
        for (const seed of seeds) {
          const { checks, injected } = checksWith(make, seed)
          await checks[index]!.run().catch((cause: unknown) => {
            throw new Error(`With seed ${seed}: ${String(cause)}`, { cause })
          })
          injectedInAll += injected()
        }
      })
    }

    test('calls have failed', () => expect(injectedInAll).toBeGreaterThan(50 * seeds.length))
  })
}
