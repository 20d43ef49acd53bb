import type { Conditions, RowCondition, SeenSet, ToldRows, TrackedTable } from './conditions.js'
import { isForeignWrite } from './foreign-writes.js'
import type { Space } from './space.js'
import { wholeSpaceTag } from './space.js'

/** Sets of one table, at most; those that were seen first go first. */
const maxSets = 5_000
/** Of a set that holds more rows nothing is kept. */
const maxRows = 50
/** Changes of one table against which sets can be held. */
const maxChanges = 256

/** A change of some rows of a table. */
interface Logged {
  readonly condition: RowCondition
  readonly told: ToldRows
}

/** All rows that have some values in a key. */
interface Known {
  readonly key: readonly string[]
  readonly values: readonly string[]
  readonly rows: SeenSet['rows']
  readonly since: number
  /** So many of the table's changes had been logged when it was seen, or was last held against them. */
  upTo: number
}

/**
 * Which sets of rows no change has touched since they were seen as a whole: in an answer that shows all of them. A change of which that
 * cannot be told ends what is known of its table.
 *
 * As with rows that are tracked, no change is in what was seen and comes here as well.
 */
export class SeenSets {
  readonly #tables = new Map<string, SetsOfTable>()
  readonly #clocks = new Map<string, SetsOfTable>()
  /** Grows with every write. */
  #now = 0

  /** What an answer shows that has just been stored, and is right now. */
  see(space: Space, set: SeenSet): void {
    const name = space.prefix + set.table.texts.table
    let sets = this.#tables.get(name)
    if (sets === undefined) {
      this.#tables.set(name, (sets = new SetsOfTable(set.table, space)))
      this.#clocks.set(space.prefix + set.table.texts.clock, sets)
    }
    if (set.rows.length <= maxRows) sets.see(set, this.#now)
  }

  /** Some tags have changed. Gives when. @param conditions what is certain of the rows for which some of them stand */
  changed(prefix: string, tags: readonly string[], conditions: Conditions | undefined): number {
    const at = ++this.#now
    if (this.#tables.size === 0) return at
    const isAll = tags.includes(wholeSpaceTag)
    for (const sets of this.#tables.values()) if (isAll || sets.isForeign(prefix, tags)) sets.forgetAll()
    for (const tag of tags) {
      const sets = this.#clocks.get(prefix + tag)
      if (sets === undefined) continue
      const some = conditions?.get(tag)
      if (some === undefined) sets.forgetAll()
      else
        for (const { condition, tell } of some.changes) {
          if (tell === undefined) sets.forgetAll()
          else sets.log({ condition, told: tell() })
        }
    }
    return at
  }

  /** Whether a set was seen before a change, and neither this nor any later one has touched it. */
  isUntouched(
    { prefix }: Space,
    table: string,
    key: readonly string[],
    values: readonly string[],
    at: number,
  ): boolean {
    const since = this.#tables.get(prefix + table)?.untouchedSince(key, values)
    return since !== undefined && since < at
  }

  clear(): void {
    this.#tables.clear()
    this.#clocks.clear()
  }
}

const idOf = (key: readonly string[], values: readonly string[]): string =>
  `${key.join()}\0${values.join('\0')}`

/** Of one table. */
class SetsOfTable {
  readonly #of: TrackedTable
  readonly #space: Space
  readonly #sets = new Map<string, Known>()
  #log: Logged[] = []
  /** How many changes are not in the log any more. */
  #dropped = 0

  constructor(table: TrackedTable, space: Space) {
    this.#of = table
    this.#space = space
  }

  isForeign(prefix: string, tags: readonly string[]): boolean {
    return isForeignWrite(this.#of.texts, this.#space, prefix, tags)
  }

  see({ key, values, rows }: SeenSet, now: number): void {
    const id = idOf(key, values)
    const since = this.untouchedSince(key, values) ?? now
    this.#sets.delete(id)
    this.#sets.set(id, { key, values, rows, since, upTo: this.#dropped + this.#log.length })
    if (this.#sets.size > maxSets) this.#sets.delete(this.#sets.keys().next().value!)
  }

  log(change: Logged): void {
    this.#log.push(change)
    if (this.#log.length <= 2 * maxChanges) return
    this.#log.splice(0, maxChanges)
    this.#dropped += maxChanges
  }

  forgetAll(): void {
    this.#sets.clear()
    this.#dropped += this.#log.length
    this.#log = []
  }

  untouchedSince(key: readonly string[], values: readonly string[]): number | undefined {
    const id = idOf(key, values)
    const known = this.#sets.get(id)
    if (known === undefined) return undefined
    const from = known.upTo - this.#dropped
    if (from < 0 || this.#log.slice(from).some((change) => touches(change, known))) {
      this.#sets.delete(id)
      return undefined
    }
    known.upTo = this.#dropped + this.#log.length
    return known.since
  }
}

function touches({ condition, told }: Logged, { key, values, rows }: Known): boolean {
  const entering = told.entering(key)
  if (entering === undefined) return true
  if (entering.some((other) => other.every((value, at) => value === values[at]))) return true
  return !rows.every((row) => condition.excludes((column) => row.get(column)))
}
