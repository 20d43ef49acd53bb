import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis'
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis6'
import { Cluster as ClusterOfValkey, Redis as RedisOfValkey } from 'iovalkey'
import type { RedisClient } from '../../src/client.js'
import { connectNodeRedis, connectNodeRedisCluster, mastersOfNodeRedis } from './node-redis.js'
import { scripts } from './scripts.js'

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

/** A client of one of the libraries' versions that are supported. */
export type TestClient = RedisClient & {
  disconnect(): void
  call(command: string, ...parts: (string | number | Buffer)[]): Promise<unknown>
  once(event: string, listener: () => void): unknown
  listenerCount(event: string): number
}

type ClusterClient = Omit<TestClient, 'nodes'> & { nodes(role: 'master'): readonly TestClient[] }

const made = {
  'ioredis 5': {
    one: (options: object) => new Redis5(options),
    cluster: (addresses: HostAndPort[], options: object) => new Cluster5(addresses, options),
  },
  'ioredis 6': {
    one: (options: object) => new Redis6(options),
    cluster: (addresses: HostAndPort[], options: object) => new Cluster6(addresses, options),
  },
  iovalkey: {
    one: (options: object) => new RedisOfValkey(options),
    cluster: (addresses: HostAndPort[], options: object) => new ClusterOfValkey(addresses, options),
  },
} as const

export const ioredisVersions = ['ioredis 5', 'ioredis 6', 'iovalkey'] as const
export const nodeRedisVersions = ['node-redis 4', 'node-redis 5', 'node-redis 5 with RESP 3'] as const
export const versions = [...ioredisVersions, ...nodeRedisVersions] as const
export type IoredisVersion = (typeof ioredisVersions)[number]
export type NodeRedisVersion = (typeof nodeRedisVersions)[number]
export type Version = (typeof versions)[number]

export const isIoredis = (version: Version): version is IoredisVersion => version in made

/** Connected to one server. `options` are those of ioredis, as far as the version has the like. */
export async function connectTo(
  { host, port }: HostAndPort,
  version: Version = 'ioredis 5',
  options: Readonly<Record<string, unknown>> = {},
): Promise<TestClient> {
  const all = { host, port, ...options }
  return isIoredis(version) ? await ready(made[version].one(all)) : await connectNodeRedis(version, all)
}

/** Connected to a cluster. */
export async function connectToCluster(
  addresses: readonly HostAndPort[],
  version: Version = 'ioredis 5',
  options: Readonly<Record<string, unknown>> = {},
): Promise<TestClient> {
  return isIoredis(version)
    ? await ready(made[version].cluster([...addresses], options))
    : await connectNodeRedisCluster(version, addresses)
}

/** Connected to the master of a set that sentinels watch. */
export async function connectThroughSentinels(
  { name, sentinels }: { readonly name: string; readonly sentinels: readonly HostAndPort[] },
  version: IoredisVersion,
  options: Readonly<Record<string, unknown>> = {},
): Promise<TestClient> {
  return await ready(
    made[version].one({ name, sentinels: [...sentinels], failoverDetector: true, ...options }),
  )
}

/** The servers whose keys a client sees. */
export function mastersOf(client: TestClient): readonly TestClient[] {
  if (client.isCluster !== true) return [client]
  return mastersOfNodeRedis(client) ?? (client as ClusterClient).nodes('master')
}

/** Waits until it is connected, unless it connects on its first use. */
async function ready(client: TestClient): Promise<TestClient> {
  // A test that breaks the connection reads the errors where the store tells them.
  client.on('error', () => undefined)
  if (client.status !== 'ready' && client.status !== 'wait')
    await new Promise<void>((resolve) => void client.once('ready', resolve))
  return client
}

/** Makes every server know the scripts, so that no command of a test has to be sent twice. */
export async function loadScripts(client: TestClient): Promise<void> {
  for (const node of mastersOf(client)) {
    for (const { lua } of scripts) await node.call('script', 'load', lua)
  }
}
