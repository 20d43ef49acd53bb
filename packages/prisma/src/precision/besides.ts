import {
  allComeAfter,
  areJoinedBehind,
  areJoinedElsewhere,
  type ConditionalChange,
  isBesides as areBesides,
  type KeptAt,
  movedIn,
  type MovedValue,
  noneHas,
  type OtherAnswers,
  type RowsElsewhere,
  stayOutside,
  wholeNumber,
} from '@freshet/core/adapter'
import { normalValue, type ValueType } from '@freshet/sql'
import { isPlain } from './arguments.js'
import { type AppliedRead, valueAt } from './applied-read.js'
import { type Comparison, operandsOf, saysTheSame } from './comparison.js'
import type { Joined, ValueOfRow } from './pins.js'
import type { DerivedKey, PlannedPlace } from './place.js'
import type { Cut } from './read-plan.js'
import { setsAt, type SetsOfPlace } from './seen-sets.js'

/** A read that has been answered. What it asks is found out once for all changes that its answer is held against. */
export interface AnsweredRead extends AppliedRead {
  readonly keptAt: KeptAt | undefined
  readonly operands: Map<Comparison, readonly bigint[] | undefined>
  /** By places that are pinned by the arguments. */
  readonly pinned: Map<number, SetsOfPlace>
  /** What other rows have, as long as nothing else is stored. */
  readonly derived: { by: OtherAnswers | undefined; readonly values: Map<ValueOfRow, string | undefined> }
}

/** As what answers a read is judged. */
export const answeredRead = (read: AppliedRead, keptAt: KeptAt | undefined): AnsweredRead => ({
  ...read,
  keptAt,
  operands: new Map(),
  pinned: new Map(),
  derived: { by: undefined, values: new Map() },
})

/** What is known of rows that the answer does not show. */
export interface Known {
  readonly elsewhere: RowsElsewhere<ValueType>
  readonly others: OtherAnswers
}

/** As of core, for a read of Prisma's. */
export function isBesides(
  asked: AnsweredRead,
  result: unknown,
  change: ConditionalChange,
  known: Known,
): boolean {
  const { plan, chosen } = asked
  return areBesides(
    plan.places,
    (place, at) => place.table.texts.table === change.table && carries(place, chosen[at]?.tags, change.tag),
    (place, at) =>
      // What costs least comes first.
      isComparedAlike(asked, place, at, result, change) ||
      isElsewhere(asked, place, change, known) ||
      isJoinedElsewhere(asked, place, change, known) ||
      isUntouched(asked, place, at, result, change, known) ||
      (at === plan.shown?.place &&
        plan.cut !== undefined &&
        (isBeyond(asked, plan.cut, result, change) || staysOutside(asked, plan.cut, result, change))) ||
      isJoinedBehind(asked, place, result, change, known),
  )
}

const carries = (
  { otherwise, unlinked, unnamed }: PlannedPlace,
  chosen: readonly string[] | undefined,
  tag: string,
): boolean => (chosen ?? otherwise).includes(tag) || unlinked.includes(tag) || unnamed.includes(tag)

/** Rows matter that have in a key what another row has, and no such row was changed, nor came. */
const isElsewhere = (
  asked: AnsweredRead,
  { table, derived }: PlannedPlace,
  change: ConditionalChange,
  known: Known,
): boolean =>
  derived.some((one) => {
    const value = () => derivedValue(asked, one, known)
    if (noneHas(change.told!, one.key.columns, value)) return true
    const has = value()
    const { table: name } = table.texts
    return has !== undefined && known.others.isUntouched?.(name, one.key.columns, [has], change) === true
  })

const isJoinedElsewhere = (
  asked: AnsweredRead,
  { joined }: PlannedPlace,
  change: ConditionalChange,
  known: Known,
): boolean =>
  joined.some((one) => areJoinedElsewhere(one.by, change, known.others, () => joinedValue(asked, one, known)))

/** Rows between have come or gone that lead to rows behind the last one shown, of which as many are shown as were asked for. */
function isJoinedBehind(
  asked: AnsweredRead,
  place: PlannedPlace,
  result: unknown,
  change: ConditionalChange,
  known: Known,
): boolean {
  const { plan, args } = asked
  const { cut, shown } = plan
  if (place.joinedAt === undefined || cut === undefined || shown?.place === undefined) return false
  const rows = rowsOf(result)
  const last = rows.at(-1)
  const direction = directionOf(valueAt({ path: cut.path, isList: false }, args))
  if (direction === undefined || !isPlain(last) || rows.length < (asksFor(cut, args) ?? Infinity))
    return false
  const { table, joined } = plan.places[shown.place]!
  const one = joined.find(({ at }) => at === place.joinedAt)
  if (one === undefined || table.rowKey?.columns.length !== 1 || table.rowKey.columns[0] !== one.by.own)
    return false
  const ending = { table: table.texts.table, column: cut.column[0], direction, last: last[cut.field] }
  return areJoinedBehind(one.by, ending, change, known.others, () => joinedValue(asked, one, known))
}

/** What the rows between have that lead to the other row, in its normal form; `undefined`: not known. */
export function joinedValue(asked: AnsweredRead, { far, value }: Joined, known: Known): string | undefined {
  if ('unique' in value) return derivedValue(asked, { key: far, value }, known)
  return normalValue(far.types[0], valueAt(value, asked.args)) ?? undefined
}

function derivedValue(asked: AnsweredRead, one: DerivedKey, known: Known): string | undefined {
  const { derived } = asked
  if (derived.by !== known.others) {
    derived.by = known.others
    derived.values.clear()
  }
  if (!derived.values.has(one.value)) derived.values.set(one.value, valueElsewhere(asked, one, known))
  return derived.values.get(one.value)
}

