import type { ValueSource } from './value-source.js'

/** A column of one of the tables that a condition speaks of: its place among them, and its name. */
export interface PinnedColumn {
  readonly table: number
  readonly name: string
}

/** In every row for which the condition holds, these columns together have one of these lists of values. */
export interface Pin {
  readonly columns: readonly PinnedColumn[]
  readonly values: readonly (readonly ValueSource[])[]
}

/** In every row for which the condition holds, the two columns are equal. */
export interface Link {
  readonly left: PinnedColumn
  readonly right: PinnedColumn
  /** Only the left one says something of the right one: a row on the left may go without any on the right. */
  readonly isOneWay?: boolean
}

/** In every row for which the condition holds, the column is at least, or at most, this value, and perhaps not it itself. */
export interface Bound {
  readonly column: PinnedColumn
  readonly side: 'least' | 'most'
  readonly isOpen: boolean
  readonly value: ValueSource
}

/**
 * What a condition says for certain of the rows for which it holds. It may say more; what is not understood only makes
 * the rows fewer.
 */
export interface Condition {
  readonly pins: readonly Pin[]
  readonly links: readonly Link[]
  /** They choose no key, but tell rows that are not among those chosen. */
  readonly bounds: readonly Bound[]
  /** It holds for no row: `1 = 0`. */
  readonly isNever: boolean
  /** It says all there is to say: it holds for every row within these bounds. Default: it may say more. */
  readonly isWhole?: boolean
}

/** Nothing is known of the rows. */
export const anyRow: Condition = Object.freeze({ pins: [], links: [], bounds: [], isNever: false })
/** `1 = 1` */
export const everyRow: Condition = Object.freeze({ ...anyRow, isWhole: true })
export const noRow: Condition = Object.freeze({ pins: [], links: [], bounds: [], isNever: true })

/** Past this, lists of values are not multiplied. */
const maxLists = 1000

/** All conditions hold. */
export function allOf(parts: readonly Condition[]): Condition {
  if (parts.length === 1) return parts[0]!
  if (parts.some(({ isNever }) => isNever)) return noRow
  return {
    pins: parts.flatMap(({ pins }) => pins),
    links: parts.flatMap(({ links }) => links),
    bounds: parts.flatMap(({ bounds }) => bounds),
    isNever: false,
    isWhole: parts.every(({ isWhole }) => isWhole === true),
  }
}

/** One of the conditions holds, so that only what every one of them says of a column is certain. */
export function anyOf(parts: readonly Condition[]): Condition {
  const branches = parts.filter(({ isNever }) => !isNever)
  const [first] = branches
  if (first === undefined) return noRow
  if (branches.length === 1) return first
  const pins = columnsOf(first).flatMap((column) => pinOfAll(branches, [column]))
  const common = pins.map(({ columns }) => columns[0]!)
  return {
    pins: common.length > 1 ? [...pins, ...pinOfAll(branches, common)] : pins,
    links: [],
    bounds: [],
    isNever: false,
  }
}

function columnsOf({ pins }: Condition): PinnedColumn[] {
  const columns: PinnedColumn[] = []
  for (const column of pins.flatMap((pin) => pin.columns)) {
    if (!columns.some((known) => isSame(known, column))) columns.push(column)
  }
  return columns
}

/** None where a branch does not say of all these columns what they are. */
function pinOfAll(branches: readonly Condition[], columns: readonly PinnedColumn[]): readonly Pin[] {
  const values: (readonly ValueSource[])[] = []
  for (const { pins } of branches) {
    const lists = listsOf(pins, columns)
    if (lists === undefined) return []
    values.push(...lists)
  }
  return [{ columns, values }]
}

/** What the pins together say of these columns; `undefined`: not of all of them, or too much. */
export function listsOf(
  pins: readonly Pin[],
  columns: readonly PinnedColumn[],
): readonly (readonly ValueSource[])[] | undefined {
  const whole = smallest(pins.filter((pin) => columns.every((column) => placeOf(pin, column) >= 0)))
  if (whole !== undefined) {
    const places = columns.map((column) => placeOf(whole, column))
    return whole.values.map((list) => places.map((place) => list[place]!))
  }
  if (columns.length === 1) return undefined
  let lists: readonly (readonly ValueSource[])[] = [[]]
  for (const column of columns) {
    const values = listsOf(pins, [column])
    if (values === undefined || values.length * lists.length > maxLists) return undefined
    lists = lists.flatMap((list) => values.map((value) => [...list, ...value]))
  }
  return lists
}

const smallest = (pins: readonly Pin[]): Pin | undefined =>
  pins.reduce<Pin | undefined>(
    (best, pin) => (best === undefined || pin.values.length < best.values.length ? pin : best),
    undefined,
  )

const placeOf = ({ columns }: Pin, column: PinnedColumn): number =>
  columns.findIndex((known) => isSame(known, column))

const isSame = (a: PinnedColumn, b: PinnedColumn): boolean => a.name === b.name && a.table === b.table
