import { FreshetError } from './errors.js'

interface Waiting<K, T> {
  readonly key: K
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

/** Collects the keys of one `getOrSetMany` that nobody else is loading, then asks for them at once. */
export class Batch<K, T> {
  readonly #loadMissing: (missing: K[]) => readonly T[] | Promise<readonly T[]>
  #waiting: Waiting<K, T>[] = []
  #started = false

  constructor(loadMissing: (missing: K[]) => readonly T[] | Promise<readonly T[]>) {
    this.#loadMissing = loadMissing
  }

  add(key: K): Promise<T> {
    // A key may come late: it had to read its vector again, or waited in vain for somebody else's load.
    if (this.#started && this.#waiting.length === 0) queueMicrotask(() => this.run())
    return new Promise((resolve, reject) => this.#waiting.push({ key, resolve, reject }))
  }

  /** Every look-up is decided: ask for what is missing, and for what still comes as it comes. */
  run(): void {
    this.#started = true
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length > 0) void this.#load(waiting)
  }

  async #load(waiting: readonly Waiting<K, T>[]): Promise<void> {
    try {
      const values = await this.#loadMissing(waiting.map(({ key }) => key))
      assertComplete(values, waiting.length)
      waiting.forEach(({ resolve }, index) => resolve(values[index] as T))
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
}

function assertComplete(values: unknown, expected: number): void {
  if (Array.isArray(values) && values.length === expected) return
  const given = Array.isArray(values) ? `${values.length} values` : typeof values
  throw new FreshetError(
    'INVALID_LOADER_RESULT',
    `The loader of getOrSetMany() was asked for ${expected} keys and must answer with an array of ${expected} values in their order (null for none), but answered with ${given}.`,
  )
}
