import type { Clock } from './clock.js'
import { FreshetError } from './errors.js'
import type { Conditions } from './conditions.js'
import type { Events } from './events.js'
import type { Guard } from './guard.js'
import type { Journal } from './journal.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise } from './maybe-promise.js'
import type { Space } from './space.js'
import type { Counters } from './stats.js'
import type { Intent, Store } from './store.js'

export interface WriterParts {
  readonly store: Store
  readonly clock: Clock
  readonly counters: Counters
  readonly events: Events
  readonly guard: Guard
  /** Keeps what the store could not be told. */
  readonly journal: Journal
  /** Whether a write is refused that the store cannot be told of. */
  readonly refuses: boolean
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

  /**
   * Before the commit, or before a statement that commits by itself. Await it, then send the commit.
   *
   * @throws FreshetError WRITE_REFUSED if the store cannot be told and writes then are refused: send nothing
   */
  open(space: Space, tags: readonly string[]): MaybePromise<Write> {
    const { store, guard } = this.#parts
    // Nothing in this process can be out of reach, and a write need not pay for closures.
    if (store.isLocal === true) return new Write(this.#parts, { space, tags })
    const opening = guard.run(
      'open intent',
      () => store.openIntent(space, tags),
      (cause) => this.#unmarked(space, tags, cause),
    )
    return isPromise(opening)
      ? opening.then((intent) => new Write(this.#parts, intent))
      : new Write(this.#parts, opening)
  }

  /** New generations now: what was changed is changed already. */
  invalidate(
    space: Space,
    tags: readonly string[],
    source: string,
    conditions?: Conditions,
  ): MaybePromise<void> {
    const { store, guard, journal } = this.#parts
    tell(this.#parts, tags, source)
    if (store.isLocal === true) return store.bump(space, tags, conditions)
    return guard.run(
      'invalidate',
      () => store.bump(space, tags),
      (cause) => journal.keep(space, tags, 0, cause),
      limitOf(store),
    )
  }

  /**
   * As `invalidate`, of tags that are made when somebody looks.
   *
   * @param tags must not throw
   * @returns whether it is done; otherwise they are to be made now
   */
  invalidateLater(space: Space, tags: () => readonly string[]): boolean {
    const { store, counters, events } = this.#parts
    if (store.bumpLater === undefined || events.has('invalidate')) return false
    counters.invalidations++
    store.bumpLater(space, tags)
    return true
  }

  /** Nobody knows how a write ended, and it was not marked. */
  unknown(space: Space, tags: readonly string[], cause: unknown): MaybePromise<void> {
    return new Write(this.#parts, { space, tags }).unknown(tags, cause)
  }

  #unmarked(space: Space, tags: readonly string[], cause: unknown): Intent {
    if (this.#parts.refuses) throw refused(tags, cause)
    return { space, tags }
  }
}

/**
 * One write around its commit. Exactly one of the three ends is called, once:
 * none of them rejects, because a write that committed must not be reported as failed.
 */
export class Write {
  readonly #parts: WriterParts
  readonly #intent: Intent

  constructor(parts: WriterParts, intent: Intent) {
    this.#parts = parts
    this.#intent = intent
  }

  /**
   * Right before the commit is sent: the mark must live longer than that takes.
   *
   * @throws FreshetError WRITE_REFUSED as `open()`; the write is still to be ended
   */
  renew(): MaybePromise<void> {
    const { store, guard, refuses } = this.#parts
    if (store.renewIntent === undefined) return undefined
    return guard.run(
      'renew intent',
      () => store.renewIntent!(this.#intent),
      (cause) => {
        if (refuses) throw refused(this.#intent.tags, cause)
      },
    )
  }

  /** It is committed: await this before acknowledging. `tags` are what it turned out to have changed. */
  committed(tags: readonly string[], source: string, conditions?: Conditions): MaybePromise<void> {
    const { store, guard, journal } = this.#parts
    tell(this.#parts, tags, source)
    if (store.isLocal === true) return store.bump(this.#intent.space, tags, conditions)
    return guard.run(
      'close intent',
      () => store.closeIntent(this.#intent, tags),
      (cause) => journal.keep(this.#intent.space, tags, 0, cause),
      limitOf(store),
    )
  }

  /** The database certainly did nothing. A mark that cannot be taken away runs out. */
  rolledBack(): MaybePromise<void> {
    const { store, guard } = this.#parts
    return guard.run('close intent', () => store.closeIntent(this.#intent, []), nothing, limitOf(store))
  }

  /** Nobody knows: the tags are not served, nor stored, until the database must have decided. */
  unknown(tags: readonly string[], cause: unknown): MaybePromise<void> {
    const { store, clock, events, guard, journal, unknownOutcomeHoldMs: holdMs } = this.#parts
    const until = clock.now() + holdMs
    tell(this.#parts, tags, 'unknown outcome')
    events.emit('unknown-outcome', { tags, holdMs, cause })
    return guard.run(
      'hold',
      () => store.hold(this.#intent, tags, holdMs),
      (failure) => journal.keep(this.#intent.space, tags, until, failure),
      limitOf(store),
    )
  }
}

function tell({ counters, events }: WriterParts, tags: readonly string[], source: string): void {
  counters.invalidations++
  if (events.has('invalidate')) events.emit('invalidate', { tags, source })
}

const marginMs = 500

/** `undefined`: as long as anything may take. */
function limitOf({ writeLimitMs }: Store): number | undefined {
  return writeLimitMs === undefined ? undefined : writeLimitMs + marginMs
}

function refused(tags: readonly string[], cause: unknown): FreshetError {
  return new FreshetError(
    'WRITE_REFUSED',
    `A write of ${tags.length > 3 ? `${tags.length} tags` : tags.map((tag) => JSON.stringify(tag)).join(', ')} was refused and has changed nothing: the store could not be told of it, and 'onStoreDown' is 'reject'. Try again when the store can be reached, or let writes go on with 'proceed'.`,
    { cause },
  )
}

const nothing = (): void => undefined
