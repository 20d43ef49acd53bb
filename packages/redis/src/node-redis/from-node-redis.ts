import { invalidOption } from '@freshet/core/store'
import type { RedisClient } from '../client.js'
import { cluster, type NodeRedisCluster } from './cluster.js'
import { type NodeRedisSentinel, sentinel } from './sentinel.js'
import { type NodeRedisClient, standalone } from './standalone.js'

/** What node-redis 4 and 5 make with `createClient()` and `createCluster()`, and version 5 with `createSentinel()`. */
export type NodeRedis = NodeRedisClient | NodeRedisCluster | NodeRedisSentinel

// One for each client, however many caches share it: each listens to its events.
const known = new WeakMap<object, RedisClient>()

/**
 * The client, if it is one of node-redis, with the commands and events that the store uses.
 *
 * @throws FreshetError INVALID_OPTION for one in legacy mode
 */
export function fromNodeRedis(client: object): RedisClient | undefined {
  const there = known.get(client) ?? adapted(client as Readonly<Record<string, unknown>>)
  if (there !== undefined) known.set(client, there)
  return there
}

function adapted(client: Readonly<Record<string, unknown>>): RedisClient | undefined {
  if (typeof client['sendCommand'] !== 'function' || typeof client['isOpen'] !== 'boolean') return undefined
  if (typeof client['nodeClient'] === 'function') return cluster(client as unknown as NodeRedisCluster)
  if (typeof client['isReady'] !== 'boolean') return undefined
  if (typeof client['getMasterNode'] === 'function') return sentinel(client as unknown as NodeRedisSentinel)
  if ((client['options'] as { readonly legacyMode?: unknown } | undefined)?.legacyMode === true)
    throw invalidOption(
      'redisStore() was given a client of node-redis with legacyMode: true, whose commands take callbacks. Pass one without.',
    )
  return standalone(client as unknown as NodeRedisClient)
}
