import type { RedisClient } from '../client.js'
import { answered, asBuffers, type Emitter, listening, toArguments, together } from './commands.js'

/** The part of a client of node-redis 5, `createSentinel()`, that is used. */
export interface NodeRedisSentinel extends Emitter {
  readonly isOpen: boolean
  readonly isReady: boolean
  getMasterNode(): unknown
  sendCommand(isReadonly: boolean, args: (string | Buffer)[], options?: object): Promise<unknown>
}

/**
 * Commands go to the master over connections that it opens and closes as it likes, so nothing can be said of two commands in a row;
 * and it gives out no connection of its own to one server, so that nothing can be pushed.
 */
export function sentinel(client: NodeRedisSentinel): RedisClient {
  const callBuffer: RedisClient['callBuffer'] = async (command, ...parts) =>
    await answered(client.sendCommand(false, toArguments(command, parts), asBuffers))
  return {
    get status() {
      return client.isReady ? 'ready' : 'end'
    },
    connect: () => Promise.reject(new Error('who made the client connects it')),
    callBuffer,
    pipeline: () => together(callBuffer),
    ...listening(client, { ready: ['topology-change'], close: ['topology-change'] }),
    options: {},
    isPooled: true,
  }
}
