import type { CacheOptions, StoreFactory } from '@freshet/core'
import type { MaybePromise } from '@freshet/core/store'
import { FakeClock } from '../fake-clock.js'
import { settled } from '../held.js'
import { testCache, type TestCache } from '../test-cache.js'
import { expect, type Expect, type Expectation } from './expect.js'
import { StoreProcess, type Insist } from './store-process.js'
import type { StoreUnderTest } from './store-under-test.js'

/** What a check has to work with while it runs. */
export interface CheckRun {
  /** A cache on an empty store of its own. */
  readonly newCache: (options?: CacheOptions) => TestCache
  /** One store without a cache in front of it. */
  readonly newProcess: () => StoreProcess
  /** Two that know the same, on one clock. `wrap` stands between them and the store under test. */
  readonly newProcesses: (
    wrap?: (store: StoreFactory) => StoreFactory,
  ) => readonly [StoreProcess, StoreProcess]
  /** Two that know the same, each on a clock of its own. */
  readonly newProcessesApart: () => readonly [StoreProcess, StoreProcess]
  readonly settled: () => Promise<void>
  readonly pass: (clock: FakeClock, ms: number) => Promise<void>
  readonly grainMs: number
  /** What must hold whatever fails: freshness, and that every caller gets its own values and errors. */
  readonly expect: Expect
  /** What a cache is there for: it must hold as long as no call of the store has been made to fail. */
  readonly kept: Expect
  /** What was found: after a failed call it, or a part of it, may be absent; it may never be anything else. */
  readonly served: Expect
  /** Calls a store until it answers: what it promises counts from there. Without failures, once. */
  readonly insist: Insist
  readonly store: StoreUnderTest
}

export function startRun(store: StoreUnderTest): CheckRun {
  const injected = store.injectedFaults ?? (() => 0)
  const before = injected()
  const isDisturbed = (): boolean => injected() > before
  const advance = async (clock: FakeClock, ms: number): Promise<void> => clock.advance(ms)
  const insistent: Insist = (call) => insist(call, injected)
  const processOn = (factory: StoreFactory, clock: FakeClock) => {
    const { cache } = testCache({ ...store.cacheOptions, store: factory, clock })
    return new StoreProcess({ cache, clock, insist: insistent })
  }
  return {
    newCache: (options) => testCache({ store: store.create(), ...store.cacheOptions, ...options }),
    newProcess: () => processOn(store.create(), new FakeClock()),
    newProcesses: (wrap = (factory) => factory) => {
      const factory = wrap(store.create())
      const clock = new FakeClock()
      return [processOn(factory, clock), processOn(factory, clock)]
    },
    newProcessesApart: () => {
      const factory = store.create()
      return [processOn(factory, new FakeClock()), processOn(factory, new FakeClock())]
    },
    settled: store.settled ?? settled,
    pass: store.pass ?? advance,
    grainMs: store.grainMs ?? 1,
    expect,
    kept: (actual) => (isDisturbed() ? anything(actual) : expect(actual)),
    served: (actual) => (isDisturbed() ? absentOr(actual) : expect(actual)),
    insist: insistent,
    store,
  }
}

/** A failure that the test has not made is the store's own, and no reason to ask again. */
async function insist<T>(call: () => MaybePromise<T>, injected: () => number): Promise<T> {
  for (;;) {
    const before = injected()
    try {
      return await call()
    } catch (error) {
      if (injected() === before) throw error
    }
  }
}

/** Stands in for what cannot be expected any more. */
function anything(actual: unknown): Expectation {
  const nothing = (): void => undefined
  const settle = async (): Promise<void> => {
    await Promise.allSettled([actual])
  }
  return {
    toBe: nothing,
    toEqual: nothing,
    toMatchObject: nothing,
    toBeUndefined: nothing,
    toBeNull: nothing,
    toHaveLength: nothing,
    rejects: { toBe: settle, toMatchObject: settle },
  }
}

function absentOr(actual: unknown): Expectation {
  const filled = (expected: unknown): unknown => {
    if (actual === undefined) return expected
    if (!Array.isArray(actual) || !Array.isArray(expected)) return actual
    return actual.map((value: unknown, index) => (value === undefined ? expected[index] : value))
  }
  return {
    ...anything(actual),
    toBe: (expected) => expect(filled(expected)).toBe(expected),
    toBeNull: () => expect(filled(null)).toBeNull(),
    toEqual: (expected) => expect(filled(expected)).toEqual(expected),
  }
}
