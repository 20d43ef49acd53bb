import type { ForeignKeyEdge, TableGraph } from '../write-closure.js'
import type { Catalogue } from './catalogue.js'
import type { LiveCatalogue } from './live-catalogue.js'

/**
 * What carries a write from one table to another, as a schema declares it and the database really has it: another graph
 * whenever that has changed.
 *
 * Where the database is known, it decides what a foreign key does; a key that it does not tell of is as declared, since it
 * may hide keys of tables that the account does not write. While it is not known, keys do what is declared and what
 * the database said last.
 *
 * A view that the schema takes for a table, and of which nobody says what it is made from, changes with every table.
 */
export function createLiveGraph(declared: TableGraph, catalogue: LiveCatalogue): () => TableGraph {
  let known: Catalogue | undefined
  let isCurrent = false
  let graph = declared
  return () => {
    const { current } = catalogue
    if (current === undefined ? isCurrent : current !== known || !isCurrent) {
      known = current ?? known
      isCurrent = current !== undefined
      graph = withCatalogue(declared, known!, isCurrent)
    }
    return graph
  }
}

function withCatalogue(declared: TableGraph, catalogue: Catalogue, isCurrent: boolean): TableGraph {
  const found = viewsOf(catalogue).filter((view) => declared.tables.has(view))
  const unexplained = found.filter(
    (view) => !declared.views.has(view) && declared.sourcesOf(view) === undefined,
  )
  const isCorrected = isCurrent ? keysToldBy(catalogue) : () => false
  return {
    ...declared,
    views: new Set([...declared.views, ...found]),
    foreignKeys: [
      ...catalogue.foreignKeys.map((key) => asChanging(key, catalogue)),
      ...declared.foreignKeys.filter((key) => !isCorrected(key)),
    ],
    dependentsOf: (table) => {
      const dependents = declared.dependentsOf(table)
      return unexplained.length === 0 ? dependents : [...dependents, ...unexplained]
    },
  }
}

function viewsOf({ tables }: Catalogue): readonly string[] {
  return [...tables].flatMap(([name, { wideBecause }]) => (wideBecause === 'view' ? [name] : []))
}

/** A column that changes by itself is referenced as if every update assigned it. */
function asChanging(key: ForeignKeyEdge, { tables }: Catalogue): ForeignKeyEdge {
  const changing = tables.get(key.parent)?.selfChanging.map((column) => column.toLowerCase()) ?? []
  return key.references?.some((column) => changing.includes(column)) === true
    ? { ...key, references: undefined }
    : key
}

/** Whether the database says itself what a key does. Of two tables of one name it may speak of the other. */
function keysToldBy({ foreignKeys, tables }: Catalogue): (key: ForeignKeyEdge) => boolean {
  const isOnlyOne = (table: string) => tables.get(table)?.wideBecause !== 'several of one name'
  const told = new Set(
    foreignKeys.filter(({ child, parent }) => isOnlyOne(child) && isOnlyOne(parent)).map(identityOf),
  )
  return (key) => key.columns !== undefined && told.has(identityOf(key))
}

function identityOf({ child, parent, columns }: ForeignKeyEdge): string {
  return JSON.stringify([child, parent, columns?.toSorted()])
}
