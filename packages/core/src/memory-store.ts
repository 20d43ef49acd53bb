import { LRUCache } from 'lru-cache'
import { gluedTextBytes, word } from './heap-bytes.js'
import type { KnownChange } from './conditional-changes.js'
import type { Conditions, OtherAnswers, SeenSet, ShownRows, TrackedTable } from './conditions.js'
import { conditionsOf } from './conditions.js'
import { covers, type Dependencies } from './dependencies.js'
import { type Bump, Later, maxBatches } from './later.js'
import { MemoryEntry } from './memory-entry.js'
import { MemoryTags } from './memory-tags.js'
import { isCleared, isUnchanged, type MemoryVector } from './memory-vector.js'
import { NegativeEntries } from './negative/negative-entries.js'
import { isNothing } from './nothing.js'
import { assertOptions, positiveInteger } from './options.js'
import { SeenSets } from './seen-sets.js'
import type { Space } from './space.js'
import { wholeSpaceTag } from './space.js'
import type {
  Absent,
  AbsentReason,
  EntryRecord,
  Intent,
  Lookup,
  Store,
  StoreFactory,
  StoreSets,
  Vector,
} from './store.js'
import { TrackedRows } from './tracked-rows.js'
import { writesUnderWay } from './under-way.js'

export interface MemoryStoreOptions {
  /** Entries kept at most; the least recently used go first. Default 10,000. */
  readonly maxEntries?: number
  /** Estimated bytes of all entries, tags, and what is known of rows together, within 15 % of what the process grows by. Default 64 MiB. */
  readonly maxBytes?: number
  /**
   * Answers of nothing (`null`, `[]`) kept at most, beside the others, whose place they never take: few as the others are, the rest in
   * 36 bytes each. Default 1,000,000.
   */
  readonly maxNegatives?: number
}

// A Map holds no more, and the LRU makes room for all of them at once.
const maxMaxEntries = 2 ** 23
const defaults = { maxEntries: 10_000, maxBytes: 64 * 2 ** 20, maxNegatives: 1_000_000 }

/**
 * A store in this process: bounded by entries and by bytes, gone with the process.
 *
 * It needs no intents: a crash takes the entries along, and a write's bump happens between the commit
 * and its acknowledgement in the same process.
 *
 * @throws FreshetError INVALID_OPTION for unknown options and for bounds that are not positive integers.
 */
export function memoryStore(options: MemoryStoreOptions = {}): StoreFactory {
  assertOptions('memoryStore()', options, ['maxEntries', 'maxBytes', 'maxNegatives'])
  const maxEntries = positiveInteger(options.maxEntries ?? defaults.maxEntries, 'maxEntries', maxMaxEntries)
  const maxBytes = positiveInteger(options.maxBytes ?? defaults.maxBytes, 'maxBytes')
  const maxNegatives = positiveInteger(
    options.maxNegatives ?? defaults.maxNegatives,
    'maxNegatives',
    maxMaxEntries,
  )
  return ({ now }) => new MemoryStore({ maxEntries, maxBytes, maxNegatives }, now)
}

// Beside the value and the key: the entry, its places in the LRU's map (between one and two, as the map has grown) and lists.
const bytesPerEntry = 23 * word
// Forgetting a tag only costs misses, so the map may be cut without asking who uses it.
const tagsPerEntry = 64
const minTags = 10_000
// Of tags, those that no entry has: so many for each entry there is room for.
const idleTagsPerEntry = 8
// What waits to be put is beside the bounds, so it is a hundredth of them at most.
const maxShareWaiting = 0.01
const maxBatch = 8
// Of the bounds, what holds nothing and is kept as other entries are may take so much beside them.
const shareOfNegatives = 0.1
// Of the bytes, what is known of rows may take so much, and of sets as much again: it spares loads, as entries do, and can be forgotten.
const shareOfSeen = 1 / 16

