import type { Candidate, PlannedPlace } from './place.js'
import { tagsOfPlace } from './place.js'
import type { Cut } from './read-plan.js'
import { comparable } from './shown-group.js'

/**
 * What leaves rows out that an answer does not show, at one place of a query: plain data, to be kept with the answer. The text of a
 * {@link JudgedShape}, the group of shown rows of which the last cuts off the rest (-1: none does), and the values of what is derived.
 */
export type JudgedGroup = readonly [shape: string, cutAt: number, ...values: unknown[]]

/** What is alike in all answers to one text that are pinned in one way. */
export interface JudgedShape {
  /** The tag of the table. */
  readonly table: string
  /** Those that may stand for rows which are not named. */
  readonly tags: readonly string[]
  readonly derived: readonly DerivedShape[]
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

interface CutShape {
  readonly column: string
  readonly direction: 'asc' | 'desc'
}

/** @param cut what cuts off rows of this place; `undefined`: nothing does */
export function judgedGroup(
  place: PlannedPlace,
  chosen: Candidate | undefined,
  parameters: readonly unknown[] | undefined,
  cut: Cut | undefined,
  shownAt: number,
): JudgedGroup {
  const values = place.derived.map(({ value }) => comparable(value(parameters)))
  return [shapeText(place, chosen, cut), cut === undefined ? -1 : shownAt, ...values]
}

interface Texts {
  whole: string | undefined
  cut: string | undefined
}

/** By the way in which a place is pinned. */
const known = new WeakMap<PlannedPlace | Candidate, Texts>()

function shapeText(place: PlannedPlace, chosen: Candidate | undefined, cut: Cut | undefined): string {
  let texts = known.get(chosen ?? place)
  if (texts === undefined) known.set(chosen ?? place, (texts = { whole: undefined, cut: undefined }))
  return (texts[cut === undefined ? 'whole' : 'cut'] ??= JSON.stringify(shapeOf(place, chosen, cut)))
}

function shapeOf(place: PlannedPlace, chosen: Candidate | undefined, cut: Cut | undefined): JudgedShape {
  return {
    table: place.table.texts.table,
    tags: tagsOfPlace(place, chosen),
    derived: place.derived.map(({ column, table, far, unique }) => ({
      column,
      table: table.name,
      far,
      unique,
    })),
    cut: cut === undefined ? null : { column: cut.column, direction: cut.direction },
  }
}
