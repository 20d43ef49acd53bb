export { installCachedReads } from './install.js'
export type { GetWithCacheOptions } from './read-options.js'
export {} from './typings.js'
