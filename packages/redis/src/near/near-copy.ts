import type { Entry, EntryRecord, PreparedCopy } from '@freshet/core/store'
import type { RedisVector } from '../vector.js'

/** An entry that lives decoded in this process. It is served under the same conditions as the one that it is a copy of. */
export class NearCopy implements Entry {
  readonly status = 'found'
  readonly copy: PreparedCopy
  readonly vector: RedisVector
  /** Where the generations of the vector's tags are, in its order. */
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  readonly toldBy: object | undefined
  readonly storedAt: number
  readonly expiresAt: number
  readonly loadMs: number
  /** The version of what is known of generations at which `freshUntil` was found; nothing needs to be looked at again before. */
  checkedAt = -1
  /** Until when the generations need not be asked for, on the cache's clock. */
  freshUntil = -Infinity

  constructor(record: EntryRecord, vector: RedisVector, keys: readonly string[]) {
    this.copy = record.copy
    this.vector = vector
    this.keys = keys
    this.tags = record.tags
    this.toldBy = record.toldBy
    this.storedAt = record.storedAt
    this.expiresAt = record.expiresAt
    this.loadMs = record.loadMs
  }

  /** What it occupies, estimated, in bytes. */
  get bytes(): number {
    return this.copy.bytes + this.vector.names.length * bytesPerTag + bytesPerEntry
  }
}

// Beside the value: the copy itself and its vector; per tag a name, a key and a stamp, which often are the entry's own.
const bytesPerEntry = 500
const bytesPerTag = 250
