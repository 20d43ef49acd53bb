import type { ConditionalChange, MovedValue, ToldRows } from '../conditions.js'

/**
 * Whether rows that were changed could not matter to an answer by coming, by leaving or by their order: each place that carries the tag of
 * the change leaves them out, before the change and after it.
 */
export function isBesides<Place>(
  places: readonly Place[],
  carries: (place: Place, at: number) => boolean,
  leavesOut: (place: Place, at: number) => boolean,
): boolean {
  let isCarried = false
  for (let at = 0; at < places.length; at++) {
    const place = places[at]!
    if (!carries(place, at)) continue
    isCarried = true
    if (!leavesOut(place, at)) return false
  }
  return isCarried
}

/**
 * Whether no row that was changed had a value in a key of one column, nor got it.
 *
 * @param valueOf the value in its normal form, asked for if the write tells of the key; `undefined`: not known
 */
export function noneHas(told: ToldRows, key: readonly string[], valueOf: () => string | undefined): boolean {
  const touched = told.touched(key)
  const entering = told.entering(key)
  if (touched === undefined || entering === undefined) return false
  const value = valueOf()
  return value !== undefined && ![...touched, ...entering].some(([other]) => other === value)
}

/**
 * Whether every row that was changed has a value after it that comes strictly after the last one shown, in an order by whole numbers:
 * whatever else decides, it is not among the first.
 *
 * @param last what the last row shows, as the driver gives it
 */
export function allComeAfter(
  told: ToldRows,
  column: readonly [string],
  direction: 'asc' | 'desc',
  last: unknown,
): boolean {
  const after = told.after(column)
  return after !== undefined && allAfter(after.map(wholeNumber), direction, last)
}

/** Whether all values come strictly after the last one shown. @param values `undefined`: one that is not known */
export function allAfter(
  values: readonly (bigint | undefined)[],
  direction: 'asc' | 'desc',
  last: unknown,
): boolean {
  const bound = wholeNumber(last)
  if (bound === undefined) return false
  const isAfter = (number: bigint | undefined): boolean =>
    number !== undefined && (direction === 'asc' ? number > bound : number < bound)
  return values.every(isAfter)
}

/** Rows that stand one after another in an order by whole numbers, some of which are shown. */
interface Page {
  /** What the first row shown has in the column. */
  readonly first: bigint
  readonly last: bigint
  readonly direction: 'asc' | 'desc'
  /** Whether as many rows are shown as were asked for. */
  readonly isFull: boolean
  /** Whether the column decides which rows come as well. */
  readonly isFilter: boolean
}

/** Whether every row that was changed came strictly before the first row shown, or after the last one, and does. */
export function stayOutside(
  moved: readonly MovedValue[],
  { first, last, direction, isFull, isFilter }: Page,
): boolean {
  const isBefore = (one: bigint, other: bigint) => (direction === 'asc' ? one < other : one > other)
  return moved.every(
    ({ before, after }) =>
      (isFull && isBefore(last, before) && isBefore(last, after)) ||
      (!isFilter && isBefore(before, first) && isBefore(after, first)),
  )
}

/** What every row that may have been changed had in a column, and has; `undefined`: not known of all. */
export function movedIn(
  { moved, told }: ConditionalChange,
  column: string,
): readonly MovedValue[] | undefined {
  return moved?.get(column) ?? (told && movedByItself(told, column))
}

/** The same as far as the statement alone tells it. */
export function movedByItself(told: ToldRows, column: string): readonly MovedValue[] | undefined {
  const after = wholeNumbers(told.after([column]))
  if (after === undefined) return undefined
  const by = told.moved?.([column])
  if (by !== undefined) return after.map((value) => ({ before: value - by.by, after: value }))
  const before = wholeNumbers(told.touched([column])?.map(([value]) => value!))
  return before?.flatMap((had) => after.map((has) => ({ before: had, after: has })))
}

function wholeNumbers(values: readonly (string | null)[] | undefined): readonly bigint[] | undefined {
  if (values === undefined || values.length > maxValues) return undefined
  const numbers = values.flatMap((value) => wholeNumber(value) ?? [])
  return numbers.length === values.length ? numbers : undefined
}

/** Past this, values are not held against one another. */
const maxValues = 20

/** As all of them are compared. */
export function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,40}$/.test(value) ? BigInt(value) : undefined
}
