import type { Candidate, PlannedPlace } from './place.js'
import { tagsOfPlace } from './place.js'
import type { Cut } from './read-plan.js'
import { comparable } from './shown-group.js'

/**
 * What leaves rows out that an answer does not show, at one place of a query: plain data, to be kept with the answer. The text of a
 * {@link JudgedShape}, the group of the rows that are shown there (-1: none is), and the values of what is derived and compared.
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

/** An order of which the first rows are shown. */
interface CutShape {
  /** Of the column. */
  readonly tag: string
  readonly column: string
  readonly direction: 'asc' | 'desc'
  /** Whether the column may decide which rows come as well. */
  readonly isFilter: boolean
  /** Whether as many rows are shown as were asked for: others may come after them. */
  readonly isFull: boolean
}

/** What cuts off the rows of a place. */
interface CutRows {
  readonly cut: Cut
  readonly isFull: boolean
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
  return [shapeText(place, chosen, cutRows), shownAt, ...derived, ...compared]
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
    cut: cutRows === undefined ? null : cutShape(own.texts.column(cutRows.cut.column), cutRows),
  }
}

const cutShape = (tag: string, { cut: { column, direction, isFilter }, isFull }: CutRows): CutShape => ({
  tag,
  column,
  direction,
  isFilter,
  isFull,
})
