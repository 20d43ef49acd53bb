import { randomBytes } from 'node:crypto'
import type { FakeClock, StoreUnderTest } from '@freshet/testing'
import { describe } from 'vitest'
import { sharedRedis, sharedRedisCluster } from '../../../../test/services/shared.js'
import { redisStore } from '../../src/index.js'
import { aroundChecks, type OnOneClient } from '../support/around-checks.js'
import {
  connectTo,
  connectToCluster,
  loadScripts,
  type TestClient,
  type Version,
} from '../support/clients.js'
import { age, remove } from '../support/time-machine.js'
import { tracked, type TrackedClient } from '../support/tracked-client.js'
import type { Wrap } from '../support/under-faults.js'
import { followed } from './followed.js'

/** How fresh a cache is to be. */
const replicatedModes = {
  strong: {},
  bounded: { consistency: { maxStaleness: '10s' } },
  eventual: { consistency: 'eventual' },
} satisfies Readonly<Record<string, StoreUnderTest['cacheOptions']>>

type ReplicatedMode = keyof typeof replicatedModes

/** Stores that are replicated, on one client, for the suite. */
interface ReplicatedSuite extends OnOneClient {
  /** @param wrap stands between the suite and each store */
  storeUnderTest(mode: ReplicatedMode, wrap?: Wrap): StoreUnderTest
}

function createReplicatedSuite(): ReplicatedSuite {
  const prefix = `replicated suite:${randomBytes(6).toString('hex')}:`
  let client: TestClient
  let watched: TrackedClient
  let stores = 0

  const settled = async () => await watched.idle()

  /** The server's clock goes from timer to timer with the cache's: what is loaded in between is as old on both. */
  async function pass(clock: FakeClock, ms: number) {
    for (let leftMs = ms; leftMs > 0;) {
      const stepMs = Math.min(leftMs, clock.nextInMs ?? leftMs)
      await settled()
      await age(client, prefix, stepMs)
      clock.advance(stepMs)
      leftMs -= stepMs
    }
    await settled()
  }

  return {
    async open(opened) {
      client = opened
      await loadScripts(client)
      watched = followed(tracked(client))
    },
    storeUnderTest: (mode, wrap = (factory) => factory) => ({
      create: () => wrap(redisStore(watched, { prefix: `${prefix}${++stores}:`, topology: 'replicated' })),
      cacheOptions: replicatedModes[mode],
      settled,
      pass,
      grainMs: 5_000,
      isShared: true,
      marksWrites: mode !== 'eventual',
    }),
    async clean() {
      await watched.idle()
      await remove(client, prefix)
    },
  }
}

/** Registers what `describeMode` says of each mode, on each kind of server. */
export function describeReplicated(
  version: Version,
  describeMode: (server: string, mode: ReplicatedMode, suite: ReplicatedSuite) => void,
): void {
  const servers: Readonly<Record<string, () => Promise<TestClient>>> = {
    standalone: async () => await connectTo(await sharedRedis(), version),
    cluster: async () => await connectToCluster((await sharedRedisCluster()).addresses, version),
  }
  describe.each(Object.entries(servers))('replicated, %s', (server, connect) => {
    const suite = createReplicatedSuite()
    aroundChecks(suite, connect)

    for (const mode of Object.keys(replicatedModes) as ReplicatedMode[]) {
      // Time takes long in a cluster, and the rule is the same for any bound.
      if (server === 'cluster' && mode === 'bounded') continue
      describeMode(server, mode, suite)
    }
  })
}
