import Database from 'better-sqlite3'
import fc from 'fast-check'
import { knownColumns, valueTypeOf, type TableRead } from '../../src/index.js'
import type { Api } from './api.js'
import { changedColumns, changedRows, comingRows, oneOf, type Row } from './change.js'
import { changedQueries, type Changed } from './queries.js'

const type = valueTypeOf('sqlite', { type: 'integer' })
const column = (name: string) => ({ name, type, nullable: true, hasDefault: name === 'id' })
const known = {
  u: knownColumns('sqlite', ['id', 'a'].map(column)),
  p: knownColumns('sqlite', ['id', 'u', 'a'].map(column)),
}

const filled = `DELETE FROM u; DELETE FROM p;
  INSERT INTO u VALUES (1, 1, 1), (2, 2, 2), (3, NULL, 3);
  INSERT INTO p VALUES (1, 1, 1, 1), (2, 1, 2, 2), (3, 2, 1, 3), (4, 2, 3, 4), (5, NULL, 2, 5), (6, 3, NULL, 6)`

/**
 * Asks SQLite before and after a change of one row, and holds what is said of the query against the answers.
 *
 * @returns how many changes left the answer alone, as was said; any answer may change with any row would be true as well.
 * @throws for an answer that changed although it could not.
 */
export function holdReadsAgainstSqlite(
  { applyRead, planRead }: Api,
  parameters: fc.Parameters<[Changed]>,
): number {
  const database = new Database(':memory:')
  // "mark" tells a row from another; no query names it.
  database.exec(`CREATE TABLE u (id integer primary key, a integer, mark);
    CREATE TABLE p (id integer primary key, u integer, a integer, mark)`)
  let spared = 0
  const property = fc.property(changedQueries, ({ sql, table, change }) => {
    database.exec(filled)
    const rows = () => database.prepare(`SELECT * FROM ${table}`).all() as Row[]
    const answer = () => fc.stringify(database.prepare(sql).raw().all())
    const [before, first] = [rows(), answer()]
    database.exec(change)
    const [after, second] = [rows(), answer()]
    const reads = applyRead(planRead(sql, 'sqlite'), [], ({ name }) => known[name as 'u' | 'p'])
    const concerned = reads?.filter((read) => read.table.name === table)
    if (concerned === undefined || concerned.some((read) => canChange(read, table, before, after))) return
    spared++
    if (first !== second) throw new Error(`${sql}: ${change} gave ${first}, then ${second}`)
  })
  try {
    fc.assert(property, parameters)
  } finally {
    database.close()
  }
  return spared
}

/** Whether the analysis lets a change of these rows change the answer. Of rows that are not hidden only keys are shown. */
function canChange(
  read: TableRead,
  table: 'u' | 'p',
  before: readonly Row[],
  after: readonly Row[],
): boolean {
  if (read.isUnused) return false
  const isUpdate = before.length === after.length
  const columns = changedColumns(before, after)
  if (isUpdate && read.decidedBy !== undefined) {
    if (columns.every((name) => !read.decidedBy!.includes(name) && name !== 'id')) return false
  }
  const rows = [...changedRows(before, after), ...comingRows(before, after, Object.keys(before[0] ?? {}))]
  return ['id', 'u', 'a'].every((name) => {
    const keys = known[table].named(name) === undefined ? undefined : read.pinned([name])
    return (
      keys === undefined || rows.some((row) => row[name] !== null && oneOf(keys, known[table], [name], row))
    )
  })
}
