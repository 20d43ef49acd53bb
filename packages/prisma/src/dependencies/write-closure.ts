import { type DataModel, type ForeignKey, toTable } from '../schema/data-model.js'
import type { ReferentialAction } from '../schema/declaration.js'
import { type DeclaredDependencies, type DependsOn, resolveDependsOn } from './depends-on.js'
import { selfChangingColumns } from './self-changing-columns.js'
import { createTableSets, type TableSet } from './table-set.js'

/** What a statement does to a table; `unknown`: any of it. */
export type WriteAction = 'insert' | 'update' | 'delete' | 'truncate' | 'upsert' | 'replace' | 'unknown'

/** One table that a statement writes, as the statement's own text tells. */
export interface TableWrite {
  /** The physical name without its schema, in any case. */
  readonly table: string
  readonly action: WriteAction
  /**
   * The columns that an update, or the update half of an upsert, assigns, in any case; not known: any
   * column, keys that others reference included.
   */
  readonly columns?: Iterable<string> | undefined
}

/** Options of {@link createWriteClosure}. */
export interface WriteClosureOptions {
  /** The tables behind views, and the tables that triggers write. Default: none. */
  readonly dependsOn?: DependsOn | undefined
}

/** All tables whose rows a write can change; `all` if the write is `unknown`, or of a table that the schema does not have. */
export type WriteClosure = (writes: readonly TableWrite[] | 'unknown') => TableSet

/**
 * Builds the function that tells what a write touches: the tables that it names and, transitively, those
 * that foreign keys carry it to (CASCADE, SET NULL and SET DEFAULT, with Prisma's default actions) and those
 * that `dependsOn` declares.
 *
 * A delete that cascades goes on as a delete. SET NULL and SET DEFAULT go on as an update of the foreign
 * key's columns, which travels further only where these are referenced themselves. An update travels along
 * the keys that reference a column it assigns. TRUNCATE empties every table that references the truncated one,
 * whatever the action: that is what its CASCADE does, and without it a database that checks foreign keys
 * refuses the statement.
 *
 * @throws FreshetError INVALID_OPTION for an unknown name in `dependsOn`.
 *
 * @example
 * const touchedBy = createWriteClosure(readDataModel({ inlineSchema }))
 * touchedBy([{ table: 'users', action: 'delete' }])                       // users, and all that hangs on it
 * touchedBy([{ table: 'users', action: 'update', columns: ['name'] }])    // { tables: ['users'] }
 */
export function createWriteClosure(
  dataModel: DataModel,
  { dependsOn }: WriteClosureOptions = {},
): WriteClosure {
  const schema: Schema = {
    keysInto: groupByParent(dataModel),
    declared: resolveDependsOn(dependsOn, dataModel),
    views: dataModel.views,
  }
  const toSet = createTableSets()
  return (writes) => {
    const changes = writes === 'unknown' ? undefined : changesOf(writes, dataModel, schema)
    return changes === undefined ? 'all' : toSet(spread(changes, schema))
  }
}

interface Schema {
  readonly keysInto: ReadonlyMap<string, readonly ForeignKey[]>
  readonly declared: DeclaredDependencies
  readonly views: ReadonlySet<string>
}

/** What happens to rows of a table; an insert travels nowhere, so it needs no more than its name. */
type Change =
  | { readonly kind: 'insert' | 'delete' | 'truncate'; readonly table: string }
  | { readonly kind: 'update'; readonly table: string; readonly columns: readonly string[] | undefined }

function groupByParent(dataModel: DataModel): ReadonlyMap<string, readonly ForeignKey[]> {
  const grouped = new Map<string, ForeignKey[]>()
  const changing = selfChangingColumns(dataModel)
  for (const key of dataModel.foreignKeys) {
    const own = changing.get(key.parent)
    const changes = key.references?.some((column) => own?.has(column)) === true
    const keys = grouped.get(key.parent) ?? []
    grouped.set(key.parent, [...keys, changes ? { ...key, references: undefined } : key])
  }
  return grouped
}

