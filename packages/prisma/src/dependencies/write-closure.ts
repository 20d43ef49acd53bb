import type { ForeignKeyEdge, TableGraph, WriteClosure } from '@freshet/sql'
import { createWriteClosure as createClosure } from '@freshet/sql'
import type { DataModel } from '../schema/data-model.js'
import { type DependsOn, resolveDependsOn } from './depends-on.js'
import { selfChangingColumns } from './self-changing-columns.js'

/** Options of {@link createWriteClosure}. */
export interface WriteClosureOptions {
  /** The tables behind views, and the tables that triggers write. Default: none. */
  readonly dependsOn?: DependsOn | undefined
}

/**
 * Builds the function that tells what a write touches, with Prisma's default actions and what `dependsOn`
 * declares.
 *
 * @throws FreshetError INVALID_OPTION for an unknown name in `dependsOn`.
 *
 * @example
 * const touchedBy = createWriteClosure(readDataModel({ inlineSchema }))
 * touchedBy([{ table: 'users', action: 'delete' }])                       // users, and all that hangs on it
 * touchedBy([{ table: 'users', action: 'update', columns: ['name'] }])    // { tables: ['users'] }
 */
export function createWriteClosure(dataModel: DataModel, options: WriteClosureOptions = {}): WriteClosure {
  return createClosure(tableGraphOf(dataModel, options))
}

/**
 * The tables of a schema and what carries a write from one to another.
 *
 * @throws FreshetError INVALID_OPTION for an unknown name in `dependsOn`.
 */
export function tableGraphOf(dataModel: DataModel, { dependsOn }: WriteClosureOptions = {}): TableGraph {
  const { tables, views } = dataModel
  return { tables, views, foreignKeys: edgesOf(dataModel), ...resolveDependsOn(dependsOn, dataModel) }
}

/** The foreign keys; those that reference a column which changes by itself are concerned by every update. */
function edgesOf(dataModel: DataModel): ForeignKeyEdge[] {
  const changing = selfChangingColumns(dataModel)
  return dataModel.foreignKeys.map((key) => {
    const own = changing.get(key.parent)
    const changes = key.references?.some((column) => own?.has(column)) === true
    return changes ? { ...key, references: undefined } : key
  })
}
