import type { Clock } from '@freshet/core'
import { settled } from './held.js'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/**
 * A clock that stands still until a test moves it: give it to `createCache({ clock })`, and nothing in the cache happens by
 * itself any more.
 *
 * @example
 * const clock = new FakeClock()
 * const cache = createCache({ clock, ttl: '1m', jitter: 0 })
 * await cache.set('k', 1)
 * clock.advance(60_000)
 * await cache.get('k') // undefined
 */
export class FakeClock implements Clock {
  #now = 1_000
  readonly #timers = new Set<Timer>()

  /** Milliseconds; their zero has no meaning. */
  now(): number {
    return this.#now
  }

  /** Runs `callback` once, when the clock has been moved on by `ms`. Returns how to cancel. */
  setTimer(callback: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Moves on by `ms` at once and runs the timers that are due, in their order; what they start has not happened yet. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let next = this.#nextBefore(end); next !== undefined; next = this.#nextBefore(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }

  /**
   * As `advance`, but what each timer starts happens before the next one runs, as it would in time that passes by itself.
   *
   * @param settle waits until nothing is under way. Default: until the event loop has turned
   */
  async pass(ms: number, settle: () => Promise<void> = settled): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.nextInMs; next !== undefined && this.#now + next <= end; next = this.nextInMs) {
      this.advance(Math.max(0, next))
      await settle()
    }
    this.advance(end - this.#now)
    await settle()
  }

  /** Milliseconds until the next timer is due; `undefined` if none is set. */
  get nextInMs(): number | undefined {
    const next = this.#nextBefore(Infinity)
    return next && next.at - this.#now
  }

  /** Timers that have been set, and neither run nor cancelled. A test that ends with 0 has left nothing behind. */
  get pending(): number {
    return this.#timers.size
  }

  #nextBefore(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer
    }
    return next
  }
}