/** Entries by their keys, each under the vector of its tags (`memory-tags.ts`): one whose tags have changed is not served. */
class MemoryStore implements Store {
  readonly name = 'memory'
  readonly isLocal = true
  readonly #entries: LRUCache<string, MemoryEntry>
  readonly #negatives: NegativeEntries
  readonly #later: Later
  /** Of an entry that waits. */
  readonly #maxBytesWaiting: number
  readonly #tags: MemoryTags
  readonly #tracked: TrackedRows
  readonly #sets: SeenSets
  readonly #others: OtherAnswers = {
    find: (key) => this.#liveAnswer(key),
    mayBeWritten: (table) => writesUnderWay.anyMayConcern(table),
  }
  readonly sets: StoreSets = {
    answers: () => this.#storedAnswers(),
    isKnown: (space, { table, key, values }) => this.#isKnown(space, table.texts.table, key, values),
    see: (space, set, vector, maxRows) => this.#seeAsked(space, set, vector as MemoryVector, maxRows),
  }
  readonly #maxBytes: number
  readonly #now: () => number

  constructor({ maxEntries, maxBytes, maxNegatives }: Required<MemoryStoreOptions>, now: () => number) {
    this.#entries = new LRUCache({ max: maxEntries, maxSize: maxBytes, sizeCalculation: sizeOf })
    this.#negatives = new NegativeEntries({
      maxEntries: Math.min(maxNegatives, Math.ceil(maxEntries * shareOfNegatives)),
      maxBytes: Math.ceil(maxBytes * shareOfNegatives),
      max: maxNegatives,
      sizeOf,
      vectorOf: (space, tags) => this.snapshot(space, tags),
    })
    const batchSize = Math.min(maxBatch, Math.floor((maxEntries * maxShareWaiting) / maxBatches))
    this.#later = new Later({
      batchSize,
      bump: (bump) => this.#bumpWaiting(bump),
    })
    this.#maxBytesWaiting = (maxBytes * maxShareWaiting) / (maxBatches * maxBatch)
    this.#tracked = new TrackedRows(maxBytes * shareOfSeen)
    this.#sets = new SeenSets(maxBytes * shareOfSeen)
    this.#maxBytes = maxBytes
    this.#now = now
    const maxTags = Math.min(maxMaxEntries, Math.max(minTags, maxEntries * tagsPerEntry))
    this.#tags = new MemoryTags({
      maxTags,
      maxIdleTags: Math.min(maxTags, Math.max(minTags, maxEntries * idleTagsPerEntry)),
      maxBytes: maxBytes / 2,
      now,
      vectorsInUse: () => this.#vectorsInUse(),
    })
  }

  lookup(space: Space, key: string, dependencies: Dependencies): Lookup {
    if (this.#later.hasBumps) this.#later.flush()
    const fullKey = space.prefix + key
    this.#later.flushKey(fullKey)
    const entry = this.#entries.get(fullKey)
    if (entry === undefined)
      return this.#negatives.isEmpty
        ? this.#absent('missing', space, dependencies)
        : this.#lookupNegative(fullKey, space, dependencies)
    return this.#mayServe(entry, space, dependencies)
      ? entry
      : this.#absent('invalidated', space, dependencies, entry)
  }

  #lookupNegative(fullKey: string, space: Space, dependencies: Dependencies): Lookup {
    const entry = this.#negatives.get(fullKey)
    if (entry !== undefined)
      return this.#mayServe(entry, space, dependencies)
        ? entry
        : this.#absent('invalidated', space, dependencies, entry)
    return (
      this.#negatives.recall(space, fullKey, dependencies) ?? this.#absent('missing', space, dependencies)
    )
  }

  #mayServe(entry: MemoryEntry, space: Space, dependencies: Dependencies): boolean {
    return (
      (this.#isCurrent(entry) || this.#outlives(entry, space, dependencies.shown)) &&
      covers(entry, dependencies)
    )
  }

  snapshot(space: Space, tags: readonly string[]): MemoryVector {
    if (this.#later.hasBumps) this.#later.flush()
    return this.#tags.snapshot(space, tags)
  }

  bind(space: Space, before: Vector, tags: readonly string[], clocks: readonly string[]): MemoryVector {
    if (this.#later.hasBumps) this.#later.flush()
    return this.#tags.bind(space, before, tags, clocks)
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector): void {
    if (this.#later.hasBumps) this.#later.flush()
    const memoryVector = vector as MemoryVector
    // It could never be found: the room is better used.
    if (!this.#tags.mayBeCurrent(memoryVector)) return
    if (record.shown !== undefined) this.#see(space, record.shown, record.copy.master)
    const entry = new MemoryEntry(record, memoryVector, this.#tags.version)
    const fullKey = space.prefix + key
    // In the order of the calls.
    this.#later.flushKey(fullKey)
    this.#set(fullKey, entry)
  }

  putLater(space: Space, key: string, bytes: number, put: () => void): boolean {
    // What is under way now may be in the answer or not, and later nobody could tell.
    if (bytes > this.#maxBytesWaiting || writesUnderWay.isAny) return false
    this.#later.addPut(space.prefix + key, put)
    return true
  }

  putWaiting(): void {
    this.#later.flush()
  }

  putBatch(): void {
    this.#later.flushBatch()
  }

  /** What is done and not told of yet may be in the answer, or not. */
  #see(space: Space, shown: ShownRows, answer: unknown): void {
    const rows = shown.tracked?.(answer) ?? none
    const sets = shown.seenSets?.(answer) ?? none
    if (rows.length === 0 && sets.length === 0) return
    const wasFree = this.#later.isPutting
    const free = new Map<TrackedTable, boolean>()
    const isFree = (table: TrackedTable): boolean => {
      if (wasFree) return true
      let is = free.get(table)
      if (is === undefined) free.set(table, (is = !writesUnderWay.anyMayConcern(table.texts.table)))
      return is
    }
    for (const row of rows) if (isFree(row.table)) this.#tracked.see(space, row)
    for (const set of sets) if (isFree(set.table)) this.#sets.see(space, set)
  }

  #storedAnswers(): OtherAnswers {
    // What waits to be put tells others of itself then.
    this.#later.flush()
    return this.#others
  }

  #isKnown(space: Space, table: string, key: readonly string[], values: readonly string[]): boolean {
    // What waits to be put may tell.
    this.#later.flush()
    return this.#sets.isKnown(space, table, key, values)
  }

  #seeAsked(space: Space, set: SeenSet, vector: MemoryVector, maxRows: number): void {
    if (this.#later.hasBumps) this.#later.flush()
    const { table } = set.table.texts
    if (!writesUnderWay.anyMayConcern(table) && this.#tags.mayBeCurrent(vector))
      this.#sets.see(space, set, maxRows)
  }

  delete(space: Space, key: string): boolean {
    const fullKey = space.prefix + key
    this.#later.flushKey(fullKey)
    const wasNegative = this.#negatives.delete(fullKey)
    return this.#entries.delete(fullKey) || wasNegative
  }

  openIntent(space: Space, tags: readonly string[]): Intent {
    return { space, tags }
  }

  closeIntent(intent: Intent, bumped: readonly string[]): void {
    this.bump(intent.space, bumped)
  }

  bump(space: Space, tags: readonly string[], conditions?: Conditions): void {
    const now = this.#now()
    if (conditions === undefined) {
      this.#later.addBump({ space, tags, at: now, next: undefined })
      // Nobody need look for the memory to be given back.
      if (tags[0] === wholeSpaceTag) this.#later.flush()
      return
    }
    // What is certain of rows is told of values that their owner may change, and follows from what was told before.
    this.#later.flush()
    this.#bumpAt(now, space, tags, conditions)
  }

  bumpLater(space: Space, tags: () => readonly string[]): void {
    this.#later.addBump({ space, tags, at: this.#now(), next: undefined })
  }

  #bumpWaiting({ space, tags, at }: Bump): void {
    if (typeof tags !== 'function') return this.#bumpAt(at, space, tags, undefined)
    const made = tags()
    this.#bumpAt(at, space, made, conditionsOf(made))
  }

  #bumpAt(now: number, space: Space, tags: readonly string[], conditions: Conditions | undefined): void {
    const known = this.#tracked.changed(space.prefix, tags, conditions)
    const at = this.#sets.changed(space.prefix, tags, conditions)
    this.#tags.bump(now, space, tags, conditions, known, at)
    this.#negatives.changed(space.prefix, tags)
    if (space.prefix === '' && tags.includes(wholeSpaceTag)) this.#clear()
  }

  hold({ space }: Intent, tags: readonly string[], ms: number): void {
    this.#later.flush()
    this.#tracked.changed(space.prefix, tags, undefined)
    this.#sets.changed(space.prefix, tags, undefined)
    this.#tags.hold(space, tags, ms)
    this.#negatives.changed(space.prefix, tags)
  }

  size() {
    this.#later.flush()
    const { size, bytes } = this.#negatives
    return { entries: this.#entries.size + size, bytes: this.#bytes + bytes, tags: this.#tags.size }
  }

  close(): void {
    this.#tags.close()
    this.#tracked.clear()
    this.#sets.clear()
    this.#clear()
  }

  get #bytes(): number {
    return this.#entries.calculatedSize + this.#tags.bytes + this.#tracked.bytes + this.#sets.bytes
  }

  #set(key: string, entry: MemoryEntry): void {
    entry.vector.bind()
    if (isNothing(entry.master)) {
      this.#entries.delete(key)
      return this.#negatives.set(key, entry)
    }
    if (!this.#negatives.isEmpty) this.#negatives.delete(key)
    this.#entries.set(key, entry)
    while (this.#bytes > this.#maxBytes && this.#entries.size > 0) this.#entries.pop()
  }

  #clear(): void {
    this.#later.flush()
    this.#entries.clear()
    this.#negatives.clear()
  }

  #isCurrent(entry: MemoryEntry): boolean {
    if (entry.confirmedAt === this.#tags.version) return true
    if (!isUnchanged(entry.vector)) return false
    entry.confirmedAt = this.#tags.version
    return true
  }

  /** All that has changed since it was stored can have changed no row that it shows. */
  #outlives(entry: MemoryEntry, space: Space, shown: ShownRows | undefined): boolean {
    if (shown === undefined) return false
    const changes = this.#tags.changesSince(entry.vector)
    if (changes === undefined) return false
    const others = this.#othersIn(space, firstOf(changes))
    for (const change of changes) {
      const isBesides =
        change.told === undefined
          ? shown.areExcluded(entry.master, change, entry.tags)
          : shown.isBesides?.(entry.master, change, others) === true
      if (!isBesides) return false
    }
    entry.vector = this.#tags.renew(entry.vector)
    entry.confirmedAt = this.#tags.version
    return true
  }

  /** @param first the generation of the first change that is judged: what was loaded after it may be of another row */
  #othersIn(space: Space, first: number): OtherAnswers {
    return {
      ...this.#others,
      find: (key) => this.#liveAnswer(key, first),
      isUntouched: (table, key, values, { at }) =>
        at !== undefined && this.#sets.isUntouched(space, table, key, values, at),
      lacks: (set, having, { at }) => at !== undefined && this.#sets.lacks(space, set, having, at),
      knownValue: (table, row, column, { at }) =>
        at === undefined ? undefined : this.#tracked.valueOf(space, table, row, column),
    }
  }

  #liveAnswer(key: string, before = Infinity): unknown {
    this.#later.flushKey(key)
    const entry = this.#entries.peek(key)
    if (entry === undefined || entry.vector.madeAt >= before) return undefined
    return entry.expiresAt > this.#now() && this.#isCurrent(entry) ? entry.master : undefined
  }

  #absent(reason: AbsentReason, space: Space, dependencies: Dependencies, entry?: MemoryEntry): Absent {
    const vector = this.#tags.vectorToLoad(space, dependencies)
    const isThere = entry !== undefined && !isCleared(entry.vector, space.prefixes.length)
    return {
      status: 'absent',
      reason: vector.usable ? reason : 'held',
      vector,
      holdsClocks: true,
      outdated: isThere ? entry : undefined,
    }
  }

  *#vectorsInUse(): Iterable<MemoryVector> {
    for (const entries of [this.#entries.values(), this.#negatives.entries()])
      for (const { vector } of entries) yield vector
  }
}

function sizeOf(entry: MemoryEntry, key: string): number {
  return entry.bytes + gluedTextBytes(key) + entry.vector.countBytes() + bytesPerEntry
}

function firstOf(changes: readonly KnownChange[]): number {
  let first = Infinity
  for (const { generation } of changes) if (generation < first) first = generation
  return first
}

const none: readonly never[] = []
