import { ByteCount } from './byte-count.js'
import { ChangesByKey } from './changes-by-key.js'
import type { Conditions, NamedSet, RowCondition, SeenSet, TrackedTable } from './conditions.js'
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
import { MemberValues } from './member-values.js'
import { RememberedRows } from './remembered-rows.js'
import type { Space } from './space.js'
import { wholeSpaceTag } from './space.js'
import { TablesInRoom } from './tables-in-room.js'

/** Sets of one table, at most; those that were seen first go first. */
const maxSets = 100_000
/** Of a set that holds more rows nothing is kept, unless it was asked for. */
const maxRows = 50
/** Changes of one table against which sets can be held. */
const maxChanges = 512
/** Of a set that so many changes have touched, the first of them is forgotten. */
const maxTouched = 32

/** Of a table: what says that it is there, and its clock. */
const tableBytes = 2 * objectBytes + 2 * mapPlaceBytes + mapBytes + arrayBytes + 40 * word
/** Of a set besides its texts and values. */
const setBytes = objectBytes + 9 * word + mapPlaceBytes + 3 * arrayBytes
/** With its condition and what is told: how long these are, they do not tell. */
const changeBytes = objectBytes + 80 * word

/** A change of some rows of a table. */
interface Logged {
  readonly condition: RowCondition
  readonly told: RememberedRows
  /** When it was told. */
  readonly at: number
}

/** All rows that have some values in a key. */
interface Known {
  readonly key: readonly string[]
  readonly values: readonly string[]
  /** What they show, as long as no change has touched any of them. */
  rows: ShownValues | undefined
  /** What they have, and what changes have given them since. Made when there is no other way to know. */
  members: MemberValues | undefined
  since: number
  /** Since when its rows have had nothing but what is known of them now. */
  readonly covers: number
  /** When changes have touched some of them, or brought others. */
  readonly touched: number[]
  bytes: number
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
 * Which sets of rows a change has not touched that came after they were seen as a whole: in an answer that shows all of them. Of what a change
 * has touched it stays known what its rows can have by now. A change of which nothing can be told ends what is known of its table.
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

