import { shared } from './answer.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { hasAge } from './fresh.js'
import type { Guard } from './guard.js'
import type { ReadRequest } from './read-request.js'
import { tell } from './read-request.js'
import type { Counters } from './stats.js'
import type { Lookup, Outdated } from './store.js'

/** Why an answer is stale: it is loaded again because its time is over, or because it was invalidated; or its load is slow, or failed. */
export type StaleReason = 'expired' | 'invalidated' | 'slow' | 'error'

export interface StaleAnswersParts {
  readonly clock: Clock
  readonly counters: Counters
  readonly events: Events
  readonly guard: Guard
}

/** Answers with values that are not fresh: each is told and counted. Whether one may be served is decided by who asks. */
export class StaleAnswers {
  readonly #parts: StaleAnswersParts

  constructor(parts: StaleAnswersParts) {
    this.#parts = parts
  }

  /** `undefined` if the value cannot be read. */
  serve(
    request: ReadRequest,
    value: Outdated,
    reason: StaleReason,
  ): { readonly answer: unknown } | undefined {
    const { clock, counters, events, guard } = this.#parts
    try {
      const answer = shared(request, value.copy)
      counters.stale++
      if (events.has('stale')) events.emit('stale', { key: request.key, source: request.source, reason })
      tell(request, 'stale', reason)
      if (request.info !== undefined) {
        const now = clock.now()
        request.info.ageMs = now - value.storedAt
        request.info.expiresInMs = value.expiresAt - now
      }
      return { answer }
    } catch (cause) {
      guard.failed('read outdated entry', cause)
      return undefined
    }
  }
}

/** The last value of a key, fresh or not, that a look-up has found. */
export function lastValue(lookup: Lookup): Outdated | undefined {
  return lookup.status === 'found' ? lookup : lookup.outdated
}

/** Whether no more than `limitMs` have passed since a value's time to live was over. */
export function isWithin(value: Outdated, limitMs: number, now: number): boolean {
  return now < value.expiresAt + limitMs && hasAge(value, now)
}
