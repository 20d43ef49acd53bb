/** A promise that a test settles when it wants to. */
export interface Held<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

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

/** What `promise` has come to by now, or `pending`. */
export async function stateOf(
  promise: Promise<unknown>,
  settle = settled,
): Promise<'pending' | 'fulfilled' | 'rejected'> {
  let state: 'pending' | 'fulfilled' | 'rejected' = 'pending'
  promise.then(
    () => (state = 'fulfilled'),
    () => (state = 'rejected'),
  )
  await settle()
  return state
}

/** A loader that waits for the test, and says how often it was asked. */
export class HeldLoader<T> {
  readonly calls: Held<T>[] = []

  readonly load = (): Promise<T> => {
    const call = held<T>()
    this.calls.push(call)
    return call.promise
  }

  get count(): number {
    return this.calls.length
  }

  land(value: T, call = 0): void {
    this.calls[call]!.resolve(value)
  }
}
