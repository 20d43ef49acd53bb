export type { AdapterOptions } from './adapter-options.js'
export { createCache } from './create-cache.js'
export type { CacheOptions, OnStoreDown } from './create-cache.js'
export type {
  Cache,
  CacheKey,
  GetOrSetOptions,
  KeyOptions,
  Loader,
  MemoizeOptions,
  SetEntry,
  SetOptions,
  WriteOptions,
} from './cache.js'
export type { Clock } from './clock.js'
export { decimalType } from './codec-types.js'
export type { CodecType, DecimalConstructor } from './codec-types.js'
export type { CompressionAlgorithm, CompressionOptions } from './compression.js'
export type { Consistency } from './consistency.js'
export type { Duration } from './duration.js'
export { FreshetError, isFreshetError } from './errors.js'
export type { FreshetErrorCode, FreshetErrorOptions } from './errors.js'
export type { CacheEventListener, CacheEventName, CacheEvents } from './events.js'
export { failover } from './failover/failover.js'
export type { FailoverOptions } from './failover/options.js'
export type { LoaderContext } from './load-context.js'
export { memoryStore } from './memory-store.js'
export type { MemoryStoreOptions } from './memory-store.js'
export type { NearOptions } from './near.js'
export type { PolicyOptions } from './policy.js'
export type { ResilienceOptions } from './resilience.js'
export type { ReadInfo, ReadStatus } from './read-request.js'
export type { CacheStats } from './stats.js'
export type { SwitchOptions, Toggles } from './switch-options.js'
export type { SwitchState } from './switches.js'
export type { FailoverState, StoreContext, StoreFactory, StoreSwitch, Vector } from './store.js'
