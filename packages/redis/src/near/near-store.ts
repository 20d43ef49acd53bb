import {
  type Absent,
  covers,
  type Dependencies,
  type Dialect,
  type Entry,
  type EntryRecord,
  type Fills,
  type Intent,
  isPromise,
  type Lookup,
  type MaybePromise,
  prepareCopy,
  type PreparedCopy,
  type ResolvedConsistency,
  type Space,
  type Store,
  type StoreContext,
  type StoreSize,
  type Vector,
} from '@freshet/core/store'
import { Crowd, together } from '../crowd.js'
import { handTag, isHandTag, type Keys, tagsOf } from '../keys.js'
import { toShare } from '../to-share.js'
import { RedisVector } from '../vector.js'
import type { Checker } from './checker.js'
import type { Generations } from './generations.js'
import type { NearCopies } from './near-copies.js'
import { NearCopy } from './near-copy.js'
import type { NearMode } from './near-mode.js'

/** The store that processes share. */
export type BindingStore = Store & Required<Pick<Store, 'bind'>> & SharedLookUps

interface SharedLookUps {
  /** What `look` brings, for all who ask for the same before its request has been sent. See {@link together}. */
  together(crowd: Crowd, look: () => Promise<Lookup>): Promise<Lookup>
  /** Claims of other processes to load have ended: whoever waits may ask again. */
  claimsEnded(leaseKeys: readonly string[]): void
}

export interface NearStoreParts {
  readonly shared: BindingStore
  readonly context: StoreContext
  readonly keys: Keys
  readonly checker: Checker
  readonly copies: NearCopies
  readonly generations: Generations
  /** Whether no server can be asked now. */
  readonly isAway: () => boolean
  /** How fresh the copies must be at present. */
  readonly mode: NearMode
  /** Whether all keys are on one server, so that what is read together is of one moment. */
  readonly isOneServer: boolean
  /** Whether a copy that is known to be outdated stays until there is another: the mark of a writer may be taken away again. */
  readonly keepsOutdated: boolean
}

/**
 * A shared store with copies of its entries in this process.
 *
 * | what is there of an entry | what a look-up costs |
 * |---|---|
 * | a copy, and generations that are known and young enough | nothing |
 * | a copy that agrees with what is known of its generations | asking for the generations: no value travels |
 * | that, and the generations have changed | that, and asking for the entry, which another process may have loaded again |
 * | no copy, or one that is known to be outdated | asking for the entry with its generations, at once |
 */
export class NearStore implements Store {
  readonly name: string
  readonly writeLimitMs?: number
  readonly fills?: Fills
  readonly #parts: NearStoreParts
  #isClosed = false

  constructor(parts: NearStoreParts) {
    this.name = parts.shared.name
    if (parts.shared.writeLimitMs !== undefined) this.writeLimitMs = parts.shared.writeLimitMs
    if (parts.shared.fills !== undefined) this.fills = parts.shared.fills
    this.#parts = parts
  }

  speak(space: Space, dialects: ReadonlyMap<string, Dialect>): void {
    this.#parts.shared.speak?.(space, dialects)
  }

  lookup(
    space: Space,
    key: string,
    dependencies: Dependencies,
    now = this.#parts.context.now(),
  ): MaybePromise<Lookup> {
    const { copies, generations } = this.#parts
    const copy = copies.get(space.prefix + key)
    if (copy === undefined) return this.#fetch(space, key, dependencies)
    if (copy.expiresAt <= now || !covers(copy, dependencies)) return this.#fetch(space, key, dependencies)
    const isChecked = copy.checkedAt === generations.version
    if (isChecked && copy.freshUntil >= now) return copy
    // As long as nothing has changed, they agree as they did.
    if (!isChecked && !generations.agree(copy.keys, copy.vector.stamps))
      return this.#replace(space, key, dependencies)
    copy.freshUntil = generations.freshUntil(copy.keys, copy.vector.stamps)
    copy.checkedAt = generations.version
    return copy.freshUntil < now ? this.#confirm(copy, space, key, dependencies) : copy
  }

  snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector> {
    return this.#parts.shared.snapshot(space, tags)
  }

  bind(
    space: Space,
    before: Vector,
    tags: readonly string[],
    clocks: readonly string[],
  ): MaybePromise<Vector> {
    return this.#parts.shared.bind(space, before, tags, clocks)
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector): MaybePromise<void> {
    const { shared, copies } = this.#parts
    const identity = space.prefix + key
    copies.changed(identity)
    const done = shared.put(space, key, record, vector)
    this.keep(identity, record, vector)
    if (!isPromise(done)) return done
    return done.finally(() => {
      copies.changed(identity)
      if (record.byHand === true) this.#forget(space, [handTag])
    })
  }

  async delete(space: Space, key: string): Promise<boolean> {
    const { shared, copies } = this.#parts
    const identity = space.prefix + key
    const forget = () => {
      copies.changed(identity)
      copies.delete(identity)
    }
    forget()
    try {
      return await shared.delete(space, key)
    } finally {
      // Whoever looked meanwhile may have found what is deleted now.
      forget()
      this.#forget(space, [handTag])
    }
  }

  openIntent(space: Space, tags: readonly string[]): MaybePromise<Intent> {
    return this.#parts.mode.marksWrites ? this.#parts.shared.openIntent(space, tags) : { space, tags }
  }

