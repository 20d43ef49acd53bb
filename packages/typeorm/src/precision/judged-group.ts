import type { JoinedBy } from '@freshet/core/adapter'
import type { DerivedKey } from './derived-keys.js'
import type { Candidate, PlannedPlace } from './place.js'
import type { Joined } from './joined-rows.js'
import { judgedSets, tagsOfPlace } from './place.js'
import type { Cut } from './read-plan.js'
import { comparable } from './shown-group.js'

/**
 * What leaves rows out that an answer does not show, at one place of a query: plain data, to be kept with the answer. The text of a
 * {@link JudgedShape}, the group of the rows that are shown there (-1: none is), the values of what is derived, compared and joined; of an
 * order of which rows are skipped what the first and the last row shown have; where rows here join those of a page the value that tells
 * the others, and what the last row shown has; behind these of each set its values.
 */
export type JudgedGroup = readonly [shape: string, shownAt: number, ...values: unknown[]]

/** What is alike in all answers to one text that are pinned in one way. */
export interface JudgedShape {
  /** The tag of the table. */
  readonly table: string
  /** Those that may stand for rows which are not named. */
  readonly tags: readonly string[]
  readonly derived: readonly DerivedShape[]
  readonly compared: readonly ComparedShape[]
  readonly joined: readonly JoinedShape[]
  readonly cut: CutShape | null
  /** A page whose rows those here join with others. */
  readonly page: PageShape | null
  /** The columns of a key of which rows in some sets alone matter. */
  readonly sets: readonly string[] | null
}

/** Of which rows alone matter: those that have in a column what another row has in one, the only row with a value in a unique one. */
interface DerivedShape {
  readonly column: string
  /** The other table, by its name. */
  readonly table: string
  readonly far: string
  readonly unique: string
}

/** Of which rows alone matter: those that a table between joins with one that has a value. */
export interface JoinedShape extends JoinedBy {
  /** Whose value those between have; `null`: one that is given, of which the normal form is kept. */
  readonly from: DerivedShape | null
}

/** An order of which as many rows are shown as were asked for. */
interface PageShape {
  readonly joined: JoinedShape
  /** The tag of its table. */
  readonly table: string
  readonly column: string
  readonly direction: 'asc' | 'desc'
}

/** A comparison of a column, one of those by which alone it decides. */
interface ComparedShape {
  /** Of the column. */
  readonly tag: string
  readonly column: string
  readonly operator: string
  /** Whether the rows of the answer show the column. */
  readonly isShown: boolean
}

/** An order of which some rows are shown. */
export interface CutShape {
  /** Of the column. */
  readonly tag: string
  readonly column: string
  readonly direction: 'asc' | 'desc'
  /** Whether the column may decide which rows come as well. */
  readonly isFilter: boolean
  /** Whether as many rows are shown as were asked for: others may come after them. */
  readonly isFull: boolean
  /** Whether rows are left out that come before the first. */
  readonly skips: boolean
  /** The tag that stands for rows which come. */
  readonly incoming: string
}

/** What cuts off the rows of a place. */
interface CutRows {
  readonly cut: Cut
  readonly isFull: boolean
  /** What the first and the last row have in the column, where rows are skipped. */
  readonly ends: readonly unknown[]
}

/** The rows of a page are joined by those of a place. */
interface JoinedPage {
  readonly joined: Joined
  /** The place of the page. */
  readonly of: PlannedPlace
  readonly cut: Cut
  /** What the last row has in the column. */
  readonly last: unknown
}

/** What is known of one answer at a place. */
interface JudgedParts {
  /** Default: nothing cuts them off. */
  readonly cutRows?: CutRows | undefined
  /** Default: they join no page that is full. */
  readonly page?: JoinedPage | undefined
  readonly shownAt: number
}

export function judgedGroup(
  place: PlannedPlace,
  chosen: Candidate | undefined,
  parameters: readonly unknown[] | undefined,
  parts: JudgedParts,
): JudgedGroup {
  const { cutRows, page, shownAt } = parts
  const derived = place.derived.map(({ value }) => comparable(value(parameters)))
  const compared = [...place.compared.values()].flat().map(({ value }) => comparable(value(parameters)))
  const joined = place.joined.map((one) => joinedValue(one, parameters))
  const ends = cutRows?.ends ?? []
  const behind = page === undefined ? [] : [joinedValue(page.joined, parameters), page.last]
  const sets = judgedSets(place, chosen) === undefined ? undefined : chosen!.pins(parameters)
  return [
    shapeText(place, chosen, parts),
    shownAt,
    ...derived,
    ...compared,
    ...joined,
    ...ends,
    ...behind,
    ...(sets ?? []).flat(),
  ]
}

const joinedValue = ({ value }: Joined, parameters: readonly unknown[] | undefined): unknown =>
  comparable('normal' in value ? value.normal(parameters) : value.value(parameters))

type Texts = Record<'whole' | 'cut' | 'full' | 'page', string | undefined>

/** By the way in which a place is pinned. */
const known = new WeakMap<PlannedPlace | Candidate, Texts>()

function shapeText(place: PlannedPlace, chosen: Candidate | undefined, parts: JudgedParts): string {
  let texts = known.get(chosen ?? place)
  if (texts === undefined)
    known.set(
      chosen ?? place,
      (texts = { whole: undefined, cut: undefined, full: undefined, page: undefined }),
    )
  return (texts[kindOf(parts)] ??= JSON.stringify(shapeOf(place, chosen, parts)))
}

/** A place is cut off, or joins what is. */
function kindOf({ cutRows, page }: JudgedParts): keyof Texts {
  if (page !== undefined) return 'page'
  return cutRows === undefined ? 'whole' : cutRows.isFull ? 'full' : 'cut'
}

function shapeOf(
  place: PlannedPlace,
  chosen: Candidate | undefined,
  { cutRows, page }: JudgedParts,
): JudgedShape {
  const { table: own, derived, compared, joined } = place
  return {
    table: own.texts.table,
    tags: tagsOfPlace(place, chosen),
    derived: derived.map(derivedShape),
    compared: [...compared].flatMap(([column, comparisons]) =>
      comparisons.map(({ operator }) => ({
        tag: own.texts.column(column),
        column,
        operator,
        isShown: place.shows(column),
      })),
    ),
    joined: joined.map(joinedShape),
    cut: cutRows === undefined ? null : cutShape(own.texts, cutRows),
    page: page === undefined ? null : pageShape(page),
    sets: judgedSets(place, chosen)?.columns ?? null,
  }
}

const derivedShape = ({ column, table, far, unique }: DerivedKey): DerivedShape => ({
  column,
  table: table.name,
  far,
  unique,
})

const joinedShape = ({ by, value }: Joined): JoinedShape => ({
  ...by,
  from: 'normal' in value ? null : derivedShape(value),
})

const pageShape = ({ joined, of, cut: { column, direction } }: JoinedPage): PageShape => ({
  joined: joinedShape(joined),
  table: of.table.texts.table,
  column,
  direction,
})

const cutShape = (
  { column: tagOf, incoming }: PlannedPlace['table']['texts'],
  { cut: { column, direction, isFilter, skips }, isFull }: CutRows,
): CutShape => ({ tag: tagOf(column), column, direction, isFilter, isFull, skips, incoming })
