/** What a command is made of. */
export type CommandPart = string | Buffer | number

/**
 * The part of an ioredis client (5 or 6, `Redis` or `Cluster`) that is used, and of clients that are made after it, such
 * as iovalkey's. Those of node-redis are given this shape. The client is the user's: it is never connected to anything else,
 * changed or closed.
 */
export interface RedisClient {
  /** `ready` when commands can be sent; `wait` for one that connects when it is first used. */
  readonly status: string
  connect(): Promise<unknown>
  callBuffer(command: string, ...parts: CommandPart[]): Promise<unknown>
  pipeline(): RedisPipeline
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
  readonly options: {
    readonly keyPrefix?: string | undefined
    readonly enableAutoPipelining?: boolean | undefined
    /** Whether an error that the server sent is a reason to connect again, as the user sees it. */
    readonly reconnectOnError?: ((error: Error) => boolean | 1 | 2) | null | undefined
  }
  disconnect?(reconnect?: boolean): void
  /** The connection as it is now, of a client of one server. */
  readonly stream?: { write(data: string | Buffer): unknown } | undefined
  /** Whether two commands in a row may go over two connections although none has ended. */
  readonly isPooled?: boolean
  readonly isCluster?: boolean
  /** Of a cluster: the nodes of each slot, the master first. */
  readonly slots?: readonly (readonly string[] | undefined)[] | undefined
  /** The same, of a client without `slots`: the name of the master of a slot. */
  masterOf?(slot: number): string | undefined
  /** Of a cluster: the clients of its nodes. */
  nodes?(role: 'master'): readonly NodeClient[]
  /** Another client of the same server, with other options. Needed for `'eventual'` and `{ maxStaleness }`. */
  duplicate?(options?: object): unknown
}

/** The client of one server. */
export interface NodeClient {
  readonly options: { readonly host?: string | undefined; readonly port?: number | undefined }
  duplicate(options: object): PushClient
}

/** A connection on which a server pushes what changes. */
export interface PushClient {
  readonly stream?: { unref?(): unknown } | undefined
  connect(): Promise<unknown>
  disconnect(reconnect?: boolean): void
  callBuffer(command: string, ...parts: CommandPart[]): Promise<unknown>
  on(event: 'messageBuffer', listener: (channel: Buffer, message: unknown) => void): unknown
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** Commands that travel together. */
export interface RedisPipeline {
  callBuffer(command: string, ...parts: CommandPart[]): unknown
  exec(): Promise<readonly (readonly [error: Error | null, reply: unknown])[] | null>
}
