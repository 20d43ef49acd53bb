import { LRUCache } from 'lru-cache'
import { arrayBytes, gluedTextBytes, objectBytes, textBytes, word } from './heap-bytes.js'
import { ConditionalChanges } from './conditional-changes.js'
import type {
  ChangedRows,
  Conditions,
  OtherAnswers,
  ShownRows,
  TrackedRow,
  TrackedTable,
} from './conditions.js'
import { MemoryEntry } from './memory-entry.js'
import type { Binder, TagState, Unbound } from './memory-vector.js'
import { forgotten, isCleared, isUnchanged, MemoryVector, RecentVectors } from './memory-vector.js'
import { NegativeEntries } from './negative/negative-entries.js'
import { isNothing } from './nothing.js'
import { assertOptions, positiveInteger } from './options.js'
import { PutLater } from './put-later.js'
import { RecentBumps } from './recent-bumps.js'
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
  Vector,
} from './store.js'
import type { ToldChange } from './tracked-rows.js'
import { TrackedRows } from './tracked-rows.js'
import { writesUnderWay } from './under-way.js'

export interface MemoryStoreOptions {
  /** Entries kept at most; the least recently used go first. Default 10,000. */
  readonly maxEntries?: number
  /** Estimated bytes of all entries and tags together, within 15 % of what the process grows by. Default 64 MiB. */
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
// Beside its name: what is known of it, and its place in the map.
const bytesPerTag = 12 * word
// Forgetting a tag only costs misses, so the map may be cut without asking who uses it.
const tagsPerEntry = 64
const minTags = 10_000
// What waits to be put is beside the bounds, so it is a hundredth of them at most.
const maxShareWaiting = 0.01
const maxBatch = 64
// Of the bounds, what holds nothing and is kept as other entries are may take so much beside them.
const shareOfNegatives = 0.1
// Of tags, those that no entry has: so many for each entry there is room for.
const idleTagsPerEntry = 8
// So many vectors are made before those that were made first are bound, whether or not they are needed.
const maxLately = 1_024
// Looking at all tags must be worth it.
const leastShareForgotten = 0.05

class MemoryStore implements Store, Binder {
  readonly name = 'memory'
  readonly isLocal = true
  readonly #entries: LRUCache<string, MemoryEntry>
  readonly #negatives: NegativeEntries
  readonly #later: PutLater<MemoryEntry>
  /** Of an entry that waits. */
  readonly #maxBytesWaiting: number
  readonly #tags = new Map<string, TagState>()
  readonly #recent = new RecentVectors()
  readonly #bumps = new RecentBumps()
  readonly #conditional = new ConditionalChanges()
  readonly #tracked = new TrackedRows()
  /** What took the place of a vector whose entry has outlived some changes, for the others that share it. */
  readonly #renewed = new WeakMap<MemoryVector, MemoryVector>()
  readonly #others: OtherAnswers = {
    find: (key) => this.#liveAnswer(key),
    mayBeWritten: (table) => writesUnderWay.anyMayConcern(table),
  }
  readonly #maxBytes: number
  readonly #maxTags: number
  readonly #maxIdleTags: number
  /** How many tags there are when some are forgotten. */
  #forgetAt: number
  readonly #now: () => number
  #tagBytes = 0
  /** Vectors made lately, of which some are not bound yet. */
  #lately: MemoryVector[] = []
  /** Until when some tag is held. */
  #heldUntil = 0
  #isClosed = false
  #generation = 0
  /** Grows with every change of any tag: an entry confirmed at this version needs no look at its tags. */
  #version = 0

