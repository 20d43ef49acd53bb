import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CacheStats } from '../src/stats.js'
import type { StoreFactory } from '../src/store.js'
import { memoryStore } from '../src/memory-store.js'
import { asyncStore } from './support/async-store.js'
import { crowdedStore } from './support/crowded-store.js'
import { commands, Interleaving } from './support/interleaving.js'

const runs = Number(process.env['FRESHET_PROPERTY_RUNS'] ?? 300)

const stores: readonly [string, (scheduler: fc.Scheduler) => StoreFactory][] = [
  ['a store that answers at once', () => memoryStore()],
  [
    'a store whose requests and answers overtake one another',
    (scheduler) =>
      asyncStore({}, (operation, way) => scheduler.schedule(Promise.resolve(), `${operation} ${way}`)),
  ],
  [
    'the same, that looks up once for all who ask before that',
    (scheduler) =>
      crowdedStore((operation, way) => scheduler.schedule(Promise.resolve(), `${operation} ${way}`)).store,
  ],
]

describe.each(stores)('%s', (_, create) => {
  test('serves no read older data than what had been acknowledged when it began, in whatever order things happen', async () => {
    const total = { hits: 0, joined: 0, stored: 0, bypasses: 0 }
    const property = fc.asyncProperty(fc.scheduler(), commands, async (scheduler, list) => {
      const interleaving = new Interleaving(scheduler, create(scheduler))
      await interleaving.run(list)
      add(total, interleaving.stats())
    })
    await fc.assert(property, { numRuns: runs })
    // It would also hold if nothing were ever cached.
    for (const count of Object.values(total)) expect(count).toBeGreaterThan(runs / 10)
  }, 300_000)
})

function add(total: Record<'hits' | 'joined' | 'stored' | 'bypasses', number>, stats: CacheStats): void {
  total.hits += stats.hits
  total.joined += stats.joined
  total.stored += stats.stored
  total.bypasses += stats.bypasses
}
