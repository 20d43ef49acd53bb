import type { Model, RelationField } from '../schema/data-model.js'
import { entriesOf, fieldReference, isPlain, itemsOf, NotUnderstood } from './arguments.js'
import { comparisonsOf } from './comparison.js'
import { noPins } from './pins.js'
import { columnsOf, type Planning, relationOf, scalarOf } from './plan-context.js'
import { followRelation, type Origin } from './related-places.js'
import { wherePins } from './where-pins.js'

/**
 * Where a condition stands: whether rows for which it does not hold say nothing. In NOT, `isNot` and `every` a row
 * matters by not holding, so that what it equals pins nothing.
 */
type Sense = 'holds' | 'may fail'

/**
 * Adds what a `where` depends on: the columns that it names, and a place for every relation that it asks about.
 *
 * @param origin its place is `undefined` for a table that is wide: then only relations matter.
 */
export function walkWhere(
  planning: Planning,
  origin: Origin,
  where: unknown,
  path: readonly string[],
  sense: Sense = 'holds',
): void {
  for (const [name, value] of entriesOf(where, path.join('.')))
    walkCondition(planning, origin, name, value, [...path, name], sense)
}

function walkCondition(
  planning: Planning,
  origin: Origin,
  name: string,
  value: unknown,
  path: readonly string[],
  sense: Sense,
): void {
  const { model, place } = origin
  const field = scalarOf(model, name)
  if (field !== undefined) {
    decide(place, field.column, value, path)
    addReferences(model, value, origin)
    return
  }
  const relation = relationOf(model, name)
  if (relation !== undefined) walkRelation(planning, origin, relation, value, path, sense)
  else if (model.compoundKeys.has(name)) walkWhere(planning, origin, value, path, sense)
  else if (name === 'AND' || name === 'OR' || name === 'NOT') {
    const inner = name === 'NOT' ? 'may fail' : sense
    for (const item of itemsOf(value, path)) walkWhere(planning, origin, item.value, item.path, inner)
  } else throw new NotUnderstood(`${path.join('.')} is not known`)
}

function decide(place: Origin['place'], column: string, value: unknown, path: readonly string[]): void {
  // What groups have is another thing than what rows have.
  const comparisons = path[0] === 'having' ? undefined : comparisonsOf(value, path)
  if (comparisons === undefined) place?.decided.add(column)
  else place?.compared.set(column, [...(place.compared.get(column) ?? []), ...comparisons])
}

/** `{ gt: prisma.post.fields.price }`: another column decides as well. */
function addReferences(model: Model, value: unknown, origin: Origin): void {
  const name = fieldReference(value)
  if (name !== undefined) {
    const column = scalarOf(model, name)?.column
    for (const one of column === undefined ? columnsOf(model) : [column]) origin.place?.decided.add(one)
  } else if (Array.isArray(value)) for (const item of value) addReferences(model, item, origin)
  else if (isPlain(value)) for (const key in value) addReferences(model, value[key], origin)
}

const senses: Readonly<Record<string, Sense>> = {
  some: 'holds',
  none: 'holds',
  is: 'holds',
  every: 'may fail',
  isNot: 'may fail',
}

/** `{ some: … }`, `{ is: … }`, or the conditions of a to-one relation without an operator. */
function walkRelation(
  planning: Planning,
  origin: Origin,
  field: RelationField,
  filter: unknown,
  path: readonly string[],
  sense: Sense,
): void {
  const target = planning.modelOf(field)
  const entries = entriesOf(filter, path.join('.'))
  const operators = entries.filter(([name]) => Object.hasOwn(senses, name))
  if (operators.some(([name]) => target.fields.has(name)))
    throw new NotUnderstood(`${path.join('.')} names an operator and a field alike`)
  if (operators.length === 0) askAbout(planning, origin, field, filter, path, sense)
  else if (operators.length < entries.length)
    throw new NotUnderstood(`${path.join('.')} mixes operators and fields`)
  for (const [name, value] of operators) {
    const inner = senses[name] === 'holds' ? sense : 'may fail'
    askAbout(planning, origin, field, value, [...path, name], inner)
  }
}

function askAbout(
  planning: Planning,
  origin: Origin,
  field: RelationField,
  where: unknown,
  path: readonly string[],
  sense: Sense,
): void {
  const own = sense === 'holds' ? wherePins(planning, planning.modelOf(field), where, path) : noPins
  const related = followRelation(planning, origin, field, { own, hidesRows: true, at: path.join('.') })
  const inner = { model: related.target, place: related.place, pins: related.pins }
  walkWhere(planning, inner, where, path, sense)
}
