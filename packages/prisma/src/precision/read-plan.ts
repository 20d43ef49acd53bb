import type { PlannedPlace } from './place.js'
import type { PreciseTable, RowKey, WatchedKey } from './table-precision.js'

/** What can be told of all reads of one shape. */
export interface ReadPlan {
  /** Carried by all of them. */
  readonly tags: readonly string[]
  readonly places: readonly PlannedPlace[]
  /** How tags follow from the result; `undefined`: none do. */
  readonly shown: ShownRows | undefined
  /** What cuts off the rows of the answer; `undefined`: nothing that can be told here. */
  readonly cut?: Cut | undefined
  /** Why parts of it have table precision, by the tables' tags. */
  readonly wide: ReadonlyMap<string, string>
}

/** An order by whole numbers first, of which the first rows are shown. */
export interface Cut {
  /** The column, as a key of the write's. */
  readonly column: readonly [string]
  /** That shows it. */
  readonly field: string
  /** Where in the arguments its direction stands. */
  readonly path: readonly string[]
  /** Whether one row is asked for, and not as many as `take` says. */
  readonly isOne: boolean
  /** Whether rows are left out that come before the first. */
  readonly skips: boolean
  /** Whether the column decides which rows come as well. */
  readonly isFilter: boolean
}

/** Rows that stand somewhere in a result. */
export interface ShownRows {
  /** Their place among the plan's; `undefined`: of a table that is wide. */
  readonly place: number | undefined
  /** How each row is named. */
  readonly named: NamedRows | undefined
  /** The fields of each row by the columns that they show, of types whose values are compared here. */
  readonly fields: ReadonlyMap<string, string>
  readonly relations: readonly ShownRelation[]
  /** All rows that have some values in a key, if fewer are shown than were asked for; `undefined`: some may be left out. */
  readonly whole: WholeSet | undefined
}

/** Where it stands what tells a set of rows, of which others are left out by nothing but their number. */
export interface WholeSet {
  /** Where in the arguments the number stands that is asked for. */
  readonly take: readonly string[]
  /** Of the rows of the answer, where the value of their key stands; `undefined`: what leads to the rows tells it. */
  readonly pinned: readonly string[] | undefined
}

/** Where the values of a row's key stand in a result. */
export interface NamedRows {
  readonly table: PreciseTable
  readonly key: RowKey
  /** Fields of the row itself; `undefined`: it does not show them all. */
  readonly own: readonly string[] | undefined
  /** Fields of the row that leads to it, which hold the same values. */
  readonly fromParent: readonly string[] | undefined
}

/** What a row in a result leads to. */
export interface ShownRelation {
  /** The field that holds the rows; `undefined`: they are only counted. */
  readonly field: string | undefined
  readonly rows: ShownRows | undefined
  readonly links: readonly ShownLink[]
}

/** The sets that a row in a result pins at a place. */
export interface ShownLink {
  readonly place: number
  readonly keys: readonly WatchedKey[]
  /** The fields of the row that hold the values. */
  readonly fields: readonly string[] | undefined
  /** Otherwise those of the one row that it leads to. */
  readonly farFields: readonly string[] | undefined
  /** Of a join table: how the rows between are named by those at their ends. */
  readonly between: BetweenRows | undefined
}

export interface BetweenRows {
  readonly table: PreciseTable
  readonly key: RowKey
  /** The field of the far row. */
  readonly far: string
  /** Which of the two columns of the key the parent's value is for; both where that is not told. */
  readonly parentIs: readonly ('A' | 'B')[]
  /** Whether the database holds each of them to rows at its ends: then as many are shown as there are. */
  readonly isHeld: boolean
}
