import type { CacheOptions, StoreFactory } from '@freshet/core'
import type { FakeClock } from '../fake-clock.js'

/** What a store under test must be able to do, and what of it the suite cannot know. */
export interface StoreUnderTest {
  /** A factory of empty stores: what stands in `createCache({ store: … })`. Called once for each check, or more often. */
  readonly create: () => StoreFactory
  /**
   * Given to every cache that a check makes, so that a store is tested as its users use it: `{ consistency: 'eventual' }`,
   * `{ near: false }`. Default: none, which is strong.
   */
  readonly cacheOptions?: Pick<CacheOptions, 'consistency' | 'near'>
  /** Waits until nothing is under way any more. Default: until the event loop has turned, after all microtasks. */
  readonly settled?: () => Promise<void>
  /** Lets time pass for the cache, and for a store that has a clock of its own. Default: for the cache. */
  readonly pass?: (clock: FakeClock, ms: number) => Promise<void>
  /** How far a store's own clock goes on by itself during a check, at most, in ms. Default 1: it has none. */
  readonly grainMs?: number
  /**
   * Whether a writer's mark keeps readers away until it is closed. Default true. A store that no writer outlives, because it
   * is gone with the process, needs none.
   */
  readonly marksWrites?: boolean
  /**
   * Whether entries stay until `keepUntil`, and a look-up tells what is there of one whose tags have changed (`Absent.outdated`), as
   * the stale policies need. Default true.
   */
  readonly keepsOutdated?: boolean
  /**
   * Whether the stores that one factory makes know the same, as those of several processes do. Default false: each one made
   * is empty. With it the suite checks what one process sees of another's changes.
   */
  readonly isShared?: boolean
  /**
   * After how many milliseconds a mark is gone whose writer has died. With it, and `isShared`, the suite checks that the tag has a
   * new generation then.
   */
  readonly leaseMs?: number
  /** Loses every generation, as a server does that is restarted empty. With it the suite checks that this costs misses only. */
  readonly forget?: () => Promise<void>
  /**
   * From now on requests arrive at the store's server and their answers stay on the way, until the function that is returned is
   * called; for the store that was made first. With it the suite checks that no look-up joins a request from before it began.
   */
  readonly holdAnswers?: () => () => void
  /**
   * For `eventual`: after how many milliseconds of silence a process no longer trusts what it keeps. With it the suite checks
   * that, by losing what is pushed.
   */
  readonly silenceMs?: number
  /**
   * How many calls of the store have been made to fail so far (`store.faults.injected`). With it the suite takes into account
   * that a call can fail: see `storeConformance`.
   */
  readonly injectedFaults?: () => number
}
