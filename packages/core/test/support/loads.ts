import { held, type Held, record, settled, testCache, type FakeClock } from '@freshet/testing'
import type { Cache, GetOrSetOptions } from '../../src/cache.js'
import type { CacheOptions } from '../../src/create-cache.js'
import { engineOf } from '../../src/engine.js'
import { memoryStore } from '../../src/memory-store.js'
import type { ReadInfo } from '../../src/read-request.js'
import { resolvePolicy } from '../../src/policy.js'
import type { StoreFactory } from '../../src/store.js'
import { asyncStore } from './async-store.js'

/** What is at hand, and what must be waited for: the same must be true of both. */
export const stores: readonly (readonly [string, () => StoreFactory])[] = [
  ['in this process', () => memoryStore()],
  ['far away', () => asyncStore()],
]

/** A database with one row, which a test may slow down and take away. */
class Row {
  value = 'v0'
  failure: Error | undefined
  /** How often it was asked. */
  asked = 0
  #held: Held<void> | undefined
  readonly #waiting: Held<void>[] = []

  readonly load = async (): Promise<string> => {
    this.asked++
    // What a database answers it has read when it was asked.
    const { value, failure } = this
    if (this.#held !== undefined) {
      const mine = held()
      this.#waiting.push(mine)
      await mine.promise
    }
    if (failure !== undefined) throw failure
    return value
  }

  /** From now on loads wait. */
  hold(): void {
    this.#held = held()
  }

  /** The loads that wait end, and later ones do not wait. */
  async release(): Promise<void> {
    this.#held = undefined
    for (const waiting of this.#waiting.splice(0)) waiting.resolve()
    await settled()
  }

  /** The second oldest load that waits ends. */
  async releaseSecond(): Promise<void> {
    this.#waiting.splice(1, 1)[0]?.resolve()
    await settled()
  }
}

export interface Scene {
  readonly cache: Cache
  readonly clock: FakeClock
  readonly row: Row
  readonly stale: readonly { readonly reason: string }[]
  read(options?: GetOrSetOptions): Promise<unknown>
  /** As `read`, with how the answer came about. */
  ask(options?: GetOrSetOptions): Promise<{ answer: unknown; info: ReadInfo }>
  /** A write of the row, acknowledged. */
  write(value: string): Promise<void>
}

export const tags = ['Row']

/** One cached row, `v0`, whose time to live is 10 s. */
export function scene(options: CacheOptions = {}): Scene {
  const { cache, clock } = testCache({ ttl: '10s', ...options })
  const row = new Row()
  return {
    cache,
    clock,
    row,
    stale: record(cache, 'stale'),
    read: (own) => cache.getOrSet('k', row.load, { tags, ...own }),
    ask: async (own = {}) => {
      const { reader, space, policy, tagNames } = engineOf(cache)!
      const info: ReadInfo = { status: 'bypass' }
      const read = {
        space,
        key: 's:k',
        dependencies: { tags: tagNames.resolve(tags) },
        policy: resolvePolicy(own, policy),
        info,
      }
      const answer = await reader.read({ ...read, load: row.load, isOwnLoader: true })
      return { answer, info }
    },
    write: async (value) => {
      row.value = value
      await cache.invalidate(tags)
    },
  }
}
