import type { DataModel } from '../schema/data-model.js'
import { type DependsOn, resolveDependsOn } from './depends-on.js'
import { isReadOperation } from './operations.js'
import { planReads } from './read-plan.js'
import { type Met, reach, walkQuery } from './read-walk.js'
import { createTableSets, type TableSet } from '@freshet/sql'

/** Options of {@link createReadDependencies}. */
export interface ReadDependencyOptions {
  /** The tables behind views. A view without a declaration depends on everything. Default: none. */
  readonly dependsOn?: DependsOn | undefined
}

/**
 * The tables that a read depends on; `all` for what is not a read, or not understood.
 *
 * `args` are the final arguments of the operation, without those that are Freshet's own.
 */
export type ReadDependencies = (model: string, operation: string, args: unknown) => TableSet

/**
 * Builds the function that tells what a read depends on: the table of its model and of every relation in
 * `include`, `select`, `where`, `cursor`, `orderBy` and `_count`, at any depth, with the join tables on the
 * way. Whatever it does not understand makes it answer `all`; it never narrows. The same tables are the same
 * frozen object.
 *
 * @throws FreshetError INVALID_OPTION for an unknown name in `dependsOn`.
 *
 * @example
 * const dependenciesOf = createReadDependencies(readDataModel({ inlineSchema }))
 * dependenciesOf('Post', 'findMany', { include: { tags: true } }) // { tables: ['_posttotag', 'post', 'tag'] }
 */
export function createReadDependencies(
  dataModel: DataModel,
  { dependsOn }: ReadDependencyOptions = {},
): ReadDependencies {
  const plans = planReads(dataModel, resolveDependsOn(dependsOn, dataModel))
  const toSet = createTableSets()
  return (model, operation, args) => {
    const plan = plans.get(model)
    if (plan === undefined || !isReadOperation(operation)) return 'all'
    const met: Met = []
    return reach(plan, met) && walkQuery(args, plan, met) ? toSet(met) : 'all'
  }
}
