import {
  allComeAfter,
  type ConditionalChange,
  isBesides as areBesides,
  movedIn,
  type MovedValue,
  noneHas,
  type OtherAnswers,
  type RowsElsewhere,
  stayOutside,
  wholeNumber,
} from '@freshet/core/adapter'
import { normalValue, type ValueType } from '@freshet/sql'
import type { CutShape, JudgedGroup, JudgedShape } from './judged-group.js'
import type { KeptRows } from './kept-rows.js'
import { recently, shapeReader } from './read-once.js'
import { readGroup, type RowShown, type ShownGroup } from './shown-group.js'
import type { TablePrecisions } from './table-precision.js'

/** What is known of rows that the answer does not show. */
export interface KnownElsewhere {
  readonly tables: TablePrecisions
  readonly elsewhere: RowsElsewhere<ValueType>
  readonly others: OtherAnswers
  /** What the answer may be seen by. */
  readonly scope: string
}

/** As of core, by what was kept with an answer. */
export function isBesides(
  { shown, judged }: KeptRows,
  change: ConditionalChange,
  known: KnownElsewhere,
): boolean {
  return areBesides(
    judged.map(readJudged),
    ({ shape }) => shape.table === change.table && shape.tags.includes(change.tag),
    (place) =>
      isElsewhere(place, change, known) ||
      isUntouched(place, change, known) ||
      isComparedAlike(place, shown, change) ||
      (place.shape.cut?.skips === true
        ? staysOffPage(place, place.shape.cut, change)
        : isBeyond(place, shown, change) || staysOutside(place, shown, change)),
  )
}

interface Judged {
  readonly shape: JudgedShape
  readonly shownAt: number
  /** Of what is derived, then of what is compared, then of the first and the last row where rows are skipped, then of sets. */
  readonly values: readonly unknown[]
}

const shapeOf = shapeReader<JudgedShape>()

const readJudged = recently(([text, shownAt, ...values]: JudgedGroup): Judged => ({
  shape: shapeOf(text),
  shownAt,
  values,
}))

/** Rows matter that have in a key what another row has, and no such row was changed, nor came. */
function isElsewhere(
  { shape, values }: Judged,
  { told }: ConditionalChange,
  { tables, elsewhere, others, scope }: KnownElsewhere,
): boolean {
  return shape.derived.some(({ column, table: name, far, unique }, at) =>
    noneHas(told!, [column], () => {
      const table = tables.of(name)
      if (table.grain === 'table') return undefined
      const found = elsewhere.valueOf({ table, column: far, unique }, values[at], scope, others)
      return normalValue(table.columns.named(far)?.column.type, found) ?? undefined
    }),
  )
}

/** Rows matter that are in sets, all rows of which were seen before the change, and have not been touched since. */
function isUntouched(
  { shape: { table, derived, compared, cut, sets }, values }: Judged,
  change: ConditionalChange,
  { others }: KnownElsewhere,
): boolean {
  if (sets === null) return false
  let from = derived.length + compared.length + (cut?.skips === true ? 2 : 0)
  for (; from < values.length; from += sets.length) {
    const own = values.slice(from, from + sets.length) as readonly string[]
    if (others.isUntouched?.(table, sets, own, change) !== true) return false
  }
  return true
}

/** A column decides by what it is held against, which says the same of all that the changed rows had and have in it. */
function isComparedAlike(
  { shape: { derived, compared }, shownAt, values }: Judged,
  shown: readonly ShownGroup[],
  change: ConditionalChange,
): boolean {
  const own = compared.flatMap((one, at) =>
    one.tag === change.tag ? [{ ...one, value: values[derived.length + at] }] : [],
  )
  const [first] = own
  if (first === undefined) return false
  const moved = movedIn(change, first.column)
  if (moved === undefined || !own.every((one) => saysTheSame(one, moved))) return false
  return !first.isShown || othersShown(shown, shownAt, change) !== undefined
}

function saysTheSame(
  { operator, value }: { readonly operator: string; readonly value: unknown },
  moved: readonly MovedValue[],
): boolean {
  // What a text is compared as, the database decides.
  const bound = typeof value === 'string' ? undefined : wholeNumber(value)
  const holds = holding[operator]
  if (bound === undefined || holds === undefined) return false
  return moved.every(({ before, after }) => holds(before, bound) === holds(after, bound))
}

const holding: Readonly<Record<string, (one: bigint, other: bigint) => boolean>> = {
  '=': (one, other) => one === other,
  '<>': (one, other) => one !== other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
}

/** The rows that are shown at a place, if none of them was changed; `undefined` also where they are not all known. */
function othersShown(
  shown: readonly ShownGroup[],
  at: number,
  { condition }: ConditionalChange,
): readonly RowShown[] | undefined {
  const group = at < 0 ? undefined : shown[at]
  const { isWhole, rows } = group === undefined ? nothing : readGroup(group)
  return isWhole && rows.every(({ valueOf }) => condition.excludes(valueOf)) ? rows : undefined
}

const nothing = { isWhole: false, rows: [] }

/** None of the rows that are shown was changed, and those that were come after the last one. */
function isBeyond(
  { shape: { cut }, shownAt }: Judged,
  shown: readonly ShownGroup[],
  change: ConditionalChange,
): boolean {
  if (cut?.isFull !== true) return false
  const last = othersShown(shown, shownAt, change)?.at(-1)
  return (
    last !== undefined && allComeAfter(change.told!, [cut.column], cut.direction, last.valueOf(cut.column))
  )
}

/**
 * Every row that was changed came after the last one shown, and does; or it would have been shown if anything but its place in the order
 * had kept it out, and the column is its place alone.
 */
function staysOutside(
  { shape: { cut }, shownAt }: Judged,
  shown: readonly ShownGroup[],
  change: ConditionalChange,
): boolean {
  if (cut === null || cut.tag !== change.tag) return false
  const moved = movedIn(change, cut.column)
  const rows = othersShown(shown, shownAt, change)
  if (moved === undefined || rows === undefined) return false
  if (!cut.isFull) return !cut.isFilter
  const last = wholeNumber(rows.at(-1)?.valueOf(cut.column))
  if (last === undefined) return false
  const isBefore = (one: bigint, other: bigint) => (cut.direction === 'asc' ? one < other : one > other)
  return moved.every(
    ({ before, after }) =>
      (isBefore(last, before) && isBefore(last, after)) || (!cut.isFilter && isBefore(before, last)),
  )
}

/**
 * Of a page after the first: a row that comes stands after the last one shown, or every row that was changed stays before the first, or
 * after the last.
 */
function staysOffPage(
  { shape, values }: Judged,
  { tag, incoming, column, direction, isFilter, isFull }: CutShape,
  change: ConditionalChange,
): boolean {
  const at = shape.derived.length + shape.compared.length
  const [first, last] = [values[at], values[at + 1]].map(wholeNumber)
  if (first === undefined || last === undefined) return false
  // One that was there may have come before the first.
  if (isFull && change.tag === incoming && allComeAfter(change.told!, [column], direction, last)) return true
  const moved = tag === change.tag ? movedIn(change, column) : undefined
  return moved !== undefined && stayOutside(moved, { first, last, direction, isFull, isFilter })
}
