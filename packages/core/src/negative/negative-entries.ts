import { LRUCache } from 'lru-cache'
import type { PreparedCopy } from '../clone.js'
import { prepareCopy } from '../clone.js'
import type { Dependencies } from '../dependencies.js'
import type { MemoryEntry } from '../memory-entry.js'
import { isUnchanged } from '../memory-vector.js'
import type { Space } from '../space.js'
import { wholeSpaceTag } from '../space.js'
import type { Entry, Vector } from '../store.js'
import { ChangeMarks } from './change-marks.js'
import { maxSince, NegativeTable } from './negative-table.js'

export interface NegativeEntriesOptions {
  /** How many are kept as any other entry is; the others in as little room as can be. */
  readonly maxEntries: number
  readonly maxBytes: number
  /** How many are remembered in all, about. */
  readonly max: number
  readonly sizeOf: (entry: MemoryEntry, key: string) => number
  readonly vectorOf: (space: Space, tags: readonly string[]) => Vector
}

/**
 * Entries that hold nothing (`null`, `[]`), apart from the others: however many keys are asked for that do not exist, they take no place
 * of what does, and little memory.
 *
 * The last ones used are entries as any other. The rest are remembered by digests, with the moment at which their tags were last known not to
 * have changed, and whether a tag has changed since is told from a list that does not grow.
 */
export class NegativeEntries {
  readonly #options: NegativeEntriesOptions
  readonly #recent: LRUCache<string, MemoryEntry>
  // Made when there are more than few: most caches never have so many.
  #table: NegativeTable | undefined
  #marks = new ChangeMarks()
  /** There has been none since it was cleared. */
  isEmpty = true

  constructor(options: NegativeEntriesOptions) {
    const { maxEntries: max, maxBytes: maxSize, sizeOf: sizeCalculation } = options
    this.#options = options
    const dispose = (entry: MemoryEntry, key: string, reason: string) => {
      if (reason === 'evict') this.#remember(entry, key)
    }
    this.#recent = new LRUCache({ max, maxSize, sizeCalculation, dispose })
  }

  get size(): number {
    return this.#recent.size + (this.#table?.size ?? 0)
  }

  get bytes(): number {
    return (
      this.#recent.calculatedSize + (this.#table === undefined ? 0 : this.#table.bytes + this.#marks.bytes)
    )
  }

  /** Those that are kept as other entries are. */
  entries(): Iterable<MemoryEntry> {
    return this.#recent.values()
  }

  set(key: string, entry: MemoryEntry): void {
    this.isEmpty = false
    this.#table?.delete(key)
    this.#recent.set(key, entry)
  }

  /** One that is kept as other entries are; whether it is current is not known. */
  get(key: string): MemoryEntry | undefined {
    return this.#recent.get(key)
  }

  /** One that is remembered by its digest, for the tags that it was stored under; it is current. */
  recall(space: Space, key: string, dependencies: Pick<Dependencies, 'tags'>): Entry | undefined {
    if (this.#table === undefined) return undefined
    const { tags } = dependencies
    const nothing = this.#table.get(key, tags)
    if (nothing === undefined || this.#hasChanged(space, tags, nothing.since)) return undefined
    const { isList, storedAt, expiresAt } = nothing
    const vectorOf = () => this.#options.vectorOf(space, tags)
    return new RememberedNothing(isList ? emptyList : nullValue, storedAt, expiresAt, vectorOf)
  }

  delete(key: string): boolean {
    const wasRecent = this.#recent.delete(key)
    const wasRemembered = this.#table?.delete(key) === true
    return wasRecent || wasRemembered
  }

  /** To be called when tags change. */
  changed(prefix: string, tags: readonly string[]): void {
    if (this.#table === undefined) return
    for (const tag of tags) this.#marks.mark(prefix, tag)
    if (this.#marks.count > maxSince) this.#forgetAll()
  }

  clear(): void {
    this.#recent.clear()
    this.#forgetAll()
    this.isEmpty = true
  }

  #forgetAll(): void {
    this.#table = undefined
    this.#marks = new ChangeMarks()
  }

  #remember(entry: MemoryEntry, key: string): void {
    if (!isUnchanged(entry.vector)) return
    const { tags, storedAt, expiresAt, master } = entry
    this.#table ??= new NegativeTable(this.#options.max)
    const isList = master !== null
    this.#table.set(key, tags, { isList, storedAt, expiresAt, since: this.#marks.count })
  }

  #hasChanged({ prefixes }: Space, tags: readonly string[], since: number): boolean {
    for (const prefix of prefixes) {
      if (this.#marks.hasChanged(prefix, wholeSpaceTag, since)) return true
      for (const tag of tags) if (this.#marks.hasChanged(prefix, tag, since)) return true
    }
    return false
  }
}

class RememberedNothing implements Entry {
  readonly status = 'found'
  readonly loadMs = 0
  readonly copy: PreparedCopy
  readonly storedAt: number
  readonly expiresAt: number
  readonly #vectorOf: () => Vector

  constructor(copy: PreparedCopy, storedAt: number, expiresAt: number, vectorOf: () => Vector) {
    this.copy = copy
    this.storedAt = storedAt
    this.expiresAt = expiresAt
    this.#vectorOf = vectorOf
  }

  /** As of when it is asked for: what is loaded after that may be stored under it. */
  get vector(): Vector {
    return this.#vectorOf()
  }
}

const nullValue = prepareCopy(null)!
const emptyList = prepareCopy([])!
