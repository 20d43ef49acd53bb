import { createCache } from '@freshet/core'
import type { Cache, CacheEventName, CacheEvents, CacheOptions } from '@freshet/core'
import { FakeClock } from './fake-clock.js'

export interface TestCache {
  readonly cache: Cache
  readonly clock: FakeClock
}

/**
 * A cache for one test: empty, in memory unless `store` says otherwise, on a clock of its own that stands still, and without
 * jitter unless asked for. Nothing of it is shared with another test.
 *
 * @throws FreshetError as `createCache` does
 * @example
 * const { cache, clock } = testCache({ ttl: '1m' })
 * const prisma = new PrismaClient({ adapter }).$extends(freshet({ cache }))
 */
export function testCache(options: CacheOptions = {}): TestCache {
  const clock = new FakeClock()
  return { cache: createCache({ clock, jitter: 0, ...options }), clock }
}

/** The events of one name that a cache tells from now on, in the order of their coming. */
export function record<Name extends CacheEventName>(cache: Cache, name: Name): CacheEvents[Name][] {
  const events: CacheEvents[Name][] = []
  cache.on(name, (event) => void events.push(event))
  return events
}
