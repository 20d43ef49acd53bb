import type { ForeignKeyEdge } from '../write-closure.js'
import type { KnownColumns } from '../rows/columns.js'

/** What a database itself says of its tables. Names are those of the catalogue, without the schema; look up by lower case. */
export interface Catalogue {
  readonly tables: ReadonlyMap<string, CatalogueTable>
  readonly foreignKeys: readonly CatalogueForeignKey[]
}

export interface CatalogueForeignKey extends ForeignKeyEdge {
  /**
   * Whether every row's key has the row that it references: not one that was added without looking at the rows there were
   * (`NOT VALID`), nor one that each connection may switch off (SQLite).
   */
  readonly isEnforced: boolean
}

export interface CatalogueTable {
  readonly name: string
  readonly columns: KnownColumns
  /** As the catalogue spells them, in its order. */
  readonly columnNames: readonly string[]
  /** Columns of the primary key; empty: it has none. */
  readonly primaryKey: readonly string[]
  /** Columns of each unique key of whole columns and all rows, the primary key not among them. */
  readonly uniqueKeys: readonly (readonly string[])[]
  /** Columns that another column's change, or any update, may change: computed ones, `ON UPDATE CURRENT_TIMESTAMP`. */
  readonly selfChanging: readonly string[]
  /**
   * Why nothing finer than the table can be told of a write to it, such as `trigger` or `partition`; `undefined`: its
   * rows are what statements say.
   */
  readonly wideBecause: string | undefined
}
