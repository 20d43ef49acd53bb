import type { Events } from './events.js'
import type { Guard } from './guard.js'
import type { MaybePromise } from './maybe-promise.js'
import { andThen } from './maybe-promise.js'
import type { Space } from './space.js'
import type { Counters } from './stats.js'
import type { Intent, Store } from './store.js'

export interface WriterParts {
  readonly store: Store
  readonly counters: Counters
  readonly events: Events
  readonly guard: Guard
  readonly unknownOutcomeHoldMs: number
}

/**
 * One write around its commit. Exactly one of the three ends is called, once:
 * nothing here ever rejects, because a write that committed must not be reported as failed.
 */
export interface Write {
  /** It is committed: await this before acknowledging. `tags` are what it turned out to have changed. */
  committed(tags: readonly string[], source: string): MaybePromise<void>
  /** The database certainly did nothing. */
  rolledBack(): MaybePromise<void>
  /** Nobody knows: the tags are not served, nor stored, until the database must have decided. */
  unknown(tags: readonly string[], cause: unknown): MaybePromise<void>
}

/**
 * The way of a write: mark the tags before the commit, replace their generations after it, then acknowledge.
 */
export class Writer {
  readonly #parts: WriterParts

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  /** Before the commit, or before a statement that commits by itself. Await it, then send the commit. */
  open(space: Space, tags: readonly string[]): MaybePromise<Write> {
    return this.#parts.guard.run(
      'open intent',
      () => andThen(this.#parts.store.openIntent(space, tags), (intent) => this.#write(intent)),
      () => this.#write({ space, tags }),
    )
  }

  /** New generations now: what was changed is changed already. */
  invalidate(space: Space, tags: readonly string[], source: string): MaybePromise<void> {
    this.#tell(tags, source)
    return this.#parts.guard.run('invalidate', () => this.#parts.store.bump(space, tags), nothing)
  }

  #write(intent: Intent): Write {
    const { store, events, guard, unknownOutcomeHoldMs: holdMs } = this.#parts
    return {
      committed: (tags, source) => {
        this.#tell(tags, source)
        return guard.run('close intent', () => store.closeIntent(intent, tags), nothing)
      },
      rolledBack: () => guard.run('close intent', () => store.closeIntent(intent, []), nothing),
      unknown: (tags, cause) => {
        this.#tell(tags, 'unknown outcome')
        events.emit('unknown-outcome', { tags, holdMs, cause })
        return guard.run('hold', () => store.hold(intent, tags, holdMs), nothing)
      },
    }
  }

  #tell(tags: readonly string[], source: string): void {
    this.#parts.counters.invalidations++
    if (this.#parts.events.has('invalidate')) this.#parts.events.emit('invalidate', { tags, source })
  }
}

const nothing = (): void => undefined
