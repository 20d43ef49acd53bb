import { type DeclaredDependencies, type DependsOn, resolveDependsOn } from '@freshet/core/adapter'
import type { DataSource, EntityMetadata } from 'typeorm'

/** What the options of `freshet()` say of a DataSource's tables. */
export interface TableOptions {
  readonly dependsOn: DependsOn
  readonly tables: readonly string[]
}

/** {@link TableOptions} by the names of tables: lower-cased, without schema. */
export interface DeclaredTables extends DeclaredDependencies {
  /** Those that no entity is made for. */
  readonly tables: ReadonlySet<string>
}

/** An entity's table as tags have it. Children of a single-table inheritance have their parent's. */
export function tableOfEntity({ tableName }: EntityMetadata): string {
  return bareName(tableName)
}

const bareName = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase()
const none: readonly string[] = Object.freeze([])

/**
 * Looks the names in the options up among the entities.
 *
 * @throws FreshetError INVALID_OPTION for a name that is neither an entity's, nor a table's, nor in `tables`: a
 * misspelt one would declare nothing, and the reads that it was meant for would go stale
 */
export function declaredTables(
  { dependsOn, tables }: TableOptions,
  metadatas: readonly EntityMetadata[],
): DeclaredTables {
  const named = new Map(metadatas.map((metadata) => [metadata.name, tableOfEntity(metadata)]))
  const own = new Set(tables.map(bareName))
  const known = new Set([...named.values(), ...own])
  const declared = resolveDependsOn(dependsOn, {
    tableOf(name) {
      const table = named.get(name) ?? bareName(name)
      return known.has(table) ? table : undefined
    },
    known: [...named.keys(), ...known],
    kinds: 'an entity nor the table of one',
    advice: (name, near) =>
      `${near === undefined ? '' : `Did you mean '${near}'? `}A table that no entity is made for is named in the option tables: ['${name}'].`,
  })
  return { tables: own, ...declared }
}

const declaredBy = new WeakMap<DataSource, TableOptions>()
const nothing: TableOptions = Object.freeze({ dependsOn: Object.freeze({}), tables: none })

/** From now on these are what is declared for this DataSource. */
export function setTableOptions(dataSource: DataSource, options: TableOptions): void {
  declaredBy.set(dataSource, options)
}

/** What was declared last; nothing, if nobody did. */
export function tableOptionsOf(dataSource: DataSource): TableOptions {
  return declaredBy.get(dataSource) ?? nothing
}
