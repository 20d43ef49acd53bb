import type { TableExplanation } from '@freshet/core/adapter'
import { explainTables, isTagOf } from '@freshet/core/adapter'
import { maxPinned } from './applied-read.js'
import type { AppliedRead } from './applied-read.js'
import { maxLate, maxLateInAll } from './late-tags.js'
import { type Candidate, maxColumns, type PlannedPlace } from './place.js'

/** Of all tables that a read depends on: which of its tags are theirs, and what has been widened. */
export function explainRead(applied: AppliedRead, late: readonly string[]): readonly TableExplanation[] {
  const { plan } = applied
  const tags = [...new Set([...applied.tags, ...late])]
  const names = tags.filter((tag) => plan.wide.has(tag) || isTable(tag, tags))
  return explainTables(names, tags, (table) => plan.wide.has(table), allReasons(applied, late))
}

function* allReasons(
  { plan, chosen }: AppliedRead,
  late: readonly string[],
): Iterable<readonly [string, string]> {
  yield* plan.wide
  for (const [at, place] of plan.places.entries())
    for (const reason of reasonsOf(place, chosen[at], late)) yield [place.table.texts.table, reason]
}

/** Every read carries the tables' own tags, and no other is without an ending. */
const isTable = (tag: string, tags: readonly string[]): boolean =>
  !tags.some((other) => other !== tag && isTagOf(tag, other))

function* reasonsOf(
  place: PlannedPlace,
  pinned: Candidate | undefined,
  late: readonly string[],
): Iterable<string> {
  // All rows that can matter are named by it.
  if (pinned?.rowKey !== undefined) return
  const isPinned = pinned !== undefined
  const { table, candidates, otherwise, hidesRows, isShown, isNamed, unlinked, unnamed } = place
  const { clock, incoming, leaving } = table.texts
  if (!isPinned && candidates.length > 0)
    yield `a value that was given is not compared as the database does, or there are more than ${maxPinned}: any row that is inserted counts`
  else if (!isPinned && otherwise.includes(incoming))
    yield 'no key is given a value: any row that is inserted counts'
  if (hidesRows && (pinned?.tags ?? otherwise).includes(leaving))
    yield 'rows matter that are not shown (skip, cursor, distinct, a count, a condition of a relation): any row that leaves counts'
  if (isShown && !isNamed)
    yield 'the result does not show the key of its rows: any change of a column that it shows counts'
  if (isShown && isNamed && late.includes(leaving) && unnamed.includes(leaving))
    yield `more rows are shown than are named (${maxLate} of a place, ${maxLateInAll} tags in all): any change of a column that it shows counts`
  if (unlinked.includes(incoming) && late.includes(incoming))
    yield `rows are reached from a key that is not told, or from more than are told apart (${maxLate} of a place, ${maxLateInAll} tags in all): any row that is inserted counts`
  if (late.includes(clock))
    yield 'a row is shown whose key the database may know by other names: any write counts'
  if (otherwise.includes(clock)) yield `more than ${maxColumns} columns matter: any write counts`
}
