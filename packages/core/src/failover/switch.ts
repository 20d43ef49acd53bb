import { isPromise } from '../maybe-promise.js'
import type { Space } from '../space.js'
import { wholeSpaceTag } from '../space.js'
import type { Dialect, Store, StoreContext } from '../store.js'
import { type Backup, holdAll } from './backup.js'
import { Holds } from './holds.js'
import { RetryPause } from './retry-pause.js'

export interface SwitchParts {
  readonly primary: Store
  /** A backup for the next outage. */
  readonly createBackup: () => Backup
  readonly context: StoreContext
  readonly afterMs: number
  readonly probeMs: number
  readonly awayMessage: (reason: string) => string
}

/** Whose answers are used; `none`: neither's. */
export type ActiveStore = 'primary' | 'backup' | 'none'

/**
 * Decides which store answers. Two rules keep what was changed meanwhile from being overlooked:
 *
 * - **The primary** is used while this process hears from it, without a gap of more than `afterMs`, and has had every change of
 *   this process. After anything else, everything is invalidated in it, for all processes, before it is used again: in an outage
 *   that others had as well, they may have written, and may have died since.
 * - **A backup** is used after everything in it was invalidated, until it misses a change of this process.
 */
export class Switch {
  readonly primary: Store
  readonly holds = new Holds()
  #backup: Backup
  #active: ActiveStore = 'primary'
  #outages = 0
  /** What is meant by the tags of tables, by the namespace: each backup is told anew. */
  readonly #spoken = new Map<
    string,
    { readonly space: Space; readonly dialects: ReadonlyMap<string, Dialect> }
  >()
  readonly #parts: SwitchParts
  readonly #pause: RetryPause
  /** What all namespaces that this store serves are in. `undefined`: it has not been used yet. */
  #root: Space | undefined
  /** Before the last request to the primary that was answered; on the cache's clock. */
  #heardAt = 0
  /** Changes that a store did not take: what was invalidated before the last of them does not make up for it. */
  readonly #missed = { primary: 0, backup: 0 }
  /** The backup that is being begun. */
  #beginning: Backup | undefined
  #isReturning = false
  #cancelTick: (() => void) | undefined
  #isClosed = false

  constructor(parts: SwitchParts) {
    this.primary = parts.primary
    this.#parts = parts
    this.#backup = parts.createBackup()
    this.#pause = new RetryPause(parts.probeMs)
  }

  get backup(): Backup {
    return this.#backup
  }

  get active(): ActiveStore {
    return this.#active
  }

  get outages(): number {
    return this.#outages
  }

  speak(space: Space, dialects: ReadonlyMap<string, Dialect>): void {
    this.#spoken.set(space.prefix, { space, dialects })
    this.primary.speak?.(space, dialects)
    this.#backup.store.speak?.(space, dialects)
  }