  constructor({ maxEntries, maxBytes, maxNegatives }: Required<MemoryStoreOptions>, now: () => number) {
    this.#entries = new LRUCache({ max: maxEntries, maxSize: maxBytes, sizeCalculation: sizeOf })
    this.#negatives = new NegativeEntries({
      maxEntries: Math.min(maxNegatives, Math.ceil(maxEntries * shareOfNegatives)),
      maxBytes: Math.ceil(maxBytes * shareOfNegatives),
      max: maxNegatives,
      sizeOf,
      vectorOf: (space, tags) => this.snapshot(space, tags),
    })
    const batchSize = Math.min(maxBatch, Math.floor((maxEntries * maxShareWaiting) / 2))
    this.#later = new PutLater((key, entry) => this.#set(key, entry), batchSize)
    this.#maxBytesWaiting = (maxBytes * maxShareWaiting) / (2 * maxBatch)
    this.#maxBytes = maxBytes
    this.#maxTags = Math.min(maxMaxEntries, Math.max(minTags, maxEntries * tagsPerEntry))
    this.#maxIdleTags = Math.min(this.#maxTags, Math.max(minTags, maxEntries * idleTagsPerEntry))
    this.#forgetAt = this.#maxIdleTags
    this.#now = now
  }

  lookup(
    space: Space,
    key: string,
    tags: readonly string[],
    clocks?: readonly string[],
    shown?: ShownRows,
  ): Lookup {
    const fullKey = space.prefix + key
    this.#later.flushKey(fullKey)
    const entry = this.#entries.get(fullKey)
    if (entry === undefined)
      return this.#negatives.isEmpty
        ? this.#absent('missing', space, tags, clocks)
        : this.#lookupNegative(fullKey, space, tags, clocks, shown)
    if ((this.#isCurrent(entry) || this.#outlives(entry, shown)) && covers(entry.tags, tags)) return entry
    return this.#absent('invalidated', space, tags, clocks, entry)
  }

  #lookupNegative(
    fullKey: string,
    space: Space,
    tags: readonly string[],
    clocks: readonly string[] | undefined,
    shown: ShownRows | undefined,
  ): Lookup {
    const entry = this.#negatives.get(fullKey)
    if (entry !== undefined)
      return (this.#isCurrent(entry) || this.#outlives(entry, shown)) && covers(entry.tags, tags)
        ? entry
        : this.#absent('invalidated', space, tags, clocks, entry)
    return this.#negatives.recall(space, fullKey, tags) ?? this.#absent('missing', space, tags, clocks)
  }

  snapshot(space: Space, tags: readonly string[]): MemoryVector {
    const vector = this.#vectorNow(space, tags)
    if (vector.isBound) for (const state of vector.states) state.asked = true
    return vector.bind() ? vector : unusable
  }

  #vectorNow(space: Space, tags: readonly string[]): MemoryVector {
    const recent = this.#recent.find(space, tags, this.#version)
    if (recent !== undefined) return recent
    if (this.#isClosed) return unusable
    const vector = this.#newVector(space, tags)
    // While tags are held, time alone changes what they are.
    if (vector.usable && !vector.isBound) this.#recent.add(space, tags, this.#version, vector)
    return vector
  }

  #newVector(
    space: Space,
    tags: readonly string[],
    clocks: readonly string[] = noTags,
    ownsTexts = false,
  ): MemoryVector {
    // Whether a tag is held must be known before the load.
    if (this.#heldUntil !== 0 && this.#isAnyHeld())
      return this.#newBoundVector(space, tags, clocks, ownsTexts)
    const unbound = { binder: this, space, tags, clocks, ownsTexts }
    const vector = MemoryVector.unbound(this.#generation, unbound)
    this.#remember(vector)
    return vector
  }

  #newBoundVector(
    space: Space,
    tags: readonly string[],
    clocks: readonly string[],
    ownsTexts: boolean,
  ): MemoryVector {
    const bytes = this.#bytesOfVector(space, tags, clocks, ownsTexts)
    const states = this.#statesOf(space, tags, clocks)
    let usable = true
    for (const state of states) if (state.heldUntil !== 0 && this.#isHeld(state)) usable = false
    const latest = latestOf(states)
    // Making one tag of a vector can push another one of the same vector out of the map.
    return MemoryVector.of(states, latest, usable && latest !== forgotten, this.#generation, bytes)
  }

  /** While it is among these, what it needs to be bound is not forgotten. */
  #remember(vector: MemoryVector): void {
    if (this.#lately.length === maxLately) this.#bindAll()
    this.#lately.push(vector)
  }

  #bindAll(): void {
    const vectors = this.#lately
    this.#lately = []
    for (const vector of vectors) vector.bind()
  }

  bindNow(vector: MemoryVector, { space, tags, clocks, ownsTexts }: Unbound): void {
    if (this.#isClosed) {
      vector.usable = false
      return
    }
    const bytes = this.#bytesOfVector(space, tags, clocks, ownsTexts)
    const states = this.#statesOf(space, tags, clocks)
    const latest = latestOf(states)
    // It was changed meanwhile, or making one tag of a vector has pushed another one of the same vector out of the map.
    if (latest > vector.madeAt) vector.usable = false
    vector.boundTo(states, Math.min(latest, vector.madeAt), bytes)
  }

  #bytesOfVector(
    space: Space,
    tags: readonly string[],
    clocks: readonly string[],
    ownsTexts: boolean,
  ): number {
    const count = space.prefixes.length * (1 + tags.length + clocks.length) + tags.length
    return vectorBytes + count * word + (ownsTexts ? this.#textsThere(space, tags) : 0)
  }

  /** A namespace's own tag stands before the others of that namespace. */
  #statesOf({ prefixes }: Space, tags: readonly string[], clocks: readonly string[]): TagState[] {
    // Of the exact size: what grows by pushes keeps room for 17, in every entry.
    const states = new Array<TagState>(prefixes.length * (1 + tags.length + clocks.length))
    let count = 0
    for (const prefix of prefixes) {
      states[count++] = this.#state(prefix + wholeSpaceTag)
      for (const tag of tags) states[count++] = this.#state(prefix + tag)
      for (const clock of clocks) states[count++] = this.#state(prefix + clock)
    }
    return states
  }

  bind(space: Space, before: Vector, tags: readonly string[], clocks: readonly string[]): MemoryVector {
    const isCertain = before.usable && this.#isAsBefore(space, before as MemoryVector, tags, clocks)
    return isCertain ? this.#newVector(space, tags, noTags, true) : unusable
  }

  /** Whether `tags` are what they were when `before` was made, of which it holds some and the clocks. */
  #isAsBefore(
    space: Space,
    before: MemoryVector,
    tags: readonly string[],
    clocks: readonly string[],
  ): boolean {
    const { madeAt } = before
    if (madeAt === this.#generation) return true
    const isUnchangedSince = (tag: string) =>
      space.prefixes.every((prefix) => this.#latestOf(prefix + tag) <= madeAt)
    return (
      isUnchangedSince(wholeSpaceTag) &&
      (clocks.every(isUnchangedSince) ? before.bind() && isUnchanged(before) : tags.every(isUnchangedSince))
    )
  }

  #latestOf(name: string): number {
    return this.#tags.get(name)?.generation ?? this.#bumps.latestOf(name)
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector): void {
    const memoryVector = vector as MemoryVector
    // It could never be found: the room is better used.
    if (!this.#mayBeCurrent(memoryVector)) return
    if (record.shown?.tracked !== undefined) this.#track(space, record.shown.tracked(record.copy.master))
    const entry = new MemoryEntry(record, memoryVector, this.#version)
    const fullKey = space.prefix + key
    if (record.byHand !== true && entry.bytes <= this.#maxBytesWaiting) return this.#later.add(fullKey, entry)
    // In the order of the calls.
    this.#later.flushKey(fullKey)
    this.#set(fullKey, entry)
  }

  /** What is done and not told of yet may be in the answer, or not. */
  #track(space: Space, rows: readonly TrackedRow[]): void {
    const free = new Map<TrackedTable, boolean>()
    for (const row of rows) {
      let isFree = free.get(row.table)
      if (isFree === undefined)
        free.set(row.table, (isFree = !writesUnderWay.anyMayConcern(row.table.texts.table)))
      if (isFree) this.#tracked.see(space, row)
    }
  }

  #mayBeCurrent(vector: MemoryVector): boolean {
    if (!vector.isBound && vector.madeAt === this.#generation) return true
    return vector.bind() && isUnchanged(vector)
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
    if (this.#bumps.isFull) this.#forgetBumps()
    const now = Math.floor(this.#now())
    const known = this.#tracked.changed(space.prefix, tags, conditions)
    for (const tag of tags) {
      const name = space.prefix + tag
      // A tag that nobody has asked for is in no vector, but may be in an answer that is on its way.
      const state = this.#tags.get(name) ?? this.#bumps.stateToChange(name)
      if (conditions === undefined) this.#change(state, now)
      else this.#changeSome(state, now, tag, conditions, known)
    }
    this.#version++
    this.#negatives.changed(space.prefix, tags)
    if (space.prefix === '' && tags.includes(wholeSpaceTag)) this.#clear()
  }

  #forgetBumps(): void {
    this.#bindAll()
    this.#bumps.makeRoom(this.#generation)
  }

  hold(intent: Intent, tags: readonly string[], ms: number): void {
    const now = Math.floor(this.#now())
    const until = this.#now() + ms
    this.#tracked.changed(intent.space.prefix, tags, undefined)
    for (const tag of tags) {
      const state = this.#state(intent.space.prefix + tag)
      this.#change(state, now)
      state.heldUntil = Math.max(state.heldUntil, until)
    }
    this.#heldUntil = Math.max(this.#heldUntil, until)
    this.#version++
    this.#negatives.changed(intent.space.prefix, tags)
  }

  size() {
    this.#later.flush()
    const { size, bytes } = this.#negatives
    return { entries: this.#entries.size + size, bytes: this.#bytes + bytes, tags: this.#tags.size }
  }

  close(): void {
    this.#isClosed = true
    this.#clear()
    this.#recent.clear()
    this.#lately = []
    this.#tags.clear()
    this.#conditional.clear()
    this.#tracked.clear()
    this.#tagBytes = 0
  }

  get #bytes(): number {
    return this.#entries.calculatedSize + this.#tagBytes
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

  /** Tags of an answer are texts of their own: the first of each name is held by the map, and the others by their entries. */
  #textsThere(space: Space, tags: readonly string[]): number {
    let bytes = 0
    for (const tag of tags) if (this.#tags.has(space.prefix + tag)) bytes += textBytes(tag)
    return bytes
  }

  #clear(): void {
    this.#later.flush()
    this.#entries.clear()
    this.#negatives.clear()
  }

  #isCurrent(entry: MemoryEntry): boolean {
    if (entry.confirmedAt === this.#version) return true
    if (!isUnchanged(entry.vector)) return false
    entry.confirmedAt = this.#version
    return true
  }

  /** All that has changed since it was stored can have changed no row that it shows. */
  #outlives(entry: MemoryEntry, shown: ShownRows | undefined): boolean {
    if (shown === undefined) return false
    const changes = this.#conditional.since(entry.vector)
    if (changes === undefined) return false
    for (const change of changes) {
      const isBesides =
        change.told === undefined
          ? shown.areExcluded(entry.master, change, entry.tags)
          : shown.isBesides?.(entry.master, change, this.#others) === true
      if (!isBesides) return false
    }
    entry.vector = this.#renew(entry.vector)
    entry.confirmedAt = this.#version
    return true
  }

  #liveAnswer(key: string): unknown {
    this.#later.flushKey(key)
    const entry = this.#entries.peek(key)
    return entry !== undefined && entry.expiresAt > this.#now() && this.#isCurrent(entry)
      ? entry.master
      : undefined
  }

  #renew(vector: MemoryVector): MemoryVector {
    let renewed = this.#renewed.get(vector)
    if (renewed === undefined || !isUnchanged(renewed)) {
      renewed = MemoryVector.of(vector.states, latestOf(vector.states), true, this.#generation, 0)
      this.#renewed.set(vector, renewed)
    }
    return renewed
  }

  #absent(
    reason: AbsentReason,
    space: Space,
    tags: readonly string[],
    clocks: readonly string[] | undefined,
    entry?: MemoryEntry,
  ): Absent {
    const vector = clocks === undefined ? this.#vectorNow(space, tags) : this.#newVector(space, tags, clocks)
    const isThere = entry !== undefined && !isCleared(entry.vector, space.prefixes.length)
    return {
      status: 'absent',
      reason: vector.usable ? reason : 'held',
      vector,
      holdsClocks: clocks !== undefined,
      outdated: isThere ? entry : undefined,
    }
  }

  #state(name: string): TagState {
    const existing = this.#tags.get(name)
    if (existing !== undefined) {
      existing.asked = true
      return existing
    }
    if (this.#tags.size >= this.#forgetAt || this.#tagBytes > this.#maxBytes / 2) this.#forgetTags()
    const state = this.#bumps.stateOf(name)
    this.#tags.set(name, state)
    this.#tagBytes += tagBytes(name)
    return state
  }

  /** @param now in whole milliseconds: V8 keeps a number with a fraction in an object of its own */
  #change(state: TagState, now: number): void {
    state.generation = ++this.#generation
    state.changedAt = now
  }

  #changeSome(
    state: TagState,
    now: number,
    tag: string,
    conditions: Conditions,
    known: ReadonlyMap<ChangedRows, ToldChange> | undefined,
  ): void {
    const before = state.generation
    this.#change(state, now)
    const some = conditions.get(tag)
    if (some !== undefined) this.#conditional.add(state, before, tag, some, known)
  }

  #isAnyHeld(): boolean {
    if (this.#heldUntil > this.#now()) return true
    this.#heldUntil = 0
    for (const state of this.#tags.values()) if (state.heldUntil !== 0) this.#isHeld(state)
    return false
  }

  #isHeld(state: TagState): boolean {
    if (state.heldUntil > this.#now()) return true
    // The database can no longer commit the write that was in doubt, but it may have done so until now.
    state.heldUntil = 0
    this.#change(state, Math.floor(this.#now()))
    this.#version++
    return false
  }

  /**
   * Those that no entry has first: keys that do not exist have tags of their own, which must neither take others along nor take their room.
   * If hardly any are without use, others as well. So many at a time that the cost per new tag stays constant.
   */
  #forgetTags(): void {
    this.#spareTagsInUse()
    const least = this.#tags.size * leastShareForgotten
    if (this.#forgetIdleTags() < least) this.#forgetOldestTags()
    this.#version++
  }

  /** Gives the tags of entries a second chance. What waits is not put: its tags would be made here, where there is no room. */
  #spareTagsInUse(): void {
    for (const entries of [this.#later.values(), this.#entries.values(), this.#negatives.entries()])
      for (const { vector } of entries) for (const state of vector.states) state.asked = true
  }

  /** Returns how many. */
  #forgetIdleTags(): number {
    const now = this.#now()
    const most = Math.ceil(this.#maxIdleTags / 2)
    let count = 0
    let used = 0
    for (const [name, state] of this.#tags) {
      if (state.asked || state.heldUntil > now) {
        state.asked = false
        used++
      } else if (count < most) {
        this.#forget(name, state)
        count++
      }
    }
    this.#forgetAt = Math.min(this.#maxTags, used + this.#maxIdleTags)
    return count
  }

  /** Held tags stay: forgetting one would end its hold. */
  #forgetOldestTags(): void {
    const now = this.#now()
    let remaining = Math.ceil(this.#tags.size / 10)
    for (const [name, state] of this.#tags) {
      if (remaining-- === 0) break
      if (state.heldUntil <= now) this.#forget(name, state)
      else {
        this.#tags.delete(name)
        this.#tags.set(name, state)
      }
    }
  }

  #forget(name: string, state: TagState): void {
    this.#tags.delete(name)
    // It may be in an answer that is on its way, and have changed since that was asked for.
    this.#bumps.forget(state.generation)
    state.generation = forgotten
    this.#tagBytes -= tagBytes(name)
  }
}

const unusable = MemoryVector.unusable()

const noTags: readonly string[] = []

function latestOf(states: readonly TagState[]): number {
  let latest = 0
  for (const { generation } of states) if (generation > latest) latest = generation
  return latest
}

/** Whether an entry stored for `stored` tags depends on everything that `asked` names. */
function covers(stored: readonly string[], asked: readonly string[]): boolean {
  if (stored === asked) return true
  for (let i = 0; i < asked.length; i++) {
    if (stored[i] !== asked[i] && !stored.includes(asked[i]!)) return false
  }
  return true
}

// The vector, its list of tags and the entry's.
const vectorBytes = objectBytes + 6 * word + 2 * arrayBytes

const tagBytes = (name: string): number => bytesPerTag + textBytes(name)

function sizeOf(entry: MemoryEntry, key: string): number {
  return entry.bytes + gluedTextBytes(key) + entry.vector.countBytes() + bytesPerEntry
}
