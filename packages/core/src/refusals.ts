import type { Events } from './events.js'
import type { Refusal } from './packing.js'
import type { Counters } from './stats.js'

/** An entry that is not kept, or not read although it is sound. */
export interface RefusedEntry {
  /** The full key. */
  readonly key: string
  readonly source?: string | undefined
  readonly reason: Refusal
  /** Of the value, by estimate, or of its encoded form. */
  readonly bytes: number
}

/** Counts it and tells of it. */
export function tellRefused(
  { counters, events }: { readonly counters: Counters; readonly events: Events },
  { key, source, reason, bytes }: RefusedEntry,
): void {
  if (reason === 'too-large') {
    counters.tooLarge++
    if (events.has('too-large')) events.emit('too-large', { key, source, bytes })
    return
  }
  counters.unreadable++
  events.warnOnce('COMPRESSION_NOT_SUPPORTED', notSupported)
}

const notSupported = `Entries of other processes are compressed by zstd, which Node ${process.versions.node} does not have: they are misses here, and are replaced by what is loaded. Give createCache() in all processes compression: { algorithm: 'brotli' }, or run Node 22.15 or later.`
