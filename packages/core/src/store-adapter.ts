/*
 * What a store outside this package builds on: `@freshet/core/store`. It may change with any release; the public face
 * is `@freshet/core`.
 */
export { LRUCache } from 'lru-cache'
export { handOver, prepareCopy } from './clone.js'
export type { PreparedCopy } from './clone.js'
export { createCodec } from './codec.js'
export type { Codec } from './codec.js'
export type { CodecType } from './codec-types.js'
export { defaultCompression, resolveCompression } from './compression.js'
export type { Compression, CompressionOptions } from './compression.js'
export type { ConsistencyMode, ResolvedConsistency } from './consistency.js'
export { covers, toldBefore } from './dependencies.js'
export type { Dependencies, LateTags } from './dependencies.js'
export { Deadlines } from './deadlines.js'
export type { Deadline } from './deadlines.js'
export { createSigner, digest } from './digest.js'
export type { Signer } from './digest.js'
export type { Duration } from './duration.js'
export { toMilliseconds } from './duration.js'
export { FreshetError } from './errors.js'
export type { MaybePromise } from './maybe-promise.js'
export { andThen, isPromise, rejected } from './maybe-promise.js'
export type { NearBounds } from './near.js'
export { isNothing } from './nothing.js'
export { assertOptions, invalidOption, positiveInteger, print } from './options.js'
export { pack, refusalOf, unpack } from './packing.js'
export type { Refusal } from './packing.js'
export type { Space } from './space.js'
export { wholeSpaceTag } from './space.js'
export type {
  Absent,
  AbsentReason,
  Claim,
  Dialect,
  Entry,
  EntryRecord,
  Fills,
  Intent,
  Lookup,
  Outdated,
  Store,
  StoreContext,
  StoreFactory,
  StoreSize,
  Vector,
} from './store.js'
