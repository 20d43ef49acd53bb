import { LRUCache } from 'lru-cache'
import { arrayBytes, gluedTextBytes, objectBytes, textBytes, word } from './heap-bytes.js'
import { ConditionalChanges } from './conditional-changes.js'
import type { Conditions, ShownRows } from './conditions.js'
import { MemoryEntry } from './memory-entry.js'
import type { TagState } from './memory-vector.js'
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
// Looking at all tags must be worth it.
const leastShareForgotten = 0.05

class MemoryStore implements Store {
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
  /** What took the place of a vector whose entry has outlived some changes, for the others that share it. */
  readonly #renewed = new WeakMap<MemoryVector, MemoryVector>()
  readonly #maxBytes: number
  readonly #maxTags: number
  readonly #maxIdleTags: number
  /** How many tags there are when some are forgotten. */
  #forgetAt: number
  readonly #now: () => number
  #tagBytes = 0
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
    const recent = this.#recent.find(space, tags, this.#version)
    if (recent !== undefined) {
      for (const state of recent.states) state.asked = true
      return recent
    }
    if (this.#isClosed) return unusable
    const vector = this.#vectorOf(space, tags)
    // While tags are held, time alone changes what they are.
    if (vector.usable) this.#recent.add({ space, tags, version: this.#version, vector })
    return vector
  }

  /** @param ownTexts what those of the tags occupy that this vector alone will hold */
  #vectorOf(space: Space, tags: readonly string[], ownTexts = 0): MemoryVector {
    // Of the exact size: what grows by pushes keeps room for 17, in every entry.
    const states = new Array<TagState>(space.prefixes.length * (tags.length + 1))
    let count = 0
    for (const prefix of space.prefixes) {
      states[count++] = this.#state(prefix + wholeSpaceTag)
      for (const tag of tags) states[count++] = this.#state(prefix + tag)
    }
    let usable = true
    for (const state of states) if (state.heldUntil !== 0 && this.#isHeld(state)) usable = false
    let latest = 0
    for (const { generation } of states) if (generation > latest) latest = generation
    // Making one tag of a vector can push another one of the same vector out of the map.
    const bytes = vectorBytes + states.length * word + tags.length * word + ownTexts
    return new MemoryVector(states, latest, usable && latest !== forgotten, this.#generation, bytes)
  }

  bind(space: Space, before: Vector, tags: readonly string[], clocks: readonly string[]): MemoryVector {
    const { madeAt, usable } = before as MemoryVector
    const isUnchangedSince = (tag: string) =>
      space.prefixes.every((prefix) => this.#latestOf(prefix + tag) <= madeAt)
    const isCertain =
      usable &&
      isUnchangedSince(wholeSpaceTag) &&
      (clocks.every(isUnchangedSince) ? isUnchanged(before as MemoryVector) : tags.every(isUnchangedSince))
    return isCertain ? this.#vectorOf(space, tags, this.#textsThere(space, tags)) : unusable
  }

  #latestOf(name: string): number {
    return this.#tags.get(name)?.generation ?? this.#bumps.latestOf(name)
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector): void {
    const memoryVector = vector as MemoryVector
    // It could never be found: the room is better used.
    if (!vector.usable || !isUnchanged(memoryVector)) return
    const entry = new MemoryEntry(record, memoryVector, this.#version)
    const fullKey = space.prefix + key
    // In the order of the calls.
    this.#later.flushKey(fullKey)
    if (record.byHand !== true && entry.bytes <= this.#maxBytesWaiting) this.#later.add(fullKey, entry)
    else this.#set(fullKey, entry)
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
    for (const tag of tags) {
      const name = space.prefix + tag
      const state = this.#tags.get(name)
      // A tag that nobody has asked for is in no vector, but may be in an answer that is on its way.
      if (state === undefined) this.#bumps.add(name, ++this.#generation)
      else if (conditions === undefined) this.#change(state)
      else this.#changeSome(state, tag, conditions)
    }
    this.#version++
    this.#negatives.changed(space.prefix, tags)
    if (space.prefix === '' && tags.includes(wholeSpaceTag)) this.#clear()
  }

  hold(intent: Intent, tags: readonly string[], ms: number): void {
    const until = this.#now() + ms
    for (const tag of tags) {
      const state = this.#state(intent.space.prefix + tag)
      this.#change(state)
      state.heldUntil = Math.max(state.heldUntil, until)
    }
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
    this.#tags.clear()
    this.#conditional.clear()
    this.#tagBytes = 0
  }

  get #bytes(): number {
    return this.#entries.calculatedSize + this.#tagBytes
  }

  #set(key: string, entry: MemoryEntry): void {
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
    for (const change of changes) if (!shown.areExcluded(entry.master, change, entry.tags)) return false
    entry.vector = this.#renew(entry.vector)
    entry.confirmedAt = this.#version
    return true
  }

  #renew(vector: MemoryVector): MemoryVector {
    let renewed = this.#renewed.get(vector)
    if (renewed === undefined || !isUnchanged(renewed)) {
      let latest = 0
      for (const { generation } of vector.states) if (generation > latest) latest = generation
      renewed = new MemoryVector(vector.states, latest, true, this.#generation, 0)
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
    const vector =
      clocks === undefined ? this.snapshot(space, tags) : this.#vectorOf(space, [...tags, ...clocks])
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
    const state = { generation: ++this.#generation, heldUntil: 0, changedAt: 0, asked: false }
    this.#tags.set(name, state)
    this.#tagBytes += tagBytes(name)
    return state
  }

  #change(state: TagState, now = this.#now()): void {
    state.generation = ++this.#generation
    // V8 keeps a number with a fraction in an object of its own.
    state.changedAt = Math.floor(now)
  }

  #changeSome(state: TagState, tag: string, conditions: Conditions): void {
    const before = state.generation
    this.#change(state)
    const some = conditions.get(tag)
    if (some !== undefined) this.#conditional.add(state, before, tag, some)
  }

  #isHeld(state: TagState): boolean {
    if (state.heldUntil > this.#now()) return true
    // The database can no longer commit the write that was in doubt, but it may have done so until now.
    state.heldUntil = 0
    this.#change(state)
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

  /** Gives the tags of entries a second chance. */
  #spareTagsInUse(): void {
    this.#later.flush()
    for (const { vector } of this.#entries.values()) for (const state of vector.states) state.asked = true
    for (const { vector } of this.#negatives.entries()) for (const state of vector.states) state.asked = true
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
    this.#conditional.forget(state)
    state.generation = forgotten
    this.#tagBytes -= tagBytes(name)
  }
}

const unusable = new MemoryVector([], forgotten, false, 0, 0)

/** Whether an entry stored for `stored` tags depends on everything that `asked` names. */
function covers(stored: readonly string[], asked: readonly string[]): boolean {
  if (stored === asked) return true
  for (let i = 0; i < asked.length; i++) {
    if (stored[i] !== asked[i] && !stored.includes(asked[i]!)) return false
  }
  return true
}

// The vector, its list of tags and the entry's.
const vectorBytes = objectBytes + 5 * word + 2 * arrayBytes

const tagBytes = (name: string): number => bytesPerTag + textBytes(name)

function sizeOf(entry: MemoryEntry, key: string): number {
  return entry.bytes + gluedTextBytes(key) + entry.vector.countBytes() + bytesPerEntry
}
