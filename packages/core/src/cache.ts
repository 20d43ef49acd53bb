import type { CacheEventListener, CacheEventName } from './events.js'
import type { LoaderContext } from './load-context.js'
import type { PolicyOptions } from './policy.js'
import type { CacheStats } from './stats.js'
import type { SwitchOptions } from './switch-options.js'
import type { SwitchState } from './switches.js'
import type { Vector } from './store.js'

/** Anything with a canonical form: strings, numbers, plain objects, arrays, dates, bytes, class instances, Map, Set. */
export type CacheKey = unknown

export interface KeyOptions {
  /** Separates one tenant's, role's or user's values from another's under the same key. */
  readonly scope?: string
}

export interface SetOptions extends PolicyOptions, KeyOptions {
  /** What the value depends on: `invalidate` of any of them stops it from being served. */
  readonly tags?: readonly string[]
  /**
   * A vector from `snapshot()` of the same cache, taken *before* the data was read; the value depends on
   * all its tags, and `tags` may only name some of them. Without one the value counts as read now, and a
   * write between the read and this call is not noticed.
   */
  readonly vector?: Vector
}

export interface SetEntry extends SetOptions {
  readonly key: CacheKey
  readonly value: unknown
}

export interface GetOrSetOptions extends PolicyOptions, KeyOptions {
  readonly tags?: readonly string[]
}

export interface MemoizeOptions<Args extends readonly unknown[]> extends GetOrSetOptions {
  /** Names the function in keys; needed for a function without a name of its own. Default `fn.name`. */
  readonly name?: string
  /** What of the arguments makes the key. Default all of them. */
  readonly key?: (...args: Args) => CacheKey
}

export interface WriteOptions {
  /**
   * Whether a rejection of the write proves that the database did nothing at all; only then is nothing
   * invalidated. Default: no rejection does. The tags are invalidated if the error was sent by the
   * database (PostgreSQL, MySQL, MariaDB, SQLite), as something may have been written before it, and
   * held for `unknownOutcomeHold` if it was not.
   */
  readonly isRolledBack?: (error: unknown) => boolean
}

export type Loader<T> = (context: LoaderContext) => T | Promise<T>

/**
 * A cache whose entries stop being served the moment that what they depend on changes.
 *
 * Values that come out are the caller's own: changing one is seen by nobody else. `undefined` means
 * "not there" and is never stored; `null` is a value. A failure of the cache never fails a read.
 */
export interface Cache {
  get<T = unknown>(key: CacheKey, options?: KeyOptions): Promise<T | undefined>
  /**
   * Replaces whatever the key has. Loads of the key that are under way will not be stored.
   *
   * @throws FreshetError INVALID_KEY, INVALID_TAG, INVALID_DURATION, INVALID_OPTION, INVALID_VECTOR, NOT_ENCODABLE (by rejection)
   */
  set(key: CacheKey, value: unknown, options?: SetOptions): Promise<void>
  has(key: CacheKey, options?: KeyOptions): Promise<boolean>
  /** Whether there was something to delete. Loads of the key that are under way will not be stored. */
  delete(key: CacheKey, options?: KeyOptions): Promise<boolean>
  /** In the order of the keys; `undefined` for what is not there. */
  getMany<T = unknown>(keys: readonly CacheKey[], options?: KeyOptions): Promise<(T | undefined)[]>
  setMany(entries: readonly SetEntry[]): Promise<void>
  /**
   * The value under `key`, or that of `loader`, which is then stored. Readers that miss together share
   * one load, and nobody is given a load from before a write that was acknowledged when they asked.
   *
   * @example
   * const user = await cache.getOrSet(['user', id], () => db.user(id), { ttl: '1m', tags: ['User'] })
   */
  getOrSet<T>(key: CacheKey, loader: Loader<T>, options?: GetOrSetOptions): Promise<T>
  /** As `getOrSet` for many keys: `loadMissing` is asked once, for what is missing only, and answers in that order. */
  getOrSetMany<K extends CacheKey, T>(
    keys: readonly K[],
    loadMissing: (missing: K[]) => readonly T[] | Promise<readonly T[]>,
    options?: GetOrSetOptions,
  ): Promise<T[]>
  /** Nothing that depends on any of these tags is served to a read that starts after this has resolved. Costs O(tags). */
  invalidate(tags: readonly string[]): Promise<void>
  /**
   * A write that no adapter sees: marks the tags, runs `write`, invalidates them, then resolves with its
   * result. If it rejects, they are invalidated as well, and if it is not known whether the database
   * carried it out, they stay unserved for `unknownOutcomeHold`.
   *
   * @example
   * await cache.write(['User'], () => pool.query('update users set active = false where id = $1', [7]))
   */
  write<T>(tags: readonly string[], write: () => T | Promise<T>, options?: WriteOptions): Promise<T>
  /** The generations that tags have now: read before the data, handed to `set`. */
  snapshot(tags: readonly string[]): Promise<Vector>
  /** Nothing in this namespace, or in the ones inside it, is served any more. O(1). */
  clear(): Promise<void>
  /**
   * A cache inside this one, with keys of its own, and with `options` over this one's. What is invalidated here is invalidated there, not the other
   * way round.
   *
   * @throws FreshetError INVALID_OPTION, INVALID_DURATION, CONTRADICTORY_OPTIONS
   */
  namespace(name: string, options?: PolicyOptions): Cache
  /** `fn` with its results cached by its arguments. */
  memoize<Args extends readonly unknown[], T>(
    fn: (...args: Args) => T | Promise<T>,
    options?: MemoizeOptions<Args>,
  ): (...args: Args) => Promise<T>
  stats(): CacheStats
  /**
   * Switches the cache off and on, or makes it less fresh and back, while it runs: for all of it, for a namespace with those
   * inside it, or for models. Nothing is ever served that an invalidation has reached meanwhile.
   *
   * @throws FreshetError INVALID_OPTION, INVALID_DURATION, UNSUPPORTED_CONSISTENCY, SWITCH_FAILED (by rejection): nothing has changed
   * @example
   * await cache.switch({ models: { Post: { reads: false } } })
   * await cache.switch({ consistency: 'eventual' })
   */
  switch(options: SwitchOptions): Promise<void>
  /** What is switched how, now. */
  readonly switches: SwitchState
  /** Listens to what the cache does; returns how to stop. */
  on<Name extends CacheEventName>(name: Name, listener: CacheEventListener<Name>): () => void
  /**
   * Resolves when nothing goes on in the background any more: loads that `staleWhileRevalidate`, `refreshAhead` and
   * `delayedDeletion` began, those that `softTimeout` left behind, and storing what any load has brought. A load counts for at most its
   * `hardTimeout`, or `joinTimeout`.
   *
   * @example
   * context.waitUntil(cache.settled()) // where a process is frozen once it has answered
   */
  settled(): Promise<void>
  /** From now on reads go straight to their loaders and nothing is stored. Closes what the cache opened, not what it was given. */
  close(): Promise<void>
}
