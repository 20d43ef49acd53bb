import type {
  ChangedRows,
  Conditions,
  MovedBy,
  MovedRows,
  MovedValue,
  RowCondition,
  SomeRows,
  ToldRows,
  TrackedRow,
  TrackedTable,
} from './conditions.js'
import { ByteCount } from './byte-count.js'
import { isForeignWrite } from './foreign-writes.js'
import { mapBytes, mapPlaceBytes, objectBytes, word } from './heap-bytes.js'
import { KnownValues } from './known-values.js'
import { movedByItself, wholeNumber } from './precision/besides.js'
import type { Space } from './space.js'
import { wholeSpaceTag } from './space.js'
import { TablesInRoom } from './tables-in-room.js'
import { ToldOnce } from './told-once.js'
import { tupleText } from './tuple-text.js'

/** Rows of one table of which something is kept in a column, at most; those that were seen first go first. */
const maxRows = 100_000
/** Of one write. */
const maxTouched = 20
/** Of one table, changes of rows that are not named. */
const maxFree = 64
/** Rows that such a change may have met, by what they were last known to have. */
const maxIncluded = 1_000

/** A tag that is watched: its text, its place, and what it says. */
const watchedBytes = 2 * objectBytes + mapPlaceBytes + 10 * word
/** Of a table: what says that it is there, and its tags besides those of its key. */
const tableBytes = 2 * objectBytes + 2 * mapBytes + 20 * word + 3 * watchedBytes
/** With its condition: how long that is, it does not tell. */
const freeBytes = objectBytes + 40 * word

/** A change of rows that are not named. */
interface FreeChange {
  readonly column: string
  readonly condition: RowCondition
  readonly at: number
}

/** What tags of a table say when they change. */
type Part = 'rows' | 'leaving' | 'incoming' | 'anything'

interface Watched {
  readonly table: TableRows
  readonly part: Part | { readonly column: string }
}

/** What a change tells, and what its rows had and have. */
export interface ToldChange {
  readonly told: ToldRows
  readonly moved: MovedRows | undefined
}

/**
 * What rows have by now in columns of which somebody may ask what they had before a change: seen in an answer when it was stored, and what
 * each change since has made of it. Any change of which that cannot be told ends what is known of its table.
 *
 * A change comes here only if nothing else was under way for its table when it was told, and an answer's rows if nothing was when it was
 * stored: so no change is in what was seen and comes here as well, and changes come in the order in which they were made.
 */
export class TrackedRows {
  readonly #tables: TablesInRoom<TableRows>
  readonly #watched = new Map<string, Watched>()
  /** Grows with all that is seen and all that is changed. */
  #now = 0

  /** @param maxBytes that all of it may occupy. Default: no bound but those of each table */
  constructor(maxBytes = Infinity) {
    this.#tables = new TablesInRoom(maxBytes, (_, table) => this.#unwatch(table))
  }

  /** What it occupies, estimated. */
  get bytes(): number {
    return this.#tables.count.bytes
  }

  /** What an answer shows that has just been stored, and is right now. */
  see(space: Space, { table, key, values }: TrackedRow): void {
    const { prefix } = space
    const name = prefix + table.texts.table
    let rows = this.#tables.get(name)
    if (rows === undefined) {
      this.#tables.set(name, (rows = new TableRows(table, space, this.#tables.count)))
      this.#watchAll(rows)
    }
    const now = ++this.#now
    const id = tupleText(key)
    for (const [column, value] of values) {
      if (!rows.isTracked(column)) {
        rows.track(column)
        this.#watch(rows, table.texts.column(column), { column })
      }
      rows.set(id, column, value, now)
    }
    this.#tables.makeRoom()
  }

  /** What a row has in a column by now; `undefined`: that is not known. @param row the normal values of its row key */
  valueOf({ prefix }: Space, table: string, row: readonly string[], column: string): bigint | undefined {
    return this.#tables.get(prefix + table)?.valueOf(tupleText(row), column)
  }

