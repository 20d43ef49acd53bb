import { performance } from 'node:perf_hooks'
import type { Visitor } from '../actions/action.js'
import type { Shop } from '../shop.js'
import { Calls } from './calls.js'

/** What was measured of all calls with one name. */
export interface Tally {
  readonly name: string
  readonly kind: 'read' | 'write'
  readonly latenciesUs: number[]
  /** Of those calls that the cache answered. */
  readonly hitLatenciesUs: number[]
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
  const calls = new Calls()

  const tallyOf = (name: string, kind: Tally['kind']): Tally => {
    const tally = tallies.get(name) ?? { name, kind, latenciesUs: [], hitLatenciesUs: [], queries: 0 }
    tallies.set(name, tally)
    return tally
  }

  const timed = async <T>(name: string, kind: Tally['kind'], send: () => PromiseLike<T>): Promise<T> => {
    const tally = tallyOf(name, kind)
    const { answer, latencyUs, queries, hits } = await timedCall(calls, send)
    tally.latenciesUs.push(latencyUs)
    tally.queries += queries
    // A page may be made of several queries of which the cache answered some; and a write may begin with a cached read.
    if (kind === 'read' && hits > 0 && queries === 0) tally.hitLatenciesUs.push(latencyUs)
    return answer
  }

  return {
    onQuery: calls.onQuery,
    onHit: calls.onHit,
    visitor: (shop) => ({
      ask: (name, question) => timed(name, 'read', () => question(shop)),
      change: (name, change) => timed(name, 'write', () => change(shop)),
    }),
    tallies: () => [...tallies.values()],
  }
}

async function timedCall<T>(calls: Calls, send: () => PromiseLike<T>) {
  let latencyUs = 0
  const traced = await calls.trace(async () => {
    const startedAt = performance.now()
    const answer = await send()
    latencyUs = (performance.now() - startedAt) * 1000
    return answer
  })
  return { ...traced, latencyUs }
}
