import type { Events } from './events.js'
import type { Guard } from './guard.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise } from './maybe-promise.js'
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
 * The way of a write: mark the tags before the commit, replace their generations after it, then acknowledge.
 */
export class Writer {
  readonly #parts: WriterParts

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  /** Before the commit, or before a statement that commits by itself. Await it, then send the commit. */
  open(space: Space, tags: readonly string[]): MaybePromise<Write> {
    const { store, guard } = this.#parts
    const opening = guard.run(
      'open intent',
      () => store.openIntent(space, tags),
      () => ({ space, tags }),
    )
    return isPromise(opening)
      ? opening.then((intent) => new Write(this.#parts, intent))
      : new Write(this.#parts, opening)
  }

  /** New generations now: what was changed is changed already. */
  invalidate(space: Space, tags: readonly string[], source: string): MaybePromise<void> {
    tell(this.#parts, tags, source)
    return this.#parts.guard.run('invalidate', () => this.#parts.store.bump(space, tags), nothing)
  }
}

/**
 * One write around its commit. Exactly one of the three ends is called, once:
 * nothing here ever rejects, because a write that committed must not be reported as failed.
 */
export class Write {
  readonly #parts: WriterParts
  readonly #intent: Intent

  constructor(parts: WriterParts, intent: Intent) {
    this.#parts = parts
    this.#intent = intent
  }

  /** It is committed: await this before acknowledging. `tags` are what it turned out to have changed. */
  committed(tags: readonly string[], source: string): MaybePromise<void> {
    const { store, guard } = this.#parts
    tell(this.#parts, tags, source)
    return guard.run('close intent', () => store.closeIntent(this.#intent, tags), nothing)
  }

  /** The database certainly did nothing. */
  rolledBack(): MaybePromise<void> {
    const { store, guard } = this.#parts
    return guard.run('close intent', () => store.closeIntent(this.#intent, []), nothing)
  }

  /** Nobody knows: the tags are not served, nor stored, until the database must have decided. */
  unknown(tags: readonly string[], cause: unknown): MaybePromise<void> {
    const { store, events, guard, unknownOutcomeHoldMs: holdMs } = this.#parts
    tell(this.#parts, tags, 'unknown outcome')
    events.emit('unknown-outcome', { tags, holdMs, cause })
    return guard.run('hold', () => store.hold(this.#intent, tags, holdMs), nothing)
  }
}

function tell({ counters, events }: WriterParts, tags: readonly string[], source: string): void {
  counters.invalidations++
  if (events.has('invalidate')) events.emit('invalidate', { tags, source })
}

const nothing = (): void => undefined
