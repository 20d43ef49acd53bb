import { expect, test } from 'vitest'
import type { DataModel } from '../../src/schema/data-model.js'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { fixture, postgresqlSchema, sqliteSchema } from '../fixtures/schemas.js'
import { createSqliteMemory, type SqliteDatabase } from '../fixtures/sqlite.js'

/** Each foreign key as `child(columns) -> parent(columns) on delete X on update Y`, in the words of SQL. */
function predicted(dataModel: DataModel): string[] {
  return dataModel.foreignKeys
    .filter(({ child }) => !dataModel.views.has(child))
    .map((key) =>
      line(
        key.child,
        key.columns ?? [],
        key.parent,
        key.references ?? [],
        sql(key.onDelete),
        sql(key.onUpdate),
      ),
    )
    .sort()
}

function line(
  child: string,
  columns: readonly string[],
  parent: string,
  references: readonly string[],
  onDelete: string,
  onUpdate: string,
) {
  return `${child}(${columns.join()}) -> ${parent}(${references.join()}) on delete ${onDelete} on update ${onUpdate}`.toLowerCase()
}

const sql = (action: string): string => action.replace(/(?<=[a-z])[A-Z]/, ' $&')

/** One row per column of a key; the rows of a key share its id. */
interface KeyColumn {
  readonly id: number
  readonly table: string
  readonly from: string
  readonly to: string
  readonly on_delete: string
  readonly on_update: string
}

function foreignKeysOf(table: string, database: SqliteDatabase): string[] {
  const rows = database.pragma(`foreign_key_list("${table}")`) as KeyColumn[]
  return [...new Set(rows.map(({ id }) => id))].map((id) => {
    const columns = rows.filter((row) => row.id === id)
    const from = columns.map((column) => column.from)
    const to = columns.map((column) => column.to)
    return line(table, from, columns[0]!.table, to, columns[0]!.on_delete, columns[0]!.on_update)
  })
}

test('the foreign keys are those of the SQLite tables that Prisma creates', () => {
  const database = createSqliteMemory()
  const tables = database.prepare(`select name from sqlite_master where type = 'table'`).all() as {
    name: string
  }[]
  const real = tables.flatMap(({ name: table }) => foreignKeysOf(table, database))
  expect(predicted(readDataModel({ inlineSchema: sqliteSchema }))).toEqual(real.sort())
})

test('the foreign keys are those of the PostgreSQL tables that Prisma creates', () => {
  const clause =
    /ALTER TABLE (\S+) ADD .* FOREIGN KEY \((.*)\) REFERENCES (\S+)\((.*)\) ON DELETE (.*) ON UPDATE (.*);/g
  const real = [...fixture('schemas/postgresql.sql').matchAll(clause)].map(
    ([, child = '', columns = '', parent = '', references = '', onDelete = '', onUpdate = '']) =>
      line(unquote(child), names(columns), unquote(parent), names(references), onDelete, onUpdate),
  )
  expect(real).not.toEqual([])
  expect(predicted(readDataModel({ inlineSchema: postgresqlSchema }))).toEqual(real.sort())
})

const unquote = (name: string): string => name.replace(/^"[^"]*"\."(.*)"$/, '$1')
const names = (list: string): string[] => list.split(', ').map((name) => name.slice(1, -1))
