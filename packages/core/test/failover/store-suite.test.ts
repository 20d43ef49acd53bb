import { describeStore, type FakeClock, settled, type StoreUnderTest } from '@freshet/testing'
import { describe, test } from 'vitest'
import { failover } from '../../src/failover/failover.js'
import { memoryStore } from '../../src/memory-store.js'
import { createSpace } from '../../src/space.js'
import type { StoreFactory } from '../../src/store.js'
import { asyncStore } from '../support/async-store.js'
import { SharedStore } from '../support/shared-store.js'

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

const suite = { pass, timers: 1, marksWrites: false, cacheOptions: { consistency: 'eventual' } } as const

/** The primary is away before the first question, and not for this time only. */
function inOutage(backup: StoreFactory): StoreFactory {
  const connection = new SharedStore().connect()
  connection.isAway = true
  const create = failover({ primary: connection.store, backup, maxAge: '10d' })
  return (context) => {
    let aheadMs = 0
    const store = create({ ...context, now: () => context.now() + aheadMs, warn: () => undefined })
    const space = createSpace(undefined)
    // As if it had not been heard of for a minute.
    void store.snapshot(space, [])
    aheadMs = 60_000
    void store.snapshot(space, [])
    aheadMs = 0
    return store
  }
}

const stores: Readonly<Record<string, StoreUnderTest['create']>> = {
  'failover, the primary answers at once': () => failover({ primary: memoryStore(), backup: memoryStore() }),
  'failover, the primary answers by promises': () =>
    failover({ primary: asyncStore(), backup: memoryStore() }),
  'failover, the backup answers': () => inOutage(memoryStore()),
}

for (const [name, create] of Object.entries(stores)) {
  // What the backup holds is never served beyond its bound, whoever asks for what is stale.
  const keepsOutdated = name !== 'failover, the backup answers'
  describeStore(name, { ...suite, create, keepsOutdated }, { describe, test })
}