  renewIntent(intent: Intent): MaybePromise<void> {
    return this.#parts.shared.renewIntent?.(intent)
  }

  async closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    const { space, tags } = intent
    await this.#changing(space, [...tags, ...bumped], () => this.#parts.shared.closeIntent(intent, bumped))
  }

  async bump(space: Space, tags: readonly string[]): Promise<void> {
    await this.#changing(space, tags, () => this.#parts.shared.bump(space, tags))
  }

  async hold(intent: Intent, tags: readonly string[], ms: number): Promise<void> {
    const all = [...intent.tags, ...tags]
    await this.#changing(intent.space, all, () => this.#parts.shared.hold(intent, tags, ms))
  }

  become(consistency: ResolvedConsistency): MaybePromise<void> {
    return this.#parts.mode.become(consistency)
  }

  size(): StoreSize {
    const { copies, generations } = this.#parts
    return { entries: copies.size, bytes: copies.bytes + generations.bytes, tags: generations.size }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#parts.mode.close()
    this.#parts.copies.clear()
    this.#parts.generations.lost()
    await this.#parts.shared.close()
  }

  /** A copy that nothing speaks against, but nobody has asked: it is served if the servers say so. */
  #confirm(copy: NearCopy, space: Space, key: string, dependencies: Dependencies): MaybePromise<Lookup> {
    this.#parts.mode.listen()
    if (this.#parts.isAway()) return unavailable
    const crowd = new Crowd(space, key, dependencies)
    return together(this.#parts.checker, crowd, () => this.#confirmFor(crowd, copy))
  }

  #confirmFor(crowd: Crowd, copy: NearCopy): Promise<Lookup> {
    return this.#parts.checker.check(copy, (check) => {
      if (check === 'current') return copy
      if (check === 'unknown') return unavailable
      const { space, key, dependencies, readers } = crowd
      return this.#replace(space, key, dependencies, readers)
    })
  }

  #replace(space: Space, key: string, dependencies: Dependencies, readers = 1): MaybePromise<Lookup> {
    if (!this.#parts.keepsOutdated) this.#parts.copies.delete(space.prefix + key)
    return this.#fetch(space, key, dependencies, readers)
  }

  #fetch(space: Space, key: string, dependencies: Dependencies, readers = 1): MaybePromise<Lookup> {
    this.#parts.mode.listen()
    if (this.#parts.isAway()) return unavailable
    const crowd = new Crowd(space, key, dependencies, readers)
    return this.#parts.shared.together(crowd, () => this.#fetchFor(crowd))
  }

  async #fetchFor(crowd: Crowd): Promise<Lookup> {
    const { space, key, dependencies } = crowd
    const { shared, copies, generations, keys } = this.#parts
    const identity = space.prefix + key
    const mayKeep = copies.fetching(identity)
    const handKey = keys.generation(space.prefix + handTag)
    const before = generations.stampOf(handKey)
    const loadMs = copies.peek(identity)?.loadMs
    const found = await shared.lookup(space, key, dependencies)
    // Of several servers one may have been asked for the entry before it was changed by hand, and another for what tells of it after.
    const isOneMoment = this.#parts.isOneServer || before === generations.stampOf(handKey)
    const mayBeKept = mayKeep() && isOneMoment
    if (found.status === 'found') {
      const copy = mayBeKept ? this.#keepFetched(identity, found, dependencies) : undefined
      return crowd.readers === 1 ? found : toShare(found, copy)
    }
    // Of an entry that has expired, the copy is all that is left.
    return loadMs === undefined ? found : { loadMs, ...found }
  }

  /** The copy, if the value can be copied. */
  #keepFetched(
    identity: string,
    { copy, vector, ...times }: Entry,
    { tags, toldBy }: Dependencies,
  ): PreparedCopy | undefined {
    // What was decoded goes to the reader, who may change it.
    const prepared = prepareCopy(copy.master)
    if (prepared !== undefined) this.keep(identity, { copy: prepared, tags, toldBy, ...times }, vector)
    return prepared
  }

  /**
   * Leaves a copy, unless its vector is already known to be outdated. So neither a load nor a fetch from before a write of this
   * process can, as the generations are unknown since that write, or others.
   */
  keep(identity: string, record: EntryRecord, vector: Vector): void {
    if (this.#isClosed || !(vector instanceof RedisVector) || !vector.usable) return
    if (!vector.names.some(isHandTag)) return
    const { copies, generations, keys } = this.#parts
    const generationKeys = vector.names.map(keys.generation)
    if (generations.agree(generationKeys, vector.stamps))
      copies.set(identity, new NearCopy(record, vector, generationKeys))
  }

  /** What a write of this process changes, it must see itself, whatever is pushed and however it ended. */
  async #changing(space: Space, tags: readonly string[], change: () => MaybePromise<void>): Promise<void> {
    try {
      await change()
    } finally {
      this.#forget(space, tags)
    }
  }

  #forget(space: Space, tags: readonly string[]): void {
    const { generations, keys } = this.#parts
    generations.changed(tagsOf(space, tags).map(keys.generation))
  }
}

const unusable: Vector = Object.freeze({ id: '', usable: false })
const unavailable: Absent = Object.freeze({ status: 'absent', reason: 'unavailable', vector: unusable })
