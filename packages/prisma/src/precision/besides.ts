import type { ConditionalChange, OtherAnswers } from '@freshet/core/adapter'
import { normalValue } from '@freshet/sql'
import { isPlain, type PlainObject } from './arguments.js'
import { type AppliedRead, valueAt } from './applied-read.js'
import type { DerivedKey, PlannedPlace } from './place.js'
import type { Cut } from './read-plan.js'
import type { KeptAt, RowsElsewhere } from './rows-elsewhere.js'

/** A read that has been answered. */
interface Asked extends AppliedRead {
  readonly args: unknown
  readonly keptAt: KeptAt | undefined
}

/** What is known of rows that the answer does not show. */
interface Known {
  readonly elsewhere: RowsElsewhere
  readonly others: OtherAnswers
}

/**
 * Whether rows that were changed could not matter to an answer by coming, by leaving or by their order: each place that carries the tag of
 * the change leaves them out, before the change and after it.
 */
export function isBesides(asked: Asked, result: unknown, change: ConditionalChange, known: Known): boolean {
  const { plan, chosen } = asked
  let isCarried = false
  for (const [at, place] of plan.places.entries()) {
    if (place.table.texts.table !== change.table || !carries(place, chosen[at]?.tags, change.tag)) continue
    isCarried = true
    if (isElsewhere(asked, place, change, known)) continue
    if (at === plan.shown?.place && plan.cut !== undefined && isBeyond(asked, plan.cut, result, change))
      continue
    return false
  }
  return isCarried
}

const carries = (
  { otherwise, unlinked, unnamed }: PlannedPlace,
  chosen: readonly string[] | undefined,
  tag: string,
): boolean => (chosen ?? otherwise).includes(tag) || unlinked.includes(tag) || unnamed.includes(tag)

/** Rows matter that have in a key what another row has, and no such row was changed, nor came. */
function isElsewhere(asked: Asked, { derived }: PlannedPlace, { told }: ConditionalChange, known: Known) {
  return derived.some((one) => {
    const touched = told!.touched(one.key.columns)
    const entering = told!.entering(one.key.columns)
    if (touched === undefined || entering === undefined) return false
    const value = derivedValue(asked, one, known)
    return value !== undefined && ![...touched, ...entering].some(([other]) => other === value)
  })
}

/** What that row has by now, and had when the answer was loaded: this would have ended otherwise, as the other answer would. */
function derivedValue(
  { args, keptAt }: Asked,
  { key, value: from }: DerivedKey,
  { elsewhere, others }: Known,
): string | undefined {
  // What is done and not told of yet may be in one of the two answers alone.
  if (keptAt === undefined || others.mayBeWritten(from.table.texts.table)) return undefined
  const found = elsewhere.valueOf(from, valueAt(from.at, args), keptAt.scope, others.find)
  return normalValue(key.types[0], found) ?? undefined
}

/** As many rows are shown as were asked for, none of them was changed, and those that were come after the last one. */
function isBeyond({ plan, args }: Asked, cut: Cut, result: unknown, change: ConditionalChange): boolean {
  const rows: readonly unknown[] = cut.isOne ? [result] : Array.isArray(result) ? result : []
  const take = cut.isOne ? 1 : isPlain(args) ? args['take'] : undefined
  if (typeof take !== 'number' || take < 1 || rows.length < take) return false
  const after = change.told!.after(cut.column)
  const direction = directionOf(valueAt({ path: cut.path, isList: false }, args))
  const last = rows.at(-1)
  if (after === undefined || direction === undefined || !isPlain(last)) return false
  const bound = wholeNumber(last[cut.field])
  if (bound === undefined) return false
  const isAfter = (value: string | null): boolean => {
    const number = value === null ? undefined : wholeNumber(value)
    return number !== undefined && (direction === 'asc' ? number > bound : number < bound)
  }
  return after.every(isAfter) && rows.every((row) => isPlain(row) && isOther(row, plan.shown!.fields, change))
}

const isOther = (row: PlainObject, fields: ReadonlyMap<string, string>, { condition }: ConditionalChange) =>
  condition.excludes((column) => {
    const field = fields.get(column)
    return field === undefined ? undefined : row[field]
  })

/** `'asc'`, or `{ sort: 'asc', nulls: 'last' }`. */
function directionOf(order: unknown): 'asc' | 'desc' | undefined {
  const direction = isPlain(order) ? order['sort'] : order
  return direction === 'asc' || direction === 'desc' ? direction : undefined
}

/** As all of them are compared. */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,40}$/.test(value) ? BigInt(value) : undefined
}
