import { isSameKey } from '@freshet/core/adapter'
import type { Model, RelationField } from '../schema/data-model.js'
import { isPlain, itemsOf } from './arguments.js'
import { bothPins, carried, noPins, oneOfPins, type Pins, type ValuesAt } from './pins.js'
import { compareAlike, fieldOf, type Planning, relationOf, scalarOf } from './plan-context.js'
import { relationEnds } from './relation-ends.js'
import type { PreciseTable } from './table-precision.js'

/**
 * What a `where` says for certain of the rows that it lets through: fields that equal a value or one of several, in
 * itself, in AND, in a compound key and in every branch of an OR. What stands in NOT says nothing.
 */
export function wherePins(planning: Planning, model: Model, where: unknown, path: readonly string[]): Pins {
  if (!isPlain(where)) return noPins
  let pins = noPins
  for (const name in where) {
    const value = where[name]
    if (value !== undefined)
      pins = bothPins(pins, conditionPins(planning, model, name, value, [...path, name]))
  }
  return withDerived(planning, model, pins)
}

/** Where a unique has one value, the row is one, and so is what its keys hold. */
function withDerived({ schema: { tables, isUnique } }: Planning, { table: name }: Model, pins: Pins): Pins {
  const table = tables.of(name)
  if (table.grain !== 'row') return pins
  for (const [unique, at] of pins.all) {
    if (at.isList || !isUnique(name, unique)) continue
    const derived = new Map(pins.derived)
    for (const { columns } of table.keys) {
      const [column, ...others] = columns
      if (others.length > 0 || pins.all.has(column!) || derived.has(column!)) continue
      derived.set(column!, { table, column: column!, unique, at })
    }
    return { ...pins, derived }
  }
  return pins
}

function conditionPins(
  planning: Planning,
  model: Model,
  name: string,
  value: unknown,
  path: readonly string[],
): Pins {
  const field = scalarOf(model, name)
  if (field !== undefined) return pinOf(field.column, valuesAt(value, path))
  const key = model.compoundKeys.get(name)
  if (key !== undefined) return wherePins(planning, model, value, path)
  if (relationOf(model, name) !== undefined) return relationPins(planning, model, name, value, path)
  switch (name) {
    case 'AND':
      return itemsOf(value, path)
        .map((item) => wherePins(planning, model, item.value, item.path))
        .reduce(bothPins, noPins)
    case 'OR':
      return oneOfPins(itemsOf(value, path).map((item) => wherePins(planning, model, item.value, item.path)))
    default:
      return noPins
  }
}

const pinOf = (column: string, values: ValuesAt | undefined): Pins =>
  values === undefined ? noPins : { ...noPins, all: new Map([[column, values]]) }

/** `7`, `{ equals: 7 }`, `{ in: [7, 8] }`; what stands beside them only makes the rows fewer. */
function valuesAt(value: unknown, path: readonly string[]): ValuesAt | undefined {
  if (isValue(value)) return { path, isList: false }
  // 'insensitive' equals more than the column does.
  if (!isPlain(value) || value['mode'] !== undefined) return undefined
  if (isValue(value['equals'])) return { path: [...path, 'equals'], isList: false }
  return Array.isArray(value['in']) ? { path: [...path, 'in'], isList: true } : undefined
}

const isValue = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'

/** `author: { id: 7 }` and `author: { is: { id: 7 } }` say that `authorId` is 7. */
function relationPins(
  planning: Planning,
  model: Model,
  name: string,
  value: unknown,
  path: readonly string[],
): Pins {
  const field = relationOf(model, name)!
  if (!isPlain(value)) return noPins
  if (field.list !== false) return joinedPins(planning, model, field, value['some'], [...path, 'some'])
  const target = planning.modelOf(field)
  const { dataModel, joinTables, tables } = planning.schema
  const ends = relationEnds(model, field, target, dataModel, joinTables)
  if (ends.kind !== 'direct' || !ends.isTold) return noPins
  const [own, far] = [tables.of(model.table), tables.of(target.table)]
  if (own.grain !== 'row' || far.grain !== 'row') return noPins
  if (!compareAlike(own, ends.own, far, ends.far)) return noPins
  // A field that is called `is`: which of the two is meant cannot be told, and the walk refuses it.
  const hasOperator = value['is'] !== undefined
  const pins = hasOperator
    ? wherePins(planning, target, value['is'], [...path, 'is'])
    : wherePins(planning, target, value, path)
  return carried(pins, ends.far, ends.own)
}

/** `categories: { some: { id: 7 } }` says that a row between leads to 7. */
function joinedPins(
  planning: Planning,
  model: Model,
  field: RelationField,
  where: unknown,
  path: readonly string[],
): Pins {
  if (!isPlain(where)) return noPins
  const target = planning.modelOf(field)
  const { dataModel, joinTables, tables } = planning.schema
  const ends = relationEnds(model, field, target, dataModel, joinTables)
  const [side, ...others] = ends.kind === 'joined' ? ends.own : []
  if (ends.kind !== 'joined' || side === undefined || others.length > 0) return noPins
  const farSide = side.column === 'A' ? 'B' : 'A'
  const [own, between, there] = [model.table, ends.join.table, target.table].map((name) => tables.of(name))
  if (own?.grain !== 'row' || between?.grain !== 'row' || there?.grain !== 'row') return noPins
  // A row between may lead to nothing, and to something later.
  const isHeld = planning.holdsBothEnds(ends.join)
  const isAlike =
    compareAlike(own, [ends.ownColumn], between, [side.column]) &&
    compareAlike(there, [ends.farColumn], between, [farSide])
  const [key, far] = [keyOf(between, side.column), keyOf(between, farSide)]
  if (!isHeld || !isAlike || key === undefined || far === undefined) return noPins
  const pins = carried(wherePins(planning, target, where, path), [ends.farColumn], [farSide])
  const value = pins.derived.get(farSide) ?? pins.all.get(farSide)
  const farField = fieldOf(target, ends.farColumn)
  return value === undefined || farField === undefined || ('isList' in value && value.isList)
    ? noPins
    : {
        ...noPins,
        joined: [
          {
            at: path.join('.'),
            relation: field.name,
            farField,
            by: {
              table: between.texts.table,
              near: side.column,
              own: ends.ownColumn,
              far: farSide,
            },
            table: between,
            key,
            far,
            value,
          },
        ],
      }
}

const keyOf = ({ keys }: PreciseTable, column: string) =>
  keys.find(({ columns }) => isSameKey(columns, [column]))
