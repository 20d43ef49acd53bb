import type { PreparedCopy } from './clone.js'
import type { Compression } from './compression.js'
import type { Conditions, OtherAnswers, SeenSet, SetName, ShownRows } from './conditions.js'
import type { ConsistencyMode, ResolvedConsistency } from './consistency.js'
import type { MaybePromise } from './maybe-promise.js'
import type { Dependencies } from './dependencies.js'
import type { NearBounds } from './near.js'
import type { RefusedEntry } from './refusals.js'
import type { Space } from './space.js'

/**
 * The generations that some tags have, read before the data was: what an entry is stored under, and
 * what it must still equal to be served. Only the store that made it can read it.
 */
export interface Vector {
  /** Equal for two vectors of the same tags exactly if no tag has changed between them. */
  readonly id: string
  /**
   * Whether data read under this vector may be stored and shared. False while a writer's intent or an
   * unknown outcome lives on one of the tags, and when the store could not be asked.
   */
  readonly usable: boolean
}

/** A stored value that may not be served as if it were fresh. */
export interface Outdated {
  /** May throw what is wrong with it, or reject with that. */
  readonly copy: MaybePromise<PreparedCopy>
  /** Times on the cache's clock, in milliseconds. */
  readonly storedAt: number
  readonly expiresAt: number
  /** How long the load took, in milliseconds. */
  readonly loadMs: number
  /** When the first of the tags that have changed got the generation that it has, if that is known. */
  readonly changedAt?: number | undefined
}

/** A stored value whose tags all have the generations that it was stored under. */
export interface Entry {
  readonly status: 'found'
  readonly copy: PreparedCopy
  readonly vector: Vector
  /** Those of the vector, if they are at hand: for people. */
  readonly tags?: readonly string[]
  /** Times on the cache's clock, in milliseconds. */
  readonly storedAt: number
  readonly expiresAt: number
  /** How long the load took, in milliseconds. */
  readonly loadMs: number
}

export type AbsentReason = 'missing' | 'invalidated' | 'held' | 'unavailable' | 'switched off'

/** Nothing that may be served; `vector` is what to load and store under. */
export interface Absent {
  readonly status: 'absent'
  readonly reason: AbsentReason
  readonly vector: Vector
  /** Whether the vector holds the clocks that the look-up named. Default: it does not. */
  readonly holdsClocks?: boolean
  /** How long the load of what was there before took, in milliseconds, if that is known. */
  readonly loadMs?: number
  /** What is still there, although one of its tags has changed; never what a cleared namespace held. Default: nothing is known of it. */
  readonly outdated?: Outdated | undefined
}

export type Lookup = Entry | Absent

/** What is handed to a store to keep. */
export interface EntryRecord {
  readonly copy: PreparedCopy
  /** The tags that the read asked for, as given to `lookup`. */
  readonly tags: readonly string[]
  readonly storedAt: number
  readonly expiresAt: number
  readonly loadMs: number
  /** Until when the value may be of use although it has expired. Default: no longer than `expiresAt`. */
  readonly keepUntil?: number
  /** Put in place of whatever is there, by who knows better; not what a load brought. */
  readonly byHand?: boolean
  /** How it is to travel. Default: as the store says. */
  readonly compression?: Compression | false | undefined
  /** Tells what it shows. Default: nobody can. */
  readonly shown?: ShownRows | undefined
  /** See {@link Dependencies.toldBy}. */
  readonly toldBy?: object | undefined
}

/**
 * What a process means by the tags of a table: which rows, sets and columns it tells apart. A write changes what its own
 * process knows of, so that answers of another dialect may outlive it.
 */
export interface Dialect {
  /** Equal exactly for processes that tell the same apart; letters, digits, `-` and `_`. */
  readonly id: string
  /** The tag that every write to the table changes, in whatever dialect. */
  readonly clock: string
}

/** One writer's mark on the tags that it is about to change. */
export interface Intent {
  readonly space: Space
  readonly tags: readonly string[]
}

/**
 * Has one process load what several miss. Nothing but who does the work depends on it: whoever has waited looks up again, and what is lost
 * or late costs a load.
 */
export interface Fills {
  /** A load that is not known to take as long is not asked for, in milliseconds. */
  readonly fromMs: number
  /** How long a reader waits for the loads of other processes, in milliseconds. */
  readonly waitMs: number
  /**
   * Asks to be the one who loads an entry under a vector; `undefined`: another one is. It ends by itself after a short time. If it
   * rejects, everybody loads.
   */
  claim(space: Space, key: string, vector: Vector): MaybePromise<Claim | undefined>
  /**
   * Calls `wake` when a claim that this process was refused has been given up, if the store happens to be told. Nothing waits for that
   * alone. Returns how to stop. Default: nobody is told.
   */
  watch?(space: Space, key: string, vector: Vector, wake: () => void): () => void
}

