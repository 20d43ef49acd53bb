import { describeStore } from '@freshet/testing'
import { describe, test } from 'vitest'
import { sharedRedis, sharedRedisCluster } from '../../../test/services/shared.js'
import { aroundChecks } from './support/around-checks.js'
import { connectTo, connectToCluster, type TestClient, type Version, versions } from './support/clients.js'
import { createSuite, type Mode, nearModes } from './support/suite.js'

const topologies: Readonly<Record<string, (version: Version) => Promise<TestClient>>> = {
  standalone: async (version) => await connectTo(await sharedRedis(), version),
  cluster: async (version) => await connectToCluster((await sharedRedisCluster()).addresses, version),
}

/** Copies and pushes are the store's own, whatever client carries them: all modes through one client, each client in one mode. */
const fullyTested: Readonly<Record<string, readonly Version[]>> = {
  standalone: ['ioredis 5', 'ioredis 6'],
  cluster: ['ioredis 6'],
}
const onlyStrong: Readonly<Record<string, readonly Version[]>> = {
  standalone: versions,
  cluster: ['ioredis 5', 'node-redis 5'],
}

function modesOf(topology: string, version: Version): readonly Mode[] {
  if (fullyTested[topology]!.includes(version)) return Object.keys(nearModes) as Mode[]
  return onlyStrong[topology]!.includes(version) ? ['strong'] : []
}

describe.each(Object.entries(topologies))('%s', (topology, connect) => {
  describe.each(versions.filter((version) => modesOf(topology, version).length > 0))('%s', (version) => {
    const suite = createSuite()
    aroundChecks(suite, async () => await connect(version))

    for (const mode of modesOf(topology, version)) {
      describe(mode, () => {
        describeStore(`Redis ${topology}, ${mode}`, suite.storeUnderTest(mode), { describe, test })
      })
    }
  })
})
