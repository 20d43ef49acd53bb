import { NotUnderstood } from '../not-understood.js'
import { wordAt } from '../tokens.js'
import { setOfWords } from '../words.js'
import { readAssignments } from './assignments.js'
import { endOfClause, readWhere } from './clauses.js'
import { clausesBehind, returningOf, tableOfTarget } from './plan-delete.js'
import type { WholeStatement } from './plan-write.js'
import { belongsTo, readTargetTable } from './target-table.js'
import type { WritePlan } from './write-plan.js'

const mysqlModifiers = setOfWords('low_priority ignore')
const clauseWords = setOfWords('set where returning order limit offset using from join')

/** `UPDATE t SET … [WHERE …] [ORDER BY …] [LIMIT …] [RETURNING …]`; other forms read or write several tables. */
export function planUpdate(whole: WholeStatement): WritePlan {
  const { source, end, parameterAt } = whole
  const target = readTargetTable(source, afterModifiers(whole))
  const clauses = clausesBehind(whole, target.next, clauseWords)
  const set = clauses.get('set')
  if (set === undefined) throw new NotUnderstood('it assigns nothing')
  const context = { source, parameterAt, isTarget: belongsTo(target) }
  return {
    kind: 'update',
    table: target.table,
    assignments: readAssignments(context, set + 1, endOfClause(clauses, set, end)),
    where: readWhere({ source, parameterAt, tableOf: tableOfTarget(target) }, clauses, end),
    returning: returningOf(whole, clauses, target),
  }
}

function afterModifiers({ source, verb }: WholeStatement): number {
  let at = verb + 1
  if (source.dialect === 'mysql') {
    while (mysqlModifiers.has(wordAt(source, at))) at++
  } else if (wordAt(source, at) === 'or') {
    // The rows that stand in the way are deleted.
    if (wordAt(source, at + 1) === 'replace') throw new NotUnderstood('it may delete other rows')
    at += 2
  }
  return at
}
