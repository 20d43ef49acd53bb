import type { CommandPart, RedisClient, RedisPipeline } from '../../src/client.js'

/** A client whose commands a test can count, and wait for. */
export interface TrackedClient extends RedisClient {
  /** Commands that have been handed to the connection, one array per request: what travelled together. */
  readonly sent: readonly string[][]
  /** Resolves when nothing has been under way for some turns of the event loop. */
  idle(): Promise<void>
}

const quietTurns = 4

/**
 * `client`, watched.
 *
 * @param duplicate makes further connections. Default: as the client does, unwatched
 */
export function tracked(
  client: RedisClient,
  duplicate = (options?: object) => client.duplicate!(options),
): TrackedClient {
  const sent: string[][] = []
  let together: string[] | undefined
  let underWay = 0
  const handOver = (command: string) => {
    // The parts for several servers travel apart.
    if (client.isCluster === true) return void sent.push([command])
    if (together !== undefined) return void together.push(command)
    sent.push((together = [command]))
    queueMicrotask(() => (together = undefined))
  }
  const watch = async <T>(reply: Promise<T>): Promise<T> => {
    underWay++
    try {
      return await reply
    } finally {
      underWay--
    }
  }
  return {
    ...gatheringOf(client),
    get status() {
      return client.status
    },
    get slots() {
      return client.slots
    },
    get stream() {
      return client.stream
    },
    sent,
    options: client.options,
    isCluster: client.isCluster === true,
    isPooled: client.isPooled === true,
    masterOf: (slot) => client.masterOf?.(slot),
    nodes: (role) => client.nodes!(role),
    disconnect: (reconnect) => client.disconnect?.(reconnect),
    duplicate,
    connect: async () => await client.connect(),
    on: (event, listener) => client.on(event, listener),
    off: (event, listener) => client.off(event, listener),
    callBuffer(this: RedisClient, command: string, ...parts: CommandPart[]) {
      handOver(command)
      // Where it is called on something made of this, that says what becomes of the command.
      const by = Object.hasOwn(this, 'isPipeline') ? this : client
      return watch(client.callBuffer.call(by, command, ...parts))
    },
    pipeline(): RedisPipeline {
      const pipeline = client.pipeline()
      const commands: string[] = []
      return {
        callBuffer(command, ...parts) {
          commands.push(command)
          return pipeline.callBuffer(command, ...parts)
        },
        exec() {
          sent.push(commands)
          return watch(pipeline.exec())
        },
      }
    },
    async idle() {
      for (let quiet = 0; quiet < quietTurns; quiet++) {
        await new Promise((resolve) => setImmediate(resolve))
        if (underWay > 0) quiet = -1
      }
    },
  }
}

type SendCommand = (...parts: unknown[]) => unknown

/** What a client of ioredis hands its commands on with. */
function gatheringOf(client: RedisClient): { readonly sendCommand?: SendCommand } {
  const { sendCommand } = client as { readonly sendCommand?: SendCommand }
  return sendCommand === undefined ? {} : { sendCommand: sendCommand.bind(client) }
}
