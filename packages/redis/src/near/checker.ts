import type { StoreContext } from '@freshet/core/store'
import type { Crowds, Unsent } from '../crowd.js'
import type { Link, Outcome, ScriptCall } from '../link.js'
import { chunks, groupsOf, maxKeysPerCall, readingsOf, type Reading, type Readings } from '../readings.js'
import { checkScript } from '../scripts/check.js'
import { readScript } from '../scripts/read.js'
import { TickBatch } from '../tick-batch.js'
import { stampOf } from '../vector.js'
import type { Generations } from './generations.js'

/** What keys have, by key; what could not be asked is not in it. */
export type Stamps = ReadonlyMap<string, string>

export interface CheckerOptions {
  readonly link: Link
  readonly context: StoreContext
  readonly generations: Generations
}

/** Asks whether generations are what is known of them: in one request per node and tick, as {@link TickBatch} has it. */
export class Checker implements Unsent {
  readonly #options: CheckerOptions
  readonly #batch = new TickBatch((keys) => this.#request(keys))

  constructor(options: CheckerOptions) {
    this.#options = options
  }

  ask(keys: readonly string[]): Promise<Stamps> {
    return this.#batch.ask(keys)
  }

  get crowds(): Crowds | undefined {
    return this.#batch.crowds
  }

  #request(keys: readonly string[]): Promise<Stamps> {
    const { link, generations } = this.#options
    if (!link.wire.hasOneConnection || keys.length > maxKeysPerCall) return this.#byScript(keys)
    const first = generations.reading(keys[0]!)
    if (first === undefined) return this.#byScript(keys)
    const known = new Map<string, string>()
    const values: string[] = []
    for (const key of keys) {
      const there = generations.reading(key)
      if (there?.epoch !== first.epoch) return this.#byScript(keys)
      known.set(key, there.stamp)
      values.push(there.value)
    }
    return this.#plainly(keys, values, known, first.epoch)
  }

  /**
   * Without a script, which costs the server as much again. The epoch is asked for after the values, so that it labels them or
   * later ones; and over the same connection, so that it is the same server's.
   */
  async #plainly(
    keys: readonly string[],
    values: readonly string[],
    known: Map<string, string>,
    epoch: string,
  ): Promise<Stamps> {
    const { link, generations } = this.#options
    const asking = generations.ask()
    const replies = await link.overOneConnection([
      { name: 'mget', parts: keys },
      { name: 'info', parts: ['replication'] },
    ])
    generations.answered(asking, nothing)
    if (replies === undefined) return unasked
    // Another memory of the same server, or another server: it is asked what it has.
    if (!isFrom(epoch, replies[1])) return await this.#byScript(keys)
    const now = replies[0] as readonly (Buffer | null)[]
    for (let i = 0; i < keys.length; i++) {
      if (now[i]?.toString('latin1') !== values[i]) known.set(keys[i]!, changed)
    }
    generations.confirmed(asking, known)
    return known
  }

  async #byScript(keys: readonly string[]): Promise<Stamps> {
    const { link, context, generations } = this.#options
    const calls = groupsOf(link, keys).flatMap((group) =>
      chunks(group, maxKeysPerCall).map((chunk) => this.#call(chunk)),
    )
    const known = new Map<string, string>()
    for (const key of keys) known.set(key, generations.stampOf(key) ?? '')
    const same = new Map<string, string>()
    const asking = generations.ask()
    const outcomes = await link.run(calls)
    const readings = new Map<string, Reading>()
    const stamps = new Map<string, string>()
    outcomes.forEach((outcome, index) => {
      const call = calls[index]!
      if (isSame(outcome)) {
        for (const key of call.keys) {
          stamps.set(key, known.get(key)!)
          same.set(key, known.get(key)!)
        }
      } else readingsOf(readings, call, outcome, context)
    })
    for (const [key, reading] of readings) stamps.set(key, stampOf(reading))
    generations.confirmed(asking, same)
    generations.answered(asking, readings)
    return stamps
  }

  /** Servers are asked to compare, unless what is known cannot be all from one of them. */
  #call(keys: readonly string[]): ScriptCall {
    const { generations } = this.#options
    const first = generations.reading(keys[0]!)
    const values: string[] = []
    for (const key of keys) {
      const known = generations.reading(key)
      if (known === undefined || known.epoch !== first?.epoch) return { script: readScript, keys, args: [] }
      values.push(known.value)
    }
    return { script: checkScript, keys, args: [first!.epoch, ...values] }
  }
}

/** Whether INFO is that of the master with this epoch. */
function isFrom(epoch: string, info: unknown): boolean {
  const text = Buffer.isBuffer(info) ? info.toString('latin1') : String(info)
  return text.includes(`master_replid:${epoch}`) && text.includes('role:master')
}

const nothing: Readings = new Map()
const unasked: Stamps = new Map()
/** Equals no stamp. */
const changed = ''

const isSame = (outcome: Outcome<unknown>): boolean => outcome.ok && outcome.reply === 1
