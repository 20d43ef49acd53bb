export type { CacheArgs, CacheArgument, ReadOperation } from './cache-argument.js'
export type { FreshetArgs, FreshetBrand, FreshetClient, FreshetExtension } from './extension.js'
export type {
  CachedMethod,
  CacheInfo,
  CacheInfoMethod,
  InvalidateCacheMethod,
  WithCacheInfo,
} from './faces.js'
export type { StructuralRead, StructuralReadWithArgs } from './structural.js'
export type { CachedTypeMap, CachedTypeMapCb } from './type-map.js'
