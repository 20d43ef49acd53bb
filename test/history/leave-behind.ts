import type { RedisServer } from '../services/index.js'
import { until } from '../services/until.js'

type Node = Pick<RedisServer, 'command' | 'port'>

const infoOf = async (node: Node): Promise<string> => String(await node.command('INFO', 'replication'))

/** The replicas of a master have all that it has now, and get nothing more: they cannot log in to it again. */
export async function leaveBehind(master: Node, nodes: readonly Node[]): Promise<void> {
  const roles = await Promise.all(nodes.map(infoOf))
  const replicas = nodes.filter((_, index) => roles[index]!.includes(`master_port:${master.port}\r`))
  await until('the replicas are in step', async () => await areInStep(master, replicas))
  for (const replica of replicas) await replica.command('CONFIG', 'SET', 'masterauth', 'nobody knows it')
  await master.command('CLIENT', 'KILL', 'TYPE', 'replica')
  await until('the replicas have lost their master', async () => {
    const infos = await Promise.all(replicas.map(infoOf))
    return infos.every((info) => info.includes('master_link_status:down'))
  })
}

async function areInStep(master: Node, replicas: readonly Node[]): Promise<boolean> {
  return Number(await master.command('WAIT', replicas.length, 1_000)) === replicas.length
}

/** Replicas may log in to their masters again. */
export async function letCatchUp(nodes: readonly Node[]): Promise<void> {
  await Promise.all(nodes.map(async (node) => await node.command('CONFIG', 'SET', 'masterauth', '')))
}
