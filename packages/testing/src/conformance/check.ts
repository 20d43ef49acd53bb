import { startRun, type CheckRun } from './check-run.js'
import type { StoreCheck, StorePromise } from './store-check.js'
import type { StoreUnderTest } from './store-under-test.js'

/** A check that has not been told its store yet. */
export interface CheckDefinition {
  readonly name: string
  readonly promise: StorePromise
  readonly level: StoreCheck['level']
  /** Whether the store can be asked for this. */
  readonly appliesTo: (store: StoreUnderTest) => boolean
  readonly body: (run: CheckRun) => Promise<void>
}

/** Checks of one promise, each under the sentence that it proves. */
export function checksOf(
  level: StoreCheck['level'],
  promise: StorePromise,
  bodies: Readonly<Record<string, CheckDefinition['body']>>,
  appliesTo: CheckDefinition['appliesTo'] = () => true,
): readonly CheckDefinition[] {
  return Object.entries(bodies).map(([name, body]) => ({ name, promise, level, appliesTo, body }))
}

export function bind({ name, promise, level, body }: CheckDefinition, store: StoreUnderTest): StoreCheck {
  return { name, promise, level, run: async () => await body(startRun(store)) }
}
