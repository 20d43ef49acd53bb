import { randomBytes } from 'node:crypto'
import type { FakeClock, StoreUnderTest } from '@freshet/testing'
import { redisStore } from '../../src/index.js'
import { loadScripts, type TestClient } from '../support/clients.js'
import { age, remove } from '../support/time-machine.js'
import { tracked, type TrackedClient } from '../support/tracked-client.js'
import type { Wrap } from '../support/under-faults.js'
import { followed } from './followed.js'

/** How fresh a cache is to be. */
export const replicatedModes = {
  strong: {},
  bounded: { consistency: { maxStaleness: '10s' } },
  eventual: { consistency: 'eventual' },
} satisfies Readonly<Record<string, StoreUnderTest['cacheOptions']>>

export type ReplicatedMode = keyof typeof replicatedModes

/** Stores that are replicated, on one client, for the suite. */
export interface ReplicatedSuite {
  /** To be called before a check runs. */
  open(client: TestClient): Promise<void>
  /** @param wrap stands between the suite and each store */
  storeUnderTest(mode: ReplicatedMode, wrap?: Wrap): StoreUnderTest
  /** Takes away what a check has left. */
  clean(): Promise<void>
}

export function createReplicatedSuite(): ReplicatedSuite {
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
