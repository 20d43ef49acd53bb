import type { ConditionalChange, SomeRows } from './conditions.js'
import type { MemoryVector, TagState } from './memory-vector.js'

// Of each tag. An answer is held against all that came since it was last asked for.
const maxChanges = 64

interface KnownChange extends ConditionalChange {
  readonly generation: number
}

interface Recent {
  /** What changed the tag after it had this generation is in `changes`. */
  from: number
  /** The generation that the last of them gave it: with any other, something else came after. */
  latest: number
  changes: readonly KnownChange[]
}

/** The last changes of some tags of which something is certain. */
export class ConditionalChanges {
  #recent = new WeakMap<TagState, Recent>()
  #isEmpty = true

  /**
   * A tag has got a new generation.
   *
   * @param before the generation that it had
   */
  add(state: TagState, before: number, tag: string, { table, changes: some }: SomeRows): void {
    let recent = this.#recent.get(state)
    if (recent === undefined || recent.latest !== before) {
      recent = { from: before, latest: before, changes: [] }
      this.#recent.set(state, recent)
      this.#isEmpty = false
    }
    const { generation } = state
    recent.latest = generation
    const changes = [...recent.changes, ...some.map((one) => ({ ...one, tag, table, generation }))]
    const dropped = changes.length - maxChanges
    if (dropped > 0) recent.from = changes[dropped - 1]!.generation
    recent.changes = dropped > 0 ? changes.slice(dropped) : changes
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
  }
}
