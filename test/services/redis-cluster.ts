import { onFreePorts } from './free-ports.js'
import { startRedisHost } from './redis-host.js'
import { RedisNode } from './redis-server.js'
import { until } from './until.js'

/** Three masters and three replicas. */
export interface RedisCluster {
  /** In the order in which they were started: masters first, then the replica of each. */
  readonly nodes: readonly RedisNode[]
  /** `host` and `port` of every node, as cluster clients take them. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[]
  /** The node that is the master of a slot now. */
  masterOf(slot: number): Promise<RedisNode>
  /** Moves one slot, with the keys in it, to another master. */
  moveSlot(slot: number, to: RedisNode): Promise<void>
  /** Waits until another node has taken over a slot from one that is away, and returns it. */
  takenOver(slot: number, from: RedisNode): Promise<RedisNode>
  stop(): Promise<void>
}

const masters = 3
const slots = 16_384

/** Starts a cluster. It takes a few seconds: whoever does not break it takes the shared one. */
export async function startRedisCluster(args: readonly string[] = []): Promise<RedisCluster> {
  return await onFreePorts(masters * 2, async (ports) => await startOn(ports, args))
}

async function startOn(ports: readonly number[], args: readonly string[]): Promise<RedisCluster> {
  const machine = await startRedisHost(ports.flatMap((port) => [port, port + 10_000]))
  const nodes = ports.map((port) => new RedisNode(machine, { port, args: [...clusterArgs, ...args] }))
  try {
    await Promise.all(nodes.map(async (node) => await node.start()))
    await join(nodes)
  } catch (error) {
    await machine.stop()
    throw error
  }
  return {
    nodes,
    addresses: nodes.map(({ host, port }) => ({ host, port })),
    masterOf: async (slot) => await masterOf(nodes, slot),
    moveSlot: async (slot, to) => await moveSlot(nodes, slot, to),
    takenOver: async (slot, from) => await takenOver(nodes, slot, from),
    stop: async () => await machine.stop(),
  }
}

const clusterArgs = [
  '--cluster-enabled',
  'yes',
  '--cluster-config-file',
  'nodes.conf',
  '--cluster-announce-ip',
  '127.0.0.1',
  '--cluster-node-timeout',
  '1500',
  '--cluster-replica-validity-factor',
  '0',
]

async function join(nodes: readonly RedisNode[]): Promise<void> {
  const [first] = nodes
  for (const [index, node] of nodes.slice(0, masters).entries()) {
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    await node.command('CLUSTER', 'ADDSLOTS', ...slotsOf(index))
  }
  for (const node of nodes.slice(1)) await node.command('CLUSTER', 'MEET', first!.host, first!.port)
  const ids = await Promise.all(nodes.map(async (node) => String(await node.command('CLUSTER', 'MYID'))))
  await until('every node of the cluster knows every other', async () => {
    const known = await Promise.all(nodes.map(async (node) => String(await node.command('CLUSTER', 'NODES'))))
    return known.every((list) => ids.every((id) => list.includes(id)) && !/handshake|noaddr/.test(list))
  })
  for (const [index, replica] of nodes.slice(masters).entries()) {
    await replica.command('CLUSTER', 'REPLICATE', ids[index]!)
  }
  await until('every replica is in step', async () => {
    const info = await Promise.all(
      nodes.slice(masters).map(async (node) => String(await node.command('INFO', 'replication'))),
    )
    return info.every((text) => text.includes('master_link_status:up'))
  })
  await settled(nodes)
}

function slotsOf(master: number): number[] {
  const from = Math.ceil((master * slots) / masters)
  const to = Math.ceil(((master + 1) * slots) / masters)
  return Array.from({ length: to - from }, (_, index) => from + index)
}

async function settled(nodes: readonly RedisNode[]): Promise<void> {
  await until('the cluster serves every slot', async () => {
    const answers = await Promise.allSettled(
      nodes.map(async (node) => String(await node.command('CLUSTER', 'INFO'))),
    )
    const infos = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    return infos.length > 0 && infos.every((info) => info.includes('cluster_state:ok'))
  })
}

async function takenOver(nodes: readonly RedisNode[], slot: number, from: RedisNode): Promise<RedisNode> {
  const others = nodes.filter((node) => node !== from)
  await until(`another node serves slot ${slot}`, async () => {
    const masters = await Promise.all(
      others.map(async (node) => await masterOf(nodes, slot, [node]).catch(() => from)),
    )
    return !masters.includes(from)
  })
  await settled(nodes)
  return await masterOf(nodes, slot, others)
}

async function masterOf(
  nodes: readonly RedisNode[],
  slot: number,
  asked: readonly RedisNode[] = nodes,
): Promise<RedisNode> {
  for (const node of asked) {
    const ranges = await slotRanges(node)
    const range = ranges?.find(([from, to]) => from <= slot && slot <= to)
    const master = nodes.find(({ port }) => port === range?.[2])
    if (master !== undefined) return master
  }
  throw new Error(`no node of the cluster serves slot ${slot}`)
}

/** From, to, and the master's port; `undefined` from a node that does not answer. */
async function slotRanges(
  node: RedisNode,
): Promise<readonly (readonly [number, number, number])[] | undefined> {
  try {
    const reply = (await node.command('CLUSTER', 'SLOTS')) as [number, number, [string, number]][]
    return reply.map(([from, to, [, port]]) => [from, to, port] as const)
  } catch {
    return undefined
  }
}

async function moveSlot(nodes: readonly RedisNode[], slot: number, to: RedisNode): Promise<void> {
  const from = await masterOf(nodes, slot)
  if (from === to) return
  const [fromId, toId] = await Promise.all(
    [from, to].map(async (node) => String(await node.command('CLUSTER', 'MYID'))),
  )
  await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId!)
  await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId!)
  for (;;) {
    const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]
    if (keys.length === 0) break
    await from.command('MIGRATE', to.host, to.port, '', 0, 5000, 'KEYS', ...keys)
  }
  for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId!)
}
