import { entriesOf, itemsOf, NotUnderstood } from './arguments.js'
import { noPins } from './pins.js'
import { columnsOf, type Planning, relationOf, scalarOf } from './plan-context.js'
import { followRelation, type Origin } from './related-places.js'

const aggregates: ReadonlySet<string> = new Set(['_count', '_avg', '_sum', '_min', '_max'])

/** Adds what an `orderBy` depends on: columns, and the rows of relations that are ordered by. */
export function walkOrder(
  planning: Planning,
  origin: Origin,
  orderBy: unknown,
  path: readonly string[],
): void {
  for (const item of itemsOf(orderBy, path)) {
    for (const [name, value] of entriesOf(item.value, item.path.join('.')))
      walkOrderOf(planning, origin, name, value, [...item.path, name])
  }
}

function walkOrderOf(
  planning: Planning,
  origin: Origin,
  name: string,
  value: unknown,
  path: readonly string[],
): void {
  const { model, place } = origin
  const field = scalarOf(model, name)
  const relation = relationOf(model, name)
  if (field !== undefined) place?.decided.add(field.column)
  else if (relation !== undefined) {
    const related = followRelation(planning, origin, relation, { own: noPins, hidesRows: true })
    const inner = { model: related.target, place: related.place, pins: related.pins }
    if (relation.list === false) walkOrder(planning, inner, value, path)
    else if (entriesOf(value, path.join('.')).some(([key]) => key !== '_count'))
      throw new NotUnderstood(`${path.join('.')} is not known`)
  } else if (aggregates.has(name)) {
    // Of groups: `{ _sum: { views: 'desc' } }`.
    for (const [column] of entriesOf(value, path.join('.'))) addColumn(origin, column, path)
  } else if (name === '_relevance') {
    // Which fields are searched stands in values.
    for (const column of columnsOf(model)) place?.decided.add(column)
  } else throw new NotUnderstood(`${path.join('.')} is not known`)
}

/** A field that is added up, counted or grouped by. */
export function addColumn({ model, place }: Origin, name: string, path: readonly string[]): void {
  const field = scalarOf(model, name)
  if (field !== undefined) place?.decided.add(field.column)
  else if (name !== '_all') throw new NotUnderstood(`${[...path, name].join('.')} is not known`)
}
