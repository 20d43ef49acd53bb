import Database from 'better-sqlite3'
import fc from 'fast-check'
import {
  knownColumns,
  valueTypeOf,
  type PreparedCut,
  type PreparedPlace,
  type TableRead,
} from '../../src/index.js'
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
  { applyRead, planRead, prepareRead }: Api,
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
    const shown = database.prepare(sql).all() as Row[]
    database.exec(change)
    const [after, second] = [rows(), answer()]
    const plan = planRead(sql, 'sqlite')
    const columnsOf = ({ name }: { readonly name: string }) => known[name as 'u' | 'p']
    const reads = applyRead(plan, [], columnsOf)
    const prepared = prepareRead(plan, columnsOf)
    const places = prepared?.places ?? []
    const isConcerned = (read: TableRead, at: number) =>
      read.table.name === table &&
      canChange(read, places[at]!, table, before, after) &&
      canChangeAnswer(places[at]!, table, before, after, shown) &&
      !(prepared!.cut?.place === at && isBeyond(prepared!.cut, places[at]!, before, after, shown))
    if (reads === undefined || reads.some(isConcerned)) return
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

/** Whether the analysis lets a change of these rows change the answer. */
function canChange(
  read: TableRead,
  { shown }: PreparedPlace,
  table: 'u' | 'p',
  before: readonly Row[],
  after: readonly Row[],
): boolean {
  if (read.isUnused) return false
  const isUpdate = before.length === after.length
  const columns = changedColumns(before, after)
  if (isUpdate && read.decidedBy !== undefined) {
    const matter = [...read.decidedBy, ...(shown === undefined ? [] : (shown.columns ?? columns))]
    if (columns.every((name) => !matter.includes(name))) return false
  }
  const rows = [...changedRows(before, after), ...comingRows(before, after, Object.keys(before[0] ?? {}))]
  return ['id', 'u', 'a'].every((name) => {
    const keys = known[table].named(name) === undefined ? undefined : read.pinned([name])
    return (
      keys === undefined || rows.some((row) => row[name] !== null && oneOf(keys, known[table], [name], row))
    )
  })
}

/** Whether all that changed is cut off, as it was before. */
function isBeyond(
  { column, name, direction, limit }: PreparedCut,
  { shown }: PreparedPlace,
  before: readonly Row[],
  after: readonly Row[],
  answer: readonly Row[],
): boolean {
  const [key] = shown?.rowNames(['id']) ?? []
  const most = limit([])
  const last = answer.at(-1)?.[name]
  if (key?.from !== 'own' || most === undefined || answer.length < most || typeof last !== 'number')
    return false
  const shownKeys = answer.map((row) => row[key.name])
  if (changedRows(before, after).some(({ id }) => shownKeys.includes(id))) return false
  return changedRows(after, before).every((row) => {
    const value = row[column]
    return typeof value === 'number' && (direction === 'asc' ? value > last : value < last)
  })
}

/** The same by what the rows of the answer show: their keys, and what leads to others. */
function canChangeAnswer(
  { shown }: PreparedPlace,
  table: 'u' | 'p',
  before: readonly Row[],
  after: readonly Row[],
  answer: readonly Row[],
): boolean {
  const [name] = shown?.rowNames(['id']) ?? []
  // What is not named may be anywhere; of what another table shows, NULL says nothing.
  if (shown === undefined || name === undefined || name.from === 'other') return true
  const valuesOf = (key: string) => answer.map((row) => row[key])
  const rows = [...changedRows(before, after), ...comingRows(before, after, Object.keys(before[0] ?? {}))]
  if (rows.some(({ id }) => valuesOf(name.name).includes(id))) return true
  if (before.length === after.length) {
    const chosen = shown.chosenBy
    if (chosen !== undefined && changedColumns(before, after).every((column) => !chosen.includes(column)))
      return false
  }
  if (!shown.isOptional) return true
  const columns = ['id', 'u'].filter((column) => known[table].named(column) !== undefined)
  const leads = columns.flatMap((column) => {
    const [lead] = shown.leadNames([column]) ?? []
    return lead === undefined ? [] : [{ column, lead }]
  })
  return leads.every(({ column, lead }) =>
    rows.some((row) => row[column] !== null && valuesOf(lead).includes(row[column])),
  )
}
