import type { PushSession, PushSessions } from '../push/push-session.js'
import type { Readings } from '../readings.js'
import { stampOf } from '../vector.js'

export interface GenerationsOptions {
  readonly now: () => number
  /** What the keys of generations begin with, and no others. */
  readonly prefix: string
  /** How many are remembered. */
  readonly maxKeys: number
  /** How old what is known may be when it is used without asking, at present. `undefined`: it is never used without asking. */
  readonly limitMs: () => number | undefined
  /** Whether what nobody pushes changes of is not used without asking, however young it is, at present. */
  readonly onlyPushed: () => boolean
  /** The push connections that are up, by the epoch of their servers. */
  readonly sessions: () => PushSessions
}

/** What a tag had when it was last asked for. */
interface Known {
  readonly value: string
  readonly epoch: string
  /** Of value and epoch. */
  readonly stamp: string
  /** When the request was about to be handed to the socket whose reply this is: the time at which it was true for certain. */
  askedAt: number
  /** The connection that tells of every change since then; as long as this is remembered, it has been up and has told of none. */
  session: PushSession | undefined
  /** Asked for again since it was made, or since it was last spared. */
  used: boolean
}

/** A request for generations on its way. */
export interface Asking {
  readonly at: number
  /** Those that were up before the request was sent. */
  sessions: PushSessions
  /** Keys that changed meanwhile: the reply may be from before that. */
  changed: Set<string> | undefined
  /** Everything may have changed meanwhile. */
  isLost: boolean
}

/**
 * What this process knows of generations, and until when copies may be served on its word (PROTOCOL: the rule of near copies).
 *
 * What is known counts from the moment before the request was sent, never from the reply; later only by a heartbeat of the
 * connection that pushes changes, and never if a change was pushed since the request was sent, its time in flight included.
 */
export class Generations {
  readonly #options: GenerationsOptions
  readonly #known = new Map<string, Known>()
  readonly #asking = new Set<Asking>()
  /** Grows with every change: what was found at this version holds as long as time allows. */
  version = 0

  constructor(options: GenerationsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#known.size
  }

  /** What they occupy, estimated, beside the copies' bound. */
  get bytes(): number {
    return this.#known.size * bytesPerKey
  }

  /** Whether what is known is used without asking, at present: only then does it matter when it was asked for. */
  get areTrusted(): boolean {
    return this.#options.limitMs() !== undefined
  }

  /** To be called when a request is about to be handed to the socket; `answered` with what it returned, whatever became of it. */
  ask(): Asking {
    const { now, sessions } = this.#options
    const asking: Asking = { at: now(), sessions: sessions(), changed: undefined, isLost: false }
    this.#asking.add(asking)
    return asking
  }

  answered(asking: Asking, readings: Readings): void {
    this.#asking.delete(asking)
    if (asking.isLost) return
    for (const [key, reading] of readings) {
      if (!key.startsWith(this.#options.prefix) || asking.changed?.has(key) === true) continue
      const before = this.#known.get(key)
      // Replies of several connections may overtake one another.
      if (before !== undefined && before.askedAt > asking.at) continue
      if (reading.value === undefined) this.#forget(key)
      else {
        const { epoch } = reading
        const value = reading.value.toString('latin1')
        const session = asking.sessions.get(epoch)
        const used = before !== undefined
        this.#remember(
          key,
          { value, epoch, stamp: stampOf(reading), askedAt: asking.at, session, used },
          before,
        )
      }
    }
  }

  /** As `answered`, for keys that still had these stamps, which were what was known of them when they were asked for. */
  confirmed(asking: Asking, keys: readonly string[], stamps: readonly string[]): void {
    if (asking.isLost) return
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      const known = this.#known.get(key)
      if (known === undefined || known.stamp !== stamps[i] || asking.changed?.has(key) === true) continue
      if (known.askedAt > asking.at) continue
      known.askedAt = asking.at
      known.session = asking.sessions.get(known.epoch)
      known.used = true
    }
  }

  reading(
    key: string,
  ): { readonly value: string; readonly epoch: string; readonly stamp: string } | undefined {
    return this.#known.get(key)
  }

  stampOf(key: string): string | undefined {
    return this.#known.get(key)?.stamp
  }

  /** A tag has changed, or is about to, or may have: also for the requests that are on their way. */
  changed(keys: readonly string[]): void {
    for (const key of keys) {
      this.#forget(key)
      for (const asking of this.#asking) (asking.changed ??= new Set()).add(key)
    }
  }

  /** Anything may have changed. */
  lost(): void {
    this.#known.clear()
    for (const asking of this.#asking) asking.isLost = true
    this.version++
  }

  /** What may be used without asking is another matter from now on: nothing that was found under the old limits holds. */
  limitsChanged(): void {
    this.version++
  }

  /** The connections that pushed changes are given up: nothing is younger by their word any more, nor what is being asked for. */
  unlinked(): void {
    for (const known of this.#known.values()) known.session = undefined
    for (const asking of this.#asking) asking.sessions = noSessions
    this.version++
  }

  /** Whether the keys have these stamps as far as is known. What is not known any more has changed, most likely. */
  agree(keys: readonly string[], stamps: readonly string[]): boolean {
    for (let i = 0; i < keys.length; i++) {
      const known = this.#known.get(keys[i]!)
      if (known === undefined || known.stamp !== stamps[i]) return false
      known.used = true
    }
    return true
  }

  /** Until when nobody need ask whether the keys have these stamps; in the past if they must ask now. */
  freshUntil(keys: readonly string[], stamps: readonly string[]): number {
    const limitMs = this.#options.limitMs()
    if (limitMs === undefined) return -Infinity
    let oldest = Infinity
    for (let i = 0; i < keys.length; i++) {
      const known = this.#known.get(keys[i]!)
      if (known === undefined || known.stamp !== stamps[i]) return -Infinity
      known.used = true
      oldest = Math.min(oldest, this.#trueAt(known))
    }
    return oldest + limitMs
  }

  #trueAt({ askedAt, session }: Known): number {
    if (session !== undefined)
      return Math.min(Math.max(askedAt, session.heardAt), askedAt + (session.trustMs ?? Infinity))
    return this.#options.onlyPushed() ? -Infinity : askedAt
  }

  #forget(key: string): void {
    if (this.#known.delete(key)) this.version++
  }

  #remember(key: string, known: Known, before: Known | undefined): void {
    if (before === undefined && this.#known.size >= this.#options.maxKeys) this.#forgetColdest()
    this.#known.set(key, known)
    if (before?.stamp !== known.stamp) this.version++
  }

  /** A tenth at a time, so that the cost per key stays constant; those that are used again and again get a second chance. */
  #forgetColdest(): void {
    let remaining = Math.ceil(this.#options.maxKeys / 10)
    for (const [key, known] of this.#known) {
      if (remaining-- === 0) break
      this.#known.delete(key)
      if (!known.used) continue
      known.used = false
      this.#known.set(key, known)
    }
    this.version++
  }
}

// Of a tag that only one entry has: key, value, stamp, and their places.
const bytesPerKey = 380

const noSessions: PushSessions = new Map()
