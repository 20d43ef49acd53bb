import type { CommandPart, NodeClient, RedisClient } from '../client.js'
import { slotOf } from '../slot.js'
import { answered, asBuffers, type Emitter, listening, toArguments, together } from './commands.js'
import { NodeRedisPush } from './push.js'
import type { NodeRedisClient } from './standalone.js'

/** The part of a client of node-redis 4 or 5, `createCluster()`, that is used. */
export interface NodeRedisCluster extends Emitter {
  readonly isOpen: boolean
  readonly masters: readonly NodeRedisMaster[]
  readonly slots: readonly ({ readonly master: NodeRedisMaster } | undefined)[]
  sendCommand(
    firstKey: string,
    isReadonly: boolean,
    args: (string | Buffer)[],
    options?: object,
  ): Promise<unknown>
  nodeClient(master: NodeRedisMaster): unknown
}

/** A server of a cluster; its client is there once it has been used, and in version 4 a promise until it is connected. */
interface NodeRedisMaster {
  readonly address: string
  readonly client?: unknown
}

export function cluster(client: NodeRedisCluster): RedisClient {
  const callBuffer: RedisClient['callBuffer'] = async (command, ...parts) => {
    const key = firstKey(command, parts)
    const master = client.slots[slotOf(key)]?.master
    // Its own queue would keep the command until the server is back.
    if (master === undefined || isAway(master))
      throw new Error(`the cluster's node ${master?.address ?? ''} is not connected`)
    return await answered(client.sendCommand(key, false, toArguments(command, parts), asBuffers))
  }
  return {
    get status() {
      return client.isOpen && client.masters.length > 0 ? 'ready' : 'end'
    },
    connect: () => Promise.reject(new Error('who made the client connects it')),
    callBuffer,
    pipeline: () => together(callBuffer),
    ...listening(client, { ready: ['node-ready'], close: ['node-disconnect', 'node-reconnecting'] }),
    options: {},
    isCluster: true,
    masterOf: (slot) => client.slots[slot]?.master.address,
    nodes: () => client.masters.map((master) => nodeOf(client, master)),
  }
}

function nodeOf(client: NodeRedisCluster, master: NodeRedisMaster): NodeClient {
  const colon = master.address.lastIndexOf(':')
  return {
    options: { host: master.address.slice(0, colon), port: Number(master.address.slice(colon + 1)) },
    duplicate: (options) =>
      new NodeRedisPush(async () => (await client.nodeClient(master)) as NodeRedisClient, options),
  }
}

function isAway({ client }: NodeRedisMaster): boolean {
  return (client as Partial<NodeRedisClient> | undefined)?.isReady === false
}

/** Of a script: behind the number of its keys. */
function firstKey(command: string, parts: readonly CommandPart[]): string {
  return String(/^eval/i.test(command) ? parts[2] : parts[0])
}
