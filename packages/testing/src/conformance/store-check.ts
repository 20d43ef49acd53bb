/**
 * What a store, or a cache in front of one, promises. See docs/guides/testing.md for what each one is good for.
 *
 * The first ones are asked of the store itself; the rest is what they are for, seen through a cache.
 */
export type StorePromise =
  /** What was put is found as it was: value, times, under its own key and namespace only. */
  | 'what was stored'
  /** A look-up answers only if every tag of the entry, every tag asked for, and every namespace's own is as it was. */
  | 'complete vectors'
  /** After `closeIntent`, `bump` or `hold` is done, no look-up that begins returns data from before, in this process at least. */
  | 'fresh after a change'
  /** What is stored late under an old vector is never found. */
  | 'late puts'
  /** A generation is never used twice; a tag whose generation was lost gets a new one. */
  | 'lost generations'
  /** While a writer's mark is on a tag, nothing under it is served or stored, and only its writer takes it away. */
  | 'intents'
  /** After an outcome that nobody knows, nothing is served or stored until the time has passed. */
  | 'holds'
  /** `put` and `delete` of one key take effect in the order in which they were called. */
  | 'order of changes'
  /** Other processes: after a change is done, no look-up that begins in any of them returns data from before. */
  | 'strong across processes'
  /** Other processes: never older than the bound that the cache was given. */
  | 'bounded staleness'
  /** Other processes: as soon as the change is pushed; while pushes are lost, what is in the process is not trusted for long. */
  | 'eventual freshness'
  /** A look-up is never answered by a request that was sent before it began. */
  | 'requests of its own'
  | 'values'
  | 'isolation'
  | 'lifetime'
  | 'stale answers'
  | 'tags'
  | 'namespaces'
  | 'races'
  | 'writes that fail'
  | 'vectors'
  | 'values that cannot be kept'
  | 'a closed cache'

/** One sentence about a store, and how to find out whether it holds. */
export interface StoreCheck {
  /** The sentence. No two checks of a suite have the same. */
  readonly name: string
  /** What the sentence is a part of. */
  readonly promise: StorePromise
  /** Whether the store is asked directly, or through a cache. */
  readonly level: 'store' | 'cache'
  /** Rejects, with an error that says what was expected and what came, if the sentence does not hold. */
  readonly run: () => Promise<void>
}
