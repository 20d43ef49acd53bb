import type { CacheOptions } from '@freshet/core'
import type { FakeClock } from '../fake-clock.js'
import { settled } from '../held.js'
import { testCache, type TestCache } from '../test-cache.js'
import { expect, type Expect, type Expectation } from './expect.js'
import type { StoreUnderTest } from './store-under-test.js'

/** What a check has to work with while it runs. */
export interface CheckRun {
  /** A cache on an empty store of its own. */
  readonly newCache: (options?: CacheOptions) => TestCache
  readonly settled: () => Promise<void>
  readonly pass: (clock: FakeClock, ms: number) => Promise<void>
  readonly grainMs: number
  readonly timers: number
  /** What must hold whatever the store does: freshness, the caller's own errors and values. */
  readonly expect: Expect
  /** What a cache is there for: it must hold as long as no call of the store has been made to fail. */
  readonly kept: Expect
  /** What was found: after a failed call it, or a part of it, may be absent; it may never be anything else. */
  readonly served: Expect
  readonly store: StoreUnderTest
}

export function startRun(store: StoreUnderTest): CheckRun {
  const injected = store.injectedFaults ?? (() => 0)
  const before = injected()
  const isDisturbed = (): boolean => injected() > before
  const advance = async (clock: FakeClock, ms: number): Promise<void> => clock.advance(ms)
  return {
    newCache: (options) => testCache({ store: store.create(), ...store.cacheOptions, ...options }),
    settled: store.settled ?? settled,
    pass: store.pass ?? advance,
    grainMs: store.grainMs ?? 1,
    timers: store.timers ?? 0,
    expect,
    kept: (actual) => (isDisturbed() ? anything(actual) : expect(actual)),
    served: (actual) => (isDisturbed() ? absentOr(actual) : expect(actual)),
    store,
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
    ...expect(actual),
    toBe: (expected) => expect(filled(expected)).toBe(expected),
    toEqual: (expected) => expect(filled(expected)).toEqual(expected),
  }
}
