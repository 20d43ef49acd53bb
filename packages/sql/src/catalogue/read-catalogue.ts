import type { SqlDialect } from '../dialect.js'
import { knownColumns, type KnownColumn } from '../rows/columns.js'
import { isNumberType, valueTypeOf } from '../rows/value-type.js'
import type { ReferentialAction } from '../write-closure.js'
import type { Catalogue, CatalogueForeignKey, CatalogueTable } from './catalogue.js'
import { catalogueRow, type CatalogueRow } from './catalogue-row.js'
import { mysqlCatalogueQuery } from './mysql-query.js'
import { postgresqlCatalogueQuery } from './postgresql-query.js'
import { sqliteCatalogueQuery } from './sqlite-query.js'

/** One statement without parameters that asks a database for its catalogue; it only reads. */
export const catalogueQueries: Readonly<Record<SqlDialect, string>> = {
  postgresql: postgresqlCatalogueQuery,
  mysql: mysqlCatalogueQuery,
  sqlite: sqliteCatalogueQuery,
}

/**
 * Makes a catalogue of what its query answered.
 *
 * Two tables of one name in two schemas are one table to whoever leaves the schema out, so that nothing is told of either
 * but its name.
 *
 * @param rows as the driver gives them: objects by the columns' names, or lists in the order of the query
 */
export function readCatalogue(dialect: SqlDialect, rows: readonly unknown[]): Catalogue {
  const tables = new Map<string, TableRows>()
  const foreign = new Map<string, CatalogueRow[]>()
  for (const row of rows.map(catalogueRow)) {
    const key = row.tbl.toLowerCase()
    let table = tables.get(key)
    if (table === undefined) tables.set(key, (table = new TableRows(row)))
    table.add(row)
    if (row.kind === 'foreign') collect(foreign, `${row.namespace}\n${key}\n${row.name}`, row)
  }
  return {
    tables: new Map(Array.from(tables, ([key, table]) => [key, table.toTable(dialect)])),
    foreignKeys: Array.from(foreign.values(), toForeignKey),
  }
}

class TableRows {
  readonly #name: string
  readonly #namespace: string
  readonly #columns: CatalogueRow[] = []
  readonly #keys = new Map<string, CatalogueRow[]>()
  #wideBecause: string | undefined

  constructor({ tbl, namespace }: CatalogueRow) {
    this.#name = tbl
    this.#namespace = namespace
  }

  add(row: CatalogueRow): void {
    if (row.namespace !== this.#namespace || row.tbl !== this.#name)
      this.#wideBecause ??= 'several of one name'
    if (row.kind === 'wide') this.#wideBecause ??= row.name
    else if (row.kind === 'column') this.#columns.push(row)
    else if (row.kind === 'key') collect(this.#keys, row.name, row)
  }

  toTable(dialect: SqlDialect): CatalogueTable {
    const columns = this.#columns.toSorted(byPosition)
    const keys = Array.from(this.#keys.values(), (key) => key.toSorted(byPosition))
    const isPrimary = (key: readonly CatalogueRow[]) => key[0]!.flags.includes('p')
    return {
      name: this.#name,
      columns: knownColumns(
        dialect,
        columns.map((column) => toColumn(dialect, column)),
        tellsAllKeys(dialect, keys) ? keys.map((key) => key.map(({ part }) => part)) : undefined,
      ),
      columnNames: columns.map(({ name }) => name),
      primaryKey: keys.find(isPrimary)?.map(({ part }) => part) ?? [],
      uniqueKeys: keys
        .filter((key) => !isPrimary(key) && key.every(({ detail }) => detail === ''))
        .map((key) => key.map(({ part }) => part)),
      selfChanging: columns.filter(({ flags }) => flags.includes('s')).map(({ name }) => name),
      wideBecause: this.#wideBecause,
    }
  }
}

/** Of the others keys of some rows, or of expressions, are left out. One without any key may be one whose keys are hidden. */
const tellsAllKeys = (dialect: SqlDialect, keys: readonly (readonly CatalogueRow[])[]): boolean =>
  dialect === 'mysql' && keys.length > 0 && keys.every((key) => key.every(({ detail }) => detail === ''))

function toColumn(dialect: SqlDialect, { name, part, detail, flags }: CatalogueRow): KnownColumn {
  const collation = part === '' ? undefined : part
  const changes = flags.includes('s')
  return {
    name,
    // What the database computes is not what a statement says.
    type: changes
      ? undefined
      : valueTypeOf(dialect, { type: detail, collation, isDeterministic: flags.includes('c') }),
    nullable: flags.includes('n'),
    hasDefault: flags.includes('d') || changes,
    isGeneratedKey: flags.includes('g'),
    hasRowSecurity: flags.includes('p'),
    isNumber: isNumberType(dialect, detail),
  }
}

const actions: Readonly<Record<string, ReferentialAction>> = {
  c: 'Cascade',
  n: 'SetNull',
  d: 'SetDefault',
  r: 'Restrict',
  a: 'NoAction',
}

function toForeignKey(rows: readonly CatalogueRow[]): CatalogueForeignKey {
  const sorted = rows.toSorted(byPosition)
  const [{ tbl, detail, flags }] = sorted as [CatalogueRow]
  const references = sorted.map((row) => row.detail.split('\n')[1]!.toLowerCase())
  return {
    child: tbl.toLowerCase(),
    parent: detail.split('\n')[0]!.toLowerCase(),
    columns: sorted.map(({ part }) => part.toLowerCase()),
    // SQLite lets a definition leave out which columns it references.
    references: references.includes('') ? undefined : references,
    onDelete: actions[flags[0]!] ?? 'Cascade',
    onUpdate: actions[flags[1]!] ?? 'Cascade',
    isEnforced: flags[2] === 'v',
  }
}

const byPosition = (a: CatalogueRow, b: CatalogueRow): number => a.position - b.position

function collect<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
