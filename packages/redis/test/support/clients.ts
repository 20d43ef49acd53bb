import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis'
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis6'
import type { RedisClient } from '../../src/client.js'
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

export const versions = ['ioredis 5', 'ioredis 6'] as const
export type Version = (typeof versions)[number]

/** Connected to one server. */
export async function connectTo(
  { host, port }: HostAndPort,
  version: Version = 'ioredis 5',
  options: Readonly<Record<string, unknown>> = {},
): Promise<TestClient> {
  const all = { host, port, ...options }
  return await ready(version === 'ioredis 5' ? new Redis5(all) : new Redis6(all))
}

/** Connected to a cluster. */
export async function connectToCluster(
  addresses: readonly HostAndPort[],
  version: Version = 'ioredis 5',
): Promise<TestClient> {
  return await ready(version === 'ioredis 5' ? new Cluster5([...addresses]) : new Cluster6([...addresses]))
}

/** The servers whose keys a client sees. */
export function mastersOf(client: TestClient): readonly TestClient[] {
  return client.isCluster === true ? (client as ClusterClient).nodes('master') : [client]
}

/** Waits until it is connected, unless it connects on its first use. */
export async function ready(client: TestClient): Promise<TestClient> {
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
