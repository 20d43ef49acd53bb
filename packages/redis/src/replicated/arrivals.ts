import {
  isPromise,
  prepareCopy,
  type PreparedCopy,
  type StoreContext,
  wholeSpaceTag,
} from '@freshet/core/store'
import { isHandTag, type Keys, prefixOf } from '../keys.js'
import type { Near } from '../near/with-near.js'
import { maxBodyBytes, type Payload } from '../payload.js'
import type { KeyReader, Reading } from '../readings.js'
import { type Instant, RedisVector, toServerMs } from '../vector.js'

/** An entry that nobody has asked for yet. */
export interface Arrival {
  readonly payload: Payload
  /** Of an entry that was read from Redis; one that was published is as old as its vector. */
  readonly read?: {
    readonly at: Instant
    /** What told of changes by hand *before* that. */
    readonly hand: Hand
  }
}

/** The tag of a namespace that tells of changes by hand, and what it had. */
export interface Hand {
  readonly name: string
  readonly stamp: string
}

export interface ArrivalsOptions {
  readonly near: Near
  readonly keys: Keys
  readonly context: StoreContext
  /** Whose requests the near copies' generations learn from. */
  readonly reader: KeyReader
}

/**
 * Makes copies of entries that come without having been asked for. That they came says nothing about whether they may be served:
 * their generations are asked for, and what does not agree is dropped.
 */
export class Arrivals {
  readonly #options: ArrivalsOptions

  constructor(options: ArrivalsOptions) {
    this.#options = options
  }

  async keep(arrivals: readonly Arrival[]): Promise<void> {
    const wanted = arrivals.map(toDated).filter((dated) => this.#isWanted(dated))
    if (wanted.length === 0) return
    const { keys, reader } = this.#options
    const readings = await reader.read([
      ...new Set(wanted.flatMap(({ names }) => names.map(keys.generation))),
    ])
    for (const dated of wanted) {
      const reading = readings.get(keys.generation(dated.names[0]!))
      if (reading !== undefined) await this.#keepCurrent(dated, reading)
    }
  }

  /** Not there already, as is what this process has published itself. */
  #isWanted({ payload, stamps }: Dated): boolean {
    const there = this.#options.near.copies.peek(payload.header.identity)?.vector.stamps
    return there?.length !== stamps.length || stamps.some((stamp, index) => stamp !== there[index])
  }

  async #keepCurrent({ payload, names, stamps, at }: Dated, reading: Reading): Promise<void> {
    const { near, keys, context } = this.#options
    const { copies, generations } = near
    const { identity, loadMs, storedAt, expiresAt } = payload.header
    if (!generations.agree(names.map(keys.generation), stamps)) return
    // What has changed when a large one has been decoded, the copies see themselves.
    const copy = await this.#decode(payload)
    const there = copies.peek(identity)
    if (there !== undefined && !generations.agree(there.keys, there.vector.stamps)) copies.delete(identity)
    const offsetMs = toServerMs(reading)
    if (expiresAt - offsetMs <= context.now()) return
    if (copy === undefined) return
    const times = { storedAt: storedAt - offsetMs, expiresAt: expiresAt - offsetMs, loadMs }
    const instant = at ?? instantOn(reading, payload.header.readAtMicros)
    const vector = new RedisVector(names, stamps, true, instant)
    near.store.keep(identity, { copy, tags: tagsIn(identity, names), ...times }, vector)
  }

  async #decode(payload: Payload): Promise<PreparedCopy | undefined> {
    const { context } = this.#options
    const refusal = payload.refusal(maxBodyBytes(context))
    if (refusal !== undefined) {
      context.refused?.({ key: payload.header.identity, reason: refusal, bytes: payload.bytes })
      return undefined
    }
    try {
      const decoded = payload.value()
      return prepareCopy(isPromise(decoded) ? await decoded : decoded)
    } catch (cause) {
      context.failed('read published entry', cause)
      return undefined
    }
  }
}

interface Dated {
  readonly payload: Payload
  readonly names: readonly string[]
  readonly stamps: readonly string[]
  readonly at: Instant | undefined
}

/** With the vector that its copy is to have: what tells of changes by hand is as when the entry was read, if it was. */
function toDated({ payload, read }: Arrival): Dated {
  const { names, stamps } = payload.header
  if (read === undefined) return { payload, names, stamps, at: undefined }
  const isKept = names.map((name) => !isHandTag(name))
  return {
    payload,
    names: [...names.filter((_, index) => isKept[index]), read.hand.name],
    stamps: [...stamps.filter((_, index) => isKept[index]), read.hand.stamp],
    at: read.at,
  }
}

/** A time on the server's clock, on both. */
function instantOn(reading: Instant, serverMicros: number): Instant {
  return { serverMicros, localMs: serverMicros / 1000 - toServerMs(reading) }
}

/** What a reader of the entry's own namespace calls its tags. */
function tagsIn(identity: string, names: readonly string[]): readonly string[] {
  const prefix = prefixOf(identity)
  return names
    .filter((name) => name.startsWith(prefix) && !isHandTag(name))
    .map((name) => name.slice(prefix.length))
    .filter((tag) => tag !== wholeSpaceTag)
}
