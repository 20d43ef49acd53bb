import { isDeepStrictEqual } from 'node:util'
import type { Question, Visitor } from '../actions/action.js'
import type { CachedEntrance } from '../example.js'
import type { Shop } from '../shop.js'
import { Gate } from './gate.js'

/** An answer from the cache that was not what the database said at that moment. */
export interface StaleAnswer {
  readonly name: string
  readonly cached: unknown
  readonly direct: unknown
}

/** Visits the shop through the cache and holds every answer that the cache gave against a direct one. */
export interface Comparison {
  readonly visitor: Visitor
  /** How many answers of the cache have been compared. */
  compared(): number
  stale(): readonly StaleAnswer[]
}

/** `direct` must be a shop of its own, on a connection of its own, that knows nothing of the cache. */
export function createComparison(cached: CachedEntrance, direct: Shop): Comparison {
  const gate = new Gate()
  const stale: StaleAnswer[] = []
  let compared = 0

  const compare = async <T>(name: string, cached: T, question: Question<T>): Promise<void> => {
    const truth = await question(direct)
    compared += 1
    if (!isDeepStrictEqual(cached, truth)) stale.push({ name, cached, direct: truth })
  }

  const ask = async <T>(name: string, question: Question<T>): Promise<T> => {
    // Asked with changes going on, so that loads and invalidations race as they do in real life.
    const isQuietSince = gate.watch()
    const asked = await cached.trace(question)
    return gate.enter('comparisons', async () => {
      // Beside a change, both the old and the new state are right; only an answer from after it can be judged.
      const { answer, isFromCache } = isQuietSince() ? asked : await cached.trace(question)
      if (isFromCache) await compare(name, answer, question)
      return answer
    })
  }

  return {
    visitor: { ask, change: (_name, change) => gate.enter('changes', () => change(cached.shop)) },
    compared: () => compared,
    stale: () => stale,
  }
}
