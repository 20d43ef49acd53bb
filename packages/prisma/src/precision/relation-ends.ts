import type { DataModel, ForeignKey, Model, RelationField } from '../schema/data-model.js'
import { NotUnderstood } from './arguments.js'
import { type JoinSide, type JoinTable } from './join-table.js'

/** The columns by which the rows of two models meet. */
export type RelationEnds = DirectEnds | JoinedEnds

/** `own` and `far` are equal, column by column. */
export interface DirectEnds {
  readonly kind: 'direct'
  readonly own: readonly string[]
  readonly far: readonly string[]
  /** False where it cannot be told which of the two holds the key: then all columns of both are on either side. */
  readonly isTold: boolean
  /** The key, if it is the own rows that hold it: each meets one row at most. */
  readonly held: ForeignKey | undefined
}

/** Through the rows of a table of its own. */
export interface JoinedEnds {
  readonly kind: 'joined'
  readonly join: JoinTable
  /** One; of a model that is related to itself both, since nothing tells which of them a field stands for. */
  readonly own: readonly JoinSide[]
  readonly ownColumn: string
  readonly farColumn: string
}

/** @throws NotUnderstood where the schema does not tell. */
export function relationEnds(
  model: Model,
  field: RelationField,
  target: Model,
  { models }: DataModel,
  joinTables: ReadonlyMap<string, JoinTable>,
): RelationEnds {
  if (!model.known || !target.known || models.get(field.model) !== target) throw untold(model, field)
  const { foreignKey, joinTable } = field
  if (foreignKey !== undefined) return directEnds(model, field, target, foreignKey)
  const join = joinTable === undefined ? undefined : joinTables.get(joinTable)
  if (join === undefined) throw untold(model, field)
  const own = [join.a, join.b].filter(({ parent }) => parent === model.table)
  const far = [join.a, join.b].find(
    (side) => side.parent === target.table && (own.length > 1 || side !== own[0]),
  )
  const ownColumn = own[0] && model.columns.get(own[0].reference)?.column
  const farColumn = far && target.columns.get(far.reference)?.column
  if (ownColumn === undefined || farColumn === undefined) throw untold(model, field)
  return { kind: 'joined', join, own, ownColumn, farColumn }
}

function directEnds(model: Model, field: RelationField, target: Model, foreignKey: ForeignKey): DirectEnds {
  const child = foreignKey.child === model.table ? model : target
  const parent = child === model ? target : model
  const columns = foreignKey.columns?.map((name) => child.columns.get(name)?.column)
  const references = foreignKey.references?.map((name) => parent.columns.get(name)?.column)
  if (!isWhole(columns) || !isWhole(references) || columns.length !== references.length)
    throw untold(model, field)
  if (foreignKey.child !== foreignKey.parent) {
    const isHeld = child === model
    return isHeld
      ? { kind: 'direct', own: columns, far: references, isTold: true, held: foreignKey }
      : { kind: 'direct', own: references, far: columns, isTold: true, held: undefined }
  }
  if (field.list === true)
    return { kind: 'direct', own: references, far: columns, isTold: true, held: undefined }
  const opposite = [...target.fields.values()].find(
    (other) => other.kind === 'relation' && other !== field && other.relation === field.relation,
  )
  if (opposite?.kind === 'relation' && opposite.list === true)
    return { kind: 'direct', own: columns, far: references, isTold: true, held: foreignKey }
  const both = [...new Set([...columns, ...references])]
  return { kind: 'direct', own: both, far: both, isTold: false, held: undefined }
}

const isWhole = (columns: readonly (string | undefined)[] | undefined): columns is readonly string[] =>
  columns !== undefined && columns.length > 0 && columns.every((column) => column !== undefined)

const untold = (model: Model, { name }: RelationField): NotUnderstood =>
  new NotUnderstood(`the schema does not tell how ${model.name}.${name} meets its rows`)
