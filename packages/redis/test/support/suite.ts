import { randomBytes } from 'node:crypto'
import type { StoreFactory } from '@freshet/core'
import type { FakeClock, StoreUnderTest } from '@freshet/testing'
import { redisStore } from '../../src/index.js'
import type { OnOneClient } from './around-checks.js'
import { loadScripts, type TestClient } from './clients.js'
import { withHeldReplies } from './held-replies.js'
import { age, remove } from './time-machine.js'
import { tracked, type TrackedClient } from './tracked-client.js'

// What `redisStore` takes if it is told nothing.
const leaseMs = 30_000
const silenceMs = 3_000
const isGeneration = (key: string): boolean => /^suite:\w+:\d+:g:/.test(key)

/** By how much the server's clock may be behind the cache's while both go on: far less than a third of a lease. */
const maxBehindMs = 3_000
const near = { maxEntries: 1_000, maxBytes: 2 ** 20 }

/** How fresh a cache is to be, and whether it keeps copies; in every mode a process sees its own writes. */
export const nearModes = {
  'without near copies': { near: false },
  strong: { near },
  bounded: { near, consistency: { maxStaleness: '10s' } },
  eventual: { near, consistency: 'eventual' },
} satisfies Readonly<Record<string, StoreUnderTest['cacheOptions']>>

export type Mode = keyof typeof nearModes

/** Stores on one client, for the suite. */
export interface Suite extends OnOneClient {
  /** @param wrap stands between the suite and each store */
  storeUnderTest(mode: Mode, wrap?: (factory: StoreFactory) => StoreFactory): StoreUnderTest
}

export function createSuite(): Suite {
  const prefix = `suite:${randomBytes(6).toString('hex')}:`
  let client: TestClient
  let watched: TrackedClient
  let stores = 0

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
  const forget = async () => await remove(client, prefix, isGeneration)

  return {
    async open(opened) {
      client = opened
      await loadScripts(client)
      watched = tracked(client)
    },
    storeUnderTest: (mode, wrap = (factory) => factory) => ({
      create: () => wrap(create()),
      cacheOptions: nearModes[mode],
      settled,
      pass,
      grainMs: 5_000,
      marksWrites: mode !== 'eventual',
      isShared: true,
      leaseMs,
      silenceMs,
      forget,
      holdAnswers: () => holdAnswers(),
    }),
    async clean() {
      await watched.idle()
      await remove(client, prefix)
    },
  }
}
