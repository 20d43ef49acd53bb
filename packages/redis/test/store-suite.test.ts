import { randomBytes } from 'node:crypto'
import type { StoreFactory } from '@freshet/core'
import { describeStore, type FakeClock, type StoreUnderTest } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
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
import { withHeldReplies } from './support/held-replies.js'
import { age, keysUnder } from './support/time-machine.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const topologies: Readonly<Record<string, (version: Version) => Promise<TestClient>>> = {
  standalone: async (version) => await connectTo(await sharedRedis(), version),
  cluster: async (version) => await connectToCluster((await sharedRedisCluster()).addresses, version),
}

// What `redisStore` takes if it is told nothing.
const leaseMs = 30_000
const silenceMs = 3_000
const isGeneration = (key: string): boolean => /^suite:\w+:\d+:g:/.test(key)

/** By how much the server's clock may be behind the cache's while both go on: far less than a third of a lease. */
const maxBehindMs = 3_000
const near = { maxEntries: 1_000, maxBytes: 2 ** 20 }
/** How fresh a cache is to be, and whether it keeps copies; in every mode a process sees its own writes. */
const nearModes = {
  'without near copies': { near: false },
  strong: { near },
  bounded: { near, consistency: { maxStaleness: '10s' } },
  eventual: { near, consistency: 'eventual' },
} satisfies Readonly<Record<string, StoreUnderTest['cacheOptions']>>

type Mode = keyof typeof nearModes

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

    // The stores of one factory are those of several processes, and replies to the first of them can be held up.
    let holdAnswers: () => () => void
    const create = (): StoreFactory => {
      const own = `${prefix}${++stores}:`
      const slow = withHeldReplies(watched)
      holdAnswers = slow.hold
      let process = 0
      return (context) => redisStore(process++ === 0 ? slow.client : watched, { prefix: own })(context)
    }
    const forget = async () => {
      for (const key of await keysUnder(client, prefix)) if (isGeneration(key)) await client.call('del', key)
    }

    for (const mode of modesOf(topology, version)) {
      const cacheOptions = nearModes[mode]
      const name = `Redis ${topology}, ${mode}`
      const store: StoreUnderTest = {
        create,
        cacheOptions,
        settled,
        pass,
        grainMs: 5_000,
        marksWrites: mode !== 'eventual',
        isShared: true,
        leaseMs,
        silenceMs,
        forget,
        holdAnswers: () => holdAnswers(),
      }
      describe(mode, () => {
        describeStore(name, store, { describe, test })
      })
    }
  })
})
