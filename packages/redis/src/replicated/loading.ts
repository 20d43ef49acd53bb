import type { Space, StoreContext } from '@freshet/core/store'
import { handTag, type Keys, prefixOf } from '../keys.js'
import type { Near } from '../near/with-near.js'
import type { PayloadFormat } from '../payload.js'
import { chunks, type KeyReader, maxKeysPerCall, type Reading } from '../readings.js'
import type { Arrival, Arrivals, Hand } from './arrivals.js'
import type { Listed, Register } from './register.js'
import type { ReplicaCopies } from './replica-copies.js'

export interface LoadingOptions {
  readonly near: Near
  readonly keys: Keys
  readonly format: PayloadFormat
  readonly context: StoreContext
  readonly reader: KeyReader
  readonly register: Register
  readonly arrivals: Arrivals
  readonly copies: ReplicaCopies
  /** Whether loading is of use: nothing is missed meanwhile. */
  readonly isListening: () => boolean
}

// A few at once, so that neither the server nor this process is busy with them for long.
const entriesPerRequest = 32
const retryMs = 1_000

/**
 * Loads a namespace, in the background and in small parts: what is there already is only confirmed, the rest is fetched.
 *
 * It is no part of what is promised. Whoever asks meanwhile, or for what could not be loaded, is answered as if there were
 * only near copies.
 */
export class Loading {
  readonly #options: LoadingOptions
  #isBusy = false
  #isWanted = false
  #isClosed = false
  #timer: { readonly at: number; readonly cancel: () => void } | undefined

  constructor(options: LoadingOptions) {
    this.#options = options
  }

  /** Asks for it: now, or when it is over if it is going on, or after a while. */
  want(delayMs = 0): void {
    if (this.#isClosed) return
    if (delayMs > 0) return this.#later(delayMs)
    this.#isWanted = true
    if (!this.#isBusy) void this.#run()
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #later(delayMs: number): void {
    const { context } = this.#options
    const at = context.now() + delayMs
    if (this.#timer !== undefined && this.#timer.at <= at) return
    this.#timer?.cancel()
    const go = () => {
      this.#timer = undefined
      this.want()
    }
    this.#timer = { at, cancel: context.setTimer(go, delayMs) }
  }

  async #run(): Promise<void> {
    const { context, isListening } = this.#options
    this.#isBusy = true
    while (this.#isWanted && !this.#isClosed && isListening()) {
      this.#isWanted = false
      try {
        await this.#load()
      } catch (cause) {
        context.failed('load namespace', cause)
        this.want(retryMs)
      }
    }
    this.#isBusy = false
  }

  async #load(): Promise<void> {
    const { register, copies } = this.#options
    copies.isFull = false
    const there = await this.#confirm()
    for await (const page of register.pages()) {
      const wanted = page.filter(({ member }) => !there.has(member))
      await this.#fetch(wanted)
      if (this.#isClosed || this.#isWanted || copies.isFull) return
    }
  }

  /** Asks for the generations of what is there. Those that agree may be served; the others stay, and are fetched again. */
  async #confirm(): Promise<ReadonlySet<string>> {
    const { near, keys, reader, register } = this.#options
    const { copies, generations } = near
    const needed = new Set<string>()
    for (const [, copy] of copies.all()) for (const key of copy.keys) needed.add(key)
    for (const some of chunks(Array.from(needed), maxKeysPerCall)) await reader.read(some)
    const there = new Set<string>()
    for (const [identity, { keys: generationKeys, vector }] of copies.all()) {
      if (generations.agree(generationKeys, vector.stamps))
        there.add(register.memberOf(prefixOf(identity), keys.entry(identity)))
    }
    return there
  }

  async #fetch(listed: readonly Listed[]): Promise<void> {
    const hands = await this.#hands(new Set(listed.map(({ prefix }) => prefix)))
    for (const some of chunks(listed, entriesPerRequest)) {
      if (some.length === 0 || this.#isClosed || this.#options.copies.isFull) return
      const readings = await this.#options.reader.read(some.map(({ entryKey }) => entryKey))
      const arrivals = some.flatMap(({ prefix, entryKey }) =>
        this.#open(readings.get(entryKey), hands.get(prefix)),
      )
      await this.#options.arrivals.keep(arrivals)
    }
  }

  /**
   * What tells of changes by hand, in each namespace, read before the entries are: what is changed between the two only costs a
   * miss.
   */
  async #hands(prefixes: ReadonlySet<string>): Promise<ReadonlyMap<string, Hand>> {
    const { near, keys } = this.#options
    const hands = new Map<string, Hand>()
    const ask = async (prefix: string) => {
      const space: Space = { prefix, prefixes: [prefix] }
      await near.shared.snapshot(space, [])
      const name = prefix + handTag
      const stamp = near.generations.stampOf(keys.generation(name))
      if (stamp !== undefined) hands.set(prefix, { name, stamp })
    }
    await Promise.all(Array.from(prefixes, ask))
    return hands
  }

  #open(at: Reading | undefined, hand: Hand | undefined): readonly Arrival[] {
    if (at?.value === undefined || hand === undefined) return []
    try {
      return [{ payload: this.#options.format.open(at.value), read: { at, hand } }]
    } catch {
      // Of another version, or garbage: whoever asks for it says so, and deletes it.
      return []
    }
  }
}
