import { startRedisCluster } from '../services/index.js'
import { until } from '../services/until.js'
import { leaveBehind, letCatchUp } from './leave-behind.js'
import { addressOf, natMapOf } from './nat-map.js'
import type { Node, Stand } from './stand.js'

/** Three masters and three replicas. */
export async function openClusterStand(): Promise<Stand> {
  const cluster = await startRedisCluster()
  const { nodes } = cluster
  const targets = nodes.map(addressOf)

  /** Slots stay with their masters but for a few that are moved. */
  const masters = async () =>
    await Promise.all([100, 8_000, 16_300].map(async (slot) => await cluster.masterOf(slot)))

  async function failOver(given: Node): Promise<void> {
    const master = nodes.find(({ port }) => port === given.port)!
    const heir = await replicaOf(master)
    const [slot] = await slotsOf(master)
    const [oldId, heirId] = await Promise.all([idOf(master), idOf(heir)])
    await master.kill()
    await heir.command('CLUSTER', 'FAILOVER', 'TAKEOVER')
    await cluster.takenOver(slot!, master)
    await letCatchUp(nodes.filter((node) => node !== master))
    await join(master, heir, heirId)
    for (const node of nodes)
      if (node !== master) await node.command('CLUSTER', 'FORGET', oldId).catch(() => undefined)
  }

  /** Started again it is empty, and a stranger to the others. */
  async function join(node: Node, master: Node, masterId: string): Promise<void> {
    await node.start()
    await node.command('CLUSTER', 'MEET', master.host, master.port)
    await until('it knows its master', async () =>
      String(await node.command('CLUSTER', 'NODES')).includes(masterId),
    )
    await until('it follows its master', async () => await follows(node, masterId))
    await until('it is in step', async () =>
      String(await node.command('INFO', 'replication')).includes('master_link_status:up'),
    )
  }

  async function replicaOf({ port }: Node): Promise<Node> {
    for (const node of nodes) {
      const info = String(await node.command('INFO', 'replication'))
      if (info.includes('role:slave') && info.includes(`master_port:${port}\r`)) return node
    }
    throw new Error(`no replica follows the master on port ${port}`)
  }

  return {
    topology: 'cluster',
    targets,
    addressFor: (wires) => ({
      kind: 'cluster',
      nodes: wires.map(addressOf),
      natMap: natMapOf(targets, wires),
    }),
    masters,
    failOver,
    leaveBehind: async (master) => await leaveBehind(master, nodes),
    moveSlot: async (slot) => {
      const from = await cluster.masterOf(slot)
      const others = (await masters()).filter((node) => node !== from)
      await cluster.moveSlot(
        slot,
        cluster.nodes.find((node) => node === others[slot % others.length])!,
      )
    },
    stop: cluster.stop,
  }
}

async function idOf(node: Node): Promise<string> {
  return String(await node.command('CLUSTER', 'MYID'))
}

async function slotsOf(node: Node): Promise<readonly number[]> {
  const ranges = (await node.command('CLUSTER', 'SLOTS')) as [number, number, [string, number]][]
  return ranges.filter(([, , [, port]]) => port === node.port).map(([from]) => from)
}

/** Refused as long as it does not know yet that the other is a master. */
async function follows(node: Node, masterId: string): Promise<boolean> {
  try {
    await node.command('CLUSTER', 'REPLICATE', masterId)
    return true
  } catch {
    return false
  }
}
