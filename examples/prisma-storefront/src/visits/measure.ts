import { AsyncLocalStorage } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import type { Visitor } from '../actions/action.js'
import type { Shop } from '../shop-client.js'

/** What was measured of all calls with one name. */
export interface Tally {
  readonly name: string
  readonly kind: 'read' | 'write'
  readonly latenciesUs: number[]
  hits: number
  queries: number
}

/** Counts and times the calls of one run. */
export interface Meter {
  /** To be called for every statement that is sent to the database. */
  readonly onQuery: () => void
  /** To be called for every answer that the cache gives. */
  readonly onHit: () => void
  visitor(shop: Shop): Visitor
  tallies(): readonly Tally[]
}

export function createMeter(): Meter {
  const tallies = new Map<string, Tally>()
  // Many calls are under way at once; their async context tells to which of them a statement or a hit belongs.
  const current = new AsyncLocalStorage<Tally>()

  const timed = <T>(name: string, kind: Tally['kind'], call: () => PromiseLike<T>): Promise<T> => {
    const tally = tallies.get(name) ?? { name, kind, latenciesUs: [], hits: 0, queries: 0 }
    tallies.set(name, tally)
    return current.run(tally, async () => {
      const startedAt = performance.now()
      const answer = await call()
      tally.latenciesUs.push((performance.now() - startedAt) * 1000)
      return answer
    })
  }

  return {
    onQuery() {
      const tally = current.getStore()
      if (tally) tally.queries += 1
    },
    onHit() {
      const tally = current.getStore()
      if (tally) tally.hits += 1
    },
    visitor: (shop) => ({
      ask: (name, question) => timed(name, 'read', () => question(shop)),
      change: (name, change) => timed(name, 'write', () => change(shop)),
    }),
    tallies: () => [...tallies.values()],
  }
}