/** The right to load an entry for all who share the store. */
export interface Claim {
  /** To be called when the entry is there, or will not be. Never ends anybody else's claim. */
  release(): MaybePromise<void>
}

/** What a store knows of sets of rows, by which answers outlive writes that have touched none of a set. */
export interface StoreSets {
  /** What is stored beside them by now. */
  answers(): OtherAnswers
  isKnown(space: Space, set: SetName): boolean
  /**
   * @param vector of the table's tag and its clock, read before the rows were: if either has changed, or may be about to, nothing is kept
   * @param maxRows of a set that has more nothing is kept
   */
  see(space: Space, set: SeenSet, vector: Vector, maxRows: number): void
}

export interface StoreSize {
  readonly entries: number
  readonly bytes: number
  readonly tags: number
  /** Of a store made by `failover()`. */
  readonly failover?: FailoverState
}

/** Another store answers from now on. */
export interface StoreSwitch {
  readonly active: FailoverState['active']
  /** In words. */
  readonly reason: string
  /** What a change failed with, if that is why. */
  readonly cause: unknown
}

/** Which of two stores answers. */
export interface FailoverState {
  /** `none`: neither; queries go to the database. */
  readonly active: 'primary' | 'backup' | 'none'
  /** How often the primary has gone away. */
  readonly outages: number
}

/**
 * Where entries and generations live. The engine keeps the protocol; a store keeps these promises:
 *
 * - A generation is never used twice, and a tag whose generation was lost (evicted, flushed, restarted)
 *   gets a new one: losing state costs misses, never freshness.
 * - `lookup` returns an entry only if every tag of its vector, the tags asked for, and the namespaces'
 *   own have the generations of the vector, as they are after the call began.
 * - Whatever is stored late under an old vector is never found.
 * - After `closeIntent`, `bump` or `hold` is done, no `lookup` that begins returns data from before.
 *
 * - `put` and `delete` of one key take effect in the order in which they were called.
 *
 * An entry that has expired may be found as long as it is there; nobody takes it for fresh.
 *
 * A method that has its answer at hand returns it as it is; only a store that must wait returns promises.
 * A store never throws for a reason of its own (a lost connection, a timeout) in `lookup` and `snapshot`:
 * it answers with an unusable vector.
 */
