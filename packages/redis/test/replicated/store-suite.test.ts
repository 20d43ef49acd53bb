import { describeStore } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import { sharedRedis, sharedRedisCluster } from '../../../../test/services/shared.js'
import { connectTo, connectToCluster, type TestClient } from '../support/clients.js'
import { createReplicatedSuite, type ReplicatedMode, replicatedModes } from './suite.js'

const servers: Readonly<Record<string, () => Promise<TestClient>>> = {
  standalone: async () => await connectTo(await sharedRedis()),
  cluster: async () => await connectToCluster((await sharedRedisCluster()).addresses),
}

describe.each(Object.entries(servers))('%s', (server, connect) => {
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
    describe(mode, () => {
      describeStore(`Redis ${server}, replicated, ${mode}`, suite.storeUnderTest(mode), { describe, test })
    })
  }
})
