import type { ForeignKeyEdge, ReferentialAction, TableGraph } from '@freshet/sql'
import type { DataSource, EntityMetadata } from 'typeorm'
import type { DependsOn } from './options.js'
import { tablesOf } from './reads/index.js'

type ForeignKey = EntityMetadata['foreignKeys'][number]
type Column = EntityMetadata['columns'][number]

/** An entity's table as tags have it: lower-cased, without schema. Children of a single-table inheritance have their parent's. */
export function tableOfEntity({ tableName }: EntityMetadata): string {
  return bare(tableName)
}

/**
 * The tables of a DataSource, junction and closure tables and views included, and what carries a write from one to
 * another: the foreign keys with the actions that TypeORM creates them with, and what `dependsOn` declares.
 */
export function tableGraphOf(dataSource: DataSource, dependsOn: DependsOn): TableGraph {
  const metadatas = dataSource.entityMetadatas
  const declared = declaredIn(dependsOn, metadatas)
  const views = new Map(metadatas.filter(isView).map((view) => [tableOfEntity(view), view]))
  const dependents = new Map<string, string[]>()
  for (const [name, sources] of declared) {
    for (const source of sources) dependents.set(source, [...(dependents.get(source) ?? []), name])
  }
  return {
    tables: new Set([
      ...metadatas.map(tableOfEntity),
      ...[...declared].flatMap(([name, from]) => [name, ...from]),
    ]),
    views: new Set(views.keys()),
    foreignKeys: metadatas.flatMap(({ foreignKeys }) => foreignKeys.map(edgeOf)),
    sourcesOf: (table) => {
      const view = views.get(table)
      return declared.get(table) ?? (view === undefined ? undefined : behindView(view, dataSource))
    },
    dependentsOf: (table) => dependents.get(table) ?? none,
  }
}

const none: readonly string[] = []

const isView = ({ tableType }: EntityMetadata): boolean => tableType === 'view'

const bare = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase()

function declaredIn(
  dependsOn: DependsOn,
  metadatas: readonly EntityMetadata[],
): ReadonlyMap<string, readonly string[]> {
  const byName = new Map(metadatas.map((metadata) => [metadata.name, tableOfEntity(metadata)]))
  const resolve = (name: string): string => byName.get(name) ?? bare(name)
  const declared = new Map<string, readonly string[]>()
  for (const [name, sources] of Object.entries(dependsOn)) {
    const table = resolve(name)
    declared.set(table, [...(declared.get(table) ?? []), ...sources.map(resolve)])
  }
  return declared
}

/** As a read of the view has it: views of views are followed. `undefined` if its definition was not understood. */
function behindView(view: EntityMetadata, dataSource: DataSource): readonly string[] | undefined {
  const path = view.tablePath.split('.').map((part) => dataSource.driver.escape(part))
  const own = tableOfEntity(view)
  return tablesOf(`SELECT * FROM ${path.join('.')}`, dataSource)?.filter((table) => table !== own)
}

function edgeOf(key: ForeignKey): ForeignKeyEdge {
  return {
    child: tableOfEntity(key.entityMetadata),
    parent: tableOfEntity(key.referencedEntityMetadata),
    columns: key.columns.map(databaseName),
    references: key.referencedColumns.some(changesByItself)
      ? undefined
      : key.referencedColumns.map(databaseName),
    onDelete: actionOf(key.onDelete),
    onUpdate: actionOf(key.onUpdate),
  }
}

const databaseName = (column: Column): string => column.databaseName.toLowerCase()

/** Every update may change it, whatever it assigns. */
function changesByItself(column: Column): boolean {
  const { isUpdateDate, isVersion, onUpdate, asExpression } = column
  return isUpdateDate || isVersion || onUpdate !== undefined || asExpression !== undefined
}

const actions: Readonly<Record<string, ReferentialAction>> = {
  CASCADE: 'Cascade',
  'SET NULL': 'SetNull',
  'SET DEFAULT': 'SetDefault',
  RESTRICT: 'Restrict',
  'NO ACTION': 'NoAction',
  DEFAULT: 'NoAction',
}

/** Where nothing is said, TypeORM writes `NO ACTION` or nothing at all, which is the same. */
function actionOf(action: string | undefined): ReferentialAction {
  if (action === undefined) return 'NoAction'
  // An action that a later version knows may do anything.
  return actions[action.toUpperCase()] ?? 'Cascade'
}
