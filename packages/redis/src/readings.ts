import type { StoreContext } from '@freshet/core/store'
import type { CommandPart } from './client.js'
import type { Crowds, Unsent } from './crowd.js'
import type { Link, Outcome, ScriptCall } from './link.js'
import type { Script } from './scripts/script.js'
import { TickBatch } from './tick-batch.js'
import type { Instant } from './vector.js'

/** What a server said of one key, and when. */
export interface Reading extends Instant {
  /** `undefined`: not there. */
  readonly value: Buffer | undefined
  /** Of the server whose value this is. */
  readonly epoch: string
}

/** By key; what could not be read is not in it. */
export type Readings = ReadonlyMap<string, Reading>

export interface ReadingsOptions {
  readonly link: Link
  readonly context: StoreContext
  /** A script that answers as READ does. */
  readonly script: Script
  /** Of the script, for some keys. */
  readonly args: (keys: readonly string[]) => readonly CommandPart[]
  /** Sees each request: called when it is about to be handed to the socket; what it returns, with the replies. */
  readonly observe?: (() => (readings: Readings) => void) | undefined
}

// Lua cannot take many more values from a table at once, and a server does nothing else meanwhile.
export const maxKeysPerCall = 500

/** Reads keys with their servers' epochs: in one request per node and tick, as {@link TickBatch} has it. */
export class KeyReader implements Unsent {
  readonly #options: ReadingsOptions
  readonly #batch = new TickBatch((keys) => this.#request(keys))

  constructor(options: ReadingsOptions) {
    this.#options = options
  }

  read(keys: readonly string[]): Promise<Readings> {
    return this.#batch.ask(keys)
  }

  get crowds(): Crowds | undefined {
    return this.#batch.crowds
  }

  async #request(keys: readonly string[]): Promise<Readings> {
    const { link, context, script, args, observe } = this.#options
    const calls = this.#callsFor(keys, script, args)
    const answered = observe?.()
    const outcomes = await link.run(calls)
    const readings = new Map<string, Reading>()
    outcomes.forEach((outcome, index) => readingsOf(readings, calls[index]!, outcome, context))
    answered?.(readings)
    return readings
  }

  #callsFor(keys: readonly string[], script: Script, args: ReadingsOptions['args']): readonly ScriptCall[] {
    return groupsOf(this.#options.link, keys).flatMap((group) =>
      chunks(group, maxKeysPerCall).map((chunk) => ({ script, keys: chunk, args: args(chunk) })),
    )
  }
}

/** Adds what a server said in answer to a script that answers as READ does. */
export function readingsOf(
  readings: Map<string, Reading>,
  { script, keys }: ScriptCall,
  outcome: Outcome<unknown>,
  context: StoreContext,
): void {
  if (!outcome.ok) return context.failed(`script ${script.name}`, outcome.error)
  const [epoch, serverMicros, values] = outcome.reply as [Buffer | null, number, (Buffer | null)[]]
  if (epoch === null) return context.warn('REDIS_WITHOUT_EPOCH', withoutEpoch)
  if (epoch.length === 0) return context.warn('REDIS_NOT_MASTER', notMaster)
  const label = epoch.toString('latin1')
  const localMs = context.now()
  keys.forEach((key, index) =>
    readings.set(key, { value: values[index] ?? undefined, epoch: label, serverMicros, localMs }),
  )
}

/** Keys by the group that may stand in one command. */
export function groupsOf(link: Link, keys: readonly string[]): readonly (readonly string[])[] {
  if (!link.wire.hasGroups) return keys.length === 0 ? [] : [keys]
  const groups = new Map<number, string[]>()
  for (const key of keys) {
    const group = link.wire.groupOf(key)
    const known = groups.get(group)
    if (known === undefined) groups.set(group, [key])
    else known.push(key)
  }
  return Array.from(groups.values())
}

export function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  if (list.length <= size) return [list]
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}

const withoutEpoch =
  'Nothing is cached: the server does not tell its master_replid by INFO inside scripts, without which a restart or a fail-over could bring outdated entries back. Permit the command INFO to the user of the client.'
const notMaster =
  'Nothing is cached: the server that the client is connected to is no master. Connect to the master, or through Sentinel or Cluster.'
