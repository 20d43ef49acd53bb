export interface BreakerOptions {
  readonly now: () => number
  /** Failures in a row after which it opens. */
  readonly failures: number
  /** How long it then lets nothing through. */
  readonly retryMs: number
}

/**
 * Keeps queries from waiting for a server that does not answer: after some failures in a row it is open and lets nothing
 * through; after a while the server may be asked whether it answers, which closes it or keeps it open.
 */
export class Breaker {
  readonly #options: BreakerOptions
  #failures = 0
  #openUntil = 0
  #probing = false

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#failures >= this.#options.failures
  }

  /** Whether it is time to ask the server. Whoever does must then tell how that ended. */
  tryProbe(): boolean {
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
