import { describe } from 'vitest'
import { sharedRedis, sharedRedisCluster, sharedRedisSentinel } from '../../../test/services/shared.js'
import { aroundChecks } from './support/around-checks.js'
import { connectThroughSentinels, connectTo, connectToCluster, type TestClient } from './support/clients.js'
import { createSuite, type Mode, nearModes } from './support/suite.js'
import { describeUnderFaults } from './support/under-faults.js'

const topologies: Readonly<Record<string, () => Promise<TestClient>>> = {
  standalone: async () => await connectTo(await sharedRedis(), 'ioredis 6'),
  cluster: async () => await connectToCluster((await sharedRedisCluster()).addresses, 'ioredis 6'),
  'through sentinels': async () => await connectThroughSentinels(await sharedRedisSentinel(), 'ioredis 6'),
}

describe.each(Object.entries(topologies))('%s', (_, connect) => {
  const suite = createSuite()
  aroundChecks(suite, connect)

  for (const mode of Object.keys(nearModes) as Mode[])
    describeUnderFaults(mode, (wrap) => suite.storeUnderTest(mode, wrap))
})
