import type { Store, Vector } from '../store.js'

/** A vector of the backup: of one outage, and of a time, as what is stored under it is served for a while only. */
export class BackupVector implements Vector {
  readonly inner: Vector
  /** The backup of the outage that it is of. */
  readonly store: Store
  /** When it was asked for, on the cache's clock. */
  readonly takenAt: number
  readonly #outage: number
  readonly #maxAgeMs: number

  constructor(inner: Vector, store: Store, takenAt: number, outage: number, maxAgeMs: number) {
    this.inner = inner
    this.store = store
    this.takenAt = takenAt
    this.#outage = outage
    this.#maxAgeMs = maxAgeMs
  }

  get usable(): boolean {
    return this.inner.usable
  }

  /**
   * Holds the time as well: a load that is joined under it began less than `maxAgeMs` before the reader came. No other
   * store's ids have spaces.
   */
  get id(): string {
    return `${this.#outage} ${Math.floor(this.takenAt / this.#maxAgeMs)} ${this.inner.id}`
  }
}
