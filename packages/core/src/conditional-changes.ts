import type { ChangedRows, ConditionalChange, SomeRows, ToldRows } from './conditions.js'
import type { MemoryVector, TagState } from './memory-vector.js'
import { ToldOnce } from './told-once.js'
import type { ToldChange } from './tracked-rows.js'

// Of each tag. An answer is held against all that came since it was last asked for, at 1 µs or so each.
const maxChanges = 1024
// So many are dropped at a time.
const shareDropped = 1 / 4
// Of all tags: the one with the most loses some, or, if none has many, those that have not changed for longest lose theirs.
const maxOfAll = 8192
const many = 128

/** A change of some rows, with the generation that its tag has got. */
export interface KnownChange extends ConditionalChange {
  readonly generation: number
}

interface Recent {
  /** What changed the tag after it had this generation is in `changes`. */
  from: number
  /** The generation that the last of them gave it: with any other, something else came after. */
  latest: number
  readonly changes: KnownChange[]
}

/** The last changes of some tags of which something is certain. */
export class ConditionalChanges {
  /** The tag that changed last is last. */
  readonly #recent = new Map<TagState, Recent>()
  /** How many there are of all tags. */
  #count = 0
  #lastTell: (() => ToldRows) | undefined
  #lastTold: ToldRows | undefined

  /**
   * A tag has got a new generation.
   *
   * @param before the generation that it had
   * @param known what is known already of some of the changes
   * @param at when they were told
   */
  add(
    state: TagState,
    before: number,
    tag: string,
    { table, changes: some }: SomeRows,
    known?: ReadonlyMap<ChangedRows, ToldChange>,
    at?: number,
  ): void {
    let recent = this.#recent.get(state)
    if (recent !== undefined) this.#recent.delete(state)
    if (recent === undefined || recent.latest !== before) {
      this.#count -= recent?.changes.length ?? 0
      recent = { from: before, latest: before, changes: [] }
    }
    this.#recent.set(state, recent)
    const { generation } = state
    recent.latest = generation
    for (const change of some) {
      const { condition, columns, tell } = change
      const { told, moved } = known?.get(change) ?? { told: tell && this.#told(tell), moved: undefined }
      recent.changes.push({ condition, columns, told, moved, at, tag, table, generation })
    }
    this.#count += some.length
    if (recent.changes.length > maxChanges)
      this.#drop(recent, Math.ceil(recent.changes.length * shareDropped))
    if (this.#count > maxOfAll) this.#makeRoom()
  }

  #drop(recent: Recent, count: number): void {
    recent.from = recent.changes[count - 1]!.generation
    recent.changes.splice(0, count)
    this.#count -= count
  }

  #makeRoom(): void {
    let longest: Recent | undefined
    for (const recent of this.#recent.values())
      if (recent.changes.length > (longest?.changes.length ?? many)) longest = recent
    if (longest === undefined) this.#dropOldest()
    else this.#drop(longest, Math.ceil(longest.changes.length * shareDropped))
  }

  #dropOldest(): void {
    let remaining = maxOfAll * shareDropped
    for (const [state, recent] of this.#recent) {
      const { length } = recent.changes
      this.#recent.delete(state)
      this.#count -= length
      remaining -= length
      if (remaining <= 0) return
    }
  }

  /** A write changes several tags, and tells the same of each. */
  #told(tell: () => ToldRows): ToldRows {
    if (this.#lastTell === tell) return this.#lastTold!
    this.#lastTell = tell
    return (this.#lastTold = new ToldOnce(tell()))
  }

  /** All that has changed since a vector was made; `undefined`: something of which nothing is certain is among it. */
  since({ states, latest }: MemoryVector): readonly KnownChange[] | undefined {
    if (this.#recent.size === 0) return undefined
    const since: KnownChange[] = []
    for (const state of states) {
      if (state.generation <= latest) continue
      const recent = this.#recent.get(state)
      if (recent === undefined || recent.latest !== state.generation || recent.from > latest) return undefined
      // Nearly all that there is came before an answer was last asked for.
      for (let at = recent.changes.length - 1; at >= 0; at--) {
        const change = recent.changes[at]!
        if (change.generation <= latest) break
        since.push(change)
      }
    }
    return since
  }

  clear(): void {
    this.#recent.clear()
    this.#count = 0
    this.#lastTell = this.#lastTold = undefined
  }
}
