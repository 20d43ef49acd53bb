import { randomBytes } from 'node:crypto'
import type { StoreContext } from '@freshet/core/store'
import type { NodeClient, PushClient, RedisClient } from '../client.js'
import type { Link } from '../link.js'
import { connectionOptions } from '../push/push.js'

export interface FeedOptions {
  readonly client: RedisClient
  readonly context: StoreContext
  readonly link: Link
  readonly channel: string
  readonly onMessage: (message: Buffer) => void
  /** From now on nothing is missed; what came before was. */
  readonly onUp: () => void
}

const checkEveryMs = 1_000
// How long what this process has published may be on its way, or a connection in the making.
const patienceMs = 3_000

/**
 * Listens to what is published, on a connection of its own: to the server, or to one master of a cluster, which hands on what is
 * published at any. What is missed is asked for, so that the connection makes nothing fresher, and its loss nothing older.
 */
export class Feed {
  readonly #options: FeedOptions
  readonly #echoes: string
  #client: PushClient | undefined
  /** Grows with each connection, so that what belongs to an earlier one is noticed. */
  #attempt = 0
  #begunAt = 0
  #isUp = false
  #isRefused = false
  #unansweredSince: number | undefined
  #turns = 0
  #stop: (() => void) | undefined
  #isClosed = false

  constructor(options: FeedOptions) {
    this.#options = options
    this.#echoes = `${options.channel}:${randomBytes(9).toString('base64url')}`
  }

  start(): void {
    if (this.#stop === undefined && !this.#isClosed) this.#tick()
  }

  get isUp(): boolean {
    return this.#isUp
  }

  close(): void {
    this.#isClosed = true
    this.#stop?.()
    this.#disconnect()
  }

  #tick(): void {
    if (this.#isRefused) return
    const { context, client } = this.#options
    this.#stop = context.setTimer(() => this.#tick(), checkEveryMs)
    if (this.#client === undefined) this.#connect()
    else if (this.#isUp) this.#check()
    // Its master may be gone for good; others know as much.
    else if (client.isCluster === true && context.now() - this.#begunAt >= patienceMs) this.#again()
  }

  #connect(): void {
    const node = this.#node()
    if (node === undefined) return
    const client = node.duplicate(connectionOptions)
    const attempt = ++this.#attempt
    this.#begunAt = this.#options.context.now()
    const isCurrent = () => attempt === this.#attempt
    this.#client = client
    client.on('ready', () => void (isCurrent() && this.#subscribe(client, isCurrent)))
    client.on('close', () => void (isCurrent() && this.#down()))
    client.on('error', ignore)
    client.on('messageBuffer', (channel, message) => {
      if (isCurrent()) this.#message(String(channel), message as Buffer)
    })
    client.connect().catch(ignore)
  }

  #node(): NodeClient | undefined {
    const { client } = this.#options
    if (client.isCluster !== true) return client as NodeClient
    const masters = client.nodes?.('master') ?? []
    return masters[this.#turns++ % masters.length]
  }

  async #subscribe(client: PushClient, isCurrent: () => boolean): Promise<void> {
    const { channel, context, onUp } = this.#options
    try {
      await client.callBuffer('subscribe', channel, this.#echoes)
      if (!isCurrent()) return
      // What hangs on it must not keep the process alive: it is not the user's connection.
      client.stream?.unref?.()
      this.#isUp = true
      this.#unansweredSince = undefined
      onUp()
    } catch (cause) {
      if (!isCurrent() || !(cause instanceof Error && /^(?:NOPERM|ERR) /.test(cause.message))) return
      this.#isRefused = true
      this.#disconnect()
      context.warn('REDIS_WITHOUT_PUBLISH', `${withoutPublish} It said: ${cause.message}`)
    }
  }

  /** A connection that is half open would be silent for ever. */
  #check(): void {
    const now = this.#options.context.now()
    if (this.#unansweredSince === undefined) void this.#ask(now)
    else if (now - this.#unansweredSince >= patienceMs) this.#again()
  }

  async #ask(now: number): Promise<void> {
    this.#unansweredSince = now
    try {
      await this.#options.link.command('publish', this.#echoes, '')
    } catch {
      // It may never have been sent; another is.
      this.#unansweredSince = undefined
    }
  }

  #message(channel: string, message: Buffer): void {
    const { context, onMessage } = this.#options
    if (channel === this.#echoes) this.#unansweredSince = undefined
    else if (context.pushed === undefined) onMessage(message)
    else context.pushed(() => onMessage(message))
  }

  #again(): void {
    this.#disconnect()
    this.#connect()
  }

  #down(): void {
    this.#isUp = false
    this.#unansweredSince = undefined
  }

  #disconnect(): void {
    this.#attempt++
    this.#down()
    this.#client?.disconnect()
    this.#client = undefined
  }
}

const ignore = (): void => undefined

/** Of a server that refuses what processes tell one another by. */
export const withoutPublish =
  "Entries do not travel: the server does not permit PUBLISH or SUBSCRIBE to the user of the client, so that each process asks for an entry when it is first needed. Permit PUBLISH, SUBSCRIBE and the channels of the store's prefix, or choose the topology 'near'."
