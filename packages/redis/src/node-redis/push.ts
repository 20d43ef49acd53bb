import type { CommandPart, PushClient } from '../client.js'
import { answered, asBuffers, toArguments } from './commands.js'
import type { NodeRedisClient } from './standalone.js'

type Listener = (channel: Buffer, message: unknown) => void

// The user's options, but for these.
const overrides = {
  RESP: 2,
  clientSideCache: undefined,
  emitInvalidate: undefined,
  maintNotifications: 'disabled',
  pingInterval: undefined,
  readonly: false,
  disableOfflineQueue: true,
} as const

export interface NodeRedisPushOptions {
  /** How long to wait before the next attempt, in ms, by how many have failed in a row. */
  readonly retryStrategy?: (times: number) => number
  /** Where to, in place of where the client is connected to. */
  readonly host?: string
  readonly port?: number
}

/**
 * A connection on which a server pushes. Each time that it is made again it is a new client of node-redis: one that connects again by
 * itself subscribes before anything else, and a subscribed connection of the second protocol takes no other command.
 */
export class NodeRedisPush implements PushClient {
  readonly #model: () => NodeRedisClient | Promise<NodeRedisClient>
  readonly #options: NodeRedisPushOptions
  readonly #listeners = new Map<string, Set<Listener>>()
  #client: NodeRedisClient | undefined
  #isConnected = false
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #isWanted = false

  /** @param model a client of the same server, whose options the connection is made with */
  constructor(model: () => NodeRedisClient | Promise<NodeRedisClient>, options: NodeRedisPushOptions = {}) {
    this.#model = model
    this.#options = options
  }

  get stream(): { unref(): void } | undefined {
    return this.#client
  }

  async connect(): Promise<void> {
    this.#isWanted = true
    await this.#open()
  }

  disconnect(reconnect = false): void {
    this.#isWanted = reconnect
    clearTimeout(this.#timer)
    this.#timer = undefined
    const client = this.#client
    if (client !== undefined) this.#closed(client)
    else if (reconnect) this.#retry()
  }

  async callBuffer(command: string, ...parts: CommandPart[]): Promise<unknown> {
    const client = this.#client
    if (client === undefined) throw new Error('the connection is closed')
    if (command !== 'subscribe')
      return await answered(client.sendCommand(toArguments(command, parts), asBuffers))
    const channels = parts.map(String)
    await Promise.all(
      channels.map(
        async (channel) =>
          await answered(
            client.subscribe(
              channel,
              (message, from) => {
                if (client === this.#client) this.#emit('messageBuffer', from, message)
              },
              true,
            ),
          ),
      ),
    )
    return undefined
  }

  on(event: string, listener: Listener): void {
    const listeners = this.#listeners.get(event)
    if (listeners === undefined) this.#listeners.set(event, new Set([listener]))
    else listeners.add(listener)
  }

  off(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener)
  }

  async #open(): Promise<void> {
    try {
      const model = await this.#model()
      if (!this.#isWanted || this.#client !== undefined) return
      const client = model.duplicate({ ...overrides, ...this.#socket(model) }) as NodeRedisClient
      this.#client = client
      this.#isConnected = false
      client.on('connect', () => void (this.#isConnected = client === this.#client))
      client.on('error', () => this.#closed(client))
      client.on('end', () => this.#closed(client))
      await client.connect()
      if (client !== this.#client) return
      this.#failures = 0
      this.#emit('ready')
    } catch {
      if (this.#client === undefined) this.#retry()
      else this.#closed(this.#client)
    }
  }

  /** Whoever closes it, and however often that is told. */
  #closed(client: NodeRedisClient): void {
    if (client !== this.#client) return
    this.#client = undefined
    end(client, this.#isConnected)
    this.#emit('close')
    this.#retry()
  }

  #retry(): void {
    if (!this.#isWanted || this.#timer !== undefined) return
    const { retryStrategy = Number } = this.#options
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#open()
    }, retryStrategy(++this.#failures)).unref()
  }

  #socket({ options }: NodeRedisClient): object {
    const { host, port } = this.#options
    const { socket } = (options ?? {}) as { readonly socket?: object }
    const place = { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) }
    // What stands in an URL is in the socket's options by now, and would come before them.
    return { url: undefined, socket: { ...socket, ...place, reconnectStrategy: false } }
  }

  #emit(event: string, ...args: [] | [Buffer, unknown]): void {
    for (const listener of this.#listeners.get(event) ?? [])
      (listener as (...all: unknown[]) => void)(...args)
  }
}

/** Ends it now, or as soon as it is connected: before that node-redis does not let go of the connection that it is making. */
function end(client: NodeRedisClient, isConnected: boolean): void {
  if (!isConnected) return void client.on('connect', () => end(client, true))
  try {
    if (!client.isOpen) return
    if (client.destroy === undefined) void client.disconnect?.().catch(() => undefined)
    else client.destroy()
  } catch {
    // It has ended by itself.
  }
}
