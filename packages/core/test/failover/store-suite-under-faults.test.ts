import { type FaultyStoreFactory, faultyStore, storeConformance, type StoreUnderTest } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import type { StoreFactory } from '../../src/store.js'
import { failoverStores, type Wrap } from '../support/failover-stores.js'

const probability = 0.1
const seeds = Array.from({ length: 10 }, (_, index) => index + 1)

type Place = 'before all of it' | 'in the part that answers'

/** The suite's checks of a store that fails over, of whose calls one in ten fails. */
function checksWith(make: (wrap: Wrap) => StoreUnderTest, place: Place, seed: number) {
  const made: FaultyStoreFactory[] = []
  const injected = () => made.reduce((sum, { faults }) => sum + faults.injected, 0)
  const faulty: Wrap = (factory) => {
    const store = faultyStore(factory, { seed: seed * 1_000 + made.length })
    store.faults.failSometimes(probability)
    made.push(store)
    return store
  }
  const asIs = (factory: StoreFactory): StoreFactory => factory
  const isBefore = place === 'before all of it'
  const store = make(isBefore ? asIs : faulty)
  const create = isBefore ? () => faulty(store.create()) : store.create
  return { checks: storeConformance({ ...store, create, injectedFaults: injected }), injected }
}

describe.each(Object.entries(failoverStores))('failover, %s', (_, make) => {
  describe.each<Place>(['before all of it', 'in the part that answers'])(
    'every check of the suite passes with one call in ten failing %s',
    (place) => {
      let injectedInAll = 0
      for (const [index, { name, promise, level }] of checksWith(make, place, 0).checks.entries()) {
        // A store that fails over tells nobody that its part has failed, so a check cannot ask it again; a cache need not.
        if (place === 'in the part that answers' && level === 'store') continue
        test(`${promise}: ${name}`, async () => {
          for (const seed of seeds) {
            const { checks, injected } = checksWith(make, place, seed)
            await checks[index]!.run().catch((cause: unknown) => {
              throw new Error(`With seed ${seed}: ${String(cause)}`, { cause })
            })
            injectedInAll += injected()
          }
        })
      }

      test('calls have failed', () => expect(injectedInAll).toBeGreaterThan(100))
    },
  )
})
