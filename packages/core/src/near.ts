import { assertOptions, positiveInteger } from './options.js'

/** How much of a shared store is kept in this process as well, decoded. */
export interface NearOptions {
  /** Entries kept at most; the least recently used go first. Default 10,000. */
  readonly maxEntries?: number
  /** Estimated bytes of all of them together. Default 64 MiB. */
  readonly maxBytes?: number
}

/** Bounds of near copies, as stores are told. */
export interface NearBounds {
  readonly maxEntries: number
  readonly maxBytes: number
}

// An LRU makes room for all of its entries at once.
const maxMaxEntries = 2 ** 23

/** @throws FreshetError INVALID_OPTION */
export function resolveNear(near: NearOptions | false = {}): NearBounds | undefined {
  if (near === false) return undefined
  assertOptions("The option 'near'", near, ['maxEntries', 'maxBytes'])
  return Object.freeze({
    maxEntries: positiveInteger(near.maxEntries ?? 10_000, 'near.maxEntries', maxMaxEntries),
    maxBytes: positiveInteger(near.maxBytes ?? 64 * 2 ** 20, 'near.maxBytes'),
  })
}
