import { startRedisServer, startTcpProxy, type RedisServer, type TcpProxy } from '../services/index.js'
import { follow } from './replication.js'
import { openClusterStand } from './stand-cluster.js'
import { openSentinelStand } from './stand-sentinel.js'

export const topologies = ['standalone', 'sentinel', 'cluster'] as const
export type Topology = (typeof topologies)[number]

/** Who tells of changes: the server that is asked, or a replica that learns of them later. */
export type PushedBy = 'the server' | 'a replica that lags'

export type HostAndPort = { readonly host: string; readonly port: number }

/** Where servers are for a process, by where they say that they are. */
export type NatMap = Readonly<Record<string, HostAndPort>>

/** One process of Redis. */
export type Node = Omit<RedisServer, 'stop' | 'url'>

/** How a worker gets to Redis, by wires of its own. */
export type RedisAddress =
  | { readonly kind: 'standalone'; readonly port: number; readonly pushPort: number }
  | {
      readonly kind: 'cluster'
      readonly nodes: readonly HostAndPort[]
      readonly natMap: NatMap
    }
  | {
      readonly kind: 'sentinel'
      readonly sentinels: readonly HostAndPort[]
      readonly name: string
      readonly natMap: NatMap
    }

/** The servers of a history. */
export interface Stand {
  readonly topology: Topology
  /** Where each process needs a wire to, in the order in which `addressFor` gets them. */
  readonly targets: readonly HostAndPort[]
  addressFor(wires: readonly TcpProxy[]): RedisAddress
  masters(): Promise<readonly Node[]>
  /** Kills a master, has a replica take its place, and starts the killed one as a replica. Of several servers. */
  failOver?(master: Node): Promise<void>
  /** From now on, until it is failed over, nothing that a master is told reaches its replicas. Of several servers. */
  leaveBehind?(master: Node): Promise<void>
  /** Moves a slot to another master. Of a cluster. */
  moveSlot?(slot: number): Promise<void>
  stop(): Promise<void>
}

/** One server, and another that processes are led to after a fail-over. */
export interface Standalone extends Stand {
  readonly topology: 'standalone'
  server: RedisServer
  other: RedisServer
}

/** @param pushedBy of one server */
export async function openStand(topology: Topology, pushedBy: PushedBy): Promise<Stand> {
  if (topology === 'standalone') return await openStandalone(pushedBy)
  return topology === 'cluster' ? await openClusterStand() : await openSentinelStand()
}

const lagMs = 200

async function openStandalone(pushedBy: PushedBy): Promise<Standalone> {
  const [server, other] = await Promise.all([startRedisServer(), startRedisServer()])
  const lag = await startTcpProxy(server)
  // Asked at every connection: after a fail-over the way leads to the other server.
  const asked = targetOf(() => stand.server)
  const pushing = pushedBy === 'the server' ? asked : targetOf(() => stand.other)
  if (pushedBy === 'a replica that lags') {
    await follow(other, lag)
    lag.delay(lagMs, 'to client')
  }
  const stand: Standalone = {
    topology: 'standalone',
    server,
    other,
    targets: [asked, pushing],
    addressFor: ([data, push]) => ({ kind: 'standalone', port: data!.port, pushPort: push!.port }),
    masters: async () => [stand.server],
    stop: async () => {
      await Promise.all([server.stop(), other.stop()])
      await lag.stop()
    },
  }
  return stand
}

const targetOf = (current: () => HostAndPort): HostAndPort => ({
  get host() {
    return current().host
  },
  get port() {
    return current().port
  },
})

export const isStandalone = (stand: Stand): stand is Standalone => stand.topology === 'standalone'
