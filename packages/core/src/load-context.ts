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

/** One per load; the engine reads what the loader decided. Its functions need no `this`: loaders take them apart. */
export class LoadContext implements LoaderContext {
  readonly #tagNames: TagNames
  readonly signal: AbortSignal
  ttlMs: number | undefined
  skipped = false
  tags: readonly string[] | undefined

  constructor(closing: AbortSignal, tagNames: TagNames) {
    this.signal = closing
    this.#tagNames = tagNames
  }

  readonly setTtl = (ttl: Duration): void => {
    this.ttlMs = toMilliseconds(ttl, 'setTtl()')
  }

  readonly skip = (): void => {
    this.skipped = true
  }

  readonly setTags = (tags: readonly string[]): void => {
    this.tags = this.#tagNames.resolve(tags)
  }
}
