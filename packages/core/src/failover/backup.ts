import type { Dependencies } from '../dependencies.js'
import type { MaybePromise } from '../maybe-promise.js'
import { andThen } from '../maybe-promise.js'
import type { Space } from '../space.js'
import { wholeSpaceTag } from '../space.js'
import type { EntryRecord, Lookup, Store, Vector } from '../store.js'
import { BackupVector } from './backup-vector.js'
import type { Hold } from './holds.js'

export interface BackupParts {
  readonly store: Store
  readonly now: () => number
  /** How old an answer may be, counted from before its load. */
  readonly maxAgeMs: number
  /** A number of its own. */
  readonly outage: number
}

/**
 * The backup store for one outage.
 *
 * Other processes' writes need not arrive here, so nothing is served for longer than `maxAgeMs` from the moment
 * before its vector was read: whatever was acknowledged earlier is in what was loaded since.
 */
export class Backup {
  readonly store: Store
  readonly #parts: BackupParts

  constructor(parts: BackupParts) {
    this.store = parts.store
    this.#parts = parts
  }

  /** Forgets whatever it holds, for all who share it, and holds what nobody knows the outcome of. */
  begin(root: Space, holds: readonly Hold[]): MaybePromise<void> {
    return andThen(this.store.bump(root, [wholeSpaceTag]), () =>
      holdAll(this.store, holds, this.#parts.now()),
    )
  }

  lookup(space: Space, key: string, dependencies: Dependencies): MaybePromise<Lookup> {
    const askedAt = this.#parts.now()
    return andThen(this.store.lookup(space, key, dependencies), (found) => this.#found(found, askedAt))
  }

  snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector> {
    const askedAt = this.#parts.now()
    return andThen(this.store.snapshot(space, tags), (vector) => this.#vector(vector, askedAt))
  }

  put(space: Space, key: string, record: EntryRecord, vector: BackupVector): MaybePromise<void> {
    const { now, maxAgeMs } = this.#parts
    const expiresAt = Math.min(record.expiresAt, vector.takenAt + maxAgeMs)
    if (expiresAt > now()) return this.store.put(space, key, withExpiry(record, expiresAt), vector.inner)
  }

  #found(found: Lookup, askedAt: number): Lookup {
    const vector = this.#vector(found.vector, askedAt)
    if (found.status === 'absent') {
      const { reason, outdated } = found
      return { status: 'absent', reason, vector, outdated }
    }
    const { status, copy, storedAt, loadMs } = found
    // A time that comes from a server's clock is late by as long as the answer took, at most.
    const expiresAt = found.expiresAt - (this.#parts.now() - askedAt)
    // Older than what may be served from here at all, whoever takes what has expired.
    if (expiresAt <= this.#parts.now())
      return { status: 'absent', reason: 'missing', vector, loadMs, outdated: found }
    return { status, copy, vector, storedAt, expiresAt, loadMs }
  }

  #vector(inner: Vector, takenAt: number): Vector {
    const { store, outage, maxAgeMs } = this.#parts
    return inner.usable ? new BackupVector(inner, store, takenAt, outage, maxAgeMs) : inner
  }
}

function withExpiry(record: EntryRecord, expiresAt: number): EntryRecord {
  const { copy, tags, storedAt, loadMs, byHand = false } = record
  return { copy, tags, storedAt, expiresAt, loadMs, byHand }
}

/** One after the other: there are hardly ever any. */
export function holdAll(store: Store, holds: readonly Hold[], now: number): MaybePromise<void> {
  return holds.reduce<MaybePromise<void>>(
    (before, { space, tags, until }) => andThen(before, () => store.hold({ space, tags }, tags, until - now)),
    undefined,
  )
}
