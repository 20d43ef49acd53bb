/**
 * What is put in batches, at the turn of the event loop after enough of it has come. Between two queries all code that
 * keeps entries in order has left the processor's caches; a batch brings it back once.
 *
 * Whoever asks for a key puts what waits for it first, so nobody can tell.
 */
export class PutLater<Entry> {
  readonly #put: (key: string, entry: Entry) => void
  readonly #batchSize: number
  readonly #waiting = new Map<string, Entry>()

  /** @param batchSize twice as many may wait, for who awaits nothing but promises never lets the event loop turn */
  constructor(put: (key: string, entry: Entry) => void, batchSize: number) {
    this.#put = put
    this.#batchSize = batchSize
  }

  add(key: string, entry: Entry): void {
    this.#waiting.set(key, entry)
    const { size } = this.#waiting
    if (size === this.#batchSize) setImmediate(this.#turn)
    else if (size >= 2 * this.#batchSize) this.flush()
  }

  /** Puts what waits for this key. */
  flushKey(key: string): void {
    if (this.#waiting.size === 0) return
    const entry = this.#waiting.get(key)
    if (entry === undefined) return
    this.#waiting.delete(key)
    this.#put(key, entry)
  }

  /** What waits. */
  values(): Iterable<Entry> {
    return this.#waiting.values()
  }

  flush(): void {
    for (const [key, entry] of this.#waiting) this.#put(key, entry)
    this.#waiting.clear()
  }

  readonly #turn = (): void => this.flush()
}
