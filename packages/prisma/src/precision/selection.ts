import type { Model, RelationField, ScalarField } from '../schema/data-model.js'
import { entriesOf, isPlain, NotUnderstood } from './arguments.js'
import { columnsOf, globallyOmitted, relationOf, scalarOf, type Schema } from './plan-context.js'

/** What a query shows of each row. */
export interface Selection {
  /** Whether every row that is shown has this field. */
  shows(field: string): boolean
  /** The columns of which something may be shown. */
  readonly columns: readonly string[]
  readonly relations: readonly SelectedRelation[]
}

export interface SelectedRelation {
  readonly field: RelationField
  /** Its rows are only counted. */
  readonly isCount: boolean
  /** The arguments for its rows; of a count a `where` at most. */
  readonly args: unknown
  readonly path: readonly string[]
}

/** @throws NotUnderstood for a name that the schema does not have, such as a computed field's. */
export function readSelection(
  schema: Schema,
  model: Model,
  args: unknown,
  path: readonly string[],
): Selection {
  const { select, include, omit } = isPlain(args) ? args : {}
  const shown = new Set<string>()
  const relations: SelectedRelation[] = []
  for (const [kind, given] of [
    ['select', select],
    ['include', include],
  ] as const) {
    for (const [name, value] of entriesOf(given, kind)) {
      if (value === false) continue
      const at = [...path, kind, name]
      const relation = relationOf(model, name)
      if (relation !== undefined) relations.push(selectedRelation(relation, value, at))
      else if (name === '_count') relations.push(...countedRelations(model, value, at))
      else if (kind === 'select' && scalarOf(model, name) !== undefined) {
        // What is not simply `true` may be left out: `Prisma.skip`.
        if (value === true) shown.add(name)
        else throw new NotUnderstood(`${at.join('.')} is not true`)
      } else throw new NotUnderstood(`${at.join('.')} is not known`)
    }
  }
  if (select !== undefined && select !== null) {
    const fields = [...shown].map((name) => scalarOf(model, name) as ScalarField)
    return { shows: (name) => shown.has(name), columns: fields.map(({ column }) => column), relations }
  }
  const shows = showsAllBut(schema, model, omit)
  // Computed fields need columns that were omitted, and Prisma fetches them.
  const columns = schema.computesFields
    ? columnsOf(model)
    : [...model.fields.values()].flatMap((field) =>
        field.kind === 'scalar' && shows(field.name) ? [field.column] : [],
      )
  return { shows, columns, relations }
}

/** What a query itself says of a field goes before what its client says. */
function showsAllBut(schema: Schema, model: Model, omit: unknown): (field: string) => boolean {
  const global = globallyOmitted(schema, model)
  const own = new Map(entriesOf(omit, 'omit'))
  return (name) =>
    scalarOf(model, name) !== undefined && (own.has(name) ? own.get(name) === false : !global.has(name))
}

function selectedRelation(field: RelationField, value: unknown, path: readonly string[]): SelectedRelation {
  if (value !== true && !isPlain(value)) throw new NotUnderstood(`${path.join('.')} is not an object`)
  return { field, isCount: false, args: value === true ? {} : value, path }
}

/** `_count: true` counts every list; `_count: { select: { posts: { where } } }` those that it names. */
function countedRelations(model: Model, count: unknown, path: readonly string[]): SelectedRelation[] {
  const lists = [...model.fields.values()].filter(
    (field): field is RelationField => field.kind === 'relation' && field.list !== false,
  )
  if (count === true) return lists.map((field) => ({ field, isCount: true, args: {}, path }))
  const counted: SelectedRelation[] = []
  for (const [key, fields] of entriesOf(count, path.join('.'))) {
    if (key !== 'select') throw new NotUnderstood(`${[...path, key].join('.')} is not known`)
    for (const [name, value] of entriesOf(fields, path.join('.'))) {
      if (value === false) continue
      const at = [...path, key, name]
      const field = lists.find((list) => list.name === name)
      if (field === undefined) throw new NotUnderstood(`${at.join('.')} is not known`)
      counted.push({ ...selectedRelation(field, value, at), isCount: true })
    }
  }
  // An empty object is as good as `true`.
  return counted.length > 0 ? counted : countedRelations(model, true, path)
}
