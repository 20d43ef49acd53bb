import { inject } from 'vitest'
import { askBroker, type Shared } from './broker.js'
import { createMariaDbDatabase } from './mariadb.js'
import { createPostgresDatabase } from './postgres.js'
import type { Address, Databases } from './service.js'

// The servers that all test files of a run share. Nothing is started for a run whose files never ask.

/** The run's PostgreSQL server. A test file takes a database of its own with `createDatabase()`. */
export async function sharedPostgres(): Promise<Address & Databases> {
  const server = await askBroker(inject('services'), 'postgres')
  return { ...server, createDatabase: async (name) => await createPostgresDatabase(server, name) }
}

/** The run's MariaDB server. A test file takes a database of its own with `createDatabase()`. */
export async function sharedMariaDb(): Promise<Address & Databases> {
  const server = await askBroker(inject('services'), 'mariadb')
  return { ...server, createDatabase: async (name) => await createMariaDbDatabase(server, name) }
}

/** The run's Redis server. Test files keep apart by the prefix of their keys; who flushes or kills starts their own. */
export async function sharedRedis(): Promise<Address> {
  return await askBroker(inject('services'), 'redis')
}

/** The run's Redis Cluster of three masters and three replicas; the same rules. */
export async function sharedRedisCluster(): Promise<Shared['redis-cluster']> {
  return await askBroker(inject('services'), 'redis-cluster')
}

/** The run's Redis set that sentinels watch; the same rules. */
export async function sharedRedisSentinel(): Promise<Shared['redis-sentinel']> {
  return await askBroker(inject('services'), 'redis-sentinel')
}
