import { NotUnderstood } from '../not-understood.js'
import { wordAt } from '../tokens.js'
import { setOfWords } from '../words.js'
import { endOfClause, findClauses, readWhere, type Clauses } from './clauses.js'
import type { WholeStatement } from './plan-write.js'
import { readReturning, type Returning } from './returning.js'
import { belongsTo, readTargetTable, type TargetTable } from './target-table.js'
import type { WritePlan } from './write-plan.js'

const modifiers = setOfWords('low_priority quick ignore')
const otherTables = ['using', 'from', 'join']
const clauseWords = setOfWords('where returning order limit offset using from join')

/** `DELETE FROM t [WHERE …] [ORDER BY …] [LIMIT …] [RETURNING …]`; other forms delete from several tables. */
export function planDelete(whole: WholeStatement): WritePlan {
  const { source, verb, end, parameterAt } = whole
  let at = verb + 1
  if (source.dialect === 'mysql') while (modifiers.has(wordAt(source, at))) at++
  if (wordAt(source, at) !== 'from') throw new NotUnderstood('it deletes from several tables')
  const target = readTargetTable(source, at + 1)
  const clauses = clausesBehind(whole, target.next, clauseWords)
  const tableOf = tableOfTarget(target)
  return {
    kind: 'delete',
    table: target.table,
    where: readWhere({ source, parameterAt, tableOf }, clauses, end),
    returning: returningOf(whole, clauses, target),
  }
}

/**
 * The clauses that begin at `from`, among them those that name other tables.
 *
 * @throws {NotUnderstood} where something else begins there, or another table is named.
 */
export function clausesBehind(
  { source, end }: WholeStatement,
  from: number,
  words: ReadonlySet<string>,
): Clauses {
  const clauses = findClauses(source, from, end, words)
  const beginsHere = from === end || (clauses !== undefined && [...clauses.values()].includes(from))
  if (clauses === undefined || !beginsHere) throw new NotUnderstood('its clauses are not known')
  for (const word of otherTables) if (clauses.has(word)) throw new NotUnderstood('it joins other tables')
  return clauses
}

/** The one table that a condition speaks of, as {@link readWhere} wants it. */
export const tableOfTarget = (target: TargetTable) => {
  const isTarget = belongsTo(target)
  return (column: Parameters<typeof isTarget>[0]): number | undefined => (isTarget(column) ? 0 : undefined)
}

export function returningOf(
  { source, end }: WholeStatement,
  clauses: Clauses,
  target: TargetTable,
): Returning {
  const returning = clauses.get('returning')
  if (returning === undefined) return undefined
  return readReturning(source, returning + 1, endOfClause(clauses, returning, end), belongsTo(target))
}
