import type { MaybePromise } from '../maybe-promise.js'

export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly cause: unknown }

/** What became of a step, which is begun at once. Never rejects. */
export async function attempt<T>(step: () => MaybePromise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await step() }
  } catch (cause) {
    return { ok: false, cause }
  }
}
