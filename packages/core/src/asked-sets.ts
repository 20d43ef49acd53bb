import type { Background } from './background.js'
import type { SeenSet, SetName } from './conditions.js'
import type { Guard } from './guard.js'
import type { Space } from './space.js'
import type { Store, StoreSets, Vector } from './store.js'

/** A set that somebody would like to know. */
export interface AskedSet extends SetName {
  /** Of a set that has more rows nothing is kept, and it is not asked for again. */
  readonly maxRows: number
  /**
   * Asks the database for the rows, as `SeenSet` holds them.
   *
   * @returns `undefined` if they may not be what everybody sees; `'too many'` if there are more than `maxRows`
   */
  load(): PromiseLike<SeenSet | 'too many' | undefined>
}

interface AskedSetsParts {
  readonly store: Store
  readonly guard: Guard
  readonly background: Background
  readonly closing: AbortSignal
}

/** Past this, the sets that were found too large first are asked for again. */
const maxLarge = 10_000

/**
 * Asks the database for the rows of sets that no answer shows as a whole, so that writes which do not say whose rows they touch can be held
 * against answers that show none: counts, averages. Nobody waits for it, and what fails only costs loads.
 */
export class AskedSets {
  readonly #parts: AskedSetsParts
  readonly #underWay = new Set<string>()
  readonly #large = new Set<string>()

  constructor(parts: AskedSetsParts) {
    this.#parts = parts
  }

  /** Asks for a set that is not known, if there is a store that can keep it. */
  ask(space: Space, asked: AskedSet): void {
    const { store, guard, background, closing } = this.#parts
    const { sets } = store
    if (sets === undefined || closing.aborted || !background.hasRoom) return
    const { table, key, values } = asked
    const id = [space.prefix + table.texts.table, ...key, ...values].join('\0')
    if (this.#underWay.has(id) || this.#large.has(id) || sets.isKnown(space, asked)) return
    // What is told of any write to the table, and by hand.
    const vector = store.snapshot(space, [table.texts.table, table.texts.clock]) as Vector
    if (!vector.usable) return
    this.#underWay.add(id)
    const loading = this.#load(space, asked, sets, vector, id)
      .catch((cause: unknown) => guard.failed('members', cause))
      .finally(() => this.#underWay.delete(id))
    background.load(loading)
  }

  async #load(space: Space, asked: AskedSet, sets: StoreSets, vector: Vector, id: string): Promise<void> {
    const loaded = await asked.load()
    if (loaded === 'too many') return this.#isLarge(id)
    if (loaded !== undefined && !this.#parts.closing.aborted) sets.see(space, loaded, vector, asked.maxRows)
  }

  #isLarge(id: string): void {
    this.#large.add(id)
    if (this.#large.size > maxLarge) this.#large.delete(this.#large.values().next().value!)
  }
}
