import { shared } from './answer.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { hasAge } from './fresh.js'
import type { Guard } from './guard.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise } from './maybe-promise.js'
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

  /** @param otherwise what to do if the value cannot be read */
  serve(
    request: ReadRequest,
    value: Outdated,
    reason: StaleReason,
    otherwise: () => MaybePromise<unknown>,
  ): MaybePromise<unknown> {
    const served = this.#read(request, value)
    if (isPromise(served)) return served.then((later) => this.#told(request, value, reason, later, otherwise))
    return this.#told(request, value, reason, served, otherwise)
  }

  /** `undefined` if that cannot be. */
  #read(request: ReadRequest, value: Outdated): MaybePromise<Served | undefined> {
    const failed = (cause: unknown): undefined => {
      this.#parts.guard.failed('read outdated entry', cause)
      return undefined
    }
    try {
      const { copy } = value
      if (isPromise(copy)) return copy.then((later) => ({ answer: shared(request, later) })).catch(failed)
      return { answer: shared(request, copy) }
    } catch (cause) {
      return failed(cause)
    }
  }

  #told(
    request: ReadRequest,
    value: Outdated,
    reason: StaleReason,
    served: Served | undefined,
    otherwise: () => MaybePromise<unknown>,
  ): MaybePromise<unknown> {
    if (served === undefined) return otherwise()
    const { clock, counters, events } = this.#parts
    counters.stale++
    if (reason === 'expired' || reason === 'invalidated') counters.hits++
    if (events.has('stale')) events.emit('stale', { key: request.key, source: request.source, reason })
    tell(request, 'stale', reason)
    if (request.info !== undefined) {
      const now = clock.now()
      request.info.ageMs = now - value.storedAt
      request.info.expiresInMs = value.expiresAt - now
    }
    return served.answer
  }
}

interface Served {
  readonly answer: unknown
}

/** The last value of a key, fresh or not, that a look-up has found. */
export function lastValue(lookup: Lookup): Outdated | undefined {
  return lookup.status === 'found' ? lookup : lookup.outdated
}

/** Whether no more than `limitMs` have passed since a value's time to live was over. */
export function isWithin(value: Outdated, limitMs: number, now: number): boolean {
  return now < value.expiresAt + limitMs && hasAge(value, now)
}
