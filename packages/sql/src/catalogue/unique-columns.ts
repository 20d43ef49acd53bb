import type { SqlDialect } from '../dialect.js'
import type { Catalogue } from './catalogue.js'

/** Tells whether a column is by itself the key of its table, or unique in it, by the database's own word. */
export function uniqueColumns(
  catalogue: Catalogue | undefined,
  dialect: SqlDialect,
): (table: string, column: string) => boolean {
  return (name, column) => {
    const table = catalogue?.tables.get(name)
    if (table === undefined) return false
    // SQLite may compare an index's texts otherwise than the column's.
    const isText = table.columns.named(column)?.column.type?.kind === 'text'
    if (isText && dialect === 'sqlite') return false
    return [table.primaryKey, ...table.uniqueKeys].some((key) => key.length === 1 && key[0] === column)
  }
}
