import type { CopyPlan, PreparedCopy } from './clone.js'
import type { MemoryVector } from './memory-vector.js'
import { changedAt } from './memory-vector.js'
import type { Entry, EntryRecord } from './store.js'

/**
 * An entry in this process's memory, as few objects as can be: each is moved twice when it is made, marked whenever V8
 * collects, and swept when another entry takes its place (a third of what a miss costs that is stored, measured).
 */
export class MemoryEntry implements Entry, PreparedCopy {
  readonly status = 'found'
  readonly master: unknown
  readonly plan: CopyPlan
  readonly bytes: number
  vector: MemoryVector
  readonly tags: readonly string[]
  readonly toldBy: object | undefined
  readonly storedAt: number
  readonly expiresAt: number
  readonly loadMs: number
  /** The store's version at which the vector was last seen to be current. */
  confirmedAt: number

  constructor(
    { copy, tags, toldBy, storedAt, expiresAt, loadMs }: EntryRecord,
    vector: MemoryVector,
    version: number,
  ) {
    this.master = copy.master
    this.plan = copy.plan
    this.bytes = copy.bytes
    this.vector = vector
    this.tags = tags
    this.toldBy = toldBy
    // V8 keeps a number with a fraction in an object of its own.
    this.storedAt = Math.floor(storedAt)
    this.expiresAt = Math.floor(expiresAt)
    this.loadMs = Math.round(loadMs)
    this.confirmedAt = version
  }

  /** Found out when it is asked for: hardly anybody does. */
  get changedAt(): number | undefined {
    return changedAt(this.vector)
  }

  get copy(): PreparedCopy {
    return this
  }
}
