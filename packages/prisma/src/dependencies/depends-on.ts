import { type DeclaredDependencies, type DependsOn, resolveDependsOn as resolve } from '@freshet/core/adapter'
import { type DataModel, tableOf, toTable } from '../schema/data-model.js'

export type { DeclaredDependencies, DependsOn }

/**
 * Resolves a `dependsOn` option, whose names are of models, or of tables as the database has them.
 *
 * @throws FreshetError INVALID_OPTION for a name that is neither, with the nearest names there are.
 */
export function resolveDependsOn(
  dependsOn: DependsOn | undefined,
  dataModel: DataModel,
): DeclaredDependencies {
  const models = [...dataModel.models.keys()]
  return resolve(dependsOn, {
    tableOf(name) {
      const table = tableOf(dataModel, name) ?? toTable(name)
      return dataModel.tables.has(table) ? table : undefined
    },
    known: [...models, ...dataModel.tables],
    kinds: 'a model nor a table of the schema',
    advice: (_, near) =>
      near === undefined ? `Models are: ${models.join(', ')}.` : `Did you mean '${near}'?`,
  })
}
