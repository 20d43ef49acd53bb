import { onFreePorts } from './free-ports.js'
import { startRedisHost } from './redis-host.js'
import { RedisNode } from './redis-server.js'
import { until } from './until.js'

/** One master and two replicas, watched by three sentinels. */
export interface RedisSentinelSet {
  /** The name that sentinels know the set by. */
  readonly name: string
  /** `host` and `port` of every sentinel, as clients take them. */
  readonly sentinels: readonly { readonly host: string; readonly port: number }[]
  /** The servers: first what was started as the master. */
  readonly nodes: readonly RedisNode[]
  /** Who is the master now, as the sentinels say. */
  master(): Promise<RedisNode>
  /** Has the sentinels promote a replica, as they do when the master is away, and waits for it; the old
   * master is told to follow up to ten seconds later. */
  failover(): Promise<RedisNode>
  stop(): Promise<void>
}

const name = 'freshet'
const replicas = 2
const sentinelCount = 3

/** Starts a set. */
export async function startRedisSentinelSet(args: readonly string[] = []): Promise<RedisSentinelSet> {
  return await onFreePorts(1 + replicas + sentinelCount, async (ports) => await startOn(ports, args))
}

async function startOn(ports: readonly number[], args: readonly string[]): Promise<RedisSentinelSet> {
  const [masterPort] = ports
  const machine = await startRedisHost(ports)
  const nodes = ports.slice(0, 1 + replicas).map((port, index) => {
    const replication = index === 0 ? [] : ['--replicaof', `127.0.0.1 ${masterPort}`]
    return new RedisNode(machine, { port, args: [...replication, ...args] })
  })
  const sentinels = ports.slice(1 + replicas).map((port) => {
    const files = { 'sentinel.conf': configuration(masterPort!) }
    return new RedisNode(machine, { port, files, sentinel: true })
  })
  try {
    for (const node of [...nodes, ...sentinels]) await node.start()
    await ready(sentinels)
  } catch (error) {
    await machine.stop()
    throw error
  }
  const master = async () => await masterOf(nodes, sentinels)
  return {
    name,
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    nodes,
    master,
    async failover() {
      const before = await master()
      await until('the sentinels begin a failover', async () => await beginsFailover(sentinels[0]!))
      await until('another node is the master', async () => {
        const now = await master()
        return now !== before && String(await now.command('ROLE')).startsWith('master')
      })
      return await master()
    },
    stop: async () => await machine.stop(),
  }
}

/** Not while the last one is still going on, nor before a replica has followed the new master. */
async function beginsFailover(sentinel: RedisNode): Promise<boolean> {
  try {
    await sentinel.command('SENTINEL', 'FAILOVER', name)
    return true
  } catch (error) {
    if (/INPROG|NOGOODSLAVE/.test(String(error))) return false
    throw error
  }
}

function configuration(masterPort: number): string {
  return [
    `sentinel monitor ${name} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 1000`,
    '',
  ].join('\n')
}

async function ready(sentinels: readonly RedisNode[]): Promise<void> {
  await until('every sentinel knows the replicas and the other sentinels', async () => {
    const states = await Promise.all(
      sentinels.map(async (sentinel) => (await sentinel.command('SENTINEL', 'MASTER', name)) as string[]),
    )
    const numberOf = (state: readonly string[], field: string) => Number(state[state.indexOf(field) + 1])
    return states.every(
      (state) =>
        numberOf(state, 'num-slaves') === replicas &&
        numberOf(state, 'num-other-sentinels') === sentinelCount - 1,
    )
  })
}

async function masterOf(nodes: readonly RedisNode[], sentinels: readonly RedisNode[]): Promise<RedisNode> {
  const reply = (await sentinels[0]!.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as string[]
  const node = nodes.find(({ port }) => port === Number(reply[1]))
  if (node === undefined)
    throw new Error(`the sentinels name a master that is none of the set: ${String(reply)}`)
  return node
}
