import { copyOut, prepareCopy } from './clone.js'
import { FreshetError } from './errors.js'

interface Waiting<K, T> {
  readonly key: K
  /** Its place among the keys that were given. */
  readonly place: number
  readonly loading: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

/** Collects the keys of one `getOrSetMany` that nobody else is loading, then asks for them at once, each once. */
export class Batch<K, T> {
  readonly #loadMissing: (missing: K[]) => readonly T[] | Promise<readonly T[]>
  /** By the text of the key. */
  #waiting = new Map<string, Waiting<K, T>>()
  #started = false

  constructor(loadMissing: (missing: K[]) => readonly T[] | Promise<readonly T[]>) {
    this.#loadMissing = loadMissing
  }

  add(text: string, key: K, place: number): Promise<T> {
    const same = this.#waiting.get(text)
    // Where nothing is shared, each place loads for itself.
    if (same !== undefined) return same.loading.then(copyOf)
    // A key may come late: it had to read its vector again, another process was asked first, or somebody else's load was waited for
    // in vain. What comes late comes with others.
    if (this.#started && this.#waiting.size === 0) setImmediate(() => this.run())
    let resolve!: (value: T) => void
    let reject!: (error: unknown) => void
    const loading = new Promise<T>((onValue, onError) => {
      resolve = onValue
      reject = onError
    })
    this.#waiting.set(text, { key, place, loading, resolve, reject })
    return loading
  }

  /** Every look-up is decided: ask for what is missing, and for what still comes as it comes. */
  run(): void {
    this.#started = true
    const waiting = Array.from(this.#waiting.values()).toSorted((a, b) => a.place - b.place)
    this.#waiting.clear()
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

/** What cannot be copied is the same in all of its places. */
function copyOf<T>(value: T): T {
  const copy = prepareCopy(value)
  return copy === undefined ? value : (copyOut(copy.master, copy.plan) as T)
}

function assertComplete(values: unknown, expected: number): void {
  if (Array.isArray(values) && values.length === expected) return
  const given = Array.isArray(values) ? `${values.length} values` : typeof values
  throw new FreshetError(
    'INVALID_LOADER_RESULT',
    `The loader of getOrSetMany() was asked for ${expected} keys and must answer with an array of ${expected} values in their order (null for none), but answered with ${given}.`,
  )
}
