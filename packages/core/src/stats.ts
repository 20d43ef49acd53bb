import type { StoreSize } from './store.js'

/** Counts since the cache was created. Every read is exactly one of hit, miss and bypass. */
export interface CacheStats extends StoreSize {
  readonly hits: number
  readonly misses: number
  /** Reads that neither looked an entry up to serve it nor stored one: in a transaction, under an intent, closed, switched off. */
  readonly bypasses: number
  /** Loads that were started, for a miss or in the background. */
  readonly loads: number
  /** Misses that joined a load already under way under the same vector. */
  readonly joined: number
  /** Misses that were answered by what another process loaded while they waited for it. */
  readonly awaited: number
  /** Answers that were stale, as one of the stale policies allows. Those that no load was waited for are hits as well, the others misses. */
  readonly stale: number
  /** Loads that were started in the background. */
  readonly refreshes: number
  /** Misses that shared the error of the key's last loads, without a load: `errorCooldown`. */
  readonly cooled: number
  /** Reads, and loads in the background, that gave up: `hardTimeout`. */
  readonly timeouts: number
  readonly stored: number
  /** Answers that were not stored, because their tables were written while they were loaded. */
  readonly unbound: number
  /** Values that were not stored, and entries that were not read, because they are larger than `maxEntryBytes`. */
  readonly tooLarge: number
  /** Entries that could not be read, and so were misses, because this Node cannot decompress them. */
  readonly unreadable: number
  /** Times that some tags were invalidated. */
  readonly invalidations: number
  readonly failures: number
  /** Tags that were written and that the store has not been told of, now. While there are any, reads go past it. */
  readonly undelivered: number
  /** hits / (hits + misses + bypasses); 0 before the first read. */
  readonly hitRatio: number
}

/** The counters behind `cache.stats()`. */
export class Counters {
  hits = 0
  misses = 0
  bypasses = 0
  loads = 0
  joined = 0
  awaited = 0
  stale = 0
  refreshes = 0
  cooled = 0
  timeouts = 0
  stored = 0
  unbound = 0
  tooLarge = 0
  unreadable = 0
  invalidations = 0
  failures = 0
  undelivered = 0

  snapshot(size: StoreSize): CacheStats {
    const { hits, misses, bypasses, loads, joined, awaited, stored, unbound } = this
    const { tooLarge, unreadable, invalidations, failures, undelivered } = this
    const reads = hits + misses + bypasses
    const hitRatio = reads === 0 ? 0 : hits / reads
    const { stale, refreshes, cooled, timeouts } = this
    const resilience = { stale, refreshes, cooled, timeouts }
    const counts = { hits, misses, bypasses, loads, joined, awaited, stored, unbound }
    const problems = { tooLarge, unreadable, invalidations, failures, undelivered }
    return { ...counts, ...resilience, ...problems, hitRatio, ...size }
  }
}