  #watchAll(table: TableRows): void {
    const { texts, rowKey } = table.of
    const parts: readonly (readonly [string, Part])[] = [
      [texts.table, 'rows'],
      [texts.leaving, 'leaving'],
      [texts.incoming, 'incoming'],
      ...(rowKey?.columns ?? []).map((column) => [texts.column(column), 'anything'] as const),
    ]
    for (const [tag, part] of parts) this.#watch(table, tag, part)
  }

  #watch(table: TableRows, tag: string, part: Watched['part']): void {
    this.#watched.set(table.space.prefix + tag, { table, part })
    table.watched.push(tag)
  }

  #unwatch({ space, watched }: TableRows): void {
    for (const tag of watched) this.#watched.delete(space.prefix + tag)
  }

  /**
   * Some tags have changed.
   *
   * @param conditions what is certain of the rows for which some of them stand
   * @returns of the changes of which something is known, what that is
   */
  changed(
    prefix: string,
    tags: readonly string[],
    conditions: Conditions | undefined,
  ): ReadonlyMap<ChangedRows, ToldChange> | undefined {
    if (this.#tables.isEmpty) return undefined
    if (tags.includes(wholeSpaceTag)) {
      this.clear()
      return undefined
    }
    for (const table of this.#tables.values()) if (table.isForeign(prefix, tags)) table.forgetAll()
    const columns: ColumnChange[] = []
    const mixed = new Set<TableRows>()
    for (const tag of tags) {
      const watched = this.#watched.get(prefix + tag)
      if (watched === undefined) continue
      const { table, part } = watched
      const some = conditions?.get(tag)
      if (part === 'incoming') mixed.add(table)
      else if (part === 'anything' || some === undefined || some.mayBeUndone === true) {
        mixed.add(table)
        table.forgetAll()
      } else if (part === 'leaving') {
        mixed.add(table)
        table.left(some)
      } else if (part !== 'rows') columns.push({ table, column: part.column, some })
    }
    // Which of a transaction's statements came first is not told.
    const certain = columns.filter(({ table }) => !mixed.has(table))
    for (const { table } of columns) if (mixed.has(table)) table.forgetAll()
    if (certain.length === 0) return undefined
    const known = this.#changedColumns(certain)
    this.#tables.makeRoom()
    return known
  }

  #changedColumns(columns: readonly ColumnChange[]) {
    const known = new Map<ChangedRows, { told: ToldRows; moved: Map<string, readonly MovedValue[]> }>()
    for (const { table, column, some } of columns) {
      for (const change of some.changes) {
        if (change.tell === undefined) {
          table.forgetAll()
          continue
        }
        let one = known.get(change)
        if (one === undefined)
          known.set(change, (one = { told: new ToldOnce(change.tell()), moved: new Map() }))
        const moved = table.changed(column, change.condition, one.told, ++this.#now)
        if (moved !== undefined) one.moved.set(column, moved)
      }
    }
    return known
  }

  clear(): void {
    this.#tables.clear()
    this.#watched.clear()
  }
}

interface ColumnChange {
  readonly table: TableRows
  readonly column: string
  readonly some: SomeRows
}

/** Of one table. */
class TableRows {
  readonly of: TrackedTable
  readonly space: Space
  /** The tags by which it is told of changes. */
  readonly watched: string[] = []
  /** What rows have, by their keys: of each column. */
  readonly #columns = new Map<string, KnownValues>()
  readonly #count: ByteCount
  /** The part of it that changes end. */
  readonly #known: ByteCount
  #free: FreeChange[] = []

  /** @param whole what all tables occupy */
  constructor(table: TrackedTable, space: Space, whole: ByteCount) {
    this.of = table
    this.space = space
    this.#count = new ByteCount(whole)
    this.#known = new ByteCount(this.#count)
    this.#count.add(tableBytes + (table.rowKey?.columns.length ?? 0) * watchedBytes)
  }

  isForeign(prefix: string, tags: readonly string[]): boolean {
    return isForeignWrite(this.of.texts, this.space, prefix, tags)
  }

  isTracked(column: string): boolean {
    return this.#columns.has(column)
  }

  track(column: string): void {
    const rows = new KnownValues()
    this.#columns.set(column, rows)
    this.#count.add(watchedBytes + rows.bytes)
  }

  set(id: string, column: string, value: bigint, at: number): void {
    this.#change(this.#columns.get(column)!, (rows) => rows.set(id, { value, at }, maxRows))
  }

  #forget(rows: KnownValues | undefined, id: string): void {
    if (rows !== undefined) this.#change(rows, () => rows.delete(id))
  }

  #change(rows: KnownValues, change: (rows: KnownValues) => void): void {
    const { bytes } = rows
    change(rows)
    this.#known.add(rows.bytes - bytes)
  }

  /** Nothing that could be asked for is left. */
  get isEmpty(): boolean {
    for (const rows of this.#columns.values()) if (rows.size > 0) return false
    return true
  }

  /** What is gone altogether counts no more. */
  forgetHalf(): void {
    for (const rows of this.#columns.values()) this.#change(rows, () => rows.deleteHalf())
    if (this.isEmpty) this.#count.clear()
  }

  forgetAll(): void {
    for (const rows of this.#columns.values()) rows.clear()
    this.#free = []
    this.#known.clear()
  }

  /** Rows are gone. */
  left({ changes }: SomeRows): void {
    const { rowKey } = this.of
    for (const { tell } of changes) {
      const keys = rowKey === undefined ? undefined : tell?.().touched(rowKey.columns)
      if (keys === undefined) return this.forgetAll()
      for (const key of keys) for (const rows of this.#columns.values()) this.#forget(rows, tupleText(key))
    }
  }

  /** Rows were given values in a column. @returns what each had and has, if that is known of all of them */
  changed(
    column: string,
    condition: RowCondition,
    told: ToldRows,
    at: number,
  ): readonly MovedValue[] | undefined {
    const { rowKey } = this.of
    const keys = rowKey === undefined ? undefined : told.touched(rowKey.columns)
    if (keys === undefined || keys.length > maxTouched) {
      const moved = this.#movedOfAll(column, condition, told, at)
      if (moved !== undefined) return moved
      this.#changedFreely({ column, condition, at })
      return movedByItself(told, column)
    }
    const by = told.moved?.([column])
    const after = onlyOne(told.after([column]))
    const isCertain = told.changed === keys.length
    const moved: MovedValue[] = []
    for (const id of keys.map(tupleText)) {
      const had = this.valueOf(id, column) ?? (by && after !== undefined ? after - by.by : undefined)
      const has = after ?? shifted(had, by)
      if (had !== undefined && has !== undefined) moved.push({ before: had, after: has })
      if (has !== undefined && isCertain) this.set(id, column, has, at)
      else this.#forget(this.#columns.get(column), id)
    }
    return moved.length === keys.length ? moved : movedByItself(told, column)
  }

  /** Rows that are not named, if as many are known to have met the condition as were changed: then these are all. */
  #movedOfAll(
    column: string,
    condition: RowCondition,
    told: ToldRows,
    at: number,
  ): readonly MovedValue[] | undefined {
    const by = told.moved?.([column])
    const rows = this.#columns.get(column)
    // A row that stays as it was MySQL does not count.
    if (condition.includes === undefined || by === undefined || by.by === 0n || rows === undefined)
      return undefined
    const { changed = 0 } = told
    if (changed === 0 || changed > maxTouched) return undefined
    const included = this.#including(rows, column, condition)
    if (included === undefined) return undefined
    const moved: (MovedValue & { readonly id: string })[] = []
    for (const id of included) {
      const before = this.valueOf(id, column)
      const after = shifted(before, by)
      if (before !== undefined && after !== undefined) moved.push({ id, before, after })
      if (moved.length > changed) return undefined
    }
    if (moved.length !== changed) return undefined
    for (const { id, after } of moved) this.set(id, column, after, at)
    return moved
  }

  /** Rows that meet a condition by what they were last known to have in a column; `undefined`: too many. */
  #including(rows: KnownValues, column: string, condition: RowCondition): readonly string[] | undefined {
    const isWanted = (value: bigint) =>
      condition.includes?.((name) => (name === column ? value : undefined)) === true
    const ids: string[] = []
    this.#change(rows, () => {
      for (const id of rows.having(isWanted)) if (ids.push(id) > maxIncluded) break
    })
    return ids.length > maxIncluded ? undefined : ids
  }

  #changedFreely(change: FreeChange): void {
    if (this.#free.length === maxFree) return this.forgetAll()
    this.#free.push(change)
    this.#known.add(freeBytes)
  }

  valueOf(id: string, column: string): bigint | undefined {
    const rows = this.#columns.get(column)
    const known = rows?.get(id)
    if (known === undefined) return undefined
    const isOther = ({ condition }: FreeChange) =>
      condition.excludes((name) => (name === column ? known.value : undefined))
    for (const free of this.#free)
      if (free.column === column && free.at > known.at && !isOther(free)) {
        this.#forget(rows, id)
        return undefined
      }
    return known.value
  }
}

function onlyOne(values: readonly (string | null)[] | undefined): bigint | undefined {
  const [first, ...others] = values ?? []
  if (first === undefined || first === null || others.some((other) => other !== first)) return undefined
  return wholeNumber(first)
}

function shifted(had: bigint | undefined, by: MovedBy | undefined): bigint | undefined {
  if (had === undefined || by === undefined) return undefined
  const has = had + by.by
  return has < by.min || has > by.max ? undefined : has
}
