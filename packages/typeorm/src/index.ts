import { installCachedReads } from './repository/index.js'

export { freshet } from './freshet.js'
export type { FreshetCacheOption } from './freshet.js'
export type { DependsOn, EntityPrecision, FreshetOptions } from './options.js'
export type { GetWithCacheOptions } from './repository/index.js'

// Whoever imports the package has its methods, and is told by them what to add where a DataSource has no cache.
installCachedReads()
