import type { CommandPart, RedisClient } from './client.js'
import { Outlet } from './outlet.js'
import { slotOf } from './slot.js'

/** One command: its name, the place of its first key among its parts, its parts. */
export interface Command {
  readonly name: string
  readonly parts: readonly CommandPart[]
}

/** How commands get to the servers: the one place that knows a client library. */
export interface Wire {
  /** Whether a command would be sent now instead of waiting somewhere. */
  isReady(): boolean
  /** Calls back each time that commands can be sent again. Returns how to stop. */
  onReady(listener: () => void): () => void
  /** Grows with each connection that ends: what was asked and answered at one number went over one connection. */
  connections(): number
  /** Whether commands in a row go over one connection, as long as none has ended. */
  readonly hasOneConnection: boolean
  /**
   * The server that the client is connected to is no master any more. The connection is the user's: it is ended, so that the client
   * looks for the master again, only if the user's own `reconnectOnError` says so of what such a server answers to a write.
   */
  demoted(): void
  /** What the client puts in front of all keys. */
  readonly keyPrefix: string
  /** Whether keys have groups at all. */
  readonly hasGroups: boolean
  /** Keys of one group may stand in one command. */
  groupOf(key: string): number
  /** The server that has a group's keys now, as far as the client knows. */
  nodeOf(group: number): string
  /** Hands commands of one node to its connection, in this order and at once. Each is answered, or fails, by itself. */
  send(commands: readonly Command[]): readonly Promise<unknown>[]
}

/** A wire over an ioredis client, for one server or for a cluster. */
export function clientWire(client: RedisClient): Wire {
  const isCluster = client.isCluster === true
  const keyPrefix = client.options.keyPrefix ?? ''
  const ended = endsOf(client)
  const outlet = new Outlet(client)
  return {
    isReady() {
      // It connects when it is first used, and this is the use; nothing waits for it.
      if (client.status === 'wait') client.connect().catch(ignore)
      return client.status === 'ready'
    },
    onReady(listener) {
      client.on('ready', listener)
      return () => void client.off('ready', listener)
    },
    connections: () => ended.count,
    demoted() {
      const { reconnectOnError } = client.options
      // A cluster's nodes say themselves who the master is.
      if (isCluster || client.status !== 'ready' || typeof reconnectOnError !== 'function') return
      if (reconnectOnError(readOnly()) !== false) client.disconnect?.(true)
    },
    keyPrefix,
    hasGroups: isCluster,
    groupOf: isCluster ? (key) => slotOf(keyPrefix + key) : () => 0,
    nodeOf: isCluster ? (group) => client.masterOf?.(group) ?? client.slots?.[group]?.[0] ?? '' : () => '',
    hasOneConnection: !isCluster && client.isPooled !== true,
    send: (commands) =>
      commands.length <= few ? outlet.sendTogether(commands) : sendMany(client, outlet, commands),
  }
}

interface Ends {
  count: number
}

// One listener per client, however many caches share it.
const known = new WeakMap<RedisClient, Ends>()

function endsOf(client: RedisClient): Ends {
  const there = known.get(client)
  if (there !== undefined) return there
  const ends = { count: 0 }
  known.set(client, ends)
  client.on('close', () => void ends.count++)
  return ends
}

// Up to here a pipeline costs more than commands by themselves.
const few = 2

function sendMany(
  client: RedisClient,
  outlet: Outlet,
  commands: readonly Command[],
): readonly Promise<unknown>[] {
  const replies = exchange(client, commands)
  return commands.map(async (command, index) => {
    const reply = await replies.then((all) => all?.[index], ignore)
    // A cluster that is changing: this part has moved, or the parts are no longer at one node. Alone, the client
    // follows it.
    if (reply === undefined || isRedirection(reply[0])) return await outlet.send(command)
    if (reply[0] !== null) throw reply[0]
    return reply[1]
  })
}

async function exchange(client: RedisClient, commands: readonly Command[]) {
  const pipeline = client.pipeline()
  for (const { name, parts } of commands) pipeline.callBuffer(name, ...parts)
  return await pipeline.exec()
}

function isRedirection(error: Error | null): boolean {
  return error !== null && /^(?:MOVED|ASK|TRYAGAIN) /.test(error.message)
}

function readOnly(): Error {
  return Object.assign(new Error("READONLY You can't write against a read only replica."), {
    name: 'ReplyError',
  })
}

const ignore = (): undefined => undefined
