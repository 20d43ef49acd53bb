export interface BreakerOptions {
  readonly now: () => number
  /** Failures in a row after which it opens. */
  readonly failures: number
  /** How long it then lets nothing through. */
  readonly retryMs: number
}

/**
 * Keeps queries from waiting for a server that does not answer: after some failures in a row it is open and lets nothing
 * through; after a while one call may try, and closes it or keeps it open.
 */
export class Breaker {
  readonly #options: BreakerOptions
  #failures = 0
  #openUntil = 0
  #probing = false

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  /** Whether a call may go through. Its caller must then tell how it ended. */
  tryPass(): boolean {
    if (this.#failures < this.#options.failures) return true
    if (this.#probing || this.#options.now() < this.#openUntil) return false
    this.#probing = true
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#probing = false
  }

  failed(): void {
    this.#failures++
    this.#probing = false
    this.#openUntil = this.#options.now() + this.#options.retryMs
  }
}
