import { invalidOption, type NearBounds, print } from '@freshet/core/store'
import type { RedisClient } from './client.js'

const topologies = ['near', 'partitioned', 'replicated'] as const

/** What is kept where, by name. The fourth, `local`, is `memoryStore()`. */
export type Topology = (typeof topologies)[number]

/** @throws FreshetError INVALID_OPTION */
export function validTopology(topology: unknown): Topology | undefined {
  if (topology === undefined || topologies.some((name) => name === topology)) return topology as Topology
  if (topology === 'local') {
    throw invalidOption(
      "The option 'topology' was 'local', which keeps everything in this process and needs no Redis: give createCache() the store memoryStore(), or none.",
    )
  }
  throw invalidOption(
    `The option 'topology' must be 'near', 'partitioned' or 'replicated', but ${print(topology)} was given.`,
  )
}

/**
 * Whether a client is what the name says.
 *
 * @throws FreshetError INVALID_OPTION
 */
export function assertFits(topology: Topology | undefined, client: RedisClient): void {
  if (topology === 'partitioned' && client.isCluster !== true) {
    throw invalidOption(
      "The option 'topology' was 'partitioned', whose keys are spread over the masters of a Redis Cluster, but the client is connected to one server. Pass new Cluster(…), or choose 'near' or 'replicated'.",
    )
  }
  const makesConnections = client.isCluster === true ? client.nodes : client.duplicate
  if (topology === 'replicated' && typeof makesConnections !== 'function') {
    throw invalidOption(
      `The option 'topology' was 'replicated', which listens on a connection of its own, but the client has no ${client.isCluster === true ? 'nodes()' : 'duplicate()'}. Pass a client of ioredis, or choose 'near'.`,
    )
  }
}

/**
 * Whether a cache keeps the copies that the name says.
 *
 * @throws FreshetError INVALID_OPTION
 */
export function assertHasCopies(topology: Topology | undefined, bounds: NearBounds | undefined): void {
  if (bounds !== undefined || topology === undefined || topology === 'partitioned') return
  throw invalidOption(
    `redisStore() was given the topology '${topology}', which keeps entries in this process, and createCache() was given 'near: false'. Leave 'near' on or bound it (near: { maxEntries, maxBytes }), or leave 'topology' away.`,
  )
}
