// A return that lasts less than this many pauses was none.
const steadyPauses = 20
const longestMs = 30_000

/** How long to wait between two attempts to return: longer each time that a return does not last. */
export class RetryPause {
  readonly #shortestMs: number
  #ms: number
  #returnedAt = -Infinity

  constructor(shortestMs: number) {
    this.#shortestMs = shortestMs
    this.#ms = shortestMs
  }

  get ms(): number {
    return this.#ms
  }

  left(now: number): void {
    const wasSteady = now - this.#returnedAt >= this.#ms * steadyPauses
    this.#ms = wasSteady ? this.#shortestMs : Math.min(this.#ms * 2, Math.max(longestMs, this.#shortestMs))
  }

  returned(now: number): void {
    this.#returnedAt = now
  }
}
