import { until } from '../services/until.js'
import type { HostAndPort, Node } from './stand.js'

/** Resolves when the replica has everything that the master had. */
export async function follow(replica: Pick<Node, 'command'>, master: HostAndPort): Promise<void> {
  await replica.command('REPLICAOF', master.host, master.port)
  await until('the replica has everything', async () =>
    String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
  )
}

export async function promote(server: Pick<Node, 'command'>): Promise<void> {
  await server.command('REPLICAOF', 'NO', 'ONE')
}
