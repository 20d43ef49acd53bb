import type { StoreSwitch } from './store.js'
import type { SwitchState } from './switches.js'
import { isPromise } from './maybe-promise.js'

/** What a cache tells those who listen. Listeners run synchronously and must be quick; what they throw is ignored. */
export interface CacheEvents {
  /** An entry was served. */
  hit: { readonly key: string; readonly source: string | undefined }
  /** Nothing could be served; a load follows, or an older load under the same vector is joined. */
  miss: { readonly key: string; readonly source: string | undefined; readonly reason: string }
  /** An answer was stale, as one of the stale policies allows. `reason` is that of `ReadInfo`. */
  stale: { readonly key: string; readonly source: string | undefined; readonly reason: string }
  /** A read went past the cache: nothing was looked up or nothing may be stored. */
  bypass: { readonly key: string | undefined; readonly source: string | undefined; readonly reason: string }
  /** Tags got new generations. `source` says by what: a statement, `invalidate`, `write`, `clear`. */
  invalidate: { readonly tags: readonly string[]; readonly source: string }
  /** A write ended in a way that nobody can know: its tags are held for `holdMs`. */
  'unknown-outcome': { readonly tags: readonly string[]; readonly holdMs: number; readonly cause: unknown }
  /**
   * A write went on although the store could not be told of it: until it is, reads of this process go past the store, and
   * other processes may serve older data.
   */
  'store-down': { readonly tags: readonly string[]; readonly cause: unknown }
  /** The store has been told of all that it had missed, which were so many tags, and is used again. */
  'store-up': { readonly tags: number; readonly downMs: number }
  /** A statement or a read could not be told apart precisely, so more was invalidated or depended on than needed. */
  widened: { readonly reason: string; readonly detail: string }
  /** A value was not stored, or an entry not read, because it is larger than `maxEntryBytes`. */
  'too-large': { readonly key: string; readonly source: string | undefined; readonly bytes: number }
  /** Something in the cache failed; the query went on without it. */
  failure: { readonly action: string; readonly cause: unknown }
  /** Of a store made by `failover()`: another one answers from now on. `none`: neither; queries go to the database. */
  failover: StoreSwitch
  /** `switch()` has changed something: what holds now for a namespace, which is empty for that of the whole cache. */
  switch: { readonly namespace: string; readonly switches: SwitchState }
  /** Something that works, but not as its owner most likely wants. Each `code` is told once per cache. */
  warning: { readonly code: string; readonly message: string }
}

export type CacheEventName = keyof CacheEvents
export type CacheEventListener<Name extends CacheEventName> = (event: CacheEvents[Name]) => void

type Listener = (event: never) => unknown

const ignore = (): void => undefined

/** Hands events to listeners. Where nobody listens it costs one property read. */
export class Events {
  readonly #listeners: { [Name in CacheEventName]?: Set<Listener> } = {}
  readonly #warned = new Set<string>()

  /** Returns how to stop listening. */
  on<Name extends CacheEventName>(name: Name, listener: CacheEventListener<Name>): () => void {
    const listeners = (this.#listeners[name] ??= new Set())
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      // Called twice, it must not take away those who came since.
      if (listeners.size === 0 && this.#listeners[name] === listeners) delete this.#listeners[name]
    }
  }

  /** Whether building an event for `name` is worth anything. */
  has(name: CacheEventName): boolean {
    return this.#listeners[name] !== undefined
  }

  emit<Name extends CacheEventName>(name: Name, event: CacheEvents[Name]): void {
    const listeners = this.#listeners[name]
    if (listeners === undefined) return
    // A copy, or one that is added by a listener would be told of what was before it.
    for (const listener of Array.from(listeners)) {
      try {
        const done = listener(event as never)
        // An async function is a listener as well, and nobody else would catch what it rejects with.
        if (isPromise(done)) done.catch(ignore)
      } catch {
        // A listener's own failure must not fail a query.
      }
    }
  }

  /** Tells a warning once; also on the process's warning channel, since few people listen from the start. */
  warnOnce(code: string, message: string): void {
    if (this.#warned.has(code)) return
    this.#warned.add(code)
    this.emit('warning', { code, message })
    process.emitWarning(message, { type: 'FreshetWarning', code })
  }
}
