import type { DataModel, Model, RelationField } from '../schema/data-model.js'
import type { DeclaredDependencies } from './depends-on.js'

/** A model as the walk through a query's arguments needs it. */
export interface ReadPlan {
  /** The tables that reading its rows needs; undefined when that cannot be told. */
  readonly tables: readonly string[] | undefined
  /** What a query can name without leaving the table: scalar fields and keys over several of them. */
  readonly scalars: ReadonlySet<string>
  readonly relations: ReadonlyMap<string, RelationPlan>
}

export interface RelationPlan {
  readonly target: ReadPlan
  readonly joinTable: string | undefined
  /** Whether `_count: true` counts it: any relation that is not known to be to-one. */
  readonly counted: boolean
}

/** Prepares all models of a schema, by their names. */
export function planReads(
  dataModel: DataModel,
  declared: DeclaredDependencies,
): ReadonlyMap<string, ReadPlan> {
  const plans = new Map<string, ReadPlan & { readonly relations: Map<string, RelationPlan> }>()
  for (const model of dataModel.models.values()) {
    plans.set(model.name, {
      tables: tablesBehind(model, dataModel, declared),
      scalars: new Set([...scalarsOf(model), ...model.compoundKeys.keys()]),
      relations: new Map(),
    })
  }
  for (const [name, { relations }] of plans) {
    for (const field of dataModel.models.get(name)?.fields.values() ?? []) {
      if (field.kind === 'relation') relations.set(field.name, toRelationPlan(field, plans))
    }
  }
  return plans
}

function scalarsOf(model: Model): string[] {
  return [...model.fields.values()].flatMap((field) => (field.kind === 'scalar' ? [field.name] : []))
}

// Where a relation leads to a model that nothing describes, nothing can be said.
const unknownPlan: ReadPlan = { tables: undefined, scalars: new Set(), relations: new Map() }

function toRelationPlan(field: RelationField, plans: ReadonlyMap<string, ReadPlan>): RelationPlan {
  return {
    target: plans.get(field.model) ?? unknownPlan,
    joinTable: field.joinTable,
    counted: field.list !== false,
  }
}

/**
 * Its own table and all that it is declared to be made from. A view is made from something: without a
 * declaration nobody knows what, and the same holds for a model that may be a view.
 */
function tablesBehind(
  model: Model,
  dataModel: DataModel,
  declared: DeclaredDependencies,
): readonly string[] | undefined {
  if (model.kind !== 'model' && declared.sourcesOf(model.table) === undefined) return undefined
  const tables = new Set([model.table])
  for (const table of tables) {
    const sources = declared.sourcesOf(table)
    if (sources === undefined && table !== model.table && dataModel.views.has(table)) return undefined
    for (const source of sources ?? []) tables.add(source)
  }
  return [...tables]
}
