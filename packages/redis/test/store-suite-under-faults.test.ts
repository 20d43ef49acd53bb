import { type FaultyStoreFactory, faultyStore, storeConformance, type StoreUnderTest } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { sharedRedis, sharedRedisCluster } from '../../../test/services/shared.js'
import { connectTo, connectToCluster, type TestClient } from './support/clients.js'
import { createSuite, type Mode, nearModes } from './support/suite.js'

const probability = 0.1
const seeds = [1, 2]

const topologies: Readonly<Record<string, () => Promise<TestClient>>> = {
  standalone: async () => await connectTo(await sharedRedis(), 'ioredis 6'),
  cluster: async () => await connectToCluster((await sharedRedisCluster()).addresses, 'ioredis 6'),
}

describe.each(Object.entries(topologies))('%s', (_, connect) => {
  const suite = createSuite()
  let client: TestClient
  beforeAll(async () => {
    client = await connect()
    await suite.open(client)
  })
  afterEach(async () => await suite.clean())
  afterAll(() => client.disconnect())

  /** The suite's checks of a store in Redis to which one call in ten fails. */
  function checksWith(mode: Mode, seed: number) {
    const made: FaultyStoreFactory[] = []
    const injected = () => made.reduce((sum, { faults }) => sum + faults.injected, 0)
    const store: StoreUnderTest = {
      ...suite.storeUnderTest(mode, (factory) => {
        const faulty = faultyStore(factory, { seed: seed * 1_000 + made.length })
        faulty.faults.failSometimes(probability)
        made.push(faulty)
        return faulty
      }),
      injectedFaults: injected,
    }
    return { checks: storeConformance(store), injected }
  }

  describe.each(Object.keys(nearModes) as Mode[])(
    `%s: every check of the suite passes with ${probability * 100} % of all calls failing`,
    (mode) => {
      let injectedInAll = 0
      for (const [index, { name, promise }] of checksWith(mode, 0).checks.entries()) {
        test(`${promise}: ${name}`, async () => {
          for (const seed of seeds) {
            const { checks, injected } = checksWith(mode, seed)
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
