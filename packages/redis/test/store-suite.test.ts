import { randomBytes } from 'node:crypto'
import type { StoreContext } from '@freshet/core/store'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import type { FakeClock } from '../../core/test/support/fake-clock.js'
import { storeSuite } from '../../core/test/support/store-suite.js'
import { sharedRedis, sharedRedisCluster } from '../../../test/services/shared.js'
import { redisStore } from '../src/index.js'
import {
  connectTo,
  connectToCluster,
  loadScripts,
  type TestClient,
  type Version,
  versions,
} from './support/clients.js'
import { age, keysUnder } from './support/time-machine.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const topologies: Readonly<Record<string, (version: Version) => Promise<TestClient>>> = {
  standalone: async (version) => await connectTo(await sharedRedis(), version),
  cluster: async (version) => await connectToCluster((await sharedRedisCluster()).addresses, version),
}

/** By how much the server's clock may be behind the cache's while both go on: far less than a third of a lease. */
const maxBehindMs = 3_000
const near = { maxEntries: 1_000, maxBytes: 2 ** 20 }
/** How fresh a cache is to be, and whether it keeps copies; in every mode a process sees its own writes. */
const nearModes = {
  'without near copies': { near: undefined },
  strong: { near },
  bounded: { near, consistency: { mode: 'bounded', maxStalenessMs: 10_000 } },
  eventual: { near, consistency: { mode: 'eventual' } },
} satisfies Readonly<Record<string, Partial<StoreContext>>>

describe.each(Object.entries(topologies))('%s', (topology, connect) => {
  describe.each(versions)('%s', (version) => {
    const prefix = `suite:${randomBytes(6).toString('hex')}:`
    let client: TestClient
    let watched: TrackedClient
    let stores = 0

    beforeAll(async () => {
      client = await connect(version)
      await loadScripts(client)
      watched = tracked(client)
    })
    afterEach(async () => {
      await watched.idle()
      for (const key of await keysUnder(client, prefix)) await client.call('del', key)
    })
    afterAll(() => client.disconnect())

    const settled = async () => await watched.idle()

    // The server's clock goes from timer to timer with the cache's, or a renewal would come when its lease is over.
    const pass = async (clock: FakeClock, ms: number) => {
      let leftMs = ms
      let behindMs = 0
      while (leftMs > 0) {
        const stepMs = Math.min(leftMs, clock.nextInMs ?? leftMs)
        await settled()
        behindMs += stepMs
        // Not at each heartbeat of a second: that would take longer than what it stands for.
        if (behindMs >= maxBehindMs || stepMs === leftMs) {
          await age(client, prefix, behindMs)
          behindMs = 0
        }
        clock.advance(stepMs)
        leftMs -= stepMs
      }
      await settled()
    }

    describe.each(Object.entries(nearModes))('%s', (mode, asked) => {
      storeSuite({
        name: `Redis ${topology}, ${mode}`,
        create: () => {
          const create = redisStore(watched, { prefix: `${prefix}${++stores}:` })
          return (context) => create({ ...context, ...asked })
        },
        settled,
        pass,
        grainMs: 5_000,
        timers: 'consistency' in asked ? 1 : 0,
      })
    })
  })
})
