import { rejected, type StoreContext } from '@freshet/core/store'
import { Crowds, type Unsent } from '../crowd.js'
import type { Link, Outcome, ScriptCall } from '../link.js'
import { chunks, groupsOf, maxKeysPerCall, readingsOf, type Reading, type Readings } from '../readings.js'
import { checkScript } from '../scripts/check.js'
import { readScript } from '../scripts/read.js'
import { endOfTick } from '../tick-batch.js'
import { stampOf } from '../vector.js'
import type { Command } from '../wire.js'
import type { Generations } from './generations.js'
import type { NearCopy } from './near-copy.js'

/** What keys have, by key; what could not be asked is not in it. */
type Stamps = ReadonlyMap<string, string>

/** Whether the generations of a copy are still what they were; `unknown`: nobody could be asked. */
export type Check = 'current' | 'outdated' | 'unknown'

export interface CheckerOptions {
  readonly link: Link
  readonly context: StoreContext
  readonly generations: Generations
}

interface Waiting {
  readonly copy: NearCopy
  /** One of the two is called, once. Neither throws. */
  readonly checked: (check: Check) => void
  readonly failed: (cause: unknown) => void
}

interface Batch {
  readonly waiting: Waiting[]
  /** Made for the first of them. */
  crowds?: Crowds
}

/**
 * Asks whether the generations of copies are what is known of them: in one request per node for all that is asked for until the event loop
 * turns, as `TickBatch` has it.
 */
export class Checker implements Unsent {
  readonly #options: CheckerOptions
  readonly #label = new Label()
  #next: Batch | undefined

  constructor(options: CheckerOptions) {
    this.#options = options
  }

