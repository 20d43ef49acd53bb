import { expect, test } from 'vitest'
import type { TableChange } from '@freshet/sql'
import { createWriteClosure } from '../../src/dependencies/write-closure.js'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { fixture, sqliteSchema } from '../fixtures/schemas.js'
import { createSqliteMemory, type SqliteDatabase } from '../fixtures/sqlite.js'

const dataModel = readDataModel({ inlineSchema: sqliteSchema })
const touchedBy = createWriteClosure(dataModel, { dependsOn: { AuthorStats: ['User', 'Post'] } })
const tables = [...dataModel.tables]

function seeded(): SqliteDatabase {
  const database = createSqliteMemory()
  database.exec(fixture('seed.sql'))
  // Nothing could be deleted that they restrict.
  database.exec('DELETE FROM "post_labels"; UPDATE "categories" SET "parent_id" = NULL')
  database.pragma('foreign_keys = ON')
  return database
}

function contents(database: SqliteDatabase): Map<string, string> {
  return new Map(
    tables.map((table) => [
      table,
      JSON.stringify(database.prepare(`SELECT * FROM "${table}" ORDER BY 1, 2`).all()),
    ]),
  )
}

/** The tables that a statement changes, undone afterwards; undefined if the database refuses it. */
function changedBy(sql: string, database: SqliteDatabase): string[] | undefined {
  const before = contents(database)
  database.exec('SAVEPOINT trial')
  try {
    database.exec(sql)
    const after = contents(database)
    return tables.filter((table) => before.get(table) !== after.get(table)).sort()
  } catch (error) {
    if (!String(Reflect.get(error as Error, 'code')).startsWith('SQLITE_CONSTRAINT')) throw error
    return undefined
  } finally {
    database.exec('ROLLBACK TO trial; RELEASE trial')
  }
}

function rowIds(table: string, database: SqliteDatabase): number[] {
  return (database.prepare(`SELECT rowid AS rowid FROM "${table}"`).all() as { rowid: number }[]).map(
    ({ rowid }) => rowid,
  )
}

interface Trial {
  readonly sql: string
  readonly write: TableChange
}

function deletions(table: string, database: SqliteDatabase): Trial[] {
  return rowIds(table, database).map((rowid) => ({
    sql: `DELETE FROM "${table}" WHERE rowid = ${rowid}`,
    write: { table, action: 'delete' },
  }))
}

function updates(table: string, database: SqliteDatabase): Trial[] {
  const columns = database.pragma(`table_info("${table}")`) as { name: string; type: string }[]
  return rowIds(table, database).flatMap((rowid) =>
    columns.map(({ name, type }) => ({
      sql: `UPDATE "${table}" SET "${name}" = ${type === 'TEXT' ? `'new'` : '77'} WHERE rowid = ${rowid}`,
      write: { table, action: 'update', columns: [name] },
    })),
  )
}

test.each([
  ['delete', deletions],
  ['update of one column', updates],
] as const)('what SQLite changes by a %s of any row is among the predicted tables', (_, trialsOf) => {
  const database = seeded()
  const trials = tables
    .filter((table) => !dataModel.views.has(table))
    .flatMap((table) => trialsOf(table, database))
  let travelled = 0
  for (const { sql, write } of trials) {
    const changed = changedBy(sql, database)
    if (changed === undefined) continue
    if (changed.length > 1) travelled++
    const predicted = touchedBy([write])
    expect(predicted === 'all' ? 'all' : predicted.tables, sql).toEqual(expect.arrayContaining(changed))
  }
  expect(travelled).toBeGreaterThan(10)
  database.close()
})

test('what a delete and an update of a key are predicted to touch is what SQLite changes', () => {
  const database = seeded()
  const exact: readonly Trial[] = [
    { sql: 'DELETE FROM "Post" WHERE "id" = 1', write: { table: 'Post', action: 'delete' } },
    { sql: 'DELETE FROM "Team" WHERE "id" = 1', write: { table: 'Team', action: 'delete' } },
    { sql: 'DELETE FROM "categories" WHERE "id" = 2', write: { table: 'categories', action: 'delete' } },
    {
      sql: `UPDATE "Country" SET "code" = 'XX' WHERE "code" = 'FI'`,
      write: { table: 'Country', action: 'update', columns: ['code'] },
    },
    {
      sql: 'UPDATE "Tag" SET "id" = 9 WHERE "id" = 1',
      write: { table: 'Tag', action: 'update', columns: ['id'] },
    },
  ]
  const undeclared = createWriteClosure(dataModel)
  for (const { sql, write } of exact) {
    const changed = changedBy(sql, database)?.filter((table) => !dataModel.views.has(table))
    expect(undeclared([write]), sql).toEqual({ tables: changed })
  }
  database.close()
})
