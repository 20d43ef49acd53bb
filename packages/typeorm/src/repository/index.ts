export { installCachedReads } from './install.js'
export type { GetWithCacheOptions } from './typings.js'
