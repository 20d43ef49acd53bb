import { randomBytes } from 'node:crypto'
import type { StoreContext } from '@freshet/core/store'
import type { NodeClient, RedisClient } from '../client.js'
import type { Link } from '../link.js'
import { PushConnection } from './push-connection.js'
import type { PushSession, PushSessions } from './push-session.js'

export interface PushOptions {
  readonly client: RedisClient
  readonly context: StoreContext
  readonly link: Link
  /** What all keys of the store begin with, and those of generations. */
  readonly prefix: string
  readonly generationPrefix: string
  /** What claims to load begin with. */
  readonly fillPrefix: string
  readonly silenceMs: number
  readonly mode: () => PushMode
  readonly onChanged: (keys: readonly string[]) => void
  readonly onClaimsEnded: (keys: readonly string[]) => void
  readonly onGap: () => void
}

/** What it is for at present. */
interface PushMode {
  /** How often it is asked how far a server's push has come. */
  readonly intervalMs: number
  /** Whether what writers tell makes nothing younger. */
  readonly trustsNoWriter: boolean
}

/** Listens to every master for changes of generations, on connections of its own. */
export class Push {
  readonly #options: PushOptions
  readonly #id = randomBytes(9).toString('base64url')
  /** By the name that the wire has for a server. */
  readonly #connections = new Map<string, PushConnection>()
  #sessions: PushSessions = new Map()
  #stop: (() => void) | undefined
  #isClosed = false
  readonly #waiting = new Set<() => void>()

  constructor(options: PushOptions) {
    this.#options = options
  }

  get sessions(): PushSessions {
    return this.#sessions
  }

  readonly start = (): void => {
    if (this.#stop === undefined && !this.#isClosed) this.#tick()
  }

  close(): void {
    this.#isClosed = true
    this.#stop?.()
    for (const connection of this.#connections.values()) connection.close()
    this.#connections.clear()
    this.#collect()
    this.#tellHeard()
  }

  /** Whether every server has answered a heartbeat on its push connection, for which so long is waited. */
  async isHeard(limitMs: number): Promise<boolean> {
    if (this.#hearsAll) return true
    const waiting = withLimit(this.#options.context, limitMs)
    this.#waiting.add(waiting.end)
    await waiting.done
    this.#waiting.delete(waiting.end)
    return this.#hearsAll
  }

  get #hearsAll(): boolean {
    if (this.#isClosed || this.#connections.size === 0) return false
    return Array.from(this.#connections.values()).every(
      ({ session }) => session !== undefined && session.heardAt > -Infinity,
    )
  }

  #tellHeard(): void {
    if (this.#hearsAll || this.#isClosed) for (const end of this.#waiting) end()
  }

  #tick(): void {
    const { context, mode } = this.#options
    this.#stop = context.setTimer(() => this.#tick(), mode().intervalMs)
    this.#follow()
    for (const connection of this.#connections.values()) connection.beat()
    this.#collect()
  }

  /** One connection to each master that there is now. */
  #follow(): void {
    const nodes = this.#nodes()
    for (const [name, connection] of this.#connections) {
      if (nodes.has(name)) continue
      this.#connections.delete(name)
      connection.close()
    }
    for (const [name, node] of nodes) {
      if (!this.#connections.has(name)) this.#connections.set(name, this.#connect(name, node))
    }
  }

  #nodes(): ReadonlyMap<string, NodeClient> {
    const { client } = this.#options
    if (client.isCluster !== true) return new Map([['', client as NodeClient]])
    const masters = client.nodes?.('master') ?? []
    return new Map(masters.map((node) => [`${node.options.host}:${node.options.port}`, node]))
  }

  #connect(name: string, node: NodeClient): PushConnection {
    const { client, context, link, prefix, silenceMs, mode } = this.#options
    const { generationPrefix, fillPrefix, onChanged, onClaimsEnded } = this.#options
    const beatPrefix = `${prefix}b:${this.#id}:`
    return new PushConnection({
      client: node.duplicate(connectionOptions),
      context,
      link,
      keyPrefix: client.options.keyPrefix ?? '',
      generationPrefix,
      fillPrefix,
      beatPrefix,
      beatKey: this.#beatKeys(name, beatPrefix),
      silenceMs,
      trustsNoWriter: () => mode().trustsNoWriter,
      onHeard: () => this.#tellHeard(),
      onChanged,
      onClaimsEnded,
      onGap: () => {
        this.#collect()
        this.#options.onGap()
      },
    })
  }

  /** Makes keys that a server has; found by trying, as which it has is a matter of their hashes. */
  #beatKeys(name: string, beatPrefix: string): (text: string) => string | undefined {
    const { wire } = this.#options.link
    let part = 0
    const isThere = (key: string) => wire.nodeOf(wire.groupOf(key)) === name
    return (text) => {
      for (let tries = 0; tries < maxTries; tries++) {
        const key = `${beatPrefix}{${name}${part}}${text}`
        if (isThere(key)) return key
        part++
      }
      return undefined
    }
  }

  #collect(): void {
    const sessions = new Map<string, PushSession>()
    for (const { session } of this.#connections.values())
      if (session !== undefined) sessions.set(session.epoch, session)
    this.#sessions = sessions
  }
}

/** A promise that ends by `end`, or by itself after `limitMs`. */
function withLimit(
  context: StoreContext,
  limitMs: number,
): { readonly done: Promise<void>; readonly end: () => void } {
  let end!: () => void
  const done = new Promise<void>((resolve) => {
    const cancel = context.setTimer(resolve, limitMs)
    end = () => {
      cancel()
      resolve()
    }
  })
  return { done, end }
}

// Far more than it takes in a cluster of a hundred masters.
const maxTries = 2_000

/** Of a connection on which a server pushes: everything that it is for ends with it. */
export const connectionOptions = {
  // The third has its own kind of message for what is pushed, which ioredis does not hand on.
  protocol: 2,
  keyPrefix: '',
  lazyConnect: true,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: false,
  enableAutoPipelining: false,
  maxRetriesPerRequest: 0,
  readOnly: false,
  retryStrategy: (times: number): number => Math.min(times * 50, 1_000),
  reconnectOnError: null,
}
