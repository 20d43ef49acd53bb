import { hash as sha256, randomBytes, randomInt } from 'node:crypto'
import { hashOf } from './text-hash.js'

/** An answer of nothing. */
export interface Nothing {
  /** Whether it is an empty list, and not `null`. */
  readonly isList: boolean
  /** Times on the cache's clock, in milliseconds. */
  readonly storedAt: number
  readonly expiresAt: number
  /** What had changed by then counts no more, in the count of changes. */
  readonly since: number
}

// What a slot holds, in words of 32 bits: a hash to find it by, a digest to know it by, and what is remembered.
const hashAt = 0
const digestAt = 1
const sinceAt = 4
const storedAt = 5
const expiresAt = 6
const wordsPerSlot = 7

const firstCapacity = 1_024
// Times are kept in 32 bits of milliseconds, counted from a moment that is at most so long ago.
const maxTime = 2 ** 32 - 1
const maxBaseAgeMs = 2 ** 30
/** What may be counted of changes: one bit beside says what kind of nothing it is. */
export const maxSince = 2 ** 31 - 1

/**
 * Very many answers of nothing, in 36 bytes each: no keys, no values, no objects.
 *
 * A key is known by 96 bits of a salted SHA-256 of itself and its tags, beside 32 bits of another hash. That two keys of a million have them in
 * common is as likely as one in 10^27, and nobody can look for them without the salt. A filter that says yes too often (Bloom) could not
 * answer at all: what it holds by mistake would be an answer that is wrong.
 *
 * When it is full the oldest make room.
 */
export class NegativeTable {
  readonly #max: number
  readonly #salt = randomBytes(16).toString('base64')
  readonly #seed = randomInt(2 ** 32)
  #capacity: number
  #slots: Uint32Array
  /** Places of slots by hash, one more than they are; 0: none. Half of it is free at least. */
  #index: Int32Array
  #mask: number
  /** Where the next one goes. */
  #next = 0
  /** Slots that have been used. */
  #used = 0
  #base = 0
  size = 0

  /** @param max how many are remembered */
  constructor(max: number) {
    this.#max = max
    this.#capacity = Math.min(firstCapacity, max)
    this.#slots = new Uint32Array(this.#capacity * wordsPerSlot)
    this.#index = new Int32Array(indexSize(this.#capacity))
    this.#mask = this.#index.length - 1
  }

  get bytes(): number {
    return this.#slots.byteLength + this.#index.byteLength
  }

  get(key: string, tags: readonly string[]): Nothing | undefined {
    const hash = hashOf(key, this.#seed)
    const at = this.#find(hash)
    if (at === undefined || !this.#isOf(at, key, tags)) return undefined
    const slots = this.#slots
    return {
      isList: (slots[at + sinceAt]! & 1) === 1,
      storedAt: this.#base + slots[at + storedAt]!,
      expiresAt: this.#base + slots[at + expiresAt]!,
      since: slots[at + sinceAt]! >>> 1,
    }
  }

  set(key: string, tags: readonly string[], nothing: Nothing): void {
    if (this.size === 0) this.#base = Math.floor(nothing.storedAt)
    if (Math.abs(nothing.storedAt - this.#base) > maxBaseAgeMs) this.#startAnew(nothing.storedAt)
    if (nothing.expiresAt <= this.#base) return
    const hash = hashOf(key, this.#seed)
    const at = this.#find(hash) ?? this.#take(hash)
    const slots = this.#slots
    slots[at + hashAt] = hash
    slots.set(this.#digest(key, tags), at + digestAt)
    slots[at + sinceAt] = nothing.since * 2 + (nothing.isList ? 1 : 0)
    slots[at + storedAt] = Math.max(0, nothing.storedAt - this.#base)
    slots[at + expiresAt] = Math.min(maxTime, nothing.expiresAt - this.#base)
  }

  /** Another key that has the hash is forgotten as well. */
  delete(key: string): boolean {
    const at = this.#find(hashOf(key, this.#seed))
    if (at === undefined) return false
    this.#unlink(at)
    return true
  }

  #startAnew(now: number): void {
    this.#index.fill(0)
    this.#next = this.#used = this.size = 0
    this.#base = Math.floor(now)
  }

  #isOf(at: number, key: string, tags: readonly string[]): boolean {
    return this.#digest(key, tags).every((part, index) => this.#slots[at + digestAt + index] === part)
  }

  #digest(key: string, tags: readonly string[]): readonly number[] {
    const text = `${this.#salt}${key.length}:${key}${tags.join('\u0000')}`
    // As UTF-8 all lone surrogates are alike.
    const bytes = sha256('sha256', Buffer.from(text, 'utf16le'), 'buffer')
    return [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8)]
  }

  /** Where the slot with this hash begins. */
  #find(hash: number): number | undefined {
    for (let i = hash & this.#mask; this.#index[i] !== 0; i = (i + 1) & this.#mask) {
      const at = (this.#index[i]! - 1) * wordsPerSlot
      if (this.#slots[at + hashAt] === hash) return at
    }
    return undefined
  }

  /** A slot for a hash that has none. */
  #take(hash: number): number {
    if (this.#next === this.#capacity) this.#grow()
    const place = this.#next++
    const at = place * wordsPerSlot
    // Once round, each place has been used; what was deleted is linked no more.
    if (place < this.#used && this.#placeOf(at) !== undefined) this.#unlink(at)
    this.#used = Math.max(this.#used, this.#next)
    this.#slots[at + hashAt] = hash
    this.#link(place)
    this.size++
    return at
  }

  #grow(): void {
    if (this.#capacity === this.#max) {
      this.#next = 0
      return
    }
    this.#capacity = Math.min(this.#max, this.#capacity * 2)
    const [slots, index] = [this.#slots, this.#index]
    this.#slots = new Uint32Array(this.#capacity * wordsPerSlot)
    this.#slots.set(slots)
    this.#index = new Int32Array(indexSize(this.#capacity))
    this.#mask = this.#index.length - 1
    for (const place of index) if (place !== 0) this.#link(place - 1)
  }

  #link(place: number): void {
    let i = this.#slots[place * wordsPerSlot + hashAt]! & this.#mask
    while (this.#index[i] !== 0) i = (i + 1) & this.#mask
    this.#index[i] = place + 1
  }

  /** Where in the index a slot is linked. */
  #placeOf(at: number): number | undefined {
    const place = at / wordsPerSlot + 1
    for (let i = this.#slots[at + hashAt]! & this.#mask; this.#index[i] !== 0; i = (i + 1) & this.#mask)
      if (this.#index[i] === place) return i
    return undefined
  }

  /** Those behind it that would not be found any more move up. */
  #unlink(at: number): void {
    let hole = this.#placeOf(at)!
    this.size--
    for (let i = (hole + 1) & this.#mask; this.#index[i] !== 0; i = (i + 1) & this.#mask) {
      const home = this.#slots[(this.#index[i]! - 1) * wordsPerSlot + hashAt]! & this.#mask
      if (((i - home) & this.#mask) < ((i - hole) & this.#mask)) continue
      this.#index[hole] = this.#index[i]!
      hole = i
    }
    this.#index[hole] = 0
  }
}

function indexSize(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity * 2))
}
