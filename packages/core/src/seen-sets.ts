import type { Conditions, RowCondition, SeenSet, ToldRows, TrackedTable } from './conditions.js'
import { ByteCount } from './byte-count.js'
import { isForeignWrite } from './foreign-writes.js'
import {
  arrayBytes,
  gluedTextBytes,
  mapBytes,
  mapPlaceBytes,
  objectBytes,
  textBytes,
  word,
} from './heap-bytes.js'
import type { Space } from './space.js'
import { wholeSpaceTag } from './space.js'
import { TablesInRoom } from './tables-in-room.js'

/** Sets of one table, at most; those that were seen first go first. */
const maxSets = 5_000
/** Of a set that holds more rows nothing is kept. */
const maxRows = 50
/** Changes of one table against which sets can be held. */
const maxChanges = 256

/** Of a table: what says that it is there, and its clock. */
const tableBytes = 2 * objectBytes + 2 * mapPlaceBytes + mapBytes + arrayBytes + 40 * word
/** Of a set besides its texts and values. */
const setBytes = objectBytes + 7 * word + mapPlaceBytes + 2 * arrayBytes
/** With its condition and what is told: how long these are, they do not tell. */
const changeBytes = objectBytes + 80 * word

/** A change of some rows of a table. */
interface Logged {
  readonly condition: RowCondition
  readonly told: ToldRows
}

/** All rows that have some values in a key. */
interface Known {
  readonly key: readonly string[]
  readonly values: readonly string[]
  readonly rows: ShownValues
  readonly since: number
  readonly bytes: number
  /** So many of the table's changes had been logged when it was seen, or was last held against them. */
  upTo: number
}

/** What rows show: of each in turn, in the order of the columns. As few objects as can be. */
interface ShownValues {
  /** How many rows. */
  readonly count: number
  readonly columns: readonly string[]
  readonly values: readonly unknown[]
}

/**
 * Which sets of rows no change has touched since they were seen as a whole: in an answer that shows all of them. A change of which that
 * cannot be told ends what is known of its table.
 *
 * As with rows that are tracked, no change is in what was seen and comes here as well.
 */
export class SeenSets {
  readonly #tables: TablesInRoom<SetsOfTable>
  readonly #clocks = new Map<string, SetsOfTable>()
  /** Grows with every write. */
  #now = 0

  /** @param maxBytes that all of it may occupy. Default: no bound but those of each table */
  constructor(maxBytes = Infinity) {
    this.#tables = new TablesInRoom(maxBytes, (_, { clock }) => this.#clocks.delete(clock))
  }

  /** What it occupies, estimated. */
  get bytes(): number {
    return this.#tables.count.bytes
  }

