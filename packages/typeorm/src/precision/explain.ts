import type { TableExplanation } from '@freshet/core/adapter'
import { explainTables } from '@freshet/core/adapter'
import { maxPinned } from './applied-read.js'
import { maxLate, maxLateInAll } from './late-tags.js'
import type { Candidate, PlannedPlace } from './place.js'
import { maxColumns } from './place.js'
import type { Choice, ReadPlan } from './read-plan.js'

/** Of all tables that a read depends on: which of its tags are theirs, and what has been widened. */
export function explainRead(
  plan: ReadPlan,
  choice: Choice | undefined,
  before: readonly string[],
  late: readonly string[],
): readonly TableExplanation[] {
  const tags = [...new Set([...before, ...late])]
  const names = new Set([...plan.wide.keys(), ...plan.places.map(({ table }) => table.texts.table)])
  for (const tag of plan.tags) if (!tag.endsWith('~')) names.add(tag)
  const isWide = (table: string) => plan.wide.has(table) || choice === undefined
  return explainTables(names, tags, isWide, allReasons(plan, choice, late))
}

function* allReasons(
  { wide, places }: ReadPlan,
  choice: Choice | undefined,
  late: readonly string[],
): Iterable<readonly [string, string]> {
  yield* wide
  for (const [at, place] of places.entries()) {
    const { table } = place.table.texts
    if (choice === undefined) yield [table, 'a value that was given may be written into the text as SQL']
    else for (const reason of reasonsOf(place, choice[at], late)) yield [table, reason]
  }
}

function* reasonsOf(
  place: PlannedPlace,
  pinned: Candidate | undefined,
  late: readonly string[],
): Iterable<string> {
  // All rows that can matter are named by it.
  if (pinned?.rowKey !== undefined) return
  const isPinned = pinned !== undefined
  const { table, candidates, otherwise, hidesRows, isShown, named, linked, unnamed } = place
  const { clock, incoming, leaving } = table.texts
  if (!isPinned && candidates.length > 0)
    yield `a value that was given is not compared as the database does, or there are more than ${maxPinned}: any row that is inserted counts`
  else if (!isPinned && otherwise.includes(incoming))
    yield 'no key is given a value: any row that is inserted counts'
  if (hidesRows && (pinned?.tags ?? otherwise).includes(leaving))
    yield 'rows matter that are not shown (OFFSET, DISTINCT, GROUP BY, a count, a query inside): any row that leaves counts'
  if (isShown && named === undefined)
    yield 'the answer does not show the key of its rows: any change of a column that it shows counts'
  if (named !== undefined && late.includes(leaving) && unnamed.includes(leaving))
    yield `rows are shown that are not named, or more than ${maxLate} of a place or ${maxLateInAll} tags in all: any change of a column that matters counts`
  if (linked?.unlinked.includes(incoming) === true && late.includes(incoming))
    yield `rows are reached from a key that is not told, or from more than are told apart (${maxLate} of a place, ${maxLateInAll} tags in all): any row that is inserted counts`
  if (late.includes(clock))
    yield 'a row is shown whose key the database may know by other names: any write counts'
  if (otherwise.includes(clock))
    yield `a column may matter that is not known, or more than ${maxColumns} do: any write counts`
}
