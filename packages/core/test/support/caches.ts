import { createCache } from '../../src/create-cache.js'
import type { CacheOptions } from '../../src/create-cache.js'
import type { Cache } from '../../src/cache.js'
import { FakeClock } from './fake-clock.js'

export interface TestCache {
  readonly cache: Cache
  readonly clock: FakeClock
}

/** A cache on a fake clock, without jitter unless asked for. */
export function testCache(options: CacheOptions = {}): TestCache {
  const clock = new FakeClock()
  return { cache: createCache({ clock, jitter: 0, ...options }), clock }
}

/** What the cache tells, collected from now on. */
export function record<Name extends Parameters<Cache['on']>[0]>(cache: Cache, name: Name): unknown[] {
  const events: unknown[] = []
  cache.on(name, (event) => void events.push(event))
  return events
}
