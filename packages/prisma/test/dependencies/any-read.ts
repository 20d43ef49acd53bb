import fc from 'fast-check'
import type { DataModel, Model, RelationField } from '../../src/schema/data-model.js'
import type { ReadShape } from './read-shapes.js'

const maxDepth = 3

/** Valid reads of any model that is no view, reaching any relations up to three steps away. */
export function anyRead(dataModel: DataModel): fc.Arbitrary<ReadShape> {
  const models = [...dataModel.models.values()].filter(({ kind }) => kind === 'model')
  return fc.constantFrom(...models).chain((model) =>
    fc.oneof(
      query(model, dataModel, 0).map((args): ReadShape => [model.name, 'findMany', args]),
      where(model, dataModel, 0).map((condition): ReadShape => [model.name, 'count', { where: condition }]),
    ),
  )
}

type Args = fc.Arbitrary<Record<string, unknown>>

function query(model: Model, dataModel: DataModel, depth: number): Args {
  const parts = {
    where: where(model, dataModel, depth),
    orderBy: fc.array(order(model, dataModel, depth), { maxLength: 2 }),
    include: selection(model, dataModel, depth),
    take: fc.constant(5),
  }
  return fc.record(parts, { requiredKeys: [] })
}

/** The arguments under a relation to one row: it has no conditions and no order. */
function toOneQuery(model: Model, dataModel: DataModel, depth: number): Args {
  return fc.record({ include: selection(model, dataModel, depth) }, { requiredKeys: [] })
}

const relationsOf = (model: Model): RelationField[] =>
  [...model.fields.values()].filter((field) => field.kind === 'relation')

function target(field: RelationField, dataModel: DataModel): Model {
  return dataModel.models.get(field.model)!
}

/** Some of the relations, each with a value made for it. */
function some(
  fields: readonly RelationField[],
  toValue: (field: RelationField) => fc.Arbitrary<unknown>,
): Args {
  return fc
    .subarray([...fields], { maxLength: Math.min(2, fields.length) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((field) => [field.name, toValue(field)]))))
}

function where(model: Model, dataModel: DataModel, depth: number): Args {
  if (depth >= maxDepth) return fc.constant({})
  const inner = (): Args => where(model, dataModel, depth + 1)
  return fc.oneof(
    some(relationsOf(model), (field) => filter(field, dataModel, depth + 1)),
    fc.record({ OR: fc.array(inner(), { minLength: 1, maxLength: 2 }) }),
    fc.record({ AND: inner() }),
    fc.record({ NOT: inner() }),
  )
}

function filter(field: RelationField, dataModel: DataModel, depth: number): fc.Arbitrary<unknown> {
  const condition = where(target(field, dataModel), dataModel, depth)
  const operators = field.list === true ? ['some', 'every', 'none'] : ['is', 'isNot']
  const operated = fc
    .constantFrom(...operators)
    .chain((operator) => condition.map((inner) => ({ [operator]: inner })))
  if (field.list === true) return operated
  return fc.oneof(operated, condition, ...(field.optional === true ? [fc.constant(null)] : []))
}

function order(model: Model, dataModel: DataModel, depth: number): Args {
  const fields = relationsOf(model).filter(({ list }) => list === true || depth < maxDepth)
  if (fields.length === 0) return fc.constant({})
  return fc.constantFrom(...fields).chain((field) => {
    const inner =
      field.list === true
        ? fc.record({ _count: fc.constantFrom('asc', 'desc') })
        : order(target(field, dataModel), dataModel, depth + 1)
    return inner.map((value) => ({ [field.name]: value }))
  })
}

function selection(model: Model, dataModel: DataModel, depth: number): Args {
  const chosen = some(relationsOf(model), (field) => selected(field, dataModel, depth + 1))
  const lists = relationsOf(model).filter(({ list }) => list === true)
  if (lists.length === 0) return chosen
  const counted = some(lists, (field) =>
    where(target(field, dataModel), dataModel, depth + 1).map((w) => ({ where: w })),
  )
  const count = fc.oneof(
    fc.constant(true),
    counted.filter((fields) => Object.keys(fields).length > 0).map((fields) => ({ select: fields })),
  )
  return fc.oneof(
    chosen,
    fc.tuple(chosen, count).map(([fields, _count]) => ({ ...fields, _count })),
  )
}

function selected(field: RelationField, dataModel: DataModel, depth: number): fc.Arbitrary<unknown> {
  if (depth >= maxDepth) return fc.boolean()
  const inner = field.list === true ? query : toOneQuery
  return fc.oneof(fc.constant(true), inner(target(field, dataModel), dataModel, depth))
}
