import { arrayBytes, objectBytes, textBytes, word } from './heap-bytes.js'
import { ConditionalChanges, type KnownChange } from './conditional-changes.js'
import type { Dependencies } from './dependencies.js'
import type { ChangedRows, Conditions } from './conditions.js'
import type { Binder, TagState, Unbound } from './memory-vector.js'
import { forgotten, isUnchanged, MemoryVector, RecentVectors } from './memory-vector.js'
import { RecentBumps } from './recent-bumps.js'
import type { Space } from './space.js'
import { wholeSpaceTag } from './space.js'
import type { Vector } from './store.js'
import type { ToldChange } from './tracked-rows.js'

export interface MemoryTagsParts {
  /** Tags kept at most. */
  readonly maxTags: number
  /** Of these, those that no entry has. */
  readonly maxIdleTags: number
  /** Bytes that all of them may take. */
  readonly maxBytes: number
  readonly now: () => number
  /** Of what is stored, or waits to be. */
  vectorsInUse(): Iterable<MemoryVector>
}

// Beside its name: what is known of it, and its place in the map.
const bytesPerTag = 12 * word
// So many vectors are made before those that were made first are bound, whether or not they are needed.
const maxLately = 1_024
// Looking at all tags must be worth it.
const leastShareForgotten = 0.05

type KnownChanges = ReadonlyMap<ChangedRows, ToldChange> | undefined

/**
 * The tags that a memory store knows, with their generations, and the vectors that are made of them. Forgetting one only
 * costs misses.
 */
export class MemoryTags implements Binder {
  readonly #parts: MemoryTagsParts
  readonly #tags = new Map<string, TagState>()
  readonly #recent = new RecentVectors()
  readonly #bumps = new RecentBumps()
  readonly #conditional = new ConditionalChanges()
  /** What took the place of a vector whose entry has outlived some changes, for the others that share it. */
  readonly #renewed = new WeakMap<MemoryVector, MemoryVector>()
  /** How many tags there are when some are forgotten. */
  #forgetAt: number
  #bytes = 0
  /** Vectors made lately, of which some are not bound yet. */
  #lately: MemoryVector[] = []
  /** Until when some tag is held. */
  #heldUntil = 0
  #isClosed = false
  #generation = 0
  #version = 0

  constructor(parts: MemoryTagsParts) {
    this.#parts = parts
    this.#forgetAt = parts.maxIdleTags
  }

  /** Grows with every change of any tag: what was confirmed at this version needs no look at its tags. */
  get version(): number {
    return this.#version
  }

  get size(): number {
    return this.#tags.size
  }

  /** What they occupy, estimated. */
  get bytes(): number {
    return this.#bytes
  }

  /** See {@link Store.snapshot}. */
  snapshot(space: Space, tags: readonly string[]): MemoryVector {
    const vector = this.vectorNow(space, tags)
    if (vector.isBound) for (const state of vector.states) state.asked = true
    return vector.bind() ? vector : unusable
  }

