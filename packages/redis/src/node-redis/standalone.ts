import type { RedisClient } from '../client.js'
import { answered, asBuffers, type Emitter, listening, toArguments, together } from './commands.js'
import { NodeRedisPush } from './push.js'

/** The part of a client of node-redis 4 or 5, `createClient()`, that is used. */
export interface NodeRedisClient extends Emitter {
  readonly isOpen: boolean
  readonly isReady: boolean
  readonly options?: object | undefined
  connect(): Promise<unknown>
  sendCommand(args: (string | Buffer)[], options?: object): Promise<unknown>
  subscribe(
    channel: string,
    listener: (message: Buffer, channel: Buffer) => void,
    bufferMode: true,
  ): Promise<void>
  duplicate(overrides?: object): unknown
  unref(): void
  /** Version 5. */
  destroy?(): void
  /** Version 4. */
  disconnect?(): Promise<void>
}

/** The user connects it, and nobody else: one that the user has closed looks the same as one that never was open. */
export function standalone(client: NodeRedisClient): RedisClient {
  const callBuffer: RedisClient['callBuffer'] = async (command, ...parts) =>
    await answered(client.sendCommand(toArguments(command, parts), asBuffers))
  return {
    get status() {
      return client.isReady ? 'ready' : 'end'
    },
    connect: async () => await client.connect(),
    callBuffer,
    pipeline: () => together(callBuffer),
    ...listening(client, { ready: ['ready'], close: ['reconnecting', 'end'] }),
    options: {},
    duplicate: (options) => new NodeRedisPush(() => client, options),
  }
}
