import { AsyncLocalStorage } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import type { Visitor } from '../actions/action.js'
import type { Shop } from '../shop-client.js'

/** What was measured of all calls with one name. */
export interface Tally {
  readonly name: string
  readonly kind: 'read' | 'write'
  readonly latenciesUs: number[]
  /** Of those calls that the cache answered. */
  readonly hitLatenciesUs: number[]
  queries: number
}

interface Call {
  readonly tally: Tally
  isHit: boolean
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
  const current = new AsyncLocalStorage<Call>()

  const tallyOf = (name: string, kind: Tally['kind']): Tally => {
    const tally = tallies.get(name) ?? { name, kind, latenciesUs: [], hitLatenciesUs: [], queries: 0 }
    tallies.set(name, tally)
    return tally
  }

  const timed = <T>(name: string, kind: Tally['kind'], send: () => PromiseLike<T>): Promise<T> => {
    const call: Call = { tally: tallyOf(name, kind), isHit: false }
    return current.run(call, async () => {
      const startedAt = performance.now()
      const answer = await send()
      const latencyUs = (performance.now() - startedAt) * 1000
      call.tally.latenciesUs.push(latencyUs)
      if (call.isHit) call.tally.hitLatenciesUs.push(latencyUs)
      return answer
    })
  }

  return {
    onQuery() {
      const call = current.getStore()
      if (call) call.tally.queries += 1
    },
    onHit() {
      const call = current.getStore()
      if (call) call.isHit = true
    },
    visitor: (shop) => ({
      ask: (name, question) => timed(name, 'read', () => question(shop)),
      change: (name, change) => timed(name, 'write', () => change(shop)),
    }),
    tallies: () => [...tallies.values()],
  }
}
