import { invalidOption, nearest, print } from '@freshet/core/adapter'
import { type DataModel, tableOf, toTable } from '../schema/data-model.js'

/**
 * What the schema cannot tell: `{ OrderSummary: ['Order', 'order_lines'] }` says that the view OrderSummary
 * is computed from these tables, or that a trigger on them writes OrderSummary. Either way a write to one of
 * them changes what a read of OrderSummary sees. Names are of models, or of tables as the database has them.
 */
export type DependsOn = Readonly<Record<string, readonly string[]>>

/** The declarations by the tags of tables. */
export interface DeclaredDependencies {
  /** The tables that this one is declared to be made from; undefined: nothing is declared. */
  sourcesOf(table: string): readonly string[] | undefined
  /** The tables that a write to this one is declared to change as well. */
  dependentsOf(table: string): readonly string[]
}

/**
 * Checks the names of a `dependsOn` option and resolves them to tables.
 *
 * @throws FreshetError INVALID_OPTION for a name that is neither a model nor a table of the schema, with the
 * nearest names there are.
 */
export function resolveDependsOn(
  dependsOn: DependsOn | undefined,
  dataModel: DataModel,
): DeclaredDependencies {
  const sources = new Map<string, readonly string[]>()
  const dependents = new Map<string, string[]>()
  for (const [name, given] of entriesOf(dependsOn)) {
    const table = resolveName(name, dataModel)
    const tables = namesOf(name, given).map((source) => resolveName(source, dataModel))
    sources.set(table, [...(sources.get(table) ?? []), ...tables])
    for (const source of tables) dependents.set(source, [...(dependents.get(source) ?? []), table])
  }
  return {
    sourcesOf: (table) => sources.get(table),
    dependentsOf: (table) => dependents.get(table) ?? none,
  }
}

const none: readonly string[] = []

function entriesOf(dependsOn: unknown): [string, unknown][] {
  if (dependsOn === undefined) return []
  if (typeof dependsOn === 'object' && dependsOn !== null && !Array.isArray(dependsOn))
    return Object.entries(dependsOn)
  throw invalidOption(
    `The option 'dependsOn' must be an object such as { OrderSummary: ['Order'] }, but ${print(dependsOn)} was given.`,
  )
}

function namesOf(name: string, given: unknown): readonly string[] {
  if (Array.isArray(given) && given.every((item) => typeof item === 'string')) return given
  throw invalidOption(
    `The option 'dependsOn.${name}' must be an array of model or table names, but ${print(given)} was given.`,
  )
}

function resolveName(name: string, dataModel: DataModel): string {
  const table = tableOf(dataModel, name) ?? toTable(name)
  if (dataModel.tables.has(table)) return table
  const known = [...dataModel.models.keys(), ...dataModel.tables]
  const near = nearest(name, known)
  throw invalidOption(
    `The option 'dependsOn' names '${name}', which is neither a model nor a table of the schema. ` +
      (near === undefined
        ? `Models are: ${[...dataModel.models.keys()].join(', ')}.`
        : `Did you mean '${near}'?`),
  )
}