  /** To be called before anything is asked for in `space`. */
  use(space: Space): void {
    if (this.#isClosed) return
    if (this.#root === undefined) this.#start(space)
    else if (this.#active === 'primary') this.#leaveIfSilent()
  }

  /** The primary has answered something that was asked at `askedAt`. */
  heard(askedAt: number): void {
    if (askedAt > this.#heardAt) this.#heardAt = askedAt
  }

  /** A change of this process may not have reached the primary. */
  missedByPrimary(cause: unknown): void {
    this.#missed.primary++
    if (this.#active === 'primary') this.#leave('a change did not reach the primary', cause)
  }

  /** A change of this process may not have reached the backup. */
  missedByBackup(cause: unknown): void {
    this.#missed.backup++
    if (this.#active === 'backup') this.#become('none', 'a change did not reach the backup', cause)
  }

  hold(space: Space, tags: readonly string[], ms: number): void {
    const now = this.#now()
    if (this.#root !== undefined) this.holds.add({ space, tags, until: now + ms }, this.#root, now)
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTick?.()
  }

  #now(): number {
    return this.#parts.context.now()
  }

  #start({ prefixes }: Space): void {
    const prefix = prefixes[prefixes.length - 1]!
    this.#root = Object.freeze({ prefix, prefixes: [prefix] })
    this.#heardAt = this.#now()
    this.#schedule()
  }

  #leaveIfSilent(): void {
    const { afterMs } = this.#parts
    if (this.#now() - this.#heardAt > afterMs)
      this.#leave(`nothing was heard from the primary for more than ${afterMs} ms`, undefined)
  }

  #leave(reason: string, cause: unknown): void {
    this.#outages++
    this.#parts.context.warn('PRIMARY_AWAY', this.#parts.awayMessage(reason))
    this.#pause.left(this.#now())
    this.#become('none', reason, cause)
    this.#begin()
    this.#schedule()
  }

  /** Of a backup that answers at once, it is done at once. */
  #begin(): void {
    const backup = this.#backup
    if (this.#beginning === backup) return
    this.#beginning = backup
    const missed = this.#missed.backup
    const begun = () => {
      if (this.#beginning === backup) this.#beginning = undefined
      const isCurrent = backup === this.#backup && missed === this.#missed.backup
      if (isCurrent && this.#active === 'none') this.#become('backup', 'the backup is ready', undefined)
    }
    const failed = (cause: unknown) => {
      if (this.#beginning === backup) this.#beginning = undefined
      this.#parts.context.failed('begin backup', cause)
    }
    try {
      const done = backup.begin(this.#root!, this.holds.living(this.#now()))
      if (isPromise(done)) done.then(begun, failed)
      else begun()
    } catch (cause) {
      failed(cause)
    }
  }

  #schedule(): void {
    const { afterMs, context } = this.#parts
    this.#cancelTick?.()
    const ms = this.#active === 'primary' ? Math.ceil(afterMs / ticksPerSilence) : this.#pause.ms
    this.#cancelTick = this.#isClosed ? undefined : context.setTimer(() => this.#tick(), ms)
  }

  #tick(): void {
    this.#schedule()
    if (this.#active === 'primary') return this.#listen()
    if (this.#active === 'none') this.#begin()
    void this.#return()
  }

  /** A process that asks for nothing must notice an outage as well: the others may have written in it. */
  #listen(): void {
    this.#leaveIfSilent()
    const askedAt = this.#now()
    if (this.#active !== 'primary' || askedAt - this.#heardAt < this.#parts.afterMs / ticksPerSilence) return
    void this.#hear(askedAt)
  }

  async #hear(askedAt: number): Promise<void> {
    if (await this.#isThere()) this.heard(askedAt)
  }

  async #isThere(): Promise<boolean> {
    try {
      const found = await this.primary.lookup(this.#root!, probeKey, { tags: [] })
      return found.status === 'found' || found.reason !== 'unavailable'
    } catch {
      return false
    }
  }

  async #return(): Promise<void> {
    if (this.#isReturning) return
    this.#isReturning = true
    try {
      if (await this.#isThere()) await this.#makeUp()
    } catch (cause) {
      this.#parts.context.failed('return to the primary', cause)
    } finally {
      this.#isReturning = false
    }
  }

  /** What was loaded before this is never served again, by anybody: whoever wrote meanwhile need not say so. */
  async #makeUp(): Promise<void> {
    const missed = this.#missed.primary
    const startedAt = this.#now()
    await this.primary.bump(this.#root!, [wholeSpaceTag])
    await holdAll(this.primary, this.holds.living(startedAt), startedAt)
    const isComplete = missed === this.#missed.primary && this.#now() - startedAt <= this.#parts.afterMs
    if (!isComplete || this.#isClosed) return
    this.#heardAt = startedAt
    this.#pause.returned(this.#now())
    this.#replaceBackup()
    this.#become('primary', 'the primary answers again', undefined)
    this.#schedule()
  }

  #replaceBackup(): void {
    const { store } = this.#backup
    this.#backup = this.#parts.createBackup()
    for (const { space, dialects } of this.#spoken.values()) this.#backup.store.speak?.(space, dialects)
    try {
      const closed = store.close()
      if (isPromise(closed)) closed.catch((cause) => this.#parts.context.failed('close backup', cause))
    } catch (cause) {
      this.#parts.context.failed('close backup', cause)
    }
  }

  #become(active: ActiveStore, reason: string, cause: unknown): void {
    this.#active = active
    this.#parts.context.switched({ active, reason, cause })
  }
}

const ticksPerSilence = 3
// Keys of users and of adapters have no such character.
const probeKey = '\u0001'
