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
import { isForeignWrite } from './foreign-writes.js'
import { movedByItself, wholeNumber } from './precision/besides.js'
import type { Space } from './space.js'
import { wholeSpaceTag } from './space.js'

/** Rows of one table of which something is kept, at most; those that were seen first go first. */
const maxRows = 10_000
/** Of one write. */
const maxTouched = 20
/** Of one table, changes of rows that are not named. */
const maxFree = 64

/** What a row has in a column. */
interface Known {
  readonly value: bigint
  /** When it was known to. */
  readonly at: number
}

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
  readonly #tables = new Map<string, TableRows>()
  readonly #watched = new Map<string, Watched>()
  /** Grows with all that is seen and all that is changed. */
  #now = 0

  /** What an answer shows that has just been stored, and is right now. */
  see(space: Space, { table, key, values }: TrackedRow): void {
    const { prefix } = space
    const name = prefix + table.texts.table
    let rows = this.#tables.get(name)
    if (rows === undefined) {
      this.#tables.set(name, (rows = new TableRows(table, space)))
      this.#watch(prefix, rows)
    }
    const now = ++this.#now
    for (const [column, value] of values) {
      if (!rows.isTracked(column)) {
        rows.track(column)
        this.#watched.set(prefix + table.texts.column(column), { table: rows, part: { column } })
      }
      rows.set(idOf(key), column, value, now)
    }
  }

  #watch(prefix: string, table: TableRows): void {
    const { texts, rowKey } = table.of
    const parts: readonly (readonly [string, Part])[] = [
      [texts.table, 'rows'],
      [texts.leaving, 'leaving'],
      [texts.incoming, 'incoming'],
      ...(rowKey?.columns ?? []).map((column) => [texts.column(column), 'anything'] as const),
    ]
    for (const [tag, part] of parts) this.#watched.set(prefix + tag, { table, part })
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
    if (this.#tables.size === 0) return undefined
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
    return certain.length === 0 ? undefined : this.#changedColumns(certain)
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
        if (one === undefined) known.set(change, (one = { told: change.tell(), moved: new Map() }))
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

/** Normal values hold no such character. */
const idOf = (key: readonly string[]): string => key.join('\0')

/** Of one table. */
class TableRows {
  readonly of: TrackedTable
  readonly space: Space
  readonly #columns = new Set<string>()
  readonly #rows = new Map<string, Map<string, Known>>()
  #free: FreeChange[] = []

  constructor(table: TrackedTable, space: Space) {
    this.of = table
    this.space = space
  }

  isForeign(prefix: string, tags: readonly string[]): boolean {
    return isForeignWrite(this.of.texts, this.space, prefix, tags)
  }

  isTracked(column: string): boolean {
    return this.#columns.has(column)
  }

  track(column: string): void {
    this.#columns.add(column)
  }

  set(id: string, column: string, value: bigint, at: number): void {
    let row = this.#rows.get(id)
    if (row === undefined) {
      this.#rows.set(id, (row = new Map()))
      if (this.#rows.size > maxRows) this.#rows.delete(this.#rows.keys().next().value!)
    }
    row.set(column, { value, at })
  }

  forgetAll(): void {
    this.#rows.clear()
    this.#free = []
  }

  /** Rows are gone. */
  left({ changes }: SomeRows): void {
    const { rowKey } = this.of
    for (const { tell } of changes) {
      const keys = rowKey === undefined ? undefined : tell?.().touched(rowKey.columns)
      if (keys === undefined) return this.forgetAll()
      for (const key of keys) this.#rows.delete(idOf(key))
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
      this.#changedFreely({ column, condition, at })
      return movedByItself(told, column)
    }
    const by = told.moved?.([column])
    const after = onlyOne(told.after([column]))
    const isCertain = told.changed === keys.length
    const moved: MovedValue[] = []
    for (const id of keys.map(idOf)) {
      const had = this.#valueOf(id, column) ?? (by && after !== undefined ? after - by.by : undefined)
      const has = after ?? shifted(had, by)
      if (had !== undefined && has !== undefined) moved.push({ before: had, after: has })
      if (has !== undefined && isCertain) this.set(id, column, has, at)
      else this.#rows.get(id)?.delete(column)
    }
    return moved.length === keys.length ? moved : movedByItself(told, column)
  }

  #changedFreely(change: FreeChange): void {
    if (this.#free.length === maxFree) this.forgetAll()
    else this.#free.push(change)
  }

  #valueOf(id: string, column: string): bigint | undefined {
    const row = this.#rows.get(id)
    const known = row?.get(column)
    if (known === undefined) return undefined
    const isOther = ({ condition }: FreeChange) =>
      condition.excludes((name) => (name === column ? known.value : undefined))
    for (const free of this.#free)
      if (free.column === column && free.at > known.at && !isOther(free)) {
        row!.delete(column)
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