  /** The vector of `tags` as of now. */
  vectorNow(space: Space, tags: readonly string[]): MemoryVector {
    const recent = this.#recent.find(space, tags, this.#version)
    if (recent !== undefined) return recent
    if (this.#isClosed) return unusable
    const vector = this.#newVector(space, { tags })
    // While tags are held, time alone changes what they are.
    if (vector.usable && !vector.isBound) this.#recent.add(space, tags, this.#version, vector)
    return vector
  }

  /** What to load under: the clocks are among its tags. */
  vectorToLoad(space: Space, dependencies: Dependencies): MemoryVector {
    const isShared = dependencies.toldBy === undefined && dependencies.late === undefined
    return isShared ? this.vectorNow(space, dependencies.tags) : this.#newVector(space, dependencies)
  }

  /** @param ownsTexts whether the texts of the tags are this vector's own */
  #newVector(space: Space, dependencies: Dependencies, ownsTexts = false): MemoryVector {
    // Whether a tag is held must be known before the load.
    if (this.#heldUntil !== 0 && this.#isAnyHeld())
      return this.#newBoundVector(space, dependencies, ownsTexts)
    const unbound = { binder: this, space, dependencies, ownsTexts }
    const vector = MemoryVector.unbound(this.#generation, unbound)
    this.#remember(vector)
    return vector
  }

  #newBoundVector(space: Space, { tags, late }: Dependencies, ownsTexts: boolean): MemoryVector {
    const clocks = late?.clocks ?? noTags
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

  bindNow(vector: MemoryVector, { space, dependencies, ownsTexts }: Unbound): void {
    if (this.#isClosed) {
      vector.usable = false
      return
    }
    const { tags } = dependencies
    const clocks = dependencies.late?.clocks ?? noTags
    if (clocks === noTags && this.#isBoundAsAnother(vector, space, tags)) return
    const bytes = this.#bytesOfVector(space, tags, clocks, ownsTexts)
    const states = this.#statesOf(space, tags, clocks)
    const latest = latestOf(states)
    // It was changed meanwhile, or making one tag of a vector has pushed another one of the same vector out of the map.
    if (latest > vector.madeAt) vector.usable = false
    vector.boundTo(states, Math.min(latest, vector.madeAt), bytes)
  }

  /** Entries that depend on the same have one list of it. */
  #isBoundAsAnother(vector: MemoryVector, space: Space, tags: readonly string[]): boolean {
    const other = this.#recent.find(space, tags, this.#version)
    if (other === undefined) {
      if (vector.madeAt === this.#generation) this.#recent.add(space, tags, this.#version, vector)
      return false
    }
    if (other === vector || !other.isBound || !other.usable || other.madeAt !== vector.madeAt) return false
    vector.boundTo(other.states, other.latest, 0)
    return true
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

  /** Tags of an answer are texts of their own: the first of each name is held by the map, and the others by their entries. */
  #textsThere(space: Space, tags: readonly string[]): number {
    let bytes = 0
    for (const tag of tags) if (this.#tags.has(space.prefix + tag)) bytes += textBytes(tag)
    return bytes
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

  /** See {@link Store.bind}. */
  bind(space: Space, before: Vector, tags: readonly string[], clocks: readonly string[]): MemoryVector {
    const vector = before as MemoryVector
    const isCertain = vector.usable && this.#isAsBefore(space, vector, tags, clocks)
    // Nobody will ever ask for its tags.
    vector.leaveUnbound()
    return isCertain ? this.#newVector(space, { tags }, true) : unusable
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

  /** Whether what is stored under it now could ever be found. */
  mayBeCurrent(vector: MemoryVector): boolean {
    if (!vector.isBound && vector.madeAt === this.#generation) return true
    return vector.bind() && isUnchanged(vector)
  }

  /**
   * See {@link Store.bump}.
   *
   * @param now when it was done
   * @param known what is known already of some of the changes
   * @param at when they are told
   */
  bump(
    now: number,
    space: Space,
    tags: readonly string[],
    conditions: Conditions | undefined,
    known: KnownChanges,
    at: number,
  ): void {
    if (this.#bumps.isFull) this.#forgetBumps()
    const changedAt = Math.floor(now)
    for (const tag of tags) {
      const name = space.prefix + tag
      // A tag that nobody has asked for is in no vector, but may be in an answer that is on its way.
      const state = this.#tags.get(name) ?? this.#bumps.stateToChange(name)
      if (conditions === undefined) this.#change(state, changedAt)
      else this.#changeSome(state, changedAt, tag, conditions, known, at)
    }
    this.#version++
  }

  #forgetBumps(): void {
    this.#bindAll()
    this.#bumps.makeRoom(this.#generation)
  }

  /** See {@link Store.hold}. */
  hold(space: Space, tags: readonly string[], ms: number): void {
    const now = Math.floor(this.#parts.now())
    const until = this.#parts.now() + ms
    for (const tag of tags) {
      const state = this.#state(space.prefix + tag)
      this.#change(state, now)
      state.heldUntil = Math.max(state.heldUntil, until)
    }
    this.#heldUntil = Math.max(this.#heldUntil, until)
    this.#version++
  }

  /** What has changed for a vector, where something is certain of each change; `undefined`: nothing is. */
  changesSince(vector: MemoryVector): readonly KnownChange[] | undefined {
    return this.#conditional.since(vector)
  }

  /** The same tags as they are now, for who knows that what has changed does not matter. */
  renew(vector: MemoryVector): MemoryVector {
    let renewed = this.#renewed.get(vector)
    if (renewed === undefined || !isUnchanged(renewed)) {
      renewed = MemoryVector.of(vector.states, latestOf(vector.states), true, this.#generation, 0)
      this.#renewed.set(vector, renewed)
    }
    return renewed
  }

  close(): void {
    this.#isClosed = true
    this.#recent.clear()
    this.#lately = []
    this.#tags.clear()
    this.#conditional.clear()
    this.#bytes = 0
  }

  #state(name: string): TagState {
    const existing = this.#tags.get(name)
    if (existing !== undefined) {
      existing.asked = true
      return existing
    }
    if (this.#tags.size >= this.#forgetAt || this.#bytes > this.#parts.maxBytes) this.#forgetSome()
    const state = this.#bumps.stateOf(name)
    this.#tags.set(name, state)
    this.#bytes += tagBytes(name)
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
    known: KnownChanges,
    at: number,
  ): void {
    const before = state.generation
    this.#change(state, now)
    const some = conditions.get(tag)
    if (some !== undefined && some.isLog !== true) this.#conditional.add(state, before, tag, some, known, at)
  }

  #isAnyHeld(): boolean {
    if (this.#heldUntil > this.#parts.now()) return true
    this.#heldUntil = 0
    for (const state of this.#tags.values()) if (state.heldUntil !== 0) this.#isHeld(state)
    return false
  }

  #isHeld(state: TagState): boolean {
    if (state.heldUntil > this.#parts.now()) return true
    // The database can no longer commit the write that was in doubt, but it may have done so until now.
    state.heldUntil = 0
    this.#change(state, Math.floor(this.#parts.now()))
    this.#version++
    return false
  }

  /**
   * Those that no entry has first: keys that do not exist have tags of their own, which must neither take others along nor take their room.
   * If hardly any are without use, others as well. So many at a time that the cost per new tag stays constant.
   */
  #forgetSome(): void {
    // Gives the tags of entries a second chance.
    for (const vector of this.#parts.vectorsInUse()) for (const state of vector.states) state.asked = true
    const least = this.#tags.size * leastShareForgotten
    if (this.#forgetIdle() < least) this.#forgetOldest()
    this.#version++
  }

  /** Returns how many. */
  #forgetIdle(): number {
    const now = this.#parts.now()
    const { maxIdleTags, maxTags } = this.#parts
    const most = Math.ceil(maxIdleTags / 2)
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
    this.#forgetAt = Math.min(maxTags, used + maxIdleTags)
    return count
  }

  /** Held tags stay: forgetting one would end its hold. */
  #forgetOldest(): void {
    const now = this.#parts.now()
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
    this.#bytes -= tagBytes(name)
  }
}

const unusable = MemoryVector.unusable()

const noTags: readonly string[] = []

function latestOf(states: readonly TagState[]): number {
  let latest = 0
  for (const { generation } of states) if (generation > latest) latest = generation
  return latest
}

// The vector, its list of tags and the entry's.
const vectorBytes = objectBytes + 6 * word + 2 * arrayBytes

const tagBytes = (name: string): number => bytesPerTag + textBytes(name)
