import { createClient as createClient5, createCluster as createCluster5 } from 'redis'
import { createClient as createClient4, createCluster as createCluster4 } from 'redis4'
import type { RedisClient } from '../../src/client.js'
import type { NodeRedisCluster } from '../../src/node-redis/cluster.js'
import { fromNodeRedis } from '../../src/node-redis/from-node-redis.js'
import type { NodeRedisClient } from '../../src/node-redis/standalone.js'
import type { HostAndPort, NodeRedisVersion, TestClient } from './clients.js'

interface Options extends HostAndPort {
  readonly retryStrategy?: (times: number) => number
  readonly username?: string
  readonly password?: string
}

/** A client of node-redis itself, as a user makes it. */
export async function rawNodeRedis(version: NodeRedisVersion, options: Options): Promise<NodeRedisClient> {
  const { host, port, retryStrategy, username, password } = options
  const socket = { host, port, ...(retryStrategy && { reconnectStrategy: retryStrategy }) }
  const all = { socket, ...(username !== undefined && { username, password: password! }) }
  const client: NodeRedisClient =
    version === 'node-redis 4'
      ? createClient4(all)
      : createClient5({ ...all, ...(version === 'node-redis 5' ? {} : { RESP: 3 }) })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

export async function connectNodeRedis(version: NodeRedisVersion, options: Options): Promise<TestClient> {
  return testClient(await rawNodeRedis(version, options))
}

export async function connectNodeRedisCluster(
  version: NodeRedisVersion,
  addresses: readonly HostAndPort[],
): Promise<TestClient> {
  const rootNodes = addresses.map((socket) => ({ socket }))
  const cluster =
    version === 'node-redis 4'
      ? createCluster4({ rootNodes })
      : createCluster5({ rootNodes, ...(version === 'node-redis 5' ? {} : { RESP: 3 }) })
  cluster.on('error', () => undefined)
  await cluster.connect()
  return testClient(cluster)
}

const raws = new WeakMap<object, NodeRedisClient | NodeRedisCluster>()

/** Of a cluster's client that was made here. */
export function mastersOfNodeRedis(client: TestClient): readonly TestClient[] | undefined {
  const raw = raws.get(client) as NodeRedisCluster | undefined
  return raw?.masters.map((master) => testClient(master.client as NodeRedisClient))
}

/** What tests ask of a client beyond what the store does, under ioredis's names. */
function testClient(raw: NodeRedisClient | NodeRedisCluster): TestClient {
  const adapted = fromNodeRedis(raw)!
  const emitter = raw as unknown as NodeJS.EventEmitter
  const client: TestClient = Object.assign(Object.create(adapted) as RedisClient, {
    call: async (command: string, ...parts: (string | number | Buffer)[]) =>
      asText(await adapted.callBuffer(command, ...parts)),
    disconnect() {
      if (!raw.isOpen) return
      const { destroy, disconnect } = raw as NodeRedisClient
      if (destroy === undefined) void disconnect!.call(raw)
      else destroy.call(raw)
    },
    once: (event: string, listener: () => void) => emitter.once(event, listener),
    listenerCount: (event: string) => emitter.listenerCount(event),
  })
  raws.set(client, raw)
  return client
}

function asText(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString()
  return Array.isArray(reply) ? reply.map(asText) : reply
}
