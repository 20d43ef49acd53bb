export { freshet } from './freshet.js'
export type { FreshetCacheOption } from './freshet.js'
export type { DependsOn, FreshetOptions } from './options.js'
export type { GetWithCacheOptions } from './repository/index.js'
