import { startRedisSentinelSet } from '../services/index.js'
import { until } from '../services/until.js'
import { leaveBehind, letCatchUp } from './leave-behind.js'
import { natMapOf } from './nat-map.js'
import type { Node, Stand } from './stand.js'

/** A master and two replicas, watched by three sentinels. */
export async function openSentinelStand(): Promise<Stand> {
  const set = await startRedisSentinelSet()
  const { name, nodes, sentinels } = set
  const targets = nodes.map(({ host, port }) => ({ host, port }))

  async function failOver(master: Node): Promise<void> {
    await master.kill()
    const heir = await set.failover()
    await master.start()
    await letCatchUp(nodes)
    const replicas = nodes.filter((node) => node !== heir)
    // The sentinels would do it as well, some seconds later.
    for (const replica of replicas) await replica.command('REPLICAOF', heir.host, heir.port)
    await until('every replica is in step', async () => {
      const infos = await Promise.all(
        replicas.map(async (replica) => String(await replica.command('INFO', 'replication'))),
      )
      return infos.every((info) => info.includes('master_link_status:up'))
    })
  }

  return {
    topology: 'sentinel',
    targets,
    addressFor: (wires) => ({ kind: 'sentinel', sentinels, name, natMap: natMapOf(targets, wires) }),
    masters: async () => [await set.master()],
    failOver,
    leaveBehind: async (master) => await leaveBehind(master, nodes),
    stop: set.stop,
  }
}
