import { type FakeClock, settled, type StoreUnderTest } from '@freshet/testing'
import { failover } from '../../src/failover/failover.js'
import { memoryStore } from '../../src/memory-store.js'
import { createSpace } from '../../src/space.js'
import type { StoreFactory } from '../../src/store.js'
import { asyncStore } from './async-store.js'
import { SharedStore } from './shared-store.js'

/** From timer to timer: a process that stands still for long has an outage. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  let leftMs = ms
  while (leftMs > 0) {
    const stepMs = Math.min(leftMs, clock.nextInMs ?? leftMs)
    await settled()
    clock.advance(stepMs)
    leftMs -= stepMs
  }
  await settled()
}

/** The primary is away before the first question, and not for this time only. */
function inOutage(backup: StoreFactory): StoreFactory {
  const connection = new SharedStore().connect()
  connection.isAway = true
  const create = failover({ primary: connection.store, backup, maxAge: '10d' })
  return (context) => {
    let aheadMs = 0
    const store = create({ ...context, now: () => context.now() + aheadMs, warn: () => undefined })
    const ask = async () => await store.snapshot(createSpace(undefined), [])
    // As if it had not been heard of for a minute. A part that fails fails here as well.
    ask().catch(() => undefined)
    aheadMs = 60_000
    ask().catch(() => undefined)
    aheadMs = 0
    return store
  }
}

/** Stands between a store and who asks it. */
export type Wrap = (factory: StoreFactory) => StoreFactory

const suite = { pass, marksWrites: false, cacheOptions: { consistency: 'eventual' } } as const

/** Stores that fail over, for the suite; `wrap` is put around the part that answers. */
export const failoverStores: Readonly<Record<string, (wrap: Wrap) => StoreUnderTest>> = {
  'the primary answers at once': (wrap) => ({
    ...suite,
    create: () => failover({ primary: wrap(memoryStore()), backup: memoryStore() }),
  }),
  'the primary answers by promises': (wrap) => ({
    ...suite,
    create: () => failover({ primary: wrap(asyncStore()), backup: memoryStore() }),
  }),
  'the backup answers': (wrap) => ({
    ...suite,
    create: () => inOutage(wrap(memoryStore())),
    // What the backup holds is never served beyond its bound, whoever asks for what is stale.
    keepsOutdated: false,
  }),
}
