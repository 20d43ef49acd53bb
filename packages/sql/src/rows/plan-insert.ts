import { NotUnderstood } from '../not-understood.js'
import { TokenKind, isNameAt, tokenAt, wordAt } from '../tokens.js'
import { isQueryStart } from '../walk.js'
import { setOfWords } from '../words.js'
import { readAssignments } from './assignments.js'
import { columnNameAt } from './column-name.js'
import { itemsOf } from './condition.js'
import { endOfClause, findClauses, type Clauses } from './clauses.js'
import type { WholeStatement } from './plan-write.js'
import { returningOf } from './plan-delete.js'
import { belongsTo, readTargetTable, type TargetTable } from './target-table.js'
import { valueSource, type ValueSource } from './value-source.js'
import type { ConflictUpdate, ProposedRows, WritePlan } from './write-plan.js'

const mysqlModifiers = setOfWords('low_priority delayed high_priority ignore')
const clauseWords = setOfWords('on returning')
const behindDoUpdate = setOfWords('where returning')

/** `INSERT INTO t [(columns)] VALUES … [ON CONFLICT … | ON DUPLICATE KEY UPDATE …] [RETURNING …]`. */
export function planInsert(whole: WholeStatement): WritePlan {
  const { source, end } = whole
  const target = readTargetTable(source, afterInto(whole))
  const list = columnList(whole, target.next)
  const rowsFrom = list === undefined ? target.next : list.next
  if (isDefaultValues(whole, rowsFrom))
    return withRows(whole, target, { columns: [], rows: [[]] }, rowsFrom + 2)
  const verb = wordAt(source, rowsFrom)
  if (verb !== 'values' && verb !== 'value') return selected(whole, target, rowsFrom)
  const { rows, next } = valueRows(whole, rowsFrom + 1)
  const columns = list?.columns
  const fits = columns === undefined || rows.every((row) => row.length === columns.length)
  if (!fits || next > end) throw new NotUnderstood('its rows have not as many values as columns')
  return withRows(whole, target, { columns, rows }, next)
}

function afterInto({ source, verb }: WholeStatement): number {
  let at = verb + 1
  if (source.dialect === 'mysql') {
    while (mysqlModifiers.has(wordAt(source, at))) at++
  } else if (wordAt(source, at) === 'or') {
    // The rows that stand in the way are deleted.
    if (wordAt(source, at + 1) === 'replace') throw new NotUnderstood('it may delete other rows')
    at += 2
  }
  return wordAt(source, at) === 'into' ? at + 1 : at
}

function columnList({ source }: WholeStatement, open: number) {
  if (tokenAt(source, open).kind !== TokenKind.open || isQueryStart(source, open)) return undefined
  const close = tokenAt(source, open).partner
  const items = itemsOf(source, open + 1, close)
  if (items.some(({ from, end }) => end !== from + 1 || !isNameAt(source, from)))
    throw new NotUnderstood('its columns are not plain names')
  return { columns: items.map(({ from }) => columnNameAt(source, from)), next: close + 1 }
}

const isDefaultValues = ({ source }: WholeStatement, at: number): boolean =>
  wordAt(source, at) === 'default' && wordAt(source, at + 1) === 'values'

function valueRows({ source, parameterAt }: WholeStatement, from: number) {
  const rows: (readonly ValueSource[])[] = []
  for (let at = from; ; at++) {
    if (tokenAt(source, at).kind !== TokenKind.open) throw new NotUnderstood('its rows are not written out')
    const close = tokenAt(source, at).partner
    rows.push(
      itemsOf(source, at + 1, close).map((item) => valueSource(source, item.from, item.end, parameterAt)),
    )
    at = close + 1
    if (tokenAt(source, at).kind !== TokenKind.comma) return { rows, next: at }
  }
}

/** `INSERT … SELECT`: any rows, and behind the query an upsert would be hard to tell from its clauses. */
function selected(whole: WholeStatement, target: TargetTable, from: number): WritePlan {
  const { source, end } = whole
  if (!isQueryStart(source, from) || wordAt(source, from) === 'with') {
    throw new NotUnderstood('its rows are not written out')
  }
  for (let at = from; at < end; at++) {
    if (wordAt(source, at) === 'on' && /^(?:conflict|duplicate)$/.test(wordAt(source, at + 1))) {
      throw new NotUnderstood('it may update rows that it does not write out')
    }
  }
  const proposed = { columns: undefined, rows: undefined }
  return { kind: 'insert', table: target.table, proposed, returning: undefined }
}

function withRows(whole: WholeStatement, target: TargetTable, given: ProposedRows, next: number): WritePlan {
  const { source, end } = whole
  const clauses = findClauses(source, next, end, clauseWords)
  const beginsHere = next === end || [...(clauses ?? new Map()).values()].includes(next)
  if (clauses === undefined || !beginsHere) throw new NotUnderstood('its clauses are not known')
  const returning = returningOf(whole, clauses, target)
  const { table } = target
  const conflict = readConflict(whole, clauses, target)
  if (conflict === undefined) return { kind: 'insert', table, proposed: given, returning }
  return { kind: 'upsert', table, proposed: given, conflict, returning }
}

/** `undefined`: rows that exist stay as they are. */
function readConflict(
  whole: WholeStatement,
  clauses: Clauses,
  target: TargetTable,
): ConflictUpdate | undefined {
  const { source, end } = whole
  const on = clauses.get('on')
  if (on === undefined) return undefined
  const last = endOfClause(clauses, on, end)
  if (wordAt(source, on + 1) === 'duplicate') {
    return { target: undefined, assignments: assignedFrom(whole, target, on + 4, last) }
  }
  const list = conflictTarget(whole, on + 2)
  const action = list.next
  if (wordAt(source, action) !== 'do') throw new NotUnderstood('what it does on a conflict is not known')
  if (wordAt(source, action + 1) === 'nothing' && action + 2 === last) return undefined
  const isUpdate = wordAt(source, action + 1) === 'update' && wordAt(source, action + 2) === 'set'
  if (!isUpdate) throw new NotUnderstood('what it does on a conflict is not known')
  return { target: list.columns, assignments: assignedFrom(whole, target, action + 3, last) }
}

function conflictTarget({ source }: WholeStatement, at: number) {
  if (tokenAt(source, at).kind !== TokenKind.open) return { columns: undefined, next: at }
  const close = tokenAt(source, at).partner
  const items = itemsOf(source, at + 1, close)
  const isPlain = items.every(
    ({ from, end }) => end === from + 1 && tokenAt(source, from).kind <= TokenKind.quoted,
  )
  return {
    columns: isPlain ? items.map(({ from }) => columnNameAt(source, from)) : undefined,
    next: close + 1,
  }
}

function assignedFrom(
  { source, parameterAt }: WholeStatement,
  target: TargetTable,
  from: number,
  end: number,
) {
  const clauses = findClauses(source, from, end, behindDoUpdate)
  const where = clauses?.get('where') ?? end
  return readAssignments({ source, parameterAt, isTarget: belongsTo(target) }, from, where)
}
