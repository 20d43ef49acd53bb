import type { Clock } from '../../src/clock.js'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = 1_000
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  setTimer(callback: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Moves on by `ms` and runs the timers that are due, in their order. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let next = this.#nextBefore(end); next !== undefined; next = this.#nextBefore(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }

  /** How long until the next timer is due; `undefined` if none is set. */
  get nextInMs(): number | undefined {
    const next = this.#nextBefore(Infinity)
    return next && next.at - this.#now
  }

  /** Timers that have been set, and neither run nor cancelled. */
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
