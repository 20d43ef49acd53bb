import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import type { TagNames } from './tag-names.js'

/** What a loader is given besides its work. */
export interface LoaderContext {
  /** Aborted when the cache is closed. */
  readonly signal: AbortSignal
  /** Time to live of the value being loaded, instead of the one asked for. */
  readonly setTtl: (ttl: Duration) => void
  /** Return the value, but store nothing. */
  readonly skip: () => void
  /**
   * Tags that only the loaded value can tell. Generations are read *before* a load, so tags set here
   * count from the next load of this key: if they are new to it, this value is returned but not stored.
   */
  readonly setTags: (tags: readonly string[]) => void
}

/**
 * One per load; the engine reads what the loader decided. Loaders take it apart, so its functions need no `this`;
 * most never ask for them, so they are made when one does.
 */
export class LoadContext implements LoaderContext {
  readonly #tagNames: TagNames
  readonly signal: AbortSignal
  ttlMs: number | undefined
  #skipped = false
  #condition: (() => boolean) | undefined
  tags: readonly string[] | undefined

  constructor(closing: AbortSignal, tagNames: TagNames) {
    this.signal = closing
    this.#tagNames = tagNames
  }

  get setTtl() {
    return (ttl: Duration): void => {
      this.ttlMs = toMilliseconds(ttl, 'setTtl()')
    }
  }

  get skip() {
    return (): void => {
      this.#skipped = true
    }
  }

  /** For adapters: the value is stored only if `condition` holds when the load has ended. */
  storeIf(condition: () => boolean): void {
    this.#condition = condition
  }

  /** To be asked when the load has ended. */
  get mayStore(): boolean {
    return !this.#skipped && (this.#condition === undefined || this.#condition())
  }

  get setTags() {
    return (tags: readonly string[]): void => {
      this.tags = this.#tagNames.resolveRead(tags)
    }
  }
}
