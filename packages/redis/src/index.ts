export type { CommandPart, RedisClient, RedisPipeline } from './client.js'
export type { RedisStoreOptions } from './options.js'
export { redisStore } from './redis-store.js'
export type { Topology } from './topologies.js'