function changesOf(
  writes: readonly TableWrite[],
  dataModel: DataModel,
  schema: Schema,
): Change[] | undefined {
  const changes: Change[] = []
  for (const write of writes) {
    const table = toTable(write.table)
    if (!dataModel.tables.has(table)) return undefined
    changes.push(...changesBy(write, table))
    if (!schema.views.has(table)) continue
    const behind = tablesBehindView(table, schema)
    if (behind === undefined) return undefined
    changes.push(...behind.flatMap(anything))
  }
  return changes
}

function changesBy({ action, columns }: TableWrite, table: string): Change[] {
  switch (action) {
    case 'insert':
    case 'delete':
    case 'truncate':
      return [{ kind: action, table }]
    case 'update':
    case 'upsert':
      return [
        { kind: 'update', table, columns: columns && [...columns].map((column) => column.toLowerCase()) },
      ]
    case 'replace':
      // An insert after a delete of the rows that are in its way.
      return [{ kind: 'delete', table }]
    default:
      return anything(table)
  }
}

function anything(table: string): Change[] {
  return [
    { kind: 'truncate', table },
    { kind: 'delete', table },
    { kind: 'update', table, columns: undefined },
  ]
}

/** A write through a view lands in tables that only a declaration can name. */
function tablesBehindView(view: string, { declared, views }: Schema): readonly string[] | undefined {
  const behind = new Set([view])
  for (const table of behind) {
    const sources = declared.sourcesOf(table)
    if (sources === undefined && views.has(table)) return undefined
    if (views.has(table)) for (const source of sources ?? []) behind.add(source)
  }
  return [...behind]
}

/** The tables of these changes and of all that follow from them. */
function spread(first: readonly Change[], schema: Schema): Set<string> {
  const tables = new Set<string>()
  const seen = new Set<string>()
  const pending = [...first]
  for (let change = pending.pop(); change !== undefined; change = pending.pop()) {
    const identity = identityOf(change)
    if (seen.has(identity)) continue
    seen.add(identity)
    if (!tables.has(change.table)) pending.push(...declaredBy(change.table, schema))
    tables.add(change.table)
    for (const key of schema.keysInto.get(change.table) ?? []) {
      const next = follow(change, key)
      if (next !== undefined) pending.push(next)
    }
  }
  return tables
}

function identityOf(change: Change): string {
  return `${change.kind} ${change.table} ${change.kind === 'update' ? String(change.columns) : ''}`
}

/** What a view shows changes with its tables; what a trigger does to a table may be anything. */
function declaredBy(table: string, { declared, views }: Schema): Change[] {
  return declared
    .dependentsOf(table)
    .flatMap((dependent) =>
      views.has(dependent) ? [{ kind: 'insert', table: dependent }] : anything(dependent),
    )
}

function follow(change: Change, key: ForeignKey): Change | undefined {
  switch (change.kind) {
    case 'insert':
      return undefined
    case 'truncate':
      return { kind: 'truncate', table: key.child }
    case 'delete':
      return travels(key.onDelete) ? afterDelete(key) : undefined
    case 'update':
      return travels(key.onUpdate) && concerns(change.columns, key) ? keyUpdate(key) : undefined
  }
}

const travels = (action: ReferentialAction): boolean => action !== 'Restrict' && action !== 'NoAction'

function afterDelete(key: ForeignKey): Change {
  return key.onDelete === 'Cascade' ? { kind: 'delete', table: key.child } : keyUpdate(key)
}

function keyUpdate(key: ForeignKey): Change {
  return { kind: 'update', table: key.child, columns: key.columns }
}

function concerns(assigned: readonly string[] | undefined, key: ForeignKey): boolean {
  if (assigned === undefined || key.references === undefined) return true
  return key.references.some((column) => assigned.includes(column))
}
