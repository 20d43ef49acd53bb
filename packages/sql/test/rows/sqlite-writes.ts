import Database from 'better-sqlite3'
import fc from 'fast-check'
import { knownColumns, valueTypeOf, type RowWrite } from '../../src/index.js'
import type { Api } from './api.js'
import { changedColumns, changedRows, comingRows, oneOf, type Row } from './change.js'
import { statements, type Sent } from './statements.js'

const text = (collation?: string) => valueTypeOf('sqlite', { type: 'text', collation })
const integer = valueTypeOf('sqlite', { type: 'integer' })

/** A key that is made, two columns of tiny domains, text under each collation of SQLite, and one that is not sound. */
const columns = knownColumns('sqlite', [
  { name: 'id', type: integer, nullable: false, hasDefault: true, isGeneratedKey: true },
  { name: 'a', type: integer, nullable: true, hasDefault: false },
  { name: 'b', type: integer, nullable: true, hasDefault: true },
  { name: 's', type: text('nocase'), nullable: true, hasDefault: false },
  { name: 'r', type: text('rtrim'), nullable: true, hasDefault: false },
  { name: 'x', type: undefined, nullable: true, hasDefault: false },
])
const keys = [['id'], ['a'], ['b'], ['s'], ['r'], ['a', 'b'], ['s', 'a'], ['x'], ['id', 'a']]

/**
 * Sends statements to SQLite, and holds what is said of them against the rows before and after.
 *
 * @returns how many answers said something; nearly everything could be answered with "any".
 * @throws for an answer that is not true.
 */
export function holdWritesAgainstSqlite(
  { applyWrite, planWrite }: Api,
  parameters: fc.Parameters<[Sent]>,
): number {
  const database = newTable()
  let told = 0
  try {
    fc.assert(
      fc.property(statements, (sent) => {
        const { before, after, returned, generatedKey } = run(database, sent)
        const plan = planWrite(sent.sql, 'sqlite')
        for (const known of [undefined, returned]) {
          const values = { parameters: sent.parameters, returned: known, generatedKey }
          told += check(applyWrite(plan, values, columns), before, after, sent)
        }
      }),
      parameters,
    )
  } finally {
    database.close()
  }
  return told
}

/** Holds every answer against the rows before and after; how many answers said something. */
function check(write: RowWrite, before: readonly Row[], after: readonly Row[], sent: Sent): number {
  let told = 0
  const hold = (isTrue: boolean, promise: string) => {
    if (!isTrue) throw new Error(`${promise}: ${sent.sql} ${fc.stringify(sent.parameters)}`)
  }
  const changed = changedRows(before, after)
  for (const key of keys) {
    const touched = write.touched(key)
    const entering = write.entering(key)
    if (touched !== undefined) {
      told++
      for (const row of changed) hold(oneOf(touched, columns, key, row), `touched by ${String(key)}`)
    }
    if (entering !== undefined) {
      told++
      for (const row of comingRows(before, after, key))
        hold(oneOf(entering, columns, key, row), `entering by ${String(key)}`)
    }
  }
  const condition = write.condition()
  if (condition !== undefined) {
    told++
    for (const row of changed) hold(!condition.excludes((name) => row[name]), 'chooses')
  }
  if (write.assigned !== undefined) {
    told++
    for (const name of changedColumns(before, after)) hold(write.assigned.includes(name), `assigned ${name}`)
  }
  hold(write.inserts || after.length <= before.length, 'inserts nothing')
  hold(!write.isNothing || changed.length === 0, 'is nothing')
  return told
}

const filled = `INSERT INTO t (id, a, b, s, r, x, mark) VALUES
  (1, 1, 1, 'A', 'a', 1, 1), (2, 1, 2, 'C', 'a ', '1', 2), (3, 2, NULL, 'b', 'B', 1.5, 3), (4, NULL, 1, NULL, 'ch', NULL, 4)`

function newTable(): Database.Database {
  const database = new Database(':memory:')
  // "mark" tells a row from another whatever is assigned; no statement names it.
  database.exec(`CREATE TABLE t (id integer primary key, a integer, b integer default 2, s text collate nocase,
    r text collate rtrim, x, mark, offset integer, unique (s), unique (a, b))`)
  return database
}

function run(database: Database.Database, { sql, parameters }: Sent) {
  database.exec('DELETE FROM t')
  database.exec(filled)
  const before = database.prepare('SELECT * FROM t').all() as Row[]
  let returned: unknown[] | undefined
  let generatedKey: unknown
  try {
    const statement = database.prepare(sql)
    if (statement.reader) returned = statement.all(...parameters)
    else generatedKey = statement.run(...parameters).lastInsertRowid
  } catch (error) {
    // A constraint that is violated undoes the statement; a mistake in a text would hide that nothing is tested.
    if (!/constraint|mismatch|UPSERT|ON CONFLICT/.test(String(error))) throw new Error(sql, { cause: error })
  }
  const after = database.prepare('SELECT * FROM t').all() as Row[]
  return { before, after, returned, generatedKey }
}