function valueElsewhere(
  { args, keptAt }: AnsweredRead,
  { key, value: from }: DerivedKey,
  { elsewhere, others }: Known,
): string | undefined {
  if (keptAt === undefined) return undefined
  const found = elsewhere.valueOf(from, valueAt(from.at, args), keptAt.scope, others)
  return normalValue(key.types[0], found) ?? undefined
}

/** Rows matter that are in sets, all rows of which were seen before the change, and have not been touched since. */
function isUntouched(
  asked: AnsweredRead,
  place: PlannedPlace,
  at: number,
  result: unknown,
  change: ConditionalChange,
  { others }: Known,
): boolean {
  const sets = setsOf(asked, place, at, result)
  if (sets === undefined) return false
  const { table } = place.table.texts
  return sets.every(([key, values]) => others.isUntouched?.(table, key.columns, values, change) === true)
}

function setsOf(asked: AnsweredRead, place: PlannedPlace, at: number, result: unknown): SetsOfPlace {
  if (asked.chosen[at] === undefined) return setsAt(asked, place, at, result)
  if (!asked.pinned.has(at)) asked.pinned.set(at, setsAt(asked, place, at, result))
  return asked.pinned.get(at)
}

/** A column decides by what it is held against, which says the same of all that the changed rows had and have in it. */
function isComparedAlike(
  asked: AnsweredRead,
  { compared }: PlannedPlace,
  at: number,
  result: unknown,
  change: ConditionalChange,
): boolean {
  const { plan } = asked
  for (const [column, { tag, comparisons, isShown }] of compared) {
    if (tag !== change.tag) continue
    if (
      isShown &&
      (at !== plan.shown?.place || !rowsOf(result).every(isOtherThan(plan.shown.fields, change)))
    )
      return false
    return keepsComparisons(comparisons, asked, movedIn(change, column))
  }
  return false
}

const keepsComparisons = (
  comparisons: readonly Comparison[],
  asked: AnsweredRead,
  moved: readonly MovedValue[] | undefined,
): boolean =>
  moved !== undefined &&
  comparisons.every((one) => {
    const operands = operandsIn(asked, one)
    return (
      operands !== undefined && moved.every(({ before, after }) => saysTheSame(one, operands, before, after))
    )
  })

function operandsIn({ args, operands }: AnsweredRead, one: Comparison): readonly bigint[] | undefined {
  if (!operands.has(one)) operands.set(one, operandsOf(one, args))
  return operands.get(one)
}

const rowsOf = (result: unknown): readonly unknown[] =>
  Array.isArray(result) ? (result as readonly unknown[]) : result === null ? [] : [result]

/** Every row that was changed came strictly before the first row shown, or after the last one, and does. */
function staysOutside(
  { plan, args }: AnsweredRead,
  cut: Cut,
  result: unknown,
  change: ConditionalChange,
): boolean {
  const [column] = cut.column
  const place = plan.places[plan.shown!.place!]!
  if (place.table.texts.column(column) !== change.tag) return false
  const rows = rowsOf(result)
  const moved = movedIn(change, column)
  const direction = directionOf(valueAt({ path: cut.path, isList: false }, args))
  const [first, last] = [rows[0], rows.at(-1)].map((row) =>
    isPlain(row) ? wholeNumber(row[cut.field]) : undefined,
  )
  if (moved === undefined || direction === undefined || first === undefined || last === undefined)
    return false
  const isFull = rows.length >= (asksFor(cut, args) ?? Infinity)
  return stayOutside(moved, { first, last, direction, isFull, isFilter: cut.isFilter })
}

/** How many rows; `undefined`: not a number of the first ones. */
function asksFor({ isOne }: Cut, args: unknown): number | undefined {
  const take = isOne ? 1 : isPlain(args) ? args['take'] : undefined
  return typeof take === 'number' && take >= 1 ? take : undefined
}

/** As many rows are shown as were asked for, none of them was changed, and those that were come after the last one. */
function isBeyond(
  { plan, args }: AnsweredRead,
  cut: Cut,
  result: unknown,
  change: ConditionalChange,
): boolean {
  const rows: readonly unknown[] = cut.isOne ? [result] : Array.isArray(result) ? result : []
  const take = asksFor(cut, args)
  if (take === undefined || rows.length < take) return false
  // One that was there may have come before the first.
  if (cut.skips && change.tag !== plan.places[plan.shown!.place!]!.table.texts.incoming) return false
  const direction = directionOf(valueAt({ path: cut.path, isList: false }, args))
  const last = rows.at(-1)
  if (direction === undefined || !isPlain(last)) return false
  return (
    allComeAfter(change.told!, cut.column, direction, last[cut.field]) &&
    rows.every(isOtherThan(plan.shown!.fields, change))
  )
}

/** Tells of rows shown that they are certainly none of those that were changed. */
const isOtherThan =
  (fields: ReadonlyMap<string, string>, { condition }: ConditionalChange) =>
  (row: unknown): boolean =>
    isPlain(row) &&
    condition.excludes((column) => {
      const field = fields.get(column)
      return field === undefined ? undefined : row[field]
    })

/** `'asc'`, or `{ sort: 'asc', nulls: 'last' }`. */
function directionOf(order: unknown): 'asc' | 'desc' | undefined {
  const direction = isPlain(order) ? order['sort'] : order
  return direction === 'asc' || direction === 'desc' ? direction : undefined
}
