import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisAddress } from './stand.js'

const retryStrategy = () => 20

/** A client, as an application makes one. */
export function connect(address: RedisAddress): Redis | Cluster {
  switch (address.kind) {
    case 'standalone':
      return withPushOn(address.pushPort, new Redis({ port: address.port, retryStrategy }))
    case 'sentinel': {
      const { sentinels, name, natMap } = address
      return new Redis({ sentinels: [...sentinels], name, natMap, failoverDetector: true, retryStrategy })
    }
    case 'cluster':
      return new Cluster([...address.nodes], {
        natMap: address.natMap,
        clusterRetryStrategy: retryStrategy,
        retryDelayOnFailover: 20,
        retryDelayOnClusterDown: 20,
        slotsRefreshInterval: 1_000,
      })
  }
}

/** What is pushed comes by a wire of its own, so that the two can be disturbed apart. */
function withPushOn(port: number, redis: Redis): Redis {
  const duplicate = redis.duplicate.bind(redis)
  redis.duplicate = (given?: Partial<RedisOptions>) => duplicate({ ...given, port })
  return redis
}
