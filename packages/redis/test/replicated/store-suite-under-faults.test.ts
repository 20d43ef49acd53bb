import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { sharedRedis, sharedRedisCluster } from '../../../../test/services/shared.js'
import { connectTo, connectToCluster, type TestClient } from '../support/clients.js'
import { describeUnderFaults } from '../support/under-faults.js'
import { createReplicatedSuite, type ReplicatedMode, replicatedModes } from './suite.js'

const servers: Readonly<Record<string, () => Promise<TestClient>>> = {
  standalone: async () => await connectTo(await sharedRedis(), 'ioredis 6'),
  cluster: async () => await connectToCluster((await sharedRedisCluster()).addresses, 'ioredis 6'),
}

describe.each(Object.entries(servers))('replicated, %s', (server, connect) => {
  const suite = createReplicatedSuite()
  let client: TestClient
  beforeAll(async () => {
    client = await connect()
    await suite.open(client)
  })
  afterEach(async () => await suite.clean())
  afterAll(() => client.disconnect())

  for (const mode of Object.keys(replicatedModes) as ReplicatedMode[]) {
    // Time takes long in a cluster, and the rule is the same for any bound.
    if (server === 'cluster' && mode === 'bounded') continue
    describeUnderFaults(mode, (wrap) => suite.storeUnderTest(mode, wrap))
  }
})
