import type { Model, RelationField } from '../schema/data-model.js'
import { bothPins, carried, noPins, oneOfPins, type Pins } from './pins.js'
import type { Place } from './place.js'
import { compareAlike, type Planning } from './plan-context.js'
import { type DirectEnds, type JoinedEnds, type RelationEnds, relationEnds } from './relation-ends.js'

/** How a relation is followed. */
export interface Following {
  /** What the relation's own conditions say of the rows at its end. */
  readonly own: Pins
  /** Rows at its end matter that are not in the result. */
  readonly hidesRows: boolean
  /** It is followed from rows in the result, and not to choose or to order them. */
  readonly isShown?: boolean
  /** Where the condition stands that follows it. Default: none does */
  readonly at?: string
}

/** The rows from which a relation is followed. */
export interface Origin {
  readonly model: Model
  /** `undefined`: its table is wide. */
  readonly place: Place | undefined
  /** What is known of the rows. */
  readonly pins: Pins
}

/** Where a relation leads. */
export interface Related {
  readonly ends: RelationEnds
  readonly target: Model
  readonly place: Place | undefined
  /** The table on the way. */
  readonly between: Place | undefined
  readonly pins: Pins
}

/**
 * Follows a relation from the rows of a place: rows at the other end, and on the way, matter only if they meet rows that
 * the origin's pins leave.
 */
export function followRelation(
  planning: Planning,
  origin: Origin,
  field: RelationField,
  given: Following,
): Related {
  const target = planning.modelOf(field)
  const { dataModel, joinTables } = planning.schema
  const ends = relationEnds(origin.model, field, target, dataModel, joinTables)
  return ends.kind === 'direct'
    ? followDirect(planning, origin, target, ends, given)
    : followJoined(planning, origin, target, ends, given)
}

function followDirect(
  planning: Planning,
  origin: Origin,
  target: Model,
  ends: DirectEnds,
  { own, hidesRows, isShown = false }: Following,
): Related {
  const { tables, isEnforced } = planning.schema
  const [here, there] = [tables.of(origin.model.table), tables.of(target.table)]
  const isLinked = ends.isTold && compareAlike(here, ends.own, there, ends.far)
  const pins = bothPins(own, isLinked ? carried(origin.pins, ends.own, ends.far) : noPins)
  const isReferenced = ends.held !== undefined && isEnforced(ends.held)
  const place = planning.place(target, { pins, hidesRows, isReferenced })
  meet(origin.place, ends.own, place, ends.far, isShown)
  return { ends, target, place, between: undefined, pins }
}

/** Where two rows meet decides what is shown, but for a row in the result: that row's tag falls with its columns. */
function meet(
  here: Place | undefined,
  own: readonly string[],
  there: Place | undefined,
  far: readonly string[],
  isShown: boolean,
): void {
  for (const column of own) (isShown ? here?.leads : here?.decided)?.add(column)
  for (const column of far)
    (isShown && there?.isReferenced === true ? there.leads : there?.decided)?.add(column)
}

function followJoined(
  planning: Planning,
  origin: Origin,
  target: Model,
  ends: JoinedEnds,
  { own, hidesRows, isShown = false, at }: Following,
): Related {
  const { tables } = planning.schema
  const table = planning.precise(ends.join.table)
  const isReferenced = planning.holdsBothEnds(ends.join)
  const place = planning.place(target, { pins: own, hidesRows, isReferenced })
  meet(origin.place, [ends.ownColumn], place, [ends.farColumn], isShown)
  if (table === undefined) return { ends, target, place, between: undefined, pins: own }
  const [here, there] = [tables.of(origin.model.table), tables.of(target.table)]
  const sides = ends.own.map(({ column }) => column)
  const from = joinPins(origin.pins, ends.ownColumn, sides)
  const others = sides.map((side) => (side === 'A' ? 'B' : 'A'))
  const to = joinPins(own, ends.farColumn, others)
  const isAlike =
    sides.every((side) => compareAlike(here, [ends.ownColumn], table, [side])) &&
    others.every((side) => compareAlike(there, [ends.farColumn], table, [side]))
  const between = planning.join(table, isAlike ? bothPins(from, to) : noPins, at)
  return { ends, target, place, between, pins: own }
}

/** The rows between hold a value of the ends in one of these columns. */
const joinPins = (pins: Pins, column: string, sides: readonly ('A' | 'B')[]): Pins =>
  oneOfPins(sides.map((side) => carried(pins, [column], [side])))
