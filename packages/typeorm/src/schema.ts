import type { ForeignKeyEdge, ReferentialAction, TableGraph } from '@freshet/sql'
import type { DataSource, EntityMetadata } from 'typeorm'
import type { TableOptions } from './declared.js'
import { declaredTables, tableOfEntity } from './declared.js'
import { tablesOf } from './reads/index.js'

type ForeignKey = EntityMetadata['foreignKeys'][number]
type Column = EntityMetadata['columns'][number]

/**
 * The tables of a DataSource, junction and closure tables and views included, and what carries a write from one to
 * another: the foreign keys with the actions that TypeORM creates them with, and what is declared.
 */
export function tableGraphOf(dataSource: DataSource, options: TableOptions): TableGraph {
  const metadatas = dataSource.entityMetadatas
  const { tables, sourcesOf, dependentsOf } = declaredTables(options, metadatas)
  const views = new Map(metadatas.filter(isView).map((view) => [tableOfEntity(view), view]))
  return {
    tables: new Set([...metadatas.map(tableOfEntity), ...tables]),
    views: new Set(views.keys()),
    foreignKeys: metadatas.flatMap(({ foreignKeys }) => foreignKeys.map(edgeOf)),
    sourcesOf: (table) => {
      const view = views.get(table)
      return sourcesOf(table) ?? (view === undefined ? undefined : behindView(view, dataSource))
    },
    dependentsOf,
  }
}

const isView = ({ tableType }: EntityMetadata): boolean => tableType === 'view'

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
export function changesByItself(column: Column): boolean {
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
