import { createCache, type Cache, type CacheOptions } from '@freshet/core'
import { FakeClock } from '@freshet/testing'
import type { RedisClient } from '../../src/client.js'
import type { NodeRedis } from '../../src/node-redis/from-node-redis.js'
import { redisStore, type RedisStoreOptions } from '../../src/index.js'

/** A process of an application, as far as the store can tell: a cache on a client and a clock of its own. */
export interface TestProcess {
  readonly cache: Cache
  readonly clock: FakeClock
  /** What the cache could not do, as `action: message`. */
  readonly failures: string[]
  readonly warnings: string[]
  /** Reads the row `k` through the cache. */
  read(): Promise<unknown>
}

/** Rows as a database would have them; every process writes and reads the same. */
export class TestDatabase {
  row = 'v0'
  loads = 0

  /** A process whose cache has its store on `client`. */
  connect(
    client: RedisClient | NodeRedis,
    storeOptions: RedisStoreOptions,
    cacheOptions: CacheOptions = {},
  ): TestProcess {
    const clock = new FakeClock()
    // A test of some seconds would have it look at the servers in the middle, and count that.
    const store = redisStore(client, { advice: false, ...storeOptions })
    const cache = createCache({ store, clock, jitter: 0, ttl: '1h', near: false, ...cacheOptions })
    const failures: string[] = []
    const warnings: string[] = []
    cache.on('failure', ({ action, cause }) => failures.push(`${action}: ${messageOf(cause)}`))
    cache.on('warning', ({ code }) => warnings.push(code))
    const load = () => {
      this.loads++
      return this.row
    }
    return {
      cache,
      clock,
      failures,
      warnings,
      read: async () => await cache.getOrSet('k', load, { tags: ['User'] }),
    }
  }

  /** What a write through a process does. */
  readonly set = (row: string) => (): void => {
    this.row = row
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
