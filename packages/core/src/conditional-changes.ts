import type { ChangedRows, ConditionalChange, SomeRows, ToldRows } from './conditions.js'
import type { MemoryVector, TagState } from './memory-vector.js'
import type { ToldChange } from './tracked-rows.js'

// Of each tag. An answer is held against all that came since it was last asked for.
const maxChanges = 256

interface KnownChange extends ConditionalChange {
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
  #recent = new WeakMap<TagState, Recent>()
  #isEmpty = true
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
    if (recent === undefined || recent.latest !== before) {
      recent = { from: before, latest: before, changes: [] }
      this.#recent.set(state, recent)
      this.#isEmpty = false
    }
    const { generation } = state
    recent.latest = generation
    for (const change of some) {
      const { condition, columns, tell } = change
      const { told, moved } = known?.get(change) ?? { told: tell && this.#told(tell), moved: undefined }
      recent.changes.push({ condition, columns, told, moved, at, tag, table, generation })
    }
    const dropped = recent.changes.length - maxChanges
    if (dropped <= 0) return
    recent.from = recent.changes[dropped - 1]!.generation
    recent.changes.splice(0, dropped)
  }

  /** A write changes several tags, and tells the same of each. */
  #told(tell: () => ToldRows): ToldRows {
    if (this.#lastTell === tell) return this.#lastTold!
    this.#lastTell = tell
    return (this.#lastTold = tell())
  }

  /** All that has changed since a vector was made; `undefined`: something of which nothing is certain is among it. */
  since({ states, latest }: MemoryVector): readonly ConditionalChange[] | undefined {
    if (this.#isEmpty) return undefined
    const since: KnownChange[] = []
    for (const state of states) {
      if (state.generation <= latest) continue
      const recent = this.#recent.get(state)
      if (recent === undefined || recent.latest !== state.generation || recent.from > latest) return undefined
      for (const change of recent.changes) if (change.generation > latest) since.push(change)
    }
    return since
  }

  clear(): void {
    this.#recent = new WeakMap()
    this.#isEmpty = true
    this.#lastTell = this.#lastTold = undefined
  }
}
