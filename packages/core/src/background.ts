import type { Clock } from './clock.js'

export interface BackgroundParts {
  readonly clock: Clock
  /** How many loads there may be at once. */
  readonly maxLoads: number
  /** After how many milliseconds a load no longer counts: one that never ends must not keep others away. */
  readonly giveUpMs: number
}

/** What goes on after its reader has been answered: loads, bounded in number, and the storing of what was loaded. */
export class Background {
  readonly #parts: BackgroundParts
  readonly #work = new Set<Promise<unknown>>()
  #loads = 0

  constructor(parts: BackgroundParts) {
    this.#parts = parts
  }

  /** Whether another load may begin, or go on, here. */
  get hasRoom(): boolean {
    return this.#loads < this.#parts.maxLoads
  }

  /** Counts a load that never rejects. Whoever calls has asked `hasRoom`. */
  load(loading: Promise<unknown>, giveUpMs = this.#parts.giveUpMs): void {
    this.#loads++
    this.wait(this.#ended(loading, giveUpMs))
  }

  /** Has `settled` wait for something that never rejects. */
  wait(work: Promise<unknown>): void {
    this.#work.add(work)
    void work.finally(() => this.#work.delete(work))
  }

  /** Resolves when nothing is under way, whatever was begun meanwhile. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work)
  }

  async #ended(loading: Promise<unknown>, giveUpMs: number): Promise<void> {
    let cancel!: () => void
    const tooLong = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.setTimer(resolve, giveUpMs)
    })
    await Promise.race([loading, tooLong])
    cancel()
    this.#loads--
  }
}
