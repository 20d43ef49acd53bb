import type { TableSet } from './table-set.js'
import {
  createWriteClosure,
  travels,
  type ForeignKeyEdge,
  type TableChange,
  type TableGraph,
} from './write-closure.js'

/** What carries a write on from the tables that its statement names. */
export interface WriteReach {
  /** As the function that `createWriteClosure` builds. */
  touched(writes: readonly TableChange[] | 'unknown'): TableSet
  /**
   * The tables that one change is carried to; its own only if it comes back to that: a tree whose branches are deleted
   * with it.
   */
  beyond(write: TableChange): TableSet
  /**
   * The foreign keys along which a delete is carried to rows that reference those deleted, of tables to which nothing else
   * carries it: no other way around, no key that is emptied.
   */
  cascades(write: TableChange): readonly ForeignKeyEdge[]
  /** From those tables on, the keys along which it is carried to tables to which nothing else carries it, and each from one table alone. */
  cascadesOn(write: TableChange): readonly ForeignKeyEdge[]
  /** Whether the table is in the graph, and rows are its own: no view. */
  holdsRows(table: string): boolean
}

// No table of a database has it.
const origin = '\u0000'

/**
 * Builds what tells a statement's own rows from those that foreign keys, triggers and views change for it.
 *
 * @example
 * const reach = createWriteReach(graph)
 * reach.touched([{ table: 'post', action: 'delete' }]) // { tables: ['comment', 'post'] }
 * reach.beyond({ table: 'post', action: 'delete' })    // { tables: ['comment'] }
 */
export function createWriteReach(graph: TableGraph): WriteReach {
  const closures = new Map<string, ReturnType<typeof createWriteClosure>>()
  const beyond = (write: TableChange): TableSet => {
    const table = write.table.toLowerCase()
    let closure = closures.get(table)
    if (closure === undefined) closures.set(table, (closure = closureBeside(table, graph)))
    const reached = closure([{ ...write, table: origin }])
    return reached === 'all' ? 'all' : { tables: reached.tables.filter((name) => name !== origin) }
  }
  const cascades: WriteReach['cascades'] = ({ table: name, action }) => {
    const table = name.toLowerCase()
    // What a declaration carries on may be anything.
    if (action !== 'delete' || graph.dependentsOf(table).length > 0) return []
    const into = graph.foreignKeys.filter(({ parent, onDelete }) => parent === table && travels(onDelete))
    const children = new Set(into.map(({ child }) => child))
    const others = new Set<string>()
    for (const child of children) {
      const reached = beyond({ table: child, action: 'delete' })
      if (reached === 'all') return []
      for (const one of reached.tables) others.add(one)
    }
    const isOnly = (child: string) =>
      !others.has(child) && into.every((key) => key.child !== child || key.onDelete === 'Cascade')
    return into.filter(({ child }) => isOnly(child))
  }
  return {
    touched: createWriteClosure(graph),
    beyond,
    cascades,
    cascadesOn(write) {
      const children = new Set(cascades(write).map(({ child }) => child))
      const reached = children.size === 0 ? 'all' : beyond(write)
      if (reached === 'all') return []
      const table = write.table.toLowerCase()
      const tables = new Set([table, ...reached.tables])
      // What a declaration carries on may be anything.
      if ([...tables].some((one) => graph.dependentsOf(one).length > 0)) return []
      return graph.foreignKeys.filter(({ child, parent }) => {
        if (!children.has(parent) || children.has(child) || child === table) return false
        const into = graph.foreignKeys.filter((key) => key.child === child && tables.has(key.parent))
        return into.every((key) => key.parent === parent && key.onDelete === 'Cascade')
      })
    },
    holdsRows: (table) => graph.tables.has(table) && !graph.views.has(table),
  }
}

/** The change is made to a table beside its own, which all keys into that reference as well. */
function closureBeside(table: string, graph: TableGraph): ReturnType<typeof createWriteClosure> {
  const into = graph.foreignKeys.filter(({ parent }) => parent === table)
  return createWriteClosure({
    ...graph,
    tables: new Set([...graph.tables, origin]),
    foreignKeys: [...graph.foreignKeys, ...into.map((key) => ({ ...key, parent: origin }))],
    dependentsOf: (name) => graph.dependentsOf(name === origin ? table : name),
  })
}
