import type { ConditionalChange, OtherAnswers } from '../conditions.js'
import { allAfter } from './besides.js'

/** Past this, changed rows are not looked at one by one. */
const maxRows = 20

/** How rows are joined with others: by those of a table between. */
export interface JoinedBy {
  /** The tag of the table between. */
  readonly table: string
  /** Its column that holds what the rows have in `own`. */
  readonly near: string
  readonly own: string
  /** Its column that tells the other row. */
  readonly far: string
}

/** What rows between have that lead to the other row, in its normal form; `undefined`: not known. Asked for if a write tells of the rows. */
type ValueOf = () => string | undefined

/** Rows matter that are joined with one that has a value, and no row that was changed was, nor is. */
export function areJoinedElsewhere(
  { table, near, own, far }: JoinedBy,
  change: ConditionalChange,
  others: OtherAnswers,
  valueOf: ValueOf,
): boolean {
  const rows = changedIn(change, [own])
  const value = rows && valueOf()
  if (value === undefined) return false
  const lacks = (of: string, has: string, column: string, having: string): boolean =>
    others.lacks?.({ table, key: [of], values: [has] }, [column, having], change) === true
  // All rows between are known that lead to the one, or all that lead from a row.
  return rows!.every(([row]) => lacks(far, value, near, row!) || lacks(near, row!, far, value))
}

/** Where the rows end that an answer shows, as many as were asked for. */
interface Ending {
  /** The tag of their table, whose row key is what the rows between hold. */
  readonly table: string
  /** What they are ordered by. */
  readonly column: string
  readonly direction: 'asc' | 'desc'
  /** What the last one has in it. */
  readonly last: unknown
}

/**
 * Rows between have come, and all that they join with the one that has the value stand behind the last row shown. Of one that is joined no
 * more nobody knows what it had then: what has changed since is not told of its place.
 */
export function areJoinedBehind(
  { near, far }: JoinedBy,
  { table, column, direction, last }: Ending,
  change: ConditionalChange,
  others: OtherAnswers,
  valueOf: ValueOf,
): boolean {
  const pairs = changedIn(change, [near, far])
  const value = pairs && valueOf()
  if (value === undefined) return false
  const isOfIt = ([, other]: readonly string[]): boolean => other === value
  if (change.told!.touched([near, far])!.some(isOfIt)) return false
  const rows = pairs!.filter(isOfIt).map(([row]) => row!)
  return allAfter(
    rows.map((row) => others.knownValue?.(table, [row], column, change)),
    direction,
    last,
  )
}

/** What rows had in a key that were changed or are gone, and what others have in it by now; `undefined`: it is not told of all. */
function changedIn({ told }: ConditionalChange, key: readonly string[]) {
  const touched = told?.touched(key)
  const entering = touched && told?.entering(key)
  if (entering === undefined || touched!.length + entering.length > maxRows) return undefined
  return [...touched!, ...entering]
}
