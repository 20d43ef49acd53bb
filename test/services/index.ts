export { startMariaDb } from './mariadb.js'
export { startPostgres } from './postgres.js'
export { startRedis } from './redis.js'
export type { Address, Databases, Service, ServiceKind } from './service.js'
