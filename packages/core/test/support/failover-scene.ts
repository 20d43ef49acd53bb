import { FakeClock, settled } from '@freshet/testing'
import type { Cache } from '../../src/cache.js'
import { createCache } from '../../src/create-cache.js'
import type { CacheOptions } from '../../src/create-cache.js'
import { failover } from '../../src/failover/failover.js'
import type { FailoverOptions } from '../../src/failover/options.js'
import { memoryStore } from '../../src/memory-store.js'
import type { StoreContext, StoreFactory } from '../../src/store.js'
import { type Connection, SharedStore } from './shared-store.js'

/** One process of an application, whose caches have a primary in common and, unless told otherwise, a backup each. */
export interface Process {
  readonly cache: Cache
  readonly primary: Connection
  /** What the cache told: which store answers, and what failed. */
  readonly told: string[]
  /** Reads the row through the cache. */
  read(): Promise<unknown>
  /** Reads it and says whether it was a hit. */
  isHit(): Promise<boolean>
  /** Writes the row through the cache. */
  write(row: string): Promise<void>
}

/** Processes with one database, one server and one clock, which stands still until a test moves it. */
export class Scene {
  readonly clock = new FakeClock()
  readonly server = new SharedStore()
  row = 'v0'

  start(
    options: Partial<FailoverOptions> = {},
    cacheOptions: CacheOptions = {},
    context: Partial<StoreContext> = {},
  ): Process {
    const primary = this.server.connect()
    const create = failover({ primary: primary.store, backup: memoryStore(), ...options })
    const store: StoreFactory = (given) => create({ ...given, ...context })
    const cache = createCache({
      store,
      clock: this.clock,
      jitter: 0,
      ttl: '1h',
      consistency: { maxStaleness: '10s' },
      ...cacheOptions,
    })
    const told: string[] = []
    cache.on('failover', ({ active }) => told.push(active))
    cache.on('failure', ({ action }) => told.push(`failed: ${action}`))
    const read = async () => await cache.getOrSet('row', () => this.row, { tags: ['Row'] })
    return {
      cache,
      primary,
      told,
      read,
      async isHit() {
        const { hits } = cache.stats()
        await read()
        return cache.stats().hits > hits
      },
      write: async (row) => await cache.write(['Row'], () => void (this.row = row)),
    }
  }

  /** A process whose primary is away, and that knows it. */
  async startAway(options: Partial<FailoverOptions> = {}, cacheOptions: CacheOptions = {}): Promise<Process> {
    const process = this.start(options, cacheOptions)
    await process.read()
    process.primary.isAway = true
    await this.pass(2_000)
    return process
  }

  /** From timer to timer, with time for the answers: a process that stands still for long has an outage. */
  async pass(ms: number): Promise<void> {
    let leftMs = ms
    await settled()
    while (leftMs > 0) {
      const stepMs = Math.min(leftMs, this.clock.nextInMs ?? leftMs)
      this.clock.advance(stepMs)
      leftMs -= stepMs
      await settled()
    }
  }
}
