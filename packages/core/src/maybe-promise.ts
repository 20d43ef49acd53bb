/**
 * A value now, or a promise of it.
 *
 * The memory store answers at once and a shared store cannot; one engine serves both, and the memory
 * path must not pay for promises that it does not need (measured: an `await` on a plain value costs
 * about as much as the whole look-up).
 */
export type MaybePromise<T> = T | Promise<T>

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as Promise<T>).then === 'function'
}

/**
 * `value` as something whose `then` returns a promise, without a promise of its own around one.
 *
 * What has all three methods is a promise of some library; of anything less, `then` may do and return what it likes.
 */
export function toPromise<T>(value: MaybePromise<T>): Promise<T> {
  return isPromise(value) && typeof value.catch === 'function' && typeof value.finally === 'function'
    ? value
    : Promise.resolve(value)
}

/** `next(value)`, at once when the value is there, after it otherwise. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** All values in order; a promise only if one of them is. */
export function all<T>(values: readonly MaybePromise<T>[]): MaybePromise<readonly T[]> {
  return values.some(isPromise) ? Promise.all(values.map(async (value) => value)) : (values as readonly T[])
}

/** For whoever has only a way to resolve. */
export async function rejected(cause: unknown): Promise<never> {
  throw cause
}
