import type { Candidate, PlannedPlace } from './place.js'
import { judgedSets, tagsOfPlace } from './place.js'
import type { Cut } from './read-plan.js'
import { comparable } from './shown-group.js'

/**
 * What leaves rows out that an answer does not show, at one place of a query: plain data, to be kept with the answer. The text of a
 * {@link JudgedShape}, the group of the rows that are shown there (-1: none is), the values of what is derived and compared, and of an
 * order of which rows are skipped what the first and the last row shown have; behind these of each set its values.
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
  readonly cut: CutShape | null
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

/** @param cutRows `undefined`: nothing cuts them off */
export function judgedGroup(
  place: PlannedPlace,
  chosen: Candidate | undefined,
  parameters: readonly unknown[] | undefined,
  cutRows: CutRows | undefined,
  shownAt: number,
): JudgedGroup {
  const derived = place.derived.map(({ value }) => comparable(value(parameters)))
  const compared = [...place.compared.values()].flat().map(({ value }) => comparable(value(parameters)))
  const ends = cutRows?.ends ?? []
  const sets = judgedSets(place, chosen) === undefined ? undefined : chosen!.pins(parameters)
  return [
    shapeText(place, chosen, cutRows),
    shownAt,
    ...derived,
    ...compared,
    ...ends,
    ...(sets ?? []).flat(),
  ]
}

type Texts = Record<'whole' | 'cut' | 'full', string | undefined>

/** By the way in which a place is pinned. */
const known = new WeakMap<PlannedPlace | Candidate, Texts>()

function shapeText(place: PlannedPlace, chosen: Candidate | undefined, cutRows: CutRows | undefined): string {
  let texts = known.get(chosen ?? place)
  if (texts === undefined)
    known.set(chosen ?? place, (texts = { whole: undefined, cut: undefined, full: undefined }))
  const kind = cutRows === undefined ? 'whole' : cutRows.isFull ? 'full' : 'cut'
  return (texts[kind] ??= JSON.stringify(shapeOf(place, chosen, cutRows)))
}

function shapeOf(
  place: PlannedPlace,
  chosen: Candidate | undefined,
  cutRows: CutRows | undefined,
): JudgedShape {
  const { table: own, derived, compared } = place
  return {
    table: own.texts.table,
    tags: tagsOfPlace(place, chosen),
    derived: derived.map(({ column, table, far, unique }) => ({ column, table: table.name, far, unique })),
    compared: [...compared].flatMap(([column, comparisons]) =>
      comparisons.map(({ operator }) => ({
        tag: own.texts.column(column),
        column,
        operator,
        isShown: place.shows(column),
      })),
    ),
    cut: cutRows === undefined ? null : cutShape(own.texts, cutRows),
    sets: judgedSets(place, chosen)?.columns ?? null,
  }
}

const cutShape = (
  { column: tagOf, incoming }: PlannedPlace['table']['texts'],
  { cut: { column, direction, isFilter, skips }, isFull }: CutRows,
): CutShape => ({ tag: tagOf(column), column, direction, isFilter, isFull, skips, incoming })
