import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import { normaliseTags } from './tag.js'

/** What a loader is given besides its work. */
export interface LoaderContext {
  /** Aborted when the cache is closed. */
  readonly signal: AbortSignal
  /** Time to live of the value being loaded, instead of the one asked for. */
  setTtl(ttl: Duration): void
  /** Return the value, but store nothing. */
  skip(): void
  /**
   * Tags that only the loaded value can tell. Generations are read *before* a load, so tags set here
   * count from the next load of this key: if they are new to it, this value is returned but not stored.
   */
  setTags(tags: readonly string[]): void
}

/** One per load; the engine reads what the loader decided. */
export class LoadContext implements LoaderContext {
  readonly #closing: AbortSignal
  ttlMs: number | undefined
  skipped = false
  tags: readonly string[] | undefined

  constructor(closing: AbortSignal) {
    this.#closing = closing
  }

  get signal(): AbortSignal {
    return this.#closing
  }

  setTtl(ttl: Duration): void {
    this.ttlMs = toMilliseconds(ttl, 'setTtl()')
  }

  skip(): void {
    this.skipped = true
  }

  setTags(tags: readonly string[]): void {
    this.tags = normaliseTags(tags)
  }
}
