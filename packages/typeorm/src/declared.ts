import { invalidOption, nearest } from '@freshet/core/adapter'
import type { DataSource, EntityMetadata } from 'typeorm'
import type { DependsOn } from './options.js'

/** What the options of `freshet()` say of a DataSource's tables. */
export interface TableOptions {
  readonly dependsOn: DependsOn
  readonly tables: readonly string[]
}

/** {@link TableOptions} by the names of tables: lower-cased, without schema. */
export interface DeclaredTables {
  /** Those that no entity is made for. */
  readonly tables: ReadonlySet<string>
  /** The tables that this one is declared to be made from; `undefined`: nothing is declared. */
  sourcesOf(table: string): readonly string[] | undefined
  /** The tables that a write to this one is declared to change as well. */
  dependentsOf(table: string): readonly string[]
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
  const resolve = (name: string): string => {
    const table = named.get(name) ?? bareName(name)
    if (known.has(table)) return table
    throw unknownName(name, [...named.keys(), ...known])
  }
  const sources = new Map<string, readonly string[]>()
  const dependents = new Map<string, readonly string[]>()
  for (const [name, from] of Object.entries(dependsOn)) {
    const table = resolve(name)
    const fromTables = from.map(resolve)
    append(sources, table, fromTables)
    for (const source of fromTables) append(dependents, source, [table])
  }
  return {
    tables: own,
    sourcesOf: (table) => sources.get(table),
    dependentsOf: (table) => dependents.get(table) ?? none,
  }
}

function append(lists: Map<string, readonly string[]>, key: string, more: readonly string[]): void {
  lists.set(key, [...(lists.get(key) ?? []), ...more])
}

function unknownName(name: string, known: readonly string[]) {
  const near = nearest(name, known)
  return invalidOption(
    `The option 'dependsOn' names '${name}', which is neither an entity nor the table of one.${near === undefined ? '' : ` Did you mean '${near}'?`} A table that no entity is made for is named in the option tables: ['${name}'].`,
  )
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
