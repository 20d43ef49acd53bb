import type { ColumnUse } from './column-uses.js'
import type { Comparison } from './comparisons.js'
import type { OuterQuery, QueryParts } from './query-block.js'

/** What a query does with the columns of one of its tables. */
export interface PlaceUses {
  /** `undefined`: any column. */
  readonly decidedBy: readonly string[] | undefined
  readonly chosenBy: readonly string[] | undefined
  readonly shown: readonly string[] | undefined
  /** Those of `decidedBy` that do nothing but be held against values. */
  readonly compared: ReadonlyMap<string, readonly Comparison[]>
  /** Those of `decidedBy` that do more than order. */
  readonly filters: readonly string[] | undefined
  readonly isOptional: boolean
  readonly isUnused: boolean
}

/** A place that names a column, and what it is held against there, if that is all. */
export interface ComparedUse extends ColumnUse {
  readonly comparison: Comparison | undefined
}

/**
 * Where a column is named: `shown` as it is, `some` of rows of which some are skipped, `page` where it is shown and orders, or the number
 * of the ON.
 */
type Area = 'shown' | 'some' | 'page' | 'none' | 'order' | 'other' | number

/** A column that is named with its table, and where. */
interface LocatedUse {
  readonly column: string
  readonly area: Area
  readonly comparison: Comparison | undefined
}

/** What is done with the columns of every table, by its place. */
export function usesOfPlaces(uses: readonly ComparedUse[], parts: QueryParts): readonly PlaceUses[] {
  const byReference = new Map<string, LocatedUse[]>()
  // Whose it is cannot be told.
  let [decidesAny, showsAny] = [false, false]
  for (const { at, reference, column, comparison } of uses) {
    const area = areaOf(at, parts)
    if (reference !== undefined && column !== undefined) {
      const own = byReference.get(reference)
      if (own === undefined) byReference.set(reference, [{ column, area, comparison }])
      else own.push({ column, area, comparison })
    } else if (area === 'shown') showsAny = true
    else if (area !== 'none') decidesAny = true
  }
  const { optional, unused } = looseEnds(byReference, parts.outer, decidesAny)
  return parts.tables.map(({ item, outerItem }) => {
    const own = byReference.get(item.reference) ?? []
    const isChosenOn = (on: number) => on === outerItem || !optional.has(on)
    return {
      decidedBy: decidesAny ? undefined : columnsIn(own, (area) => area !== 'shown' && area !== 'none'),
      chosenBy: decidesAny ? undefined : columnsIn(own, (area) => chooses(area, parts.outer, isChosenOn)),
      compared: decidesAny ? nothingCompared : comparedIn(own.filter(decides)),
      filters: decidesAny
        ? undefined
        : columnsIn(own, (area) => area === 'other' || typeof area === 'number'),
      shown: showsAny ? undefined : columnsIn(own, (area) => area === 'shown' || area === 'page'),
      isOptional: outerItem !== undefined && optional.has(outerItem),
      isUnused: outerItem !== undefined && unused.has(outerItem),
    }
  })
}

const nothingCompared: ReadonlyMap<string, readonly Comparison[]> = new Map()

const decides = ({ area }: LocatedUse): boolean => area !== 'shown' && area !== 'none'

function comparedIn(uses: readonly LocatedUse[]): ReadonlyMap<string, readonly Comparison[]> {
  const compared = new Map<string, Comparison[]>()
  const others = new Set(
    uses.filter(({ comparison }) => comparison === undefined).map(({ column }) => column),
  )
  for (const { column, comparison } of uses) {
    if (comparison === undefined || others.has(column)) continue
    const own = compared.get(column)
    if (own === undefined) compared.set(column, [comparison])
    else own.push(comparison)
  }
  return compared
}

/** Each column once. */
function columnsIn(uses: readonly LocatedUse[], isIn: (area: Area) => boolean): readonly string[] {
  const columns: string[] = []
  for (const { column, area } of uses) if (isIn(area) && !columns.includes(column)) columns.push(column)
  return columns
}

interface Range {
  readonly from: number
  readonly end: number
}

const isIn = (range: Range | undefined, at: number): boolean =>
  range !== undefined && at >= range.from && at < range.end

function areaOf(at: number, { outer, shown, page }: QueryParts): Area {
  if (page?.some((item) => isIn(item, at)) === true) return 'page'
  if (isIn(shown, at)) return page !== undefined ? 'none' : outer?.skipsRows === true ? 'some' : 'shown'
  if (outer === undefined) return 'other'
  if (isIn(outer.order, at)) return 'order'
  const on = outer.items.findIndex((item) => isIn(item.on, at))
  return on < 0 ? 'other' : on
}

/** Whether a column that is named there chooses among the rows that come. */
function chooses(area: Area, outer: OuterQuery | undefined, on: (item: number) => boolean): boolean {
  if (typeof area === 'number') return on(area)
  return area === 'other' || area === 'page' || (area === 'order' && outer?.isLimited !== false)
}

/**
 * Items of the outermost FROM list that only complete rows which come without them: joined from the left, and named
 * nowhere that chooses. And those that do nothing at all, where repeated rows count once.
 */
function looseEnds(
  byReference: ReadonlyMap<string, readonly LocatedUse[]>,
  outer: OuterQuery | undefined,
  decidesAny: boolean,
): { readonly optional: ReadonlySet<number>; readonly unused: ReadonlySet<number> } {
  const [optional, unused] = [new Set<number>(), new Set<number>()]
  if (outer === undefined || decidesAny || outer.items.some(({ join }) => join === 'other'))
    return { optional, unused }
  // An ON names what stands before it, so the last one is settled first.
  for (let at = outer.items.length - 1; at > 0; at--) {
    const { join, reference } = outer.items[at]!
    if (join !== 'left') continue
    const own = byReference.get(reference) ?? []
    const isOwn = (on: number) => on === at
    if (!own.some(({ area }) => chooses(area, outer, (on) => !isOwn(on) && !optional.has(on))))
      optional.add(at)
    if (outer.countsOnce && own.every(({ area }) => area === 'none' || isOrHas(area, at, unused)))
      unused.add(at)
  }
  return { optional, unused }
}

const isOrHas = (area: Area, at: number, items: ReadonlySet<number>): boolean =>
  typeof area === 'number' && (area === at || items.has(area))
