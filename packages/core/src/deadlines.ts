import type { Clock } from './clock.js'

/** Something that is waited for, until it ends or its time is up. */
export interface Deadline {
  readonly at: number
  readonly late: () => void
}

/**
 * Limits of what is under way, on one timer: nearly everything ends long before its limit, and a timer each
 * costs as much as the rest of a hit.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #open = new Set<Deadline>()
  #armedFor = Infinity
  #disarm: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `late` once after `ms` milliseconds, unless it is ended before. */
  start(ms: number, late: () => void): Deadline {
    const deadline = { at: this.#clock.now() + ms, late }
    this.#open.add(deadline)
    if (deadline.at < this.#armedFor) this.#arm(deadline.at, ms)
    return deadline
  }

  /** Whether there was time left. The timer stays: what starts next needs one as well, and a later one most likely. */
  end(deadline: Deadline): boolean {
    return this.#open.delete(deadline)
  }

  #arm(at: number, ms: number): void {
    this.#disarm?.()
    this.#armedFor = at
    this.#disarm = this.#clock.setTimer(this.#passed, ms)
  }

  readonly #passed = (): void => {
    this.#armedFor = Infinity
    this.#disarm = undefined
    const now = this.#clock.now()
    let next = Infinity
    for (const deadline of this.#open) {
      if (deadline.at > now) next = Math.min(next, deadline.at)
      else if (this.#open.delete(deadline)) deadline.late()
    }
    if (next < this.#armedFor) this.#arm(next, next - now)
  }
}