  /**
   * What an answer shows that has just been stored, and is right now.
   *
   * @param most of a set that holds more rows nothing is kept
   */
  see(space: Space, set: SeenSet, most = maxRows): void {
    const name = space.prefix + set.table.texts.table
    let sets = this.#tables.get(name)
    if (sets === undefined) {
      this.#tables.set(name, (sets = new SetsOfTable(set.table, space, this.#tables.count)))
      this.#clocks.set(sets.clock, sets)
    }
    if (set.rows.length <= most) sets.see(set, this.#now)
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
          else sets.log({ condition, told: new RememberedRows(tell()), at })
        }
    }
    this.#tables.makeRoom()
    return at
  }

  /** Whether a set was seen before a change, which has not touched it. */
  isUntouched(
    { prefix }: Space,
    table: string,
    key: readonly string[],
    values: readonly string[],
    at: number,
  ): boolean {
    const known = this.#tables.get(prefix + table)?.find(key, values)
    return known !== undefined && known.since < at && !known.touched.includes(at)
  }

  /** Whether a set was seen before a change, no row of which had a value in a column then, nor has got it since. */
  lacks(
    { prefix }: Space,
    { table, key, values }: NamedSet,
    having: readonly [column: string, value: string],
    at: number,
  ): boolean {
    const sets = this.#tables.get(prefix + table)
    const known = sets?.find(key, values)
    return known !== undefined && known.covers < at && sets!.lacks(known, having)
  }

  /** Whether it is known of a set what its rows have. */
  isKnown({ prefix }: Space, table: string, key: readonly string[], values: readonly string[]): boolean {
    return this.#tables.get(prefix + table)?.find(key, values) !== undefined
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
  /** The same of all sets. */
  #normal: SeenSet['normal'] | undefined
  #log: Logged[] = []
  /** How many changes are not in the log any more. */
  #dropped = 0
  readonly #byKey = new ChangesByKey<Logged>(({ told }, key) => told.setsIn(key))

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

  see({ key, values, rows, normal }: SeenSet, now: number): void {
    this.#normal = normal
    const id = idOf(key, values)
    const before = this.find(key, values)
    const { since, touched } = before ?? { since: now, touched: [] }
    // What has been touched since had something else before, perhaps.
    const isAsBefore = before !== undefined && (touched.at(-1) ?? -1) <= before.covers
    const covers = isAsBefore ? before.covers : now
    this.#forget(id)
    const isLarge = rows.length > maxRows
    const shown = this.#valuesIn(rows)
    const kept = isLarge ? undefined : shown
    const members = isLarge ? membersOf(shown, normal) : undefined
    const bytes = bytesOf(id, values, kept, members)
    const upTo = this.#dropped + this.#log.length
    this.#sets.set(id, { key, values, rows: kept, members, since, covers, touched, bytes, upTo })
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

  #forget(id: string): undefined {
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
    this.#known.add(-count * changeBytes - this.#byKey.bytes)
    this.#byKey.clear()
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
    this.#byKey.clear()
    this.#known.clear()
  }

  /** A set that has been held against all changes until now. */
  find(key: readonly string[], values: readonly string[]): Known | undefined {
    const id = idOf(key, values)
    const known = this.#sets.get(id)
    if (known === undefined) return undefined
    const from = known.upTo - this.#dropped
    if (from < 0) return this.#forget(id)
    if (from === this.#log.length) return known
    for (const at of this.#concerning(known))
      if (!this.#held(known, this.#log[at - this.#dropped]!)) return this.#forget(id)
    known.upTo = this.#dropped + this.#log.length
    return known
  }

  /** Whether none of its rows has, or had, a value in a column. */
  lacks({ rows, members }: Known, [column, value]: readonly [string, string]): boolean {
    if (members !== undefined) return members.lacks(column, value)
    const { count, columns, values } = rows!
    const at = columns.indexOf(column)
    if (at < 0) return count === 0
    for (let row = 0; row < count; row++) {
      const has = this.#normal!(column, values[row * columns.length + at])
      if (has === undefined || has === value) return false
    }
    return true
  }

  /** Changes that no set was held against yet, by their places. */
  #concerning({ key, values, upTo }: Known): readonly number[] {
    const { bytes } = this.#byKey
    const places = this.#byKey.concerning(key, values, upTo, this.#log, this.#dropped)
    this.#known.add(this.#byKey.bytes - bytes)
    return places
  }

  /** Whether it is still known what the rows of a set have. */
  #held(known: Known, { condition, told, at }: Logged): boolean {
    const mayCome = told.mayEnter(known.key, known.values)
    if (!mayCome && isPast(known, condition, told)) return true
    const before = known.members?.bytes ?? 0
    known.members ??= membersOf(known.rows!, this.#normal!)
    known.rows = undefined
    known.members.changed(told, mayCome)
    const grown = known.members.bytes - before
    known.bytes += grown
    this.#known.add(grown)
    known.touched.push(at)
    if (known.touched.length > maxTouched) known.since = known.touched.shift()!
    return !known.members.isEmpty
  }
}

/** What the rows show is what the answer holds as well, as long as it is there. */
const bytesOf = (
  id: string,
  values: readonly string[],
  shown: ShownValues | undefined,
  members: MemberValues | undefined,
): number =>
  values.reduce((bytes, value) => bytes + textBytes(value), setBytes + gluedTextBytes(id)) +
  (values.length + (shown?.values.length ?? 0)) * word +
  (members?.bytes ?? 0)

/** Whether a change has touched no row of a set. */
const isPast = ({ rows, members }: Known, condition: RowCondition, told: RememberedRows): boolean =>
  members === undefined ? areExcluded(rows!, condition) : members.excludes(told)

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

function membersOf({ count, columns, values }: ShownValues, normal: SeenSet['normal']): MemberValues {
  const members = new MemberValues()
  for (const [at, column] of columns.entries())
    members.add(
      column,
      Array.from({ length: count }, (_, row) => normal(column, values[row * columns.length + at])),
    )
  return members
}
