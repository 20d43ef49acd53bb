import type { Clock } from './clock.js'

/** Something that is waited for, until it ends or its time is up. */
export interface Deadline {
  readonly at: number
  readonly late: () => void
}

/** One of those that are open, between two others: a set costs more than the rest of what is done here. */
class Open implements Deadline {
  readonly at: number
  readonly late: () => void
  next: Open = this
  previous: Open = this

  constructor(at: number, late: () => void) {
    this.at = at
    this.late = late
  }

  get isOpen(): boolean {
    return this.next !== this
  }

  putBefore(next: Open): void {
    const { previous } = next
    this.next = next
    this.previous = previous
    previous.next = this
    next.previous = this
  }

  takeOut(): void {
    this.previous.next = this.next
    this.next.previous = this.previous
    this.next = this
    this.previous = this
  }
}

/**
 * Limits of what is under way, on one timer: nearly everything ends long before its limit, and a timer each
 * costs as much as the rest of a hit.
 */
export class Deadlines {
  readonly #clock: Clock
  /** Stands before the first of those that are open, and after the last. */
  readonly #ends = new Open(Infinity, nothing)
  #armedFor = Infinity
  #disarm: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `late` once after `ms` milliseconds, unless it is ended before. */
  start(ms: number, late: () => void): Deadline {
    const deadline = new Open(this.#clock.now() + ms, late)
    deadline.putBefore(this.#ends)
    if (deadline.at < this.#armedFor) this.#arm(deadline.at, ms)
    return deadline
  }

  /** Whether there was time left. The timer stays: what starts next needs one as well, and a later one most likely. */
  end(deadline: Deadline): boolean {
    const open = deadline as Open
    if (!open.isOpen) return false
    open.takeOut()
    return true
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
    // Whoever is called may end others, and start some.
    for (const deadline of this.#all()) {
      if (deadline.at > now || !deadline.isOpen) continue
      deadline.takeOut()
      deadline.late()
    }
    let next = Infinity
    for (const { at } of this.#all()) next = Math.min(next, at)
    if (next < this.#armedFor) this.#arm(next, next - now)
  }

  #all(): readonly Open[] {
    const all: Open[] = []
    for (let one = this.#ends.next; one !== this.#ends; one = one.next) all.push(one)
    return all
  }
}

const nothing = (): void => undefined