export interface Store {
  /** For messages and metrics, such as `memory`. */
  readonly name: string
  /** How fresh it can be. Default: as fresh as anybody asks, because it is as fresh as can be. */
  readonly modes?: readonly ConsistencyMode[]
  /** Gone with this process, and never out of its reach: it needs no marks, and a write ends with `bump`. */
  readonly isLocal?: boolean
  /** Default: every process loads for itself. */
  readonly fills?: Fills
  /** Only where `isLocal`, and `snapshot` does not wait. Default: sets are not known here. */
  readonly sets?: StoreSets
  /** How long the ends of writes are tried by its own limits. Default: no longer than anything else. */
  readonly writeLimitMs?: number
  /**
   * Tells what this process means by the tags of tables, by the table's own tag: again whenever that changes, before anything is
   * read or written by it. A store that processes share sees to it that no answer outlives a write of another dialect. Default: all
   * who share it mean the same.
   */
  speak?(space: Space, dialects: ReadonlyMap<string, Dialect>): void
  /**
   * @param dependencies the tags that are asked for; of `late`, the vector of an absent entry may hold the clocks as well (see `bind`), if
   * it says so; whoever has `shown` it can be asked whether the entry outlives changes that concerned some rows (see `bump`)
   * @param now the time on the cache's clock; whoever has asked it already may tell
   */
  lookup(space: Space, key: string, dependencies: Dependencies, now?: number): MaybePromise<Lookup>
  /** The vector of `tags` as of now. */
  snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector>
  /**
   * The vector of tags some of which were known only after the data was read, under `before`, whose tags these are besides.
   * Their generations are read now; they are those from before the data was read if no clock has changed since, because
   * every write that changes one of them changes a clock. Unusable if that is not certain.
   *
   * @param before of the tags that were known, and of `clocks`
   * @param clocks what the vector need not hold
   */
  bind?(
    space: Space,
    before: Vector,
    tags: readonly string[],
    clocks: readonly string[],
  ): MaybePromise<Vector>
  put(space: Space, key: string, record: EntryRecord, vector: Vector): MaybePromise<void>
  /**
   * Has `put` called, which puts an entry of `bytes` under this key and never throws: before anybody can tell that it was not put at
   * once, unless something of the key is put after it, and as soon as there is time for it. Returns whether it will be. Default:
   * entries are put at once.
   */
  putLater?(space: Space, key: string, bytes: number, put: () => void): boolean
  /** Puts now what `putLater` has taken. */
  putWaiting?(): void
  /** The same, if there is enough of it: there is time, as the database works on a query. */
  putBatch?(): void
  /** Whether there was something to delete. */
  delete(space: Space, key: string): MaybePromise<boolean>
  /** Marks the tags: until the intent is closed or dies with its writer, nothing under them is served or stored. */
  openIntent(space: Space, tags: readonly string[]): MaybePromise<Intent>
  /**
   * To be awaited right before the commit is sent: what is left of the intent's lease must be long enough for it. Rejects
   * if that is not certain. Default: an intent lives as long as its writer.
   */
  renewIntent?(intent: Intent): MaybePromise<void>
  /** Ends an intent; the tags named in `bumped` get new generations first. */
  closeIntent(intent: Intent, bumped: readonly string[]): MaybePromise<void>
  /**
   * New generations for the tags, without an intent.
   *
   * @param conditions of some of the tags: an entry that shows no row which meets them is still what it was. Only given where `isLocal`;
   * a store need not look at them.
   */
  bump(space: Space, tags: readonly string[], conditions?: Conditions): MaybePromise<void>
  /**
   * As `bump`, of tags that are made when somebody looks, with what they say of conditions. Default: a store is told of them at once.
   *
   * @param tags must not throw, nor call the store
   */
  bumpLater?(space: Space, tags: () => readonly string[]): void
  /**
   * New generations at once, and nothing under the tags is served or stored until `ms` have passed:
   * the outcome of a write is not known, and the database may still commit it.
   */
  hold(intent: Intent, tags: readonly string[], ms: number): MaybePromise<void>
  /**
   * From when this is done answers are as fresh as `consistency` says; until then never less fresh than both that and what was
   * before. Rejects with SWITCH_FAILED, and leaves all as it was, if it cannot, or if it is called again meanwhile. Default: a
   * store stays as it was made.
   */
  become?(consistency: ResolvedConsistency): MaybePromise<void>
  size(): StoreSize
  /** Releases what the store itself opened; never a client that the user passed in. */
  close(): MaybePromise<void>
}

/** What `createCache` gives a store to work with. */
export interface StoreContext {
  /** The cache's clock: milliseconds that only ever grow; their zero has no meaning. */
  readonly now: () => number
  /** Runs `callback` once after `ms` milliseconds of that clock. Returns how to cancel. */
  readonly setTimer: (callback: () => void, ms: number) => () => void
  /** Tells of a failure that no call rejects with, as a `failure` event: a payload that cannot be read, a renewal that did not arrive. */
  readonly failed: (action: string, cause: unknown) => void
  /** Tells, once per `code`, of something that works, but not as its owner most likely wants: a `warning` event. */
  readonly warn: (code: string, message: string) => void
  /** Tells that another store answers from now on: a `failover` event. */
  readonly switched: (to: StoreSwitch) => void
  /** Keeps tags that the store has not been able to invalidate after a call was done, until it can. */
  readonly undelivered?: (space: Space, tags: readonly string[], cause: unknown) => void
  /** Whether no write may begin without its intent. */
  readonly needsIntents?: boolean
  /** Of the cache, as it was given; `undefined`: none. */
  readonly namespace?: string | undefined
  /** How fresh answers must be; a store may always be fresher. */
  readonly consistency: ResolvedConsistency
  /** What a shared store may keep in this process; `undefined`: nothing. */
  readonly near: NearBounds | undefined
  /** Nothing that is larger should be kept, nor read. Default: no bound. */
  readonly maxEntryBytes?: number
  /** Tells of an entry that is not kept, or not read although it is sound: it is counted, and is no failure. */
  readonly refused?: (entry: RefusedEntry) => void
  /**
   * Whatever a store is told without having asked (a push, a published message) passes through here, if it is given: the
   * message counts once `deliver` is called. So tests let messages be lost or late. Default: `deliver` at once.
   */
  readonly pushed?: (deliver: () => void) => void
}

/** A store that has not been told its clock yet: what `memoryStore()` and its likes return to the user. */
export type StoreFactory = (context: StoreContext) => Store