  /**
   * @param copy of whose generations is known what it has
   * @param next what comes of the answer: a promise between the two is felt in a hit
   */
  check<T>(copy: NearCopy, next: (check: Check) => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, failed) => {
      const checked = (check: Check) => {
        try {
          resolve(next(check))
        } catch (cause) {
          resolve(rejected(cause))
        }
      }
      this.#next ??= this.#open()
      this.#next.waiting.push({ copy, checked, failed })
    })
  }

  get crowds(): Crowds | undefined {
    return this.#next && (this.#next.crowds ??= new Crowds())
  }

  #open(): Batch {
    const batch: Batch = { waiting: [] }
    endOfTick(() => {
      this.#next = undefined
      this.#send(batch.waiting)
    })
    return batch
  }

  #send(waiting: readonly Waiting[]): void {
    // Nearly always it is one, and needs no sets and maps.
    const keys = waiting.length === 1 ? waiting[0]!.copy.keys : keysOf(waiting)
    const known = this.#knownOf(keys)
    if (known === undefined) this.#byScript(waiting, keys)
    else this.#plainly(waiting, known)
  }

  /** `undefined`: it is not all from the memory of one server, or too much for one command. */
  #knownOf(keys: readonly string[]): KnownKeys | undefined {
    const { link, generations } = this.#options
    if (!link.wire.hasOneConnection || keys.length > maxKeysPerCall) return undefined
    const values = new Array<string>(keys.length)
    const stamps = new Array<string>(keys.length)
    let epoch: string | undefined
    for (let at = 0; at < keys.length; at++) {
      const there = generations.reading(keys[at]!)
      epoch ??= there?.epoch
      if (there === undefined || there.epoch !== epoch) return undefined
      values[at] = there.value
      stamps[at] = there.stamp
    }
    return epoch === undefined ? undefined : { keys, values, stamps, epoch }
  }

  /**
   * Without a script, which costs the server as much again. The epoch is asked for after the values, so that it labels them or
   * later ones; and over the same connection, so that it is the same server's.
   */
  #plainly(waiting: readonly Waiting[], known: KnownKeys): void {
    const { link, generations } = this.#options
    const { keys, epoch } = known
    const { version } = generations
    // Nothing has changed since each was found to agree with what is known.
    const areAgreed = waiting.every(({ copy }) => copy.checkedAt === version)
    const asking = generations.areTrusted ? generations.ask() : undefined
    link.overOneConnection([{ name: 'mget', parts: keys }, askForEpoch], (replies) => {
      if (asking !== undefined) generations.answered(asking, nothing)
      if (replies === undefined) return tellAll(waiting, unasked)
      const [there, info] = replies
      // Another memory of the same server, or another server: it is asked what it has.
      if (!Array.isArray(there) || !this.#label.isOf(epoch, info)) return this.#byScript(waiting, keys)
      const stamps = stillThere(known, there as (Buffer | null)[])
      if (asking !== undefined) generations.confirmed(asking, keys, stamps)
      if (stamps === known.stamps && areAgreed) for (const { checked } of waiting) checked('current')
      else tellAll(waiting, byKey(keys, stamps))
      return undefined
    })
  }

  #byScript(waiting: readonly Waiting[], keys: readonly string[]): void {
    this.#stampsOf(keys).then(
      (stamps) => tellAll(waiting, stamps),
      (cause: unknown) => {
        for (const { failed } of waiting) failed(cause)
      },
    )
  }

  async #stampsOf(keys: readonly string[]): Promise<Stamps> {
    const { link, context, generations } = this.#options
    const calls = groupsOf(link, keys).flatMap((group) =>
      chunks(group, maxKeysPerCall).map((chunk) => this.#call(chunk)),
    )
    const known = keys.map((key) => generations.stampOf(key) ?? '')
    const asking = generations.ask()
    const outcomes = await link.run(calls)
    const readings = new Map<string, Reading>()
    const same = new Set<string>()
    outcomes.forEach((outcome, index) => {
      const call = calls[index]!
      if (isSame(outcome)) for (const key of call.keys) same.add(key)
      else readingsOf(readings, call, outcome, context)
    })
    const stamps = new Map<string, string>()
    keys.forEach((key, at) => {
      if (same.has(key)) stamps.set(key, known[at]!)
    })
    generations.confirmed(asking, [...stamps.keys()], [...stamps.values()])
    for (const [key, reading] of readings) stamps.set(key, stampOf(reading))
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

/** What is known of keys when they are asked for, in their order. All is from the memory of one server. */
interface KnownKeys {
  readonly keys: readonly string[]
  readonly values: readonly string[]
  readonly stamps: readonly string[]
  readonly epoch: string
}

const askForEpoch: Command = { name: 'info', parts: ['replication'] }

/** What INFO says of a server: searching it costs more than all that is compared, and nearly always it is as it was. */
class Label {
  #epoch: string | undefined
  /** What said that it is of this epoch. */
  #info: Buffer | undefined

  /** Whether INFO is that of the master with this epoch. */
  isOf(epoch: string, info: unknown): boolean {
    if (!Buffer.isBuffer(info)) return isFrom(epoch, String(info))
    if (epoch === this.#epoch && this.#info?.equals(info) === true) return true
    const is = isFrom(epoch, info.toString('latin1'))
    this.#epoch = epoch
    this.#info = is ? info : undefined
    return is
  }
}

const isFrom = (epoch: string, info: string): boolean =>
  info.includes(`master_replid:${epoch}`) && info.includes('role:master')

function keysOf(waiting: readonly Waiting[]): readonly string[] {
  const keys = new Set<string>()
  for (const { copy } of waiting) for (const key of copy.keys) keys.add(key)
  return Array.from(keys)
}

const byKey = (keys: readonly string[], stamps: readonly string[]): Stamps =>
  new Map(keys.map((key, at) => [key, stamps[at]!]))

function tellAll(waiting: readonly Waiting[], stamps: Stamps): void {
  for (const { copy, checked } of waiting) checked(checkOf(copy, stamps))
}

function checkOf({ keys, vector }: NearCopy, stamps: Stamps): Check {
  for (let at = 0; at < keys.length; at++) {
    const stamp = stamps.get(keys[at]!)
    if (stamp === undefined) return 'unknown'
    if (stamp !== vector.stamps[at]) return 'outdated'
  }
  return 'current'
}

/** The stamps of keys that have these values now; the very list if all still have what was known of them. */
function stillThere({ values, stamps }: KnownKeys, there: readonly (Buffer | null)[]): readonly string[] {
  for (let at = 0; at < values.length; at++) {
    if (there[at]?.toString('latin1') === values[at]) continue
    return stamps.map((stamp, place) =>
      there[place]?.toString('latin1') === values[place] ? stamp : changed,
    )
  }
  return stamps
}

const nothing: Readings = new Map()
const unasked: Stamps = new Map()
/** Equals no stamp. */
const changed = ''

const isSame = (outcome: Outcome<unknown>): boolean => outcome.ok && outcome.reply === 1
