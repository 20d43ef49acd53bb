import type { NodeClient, PushClient } from '../client.js'
import { connectionOptions } from '../push/push.js'
import { inTime } from './in-time.js'
import { nameOf } from './permissions.js'
import type { ServerFacts } from './server-facts.js'
import { textOf } from './text-of.js'
import type { Trial } from './trials.js'

export interface Inspection {
  readonly node: NodeClient
  readonly name: string
  readonly trials: readonly Trial[]
  /** Ours, in ms since the epoch. */
  readonly wallClock: () => number
}

const limitMs = 2_000

/**
 * Looks at a server on a connection of its own, which is closed again: something in front of it may end a connection that
 * asks for more than it knows, and that must not be the one that queries wait for.
 *
 * @returns `undefined` if it cannot be reached
 */
export async function inspect({
  node,
  name,
  trials,
  wallClock,
}: Inspection): Promise<ServerFacts | undefined> {
  const client = node.duplicate(onceOnly)
  client.on('error', ignore)
  try {
    await inTime(client.connect(), limitMs)
    client.stream?.unref?.()
    const time = await serverTime(client, wallClock)
    const memory = await info(client, 'memory')
    const server = await info(client, 'server')
    return {
      name,
      runId: server.get('run_id') ?? '',
      maxMemory: Number(memory.get('maxmemory') ?? 0),
      policy: memory.get('maxmemory_policy') ?? '',
      ...time,
      ...(await tryAll(client, trials)),
    }
  } catch {
    return undefined
  } finally {
    client.disconnect()
  }
}

const ask = async (client: PushClient, ...[command, ...parts]: Trial['command']): Promise<unknown> =>
  await inTime(client.callBuffer(command, ...parts), limitMs)

/** As if it were ours, where TIME is not permitted. */
async function serverTime(client: PushClient, wallClock: () => number) {
  const sentAt = wallClock()
  const reply = await ask(client, 'time').catch(ignore)
  if (!Array.isArray(reply)) return { aheadMs: 0, roundTripMs: 0 }
  const answeredAt = wallClock()
  const [seconds, micros] = reply.map(Number) as [number, number]
  const serverMs = seconds * 1_000 + micros / 1_000
  return { aheadMs: serverMs - (sentAt + answeredAt) / 2, roundTripMs: answeredAt - sentAt }
}

/** Empty where INFO is not permitted. */
async function info(client: PushClient, section: string): Promise<ReadonlyMap<string, string>> {
  const text = textOf(await ask(client, 'info', section).catch(ignore)) ?? ''
  return new Map(Array.from(text.matchAll(/^(\w+):(.*?)\r?$/gm), ([, name, value]) => [name!, value!]))
}

/** Which are refused, and which are not known: an error of any other kind is an answer of Redis. */
async function tryAll(client: PushClient, trials: readonly Trial[]) {
  const refused: string[] = []
  const unknown: string[] = []
  for (const { command } of trials) {
    const message = await ask(client, ...command).then(ignore, (error: unknown) => String(error))
    if (message === undefined) continue
    if (/NOPERM/.test(message)) refused.push(nameOf(command))
    else if (/unknown command|unsupported|not supported/i.test(message)) unknown.push(nameOf(command))
    else if (/connection is closed/i.test(message)) return { refused, unknown: [...unknown, nameOf(command)] }
  }
  return { refused, unknown }
}

const ignore = (): undefined => undefined

const onceOnly = { ...connectionOptions, enableReadyCheck: false, retryStrategy: () => null }
