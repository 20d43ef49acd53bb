/** A promise that a test settles when it wants to. */
export interface Held<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

/**
 * A promise that waits for the test.
 *
 * @example
 * const commit = held()
 * const writing = cache.write(['User'], () => commit.promise)
 * // … what happens while the database is committing
 * commit.resolve()
 * await writing
 */
export function held<T = void>(): Held<T> {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

/** Lets everything that is ready run: the event loop turns once, after all microtasks. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What `promise` has come to by now, or `pending`. `settle` waits until nothing is under way. */
export async function stateOf(
  promise: Promise<unknown>,
  settle: () => Promise<void> = settled,
): Promise<'pending' | 'fulfilled' | 'rejected'> {
  let state: 'pending' | 'fulfilled' | 'rejected' = 'pending'
  promise.then(
    () => (state = 'fulfilled'),
    () => (state = 'rejected'),
  )
  await settle()
  return state
}

/**
 * A loader whose loads wait for the test, and which knows how often it was asked.
 *
 * @example
 * const loader = new HeldLoader<string>()
 * const readers = [cache.getOrSet('k', loader.load), cache.getOrSet('k', loader.load)]
 * await settled()
 * loader.count // 1: the second reader has joined the first one's load
 * loader.land('loaded')
 * await Promise.all(readers) // ['loaded', 'loaded']
 */
export class HeldLoader<T> {
  /** The loads so far, the first one first. */
  readonly calls: Held<T>[] = []
  #later: { readonly value: T } | undefined

  /** What to give to `getOrSet`. */
  readonly load = (): Promise<T> => {
    const call = held<T>()
    this.calls.push(call)
    if (this.#later !== undefined) call.resolve(this.#later.value)
    return call.promise
  }

  /** How often it was asked. */
  get count(): number {
    return this.calls.length
  }

  /**
   * Ends one load with `value`.
   *
   * @throws RangeError if there have not been that many
   */
  land(value: T, call = 0): void {
    const waiting = this.calls[call]
    if (waiting === undefined)
      throw new RangeError(
        `The loader was to land its call ${call}, counted from 0, but it was asked ${this.count} times. Wait for the load to begin: await settled().`,
      )
    waiting.resolve(value)
  }

  /** Ends every load with `value` that has not ended, and those that are still to come as well. */
  landAll(value: T): void {
    this.#later = { value }
    for (const call of this.calls) call.resolve(value)
  }
}