  /** What an answer shows that has just been stored, and is right now. */
  see(space: Space, set: SeenSet): void {
    const name = space.prefix + set.table.texts.table
    let sets = this.#tables.get(name)
    if (sets === undefined) {
      this.#tables.set(name, (sets = new SetsOfTable(set.table, space, this.#tables.count)))
      this.#clocks.set(sets.clock, sets)
    }
    if (set.rows.length <= maxRows) sets.see(set, this.#now)
    this.#tables.makeRoom()
  }

  /** Some tags have changed. Gives when. @param conditions what is certain of the rows for which some of them stand */
  changed(prefix: string, tags: readonly string[], conditions: Conditions | undefined): number {
    const at = ++this.#now
    if (this.#tables.isEmpty) return at
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
    this.#tables.makeRoom()
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
  /** The tag that is told of its changes. */
  readonly clock: string
  readonly #of: TrackedTable
  readonly #space: Space
  readonly #sets = new Map<string, Known>()
  readonly #count: ByteCount
  /** The part of it that changes end. */
  readonly #known: ByteCount
  /** Those that any set has shown: nearly all show the same. */
  #columns: readonly string[] = []
  #log: Logged[] = []
  /** How many changes are not in the log any more. */
  #dropped = 0

  /** @param whole what all tables occupy */
  constructor(table: TrackedTable, space: Space, whole: ByteCount) {
    this.clock = space.prefix + table.texts.clock
    this.#of = table
    this.#space = space
    this.#count = new ByteCount(whole)
    this.#known = new ByteCount(this.#count)
    this.#count.add(tableBytes)
  }

  isForeign(prefix: string, tags: readonly string[]): boolean {
    return isForeignWrite(this.#of.texts, this.#space, prefix, tags)
  }

  see({ key, values, rows }: SeenSet, now: number): void {
    const id = idOf(key, values)
    const since = this.untouchedSince(key, values) ?? now
    this.#forget(id)
    const shown = this.#valuesIn(rows)
    const bytes = bytesOf(id, values, shown)
    this.#sets.set(id, { key, values, rows: shown, since, bytes, upTo: this.#dropped + this.#log.length })
    this.#known.add(bytes)
    if (this.#sets.size > maxSets) this.#forget(this.#sets.keys().next().value!)
  }

  #valuesIn(rows: SeenSet['rows']): ShownValues {
    const columns = this.#columnsOf(rows)
    const values = new Array<unknown>(rows.length * columns.length)
    let at = 0
    for (const row of rows) for (const column of columns) values[at++] = row.get(column)
    return { count: rows.length, columns, values }
  }

  #columnsOf(rows: SeenSet['rows']): readonly string[] {
    for (const row of rows)
      for (const column of row.keys())
        if (!this.#columns.includes(column)) this.#columns = [...this.#columns, column]
    return this.#columns
  }

  #forget(id: string): void {
    const known = this.#sets.get(id)
    if (known === undefined) return
    this.#sets.delete(id)
    this.#known.add(-known.bytes)
  }

  log(change: Logged): void {
    this.#log.push(change)
    this.#known.add(changeBytes)
    if (this.#log.length > 2 * maxChanges) this.#dropChanges(maxChanges)
  }

  #dropChanges(count: number): void {
    this.#log.splice(0, count)
    this.#dropped += count
    this.#known.add(-count * changeBytes)
  }

  get isEmpty(): boolean {
    return this.#sets.size === 0
  }

  /** What is gone altogether counts no more. */
  forgetHalf(): void {
    let left = Math.ceil(this.#sets.size / 2)
    for (const id of this.#sets.keys()) {
      if (left-- === 0) break
      this.#forget(id)
    }
    this.#dropChanges(Math.ceil(this.#log.length / 2))
    if (this.isEmpty) this.#count.clear()
  }

  forgetAll(): void {
    this.#sets.clear()
    this.#dropped += this.#log.length
    this.#log = []
    this.#known.clear()
  }

  untouchedSince(key: readonly string[], values: readonly string[]): number | undefined {
    const id = idOf(key, values)
    const known = this.#sets.get(id)
    if (known === undefined) return undefined
    const from = known.upTo - this.#dropped
    if (from < 0 || this.#log.slice(from).some((change) => touches(change, known))) {
      this.#forget(id)
      return undefined
    }
    known.upTo = this.#dropped + this.#log.length
    return known.since
  }
}

/** What the rows show is what the answer holds as well, as long as it is there. */
const bytesOf = (id: string, values: readonly string[], shown: ShownValues): number =>
  values.reduce((bytes, value) => bytes + textBytes(value), setBytes + gluedTextBytes(id)) +
  (values.length + shown.values.length) * word

function touches({ condition, told }: Logged, { key, values, rows }: Known): boolean {
  const entering = told.entering(key)
  if (entering === undefined) return true
  if (entering.some((other) => other.every((value, at) => value === values[at]))) return true
  return !areExcluded(rows, condition)
}

function areExcluded({ count, columns, values: shown }: ShownValues, condition: RowCondition): boolean {
  for (let row = 0; row < count; row++) {
    const valueOf = (column: string): unknown => {
      const at = columns.indexOf(column)
      return at < 0 ? undefined : shown[row * columns.length + at]
    }
    if (!condition.excludes(valueOf)) return false
  }
  return true
}
