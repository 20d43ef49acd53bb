import { randomBytes } from 'node:crypto'
import { describeStore, type FakeClock, type StoreUnderTest } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import { sharedRedis, sharedRedisCluster } from '../../../../test/services/shared.js'
import { redisStore } from '../../src/index.js'
import { connectTo, connectToCluster, loadScripts, type TestClient } from '../support/clients.js'
import { age, keysUnder } from '../support/time-machine.js'
import { tracked, type TrackedClient } from '../support/tracked-client.js'
import { followed } from './followed.js'

const servers: Readonly<Record<string, () => Promise<TestClient>>> = {
  standalone: async () => await connectTo(await sharedRedis()),
  cluster: async () => await connectToCluster((await sharedRedisCluster()).addresses),
}
const modes = {
  strong: {},
  bounded: { consistency: { maxStaleness: '10s' } },
  eventual: { consistency: 'eventual' },
} satisfies Readonly<Record<string, StoreUnderTest['cacheOptions']>>
describe.each(Object.entries(servers))('%s', (server, connect) => {
  const prefix = `replicated suite:${randomBytes(6).toString('hex')}:`
  let client: TestClient
  let watched: TrackedClient
  let stores = 0
  beforeAll(async () => {
    client = await connect()
    await loadScripts(client)
    watched = followed(tracked(client))
  })
  afterEach(async () => {
    await watched.idle()
    for (const key of await keysUnder(client, prefix)) await client.call('del', key)
  })
  afterAll(() => client.disconnect())

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

  for (const [mode, cacheOptions] of Object.entries(modes)) {
    // Time takes long in a cluster, and the rule is the same for any bound.
    if (server === 'cluster' && mode === 'bounded') continue
    const store: StoreUnderTest = {
      create: () => redisStore(watched, { prefix: `${prefix}${++stores}:`, topology: 'replicated' }),
      cacheOptions,
      settled,
      pass,
      grainMs: 5_000,
      isShared: true,
      marksWrites: mode !== 'eventual',
    }
    describe(mode, () => {
      describeStore(`Redis ${server}, replicated, ${mode}`, store, { describe, test })
    })
  }
})
