import { rejected } from '@freshet/core/store'
import type { RedisClient } from './client.js'
import type { Command } from './wire.js'

/** How ioredis, and what is made after it, hands on a command: to its connection, or to what a pipeline gathers commands in. */
interface HandsOn extends RedisClient {
  sendCommand(command: object, packet?: Packet): Promise<unknown>
}

/**
 * Hands commands to a client's connection at once, also where the client gathers those of its user for a while
 * (`enableAutoPipelining`, with which it loses the names of commands that are called by name).
 *
 * By a pipeline's means, which tell what makes a command from what sends it.
 */
export class Outlet {
  readonly #client: RedisClient
  /** Makes commands as the client does, and does with them what a pipeline would. */
  readonly #maker: RedisClient | undefined
  /** What sends a single command. */
  readonly #single: RedisClient
  #packet: Packet | undefined

  constructor(client: RedisClient) {
    this.#client = client
    this.#maker = handsOn(client) ? this.#makerOf(client) : undefined
    this.#single = (client.options.enableAutoPipelining === true ? this.#maker : undefined) ?? client
  }

  send(command: Command): Promise<unknown> {
    return sendBy(this.#single, command)
  }

  /**
   * In this order; over one connection and in one packet, if the client has a way: each by itself is a system call, and wakes the
   * server. A whole pipeline would cost two commands more than that saves them.
   */
  sendTogether(commands: readonly Command[]): readonly Promise<unknown>[] {
    const maker = this.#maker
    const isOne = commands.length === 1
    if (isOne || maker === undefined || this.#client.isCluster === true || this.#client.stream === undefined)
      return commands.map((command) => this.send(command))
    const packet = (this.#packet = new Packet(this.#client))
    const sent: Promise<unknown>[] = []
    for (const command of commands) sent.push(sendBy(maker, command))
    this.#packet = undefined
    packet.send()
    return sent
  }

  #makerOf(client: HandsOn): RedisClient {
    return Object.create(client, {
      isPipeline: { value: true },
      sendCommand: { value: (command: object) => client.sendCommand(command, this.#packet) },
    }) as RedisClient
  }
}

const handsOn = (client: RedisClient): client is HandsOn =>
  typeof (client as Partial<HandsOn>).sendCommand === 'function'

/** What fails at once fails like what fails later. */
function sendBy(client: RedisClient, { name, parts }: Command): Promise<unknown> {
  try {
    return client.callBuffer(name, ...parts)
  } catch (cause) {
    return rejected(cause)
  }
}

/** What commands are written into before they are sent. A client that sends one once more, over another connection, writes it here again. */
class Packet {
  readonly isPipeline = true
  readonly destination: { readonly redis: RedisClient }
  #gathered: string | undefined = ''

  constructor(client: RedisClient) {
    this.destination = { redis: client }
  }

  write(data: string | Buffer): void {
    if (typeof data === 'string' && this.#gathered !== undefined) this.#gathered += data
    else {
      this.send()
      this.#write(data)
    }
  }

  /** What is written from here on is sent at once. */
  send(): void {
    const gathered = this.#gathered
    this.#gathered = undefined
    // A client that has lost its connection meanwhile keeps its commands back.
    if (gathered) this.#write(gathered)
  }

  #write(data: string | Buffer): void {
    this.destination.redis.stream?.write(data)
  }
}
