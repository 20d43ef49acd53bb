import { allAfter, type ConditionalChange, type OtherAnswers } from '@freshet/core/adapter'
import type { Joined } from './pins.js'
import type { PlannedPlace } from './place.js'

/** Past this, changed rows are not looked at one by one. */
const maxRows = 20

/** What the rows between have in the column by which they lead to the other row, in its normal form; `undefined`: not known. */
type ValueOf = (joined: Joined) => string | undefined

/** Rows matter that are joined with one that has a value, and no row that was changed was, nor is. */
export function areJoinedElsewhere(
  { joined }: PlannedPlace,
  change: ConditionalChange,
  others: OtherAnswers,
  valueOf: ValueOf,
): boolean {
  return joined.some((one) => {
    const rows = changedIn(change, [one.own])
    const value = rows && valueOf(one)
    if (value === undefined) return false
    const { table } = one.table.texts
    const [[near], [far]] = [one.key.columns, one.far.columns]
    const lacks = (of: string, value: string, column: string, having: string): boolean =>
      others.lacks?.({ table, key: [of], values: [value] }, [column, having], change) === true
    // All rows between are known that lead to the one, or all that lead from a row.
    return rows!.every(([row]) => lacks(far!, value, near!, row!) || lacks(near!, row!, far!, value))
  })
}

/** Where the rows end that an answer shows, as many as were asked for. */
export interface Ending {
  /** The place of these rows. */
  readonly place: PlannedPlace
  /** What they are ordered by. */
  readonly column: string
  readonly direction: 'asc' | 'desc'
  /** What the last one has in it. */
  readonly last: unknown
}

/** Rows between have come or gone, and all that they join with the one that has the value stand behind the last row shown. */
export function areJoinedBehind(
  { joinedAt }: PlannedPlace,
  { place, column, direction, last }: Ending,
  change: ConditionalChange,
  others: OtherAnswers,
  valueOf: ValueOf,
): boolean {
  const one = joinedAt === undefined ? undefined : place.joined.find(({ at }) => at === joinedAt)
  const { texts, rowKey } = place.table
  if (one === undefined || rowKey?.columns.length !== 1 || rowKey.columns[0] !== one.own) return false
  const pairs = changedIn(change, [...one.key.columns, ...one.far.columns])
  const value = pairs && valueOf(one)
  if (value === undefined) return false
  const rows = pairs!.filter(([, far]) => far === value).map(([row]) => row!)
  return allAfter(
    rows.map((row) => others.knownValue?.(texts.table, [row], column, change)),
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
