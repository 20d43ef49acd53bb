import type { Clock } from './clock.js'
import { Deadlines } from './deadlines.js'
import { FreshetError } from './errors.js'
import type { Events } from './events.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise, rejected } from './maybe-promise.js'
import type { Counters } from './stats.js'

export interface GuardParts {
  readonly clock: Clock
  readonly counters: Counters
  readonly events: Events
}

// A store has limits and retries of its own, which are shorter. This is the last one: whatever a store
// does, no query waits for it longer.
const deadlineMs = 2_000

/** Keeps failures of the store away from queries: each becomes a `failure` event and a substitute. */
export class Guard {
  readonly #parts: GuardParts
  readonly #deadlines: Deadlines

  constructor(parts: GuardParts) {
    this.#parts = parts
    this.#deadlines = new Deadlines(parts.clock)
  }

  /** The answer of `step`, or `otherwise()` if it throws, rejects or does not come in time. */
  run<T>(
    action: string,
    step: () => MaybePromise<T>,
    otherwise: (cause: unknown) => T,
    limitMs = deadlineMs,
  ): MaybePromise<T> {
    try {
      const done = step()
      return isPromise(done) ? this.settle(action, done, otherwise, limitMs) : done
    } catch (cause) {
      this.failed(action, cause)
      return otherwise(cause)
    }
  }

  /** As `run`, for a step that is under way. */
  settle<T>(
    action: string,
    done: Promise<T>,
    otherwise: (cause: unknown) => T,
    limitMs = deadlineMs,
  ): Promise<T> {
    return this.settleAnd(action, done, otherwise, itself<T>, limitMs)
  }

  /** As `settle`, with what comes next: a promise between the two is felt in a hit from a shared store. */
  settleAnd<T, R>(
    action: string,
    done: Promise<T>,
    otherwise: (cause: unknown) => T,
    next: (answer: T) => MaybePromise<R>,
    limitMs = deadlineMs,
  ): Promise<R> {
    return new Promise((resolve) => {
      const go = (answer: T) => {
        try {
          resolve(next(answer))
        } catch (error) {
          resolve(rejected(error))
        }
      }
      const instead = (cause: unknown) => {
        this.failed(action, cause)
        try {
          go(otherwise(cause))
        } catch (error) {
          resolve(rejected(error))
        }
      }
      const deadline = this.#deadlines.start(limitMs, () => instead(noAnswer(action, limitMs)))
      done.then(
        (answer) => (this.#deadlines.end(deadline) ? go(answer) : undefined),
        (cause: unknown) => (this.#deadlines.end(deadline) ? instead(cause) : undefined),
      )
    })
  }

  failed(action: string, cause: unknown): void {
    this.#parts.counters.failures++
    this.#parts.events.emit('failure', { action, cause })
  }
}

function noAnswer(action: string, limitMs: number): FreshetError {
  return new FreshetError(
    'STORE_TIMEOUT',
    `The store did not answer '${action}' within ${limitMs} ms, and the query went on without it. Look at the store's connection and load.`,
  )
}

const itself = <T>(value: T): T => value
