import {
  allComeAfter,
  areJoinedBehind,
  areJoinedElsewhere,
  type ConditionalChange,
  isBesides as areBesides,
  movedIn,
  type MovedValue,
  noneHas,
  stayOutside,
  wholeNumber,
} from '@freshet/core/adapter'
import type { CutShape, JoinedShape, JudgedGroup, JudgedShape } from './judged-group.js'
import type { KeptRows } from './kept-rows.js'
import type { KnownElsewhere } from './known-elsewhere.js'
import { recently, shapeReader } from './read-once.js'
import { readGroup, type RowShown, type ShownGroup } from './shown-group.js'

/** As of core, by what was kept with an answer. */
export function isBesides(
  { shown, judged }: KeptRows,
  change: ConditionalChange,
  known: KnownElsewhere,
): boolean {
  return areBesides(
    readAllJudged(judged),
    ({ shape }) => shape.table === change.table && shape.tags.includes(change.tag),
    (place) =>
      isElsewhere(place, change, known) ||
      isJoinedElsewhere(place, change, known) ||
      isJoinedBehind(place, change, known) ||
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
  readonly derived: readonly unknown[]
  readonly compared: readonly unknown[]
  readonly joined: readonly unknown[]
  /** What the first and the last row have, where rows are skipped. */
  readonly ends: readonly unknown[]
  /** Where rows are joined with those of a page: the value of these, and what the last one has. */
  readonly page: readonly unknown[]
  readonly sets: readonly unknown[]
}

const shapeOf = shapeReader<JudgedShape>()

const readAllJudged = recently((judged: readonly JudgedGroup[]) => judged.map(readJudged))

function readJudged([text, shownAt, ...values]: JudgedGroup): Judged {
  const shape = shapeOf(text)
  let from = 0
  const next = (count: number) => values.slice(from, (from += count))
  return {
    shape,
    shownAt,
    derived: next(shape.derived.length),
    compared: next(shape.compared.length),
    joined: next(shape.joined.length),
    ends: next(shape.cut?.skips === true ? 2 : 0),
    page: next(shape.page === null ? 0 : 2),
    sets: next(values.length),
  }
}

/** Rows matter that have in a key what another row has, and no such row was changed, nor came. */
function isElsewhere({ shape, derived }: Judged, change: ConditionalChange, known: KnownElsewhere): boolean {
  return shape.derived.some((one, at) => {
    const key = [one.column]
    const valueOf = () => known.valueOf(one, derived[at])
    if (noneHas(change.told!, key, valueOf)) return true
    const has = valueOf()
    return has !== undefined && known.others.isUntouched?.(shape.table, key, [has], change) === true
  })
}

function isJoinedElsewhere(
  { shape, joined }: Judged,
  change: ConditionalChange,
  known: KnownElsewhere,
): boolean {
  return shape.joined.some((one, at) =>
    areJoinedElsewhere(one, change, known.others, () => joinedValue(one, joined[at], known)),
  )
}

/** Rows here have come or gone that lead to rows behind the last one of a page. */
function isJoinedBehind(
  { shape, page: [given, last] }: Judged,
  change: ConditionalChange,
  known: KnownElsewhere,
): boolean {
  if (shape.page === null) return false
  const { joined, ...page } = shape.page
  const valueOf = () => joinedValue(joined, given, known)
  return areJoinedBehind(joined, { ...page, last }, change, known.others, valueOf)
}

/** What rows between have that lead to the other row, in its normal form; `undefined`: not known. */
function joinedValue({ from }: JoinedShape, given: unknown, known: KnownElsewhere): string | undefined {
  if (from !== null) return known.valueOf(from, given)
  return typeof given === 'string' ? given : undefined
}

/** Rows matter that are in sets, all rows of which were seen before the change, and have not been touched since. */
function isUntouched(
  { shape: { table, sets: key }, sets }: Judged,
  change: ConditionalChange,
  { others }: KnownElsewhere,
): boolean {
  if (key === null) return false
  for (let from = 0; from < sets.length; from += key.length) {
    const own = sets.slice(from, from + key.length) as readonly string[]
    if (others.isUntouched?.(table, key, own, change) !== true) return false
  }
  return true
}

/** A column decides by what it is held against, which says the same of all that the changed rows had and have in it. */
function isComparedAlike(
  { shape, shownAt, compared }: Judged,
  shown: readonly ShownGroup[],
  change: ConditionalChange,
): boolean {
  const first = shape.compared.find(({ tag }) => tag === change.tag)
  const moved = first && movedIn(change, first.column)
  if (moved === undefined) return false
  for (const [at, { tag, operator }] of shape.compared.entries())
    if (tag === change.tag && !saysTheSame(operator, compared[at], moved)) return false
  return !first!.isShown || othersShown(shown, shownAt, change) !== undefined
}

function saysTheSame(operator: string, value: unknown, moved: readonly MovedValue[]): boolean {
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
  { ends }: Judged,
  { tag, incoming, column, direction, isFilter, isFull }: CutShape,
  change: ConditionalChange,
): boolean {
  const [first, last] = ends.map(wholeNumber)
  if (first === undefined || last === undefined) return false
  // One that was there may have come before the first.
  if (isFull && change.tag === incoming && allComeAfter(change.told!, [column], direction, last)) return true
  const moved = tag === change.tag ? movedIn(change, column) : undefined
  return moved !== undefined && stayOutside(moved, { first, last, direction, isFull, isFilter })
}
