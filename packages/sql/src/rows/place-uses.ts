import type { ColumnUse } from './column-uses.js'
import type { OuterQuery, QueryParts } from './query-block.js'

/** What a query does with the columns of one of its tables. */
export interface PlaceUses {
  /** `undefined`: any column. */
  readonly decidedBy: readonly string[] | undefined
  readonly chosenBy: readonly string[] | undefined
  readonly shown: readonly string[] | undefined
  readonly isOptional: boolean
  readonly isUnused: boolean
}

/** Where a column is named: `shown` as it is, `page` where it is shown and orders, or the number of the ON. */
type Area = 'shown' | 'page' | 'none' | 'order' | 'other' | number

/** What is done with the columns of every table, by its place. */
export function usesOfPlaces(uses: readonly ColumnUse[], parts: QueryParts): readonly PlaceUses[] {
  const located = uses.map((use) => ({ ...use, area: areaOf(use.at, parts) }))
  const isLoose = ({ reference, column }: ColumnUse) => reference === undefined || column === undefined
  const loose = located.filter(isLoose)
  const named = located.filter((use) => !isLoose(use))
  // Whose it is cannot be told.
  const decidesAny = loose.some(({ area }) => area !== 'shown' && area !== 'none')
  const showsAny = loose.some(({ area }) => area === 'shown')
  const { optional, unused } = looseEnds(named, parts.outer, decidesAny)
  return parts.tables.map(({ item, outerItem }) => {
    const own = named.filter(({ reference }) => reference === item.reference)
    const columnsIn = (isIn: (area: Area) => boolean) => [
      ...new Set(own.filter(({ area }) => isIn(area)).map(({ column }) => column!)),
    ]
    return {
      decidedBy: decidesAny ? undefined : columnsIn((area) => area !== 'shown' && area !== 'none'),
      chosenBy: decidesAny
        ? undefined
        : columnsIn((area) => chooses(area, parts.outer, (on) => on === outerItem || !optional.has(on))),
      shown: showsAny ? undefined : columnsIn((area) => area === 'shown' || area === 'page'),
      isOptional: outerItem !== undefined && optional.has(outerItem),
      isUnused: outerItem !== undefined && unused.has(outerItem),
    }
  })
}

function areaOf(at: number, { outer, shown, page }: QueryParts): Area {
  const isIn = (range: { readonly from: number; readonly end: number } | undefined) =>
    range !== undefined && at >= range.from && at < range.end
  if (page?.some(isIn) === true) return 'page'
  if (isIn(shown)) return page === undefined ? 'shown' : 'none'
  if (isIn(outer?.order)) return 'order'
  const on = outer?.items.findIndex((item) => isIn(item.on)) ?? -1
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
  named: readonly (ColumnUse & { readonly area: Area })[],
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
    const own = named.filter((use) => use.reference === reference)
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
