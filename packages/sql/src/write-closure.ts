import { createTableSets, type TableSet } from './table-set.js'

/** What the database, or the ORM for it, does to rows whose foreign key loses its row. */
export type ReferentialAction = 'Cascade' | 'Restrict' | 'NoAction' | 'SetNull' | 'SetDefault'

/** What a statement does to a table; `unknown`: any of it. */
export type TableChangeAction = 'insert' | 'update' | 'delete' | 'truncate' | 'upsert' | 'replace' | 'unknown'

/** One table that a statement writes, as the statement's own text tells. */
export interface TableChange {
  /** The physical name without its schema, in any case. */
  readonly table: string
  readonly action: TableChangeAction
  /**
   * The columns that an update, or the update half of an upsert, assigns, in any case; not known: any
   * column, keys that others reference included.
   */
  readonly columns?: Iterable<string> | undefined
}

/** A foreign key of `child` that references `parent`. All names are lower-cased. */
export interface ForeignKeyEdge {
  readonly child: string
  readonly parent: string
  /** Columns of the child; undefined: not known. */
  readonly columns: readonly string[] | undefined
  /** Columns of the parent; undefined: not known, or they change by themselves, so that any update may change them. */
  readonly references: readonly string[] | undefined
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
}

/** The tables of a database and what carries a write from one to another. */
export interface TableGraph {
  /** Lower-cased names, views included. */
  readonly tables: ReadonlySet<string>
  readonly views: ReadonlySet<string>
  readonly foreignKeys: readonly ForeignKeyEdge[]
  /** The tables that a view is declared to be made from; undefined: nothing is declared. */
  sourcesOf(table: string): readonly string[] | undefined
  /** The views and tables that a write to this one is declared to change as well. */
  dependentsOf(table: string): readonly string[]
}

/** All tables whose rows a write can change; `all` if the write is `unknown`, or of a table that is not in the graph. */
export type WriteClosure = (writes: readonly TableChange[] | 'unknown') => TableSet

/**
 * Builds the function that tells what a write touches: the tables that it names and, transitively, those
 * that foreign keys carry it to (CASCADE, SET NULL and SET DEFAULT) and those that are declared to follow.
 *
 * A delete that cascades goes on as a delete. SET NULL and SET DEFAULT go on as an update of the foreign
 * key's columns, which travels further only where these are referenced themselves. An update travels along
 * the keys that reference a column it assigns. TRUNCATE empties every table that references the truncated one,
 * whatever the action: that is what its CASCADE does, and without it a database that checks foreign keys
 * refuses the statement.
 */
export function createWriteClosure(graph: TableGraph): WriteClosure {
  const schema: Schema = { ...graph, keysInto: groupByParent(graph.foreignKeys) }
  const toSet = createTableSets()
  return (writes) => {
    const changes = writes === 'unknown' ? undefined : changesOf(writes, schema)
    return changes === undefined ? 'all' : toSet(spread(changes, schema))
  }
}

interface Schema extends TableGraph {
  readonly keysInto: ReadonlyMap<string, readonly ForeignKeyEdge[]>
}

/** What happens to rows of a table; an insert travels nowhere, so it needs no more than its name. */
type Change =
  | { readonly kind: 'insert' | 'delete' | 'truncate'; readonly table: string }
  | { readonly kind: 'update'; readonly table: string; readonly columns: readonly string[] | undefined }

function groupByParent(keys: readonly ForeignKeyEdge[]): ReadonlyMap<string, readonly ForeignKeyEdge[]> {
  const grouped = new Map<string, ForeignKeyEdge[]>()
  for (const key of keys) grouped.set(key.parent, [...(grouped.get(key.parent) ?? []), key])
  return grouped
}

function changesOf(writes: readonly TableChange[], schema: Schema): Change[] | undefined {
  const changes: Change[] = []
  for (const write of writes) {
    const table = write.table.toLowerCase()
    if (!schema.tables.has(table)) return undefined
    changes.push(...changesBy(write, table))
    if (!schema.views.has(table)) continue
    const behind = tablesBehindView(table, schema)
    if (behind === undefined) return undefined
    changes.push(...behind.flatMap(anything))
  }
  return changes
}

function changesBy({ action, columns }: TableChange, table: string): Change[] {
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
function tablesBehindView(view: string, { sourcesOf, views }: Schema): readonly string[] | undefined {
  const behind = new Set([view])
  for (const table of behind) {
    const sources = sourcesOf(table)
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
function declaredBy(table: string, { dependentsOf, views }: Schema): Change[] {
  return dependentsOf(table).flatMap((dependent) =>
    views.has(dependent) ? [{ kind: 'insert', table: dependent }] : anything(dependent),
  )
}

function follow(change: Change, key: ForeignKeyEdge): Change | undefined {
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

/** Whether the action does anything to rows that reference others. */
export const travels = (action: ReferentialAction): boolean => action !== 'Restrict' && action !== 'NoAction'

function afterDelete(key: ForeignKeyEdge): Change {
  return key.onDelete === 'Cascade' ? { kind: 'delete', table: key.child } : keyUpdate(key)
}

function keyUpdate(key: ForeignKeyEdge): Change {
  return { kind: 'update', table: key.child, columns: key.columns }
}

function concerns(assigned: readonly string[] | undefined, key: ForeignKeyEdge): boolean {
  if (assigned === undefined || key.references === undefined) return true
  return key.references.some((column) => assigned.includes(column))
}
