import type { ToldRows } from '../conditions.js'

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
  for (const [at, place] of places.entries()) {
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
  const bound = wholeNumber(last)
  if (after === undefined || bound === undefined) return false
  const isAfter = (value: string | null): boolean => {
    const number = value === null ? undefined : wholeNumber(value)
    return number !== undefined && (direction === 'asc' ? number > bound : number < bound)
  }
  return after.every(isAfter)
}

/** As all of them are compared. */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,40}$/.test(value) ? BigInt(value) : undefined
}
