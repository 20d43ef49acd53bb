import {
  allComeAfter,
  type ConditionalChange,
  isBesides as areBesides,
  type KeptAt,
  noneHas,
  type OtherAnswers,
  type RowsElsewhere,
} from '@freshet/core/adapter'
import { normalValue, type ValueType } from '@freshet/sql'
import { isPlain, type PlainObject } from './arguments.js'
import { type AppliedRead, valueAt } from './applied-read.js'
import type { DerivedKey, PlannedPlace } from './place.js'
import type { Cut } from './read-plan.js'

/** A read that has been answered. */
interface Asked extends AppliedRead {
  readonly args: unknown
  readonly keptAt: KeptAt | undefined
}

/** What is known of rows that the answer does not show. */
interface Known {
  readonly elsewhere: RowsElsewhere<ValueType>
  readonly others: OtherAnswers
}

/** As of core, for a read of Prisma's. */
export function isBesides(asked: Asked, result: unknown, change: ConditionalChange, known: Known): boolean {
  const { plan, chosen } = asked
  return areBesides(
    plan.places,
    (place, at) => place.table.texts.table === change.table && carries(place, chosen[at]?.tags, change.tag),
    (place, at) =>
      isElsewhere(asked, place, change, known) ||
      (at === plan.shown?.place && plan.cut !== undefined && isBeyond(asked, plan.cut, result, change)),
  )
}

const carries = (
  { otherwise, unlinked, unnamed }: PlannedPlace,
  chosen: readonly string[] | undefined,
  tag: string,
): boolean => (chosen ?? otherwise).includes(tag) || unlinked.includes(tag) || unnamed.includes(tag)

/** Rows matter that have in a key what another row has, and no such row was changed, nor came. */
const isElsewhere = (asked: Asked, { derived }: PlannedPlace, { told }: ConditionalChange, known: Known) =>
  derived.some((one) => noneHas(told!, one.key.columns, () => derivedValue(asked, one, known)))

function derivedValue(
  { args, keptAt }: Asked,
  { key, value: from }: DerivedKey,
  { elsewhere, others }: Known,
): string | undefined {
  if (keptAt === undefined) return undefined
  const found = elsewhere.valueOf(from, valueAt(from.at, args), keptAt.scope, others)
  return normalValue(key.types[0], found) ?? undefined
}

/** As many rows are shown as were asked for, none of them was changed, and those that were come after the last one. */
function isBeyond({ plan, args }: Asked, cut: Cut, result: unknown, change: ConditionalChange): boolean {
  const rows: readonly unknown[] = cut.isOne ? [result] : Array.isArray(result) ? result : []
  const take = cut.isOne ? 1 : isPlain(args) ? args['take'] : undefined
  if (typeof take !== 'number' || take < 1 || rows.length < take) return false
  const direction = directionOf(valueAt({ path: cut.path, isList: false }, args))
  const last = rows.at(-1)
  if (direction === undefined || !isPlain(last)) return false
  return (
    allComeAfter(change.told!, cut.column, direction, last[cut.field]) &&
    rows.every((row) => isPlain(row) && isOther(row, plan.shown!.fields, change))
  )
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
