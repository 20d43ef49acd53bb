import {
  allComeAfter,
  type ConditionalChange,
  isBesides as areBesides,
  noneHas,
  type OtherAnswers,
  type RowsElsewhere,
} from '@freshet/core/adapter'
import { normalValue, type ValueType } from '@freshet/sql'
import type { JudgedGroup, JudgedShape } from './judged-group.js'
import type { KeptRows } from './kept-rows.js'
import { readGroup, type ShownGroup } from './shown-group.js'
import type { TablePrecisions } from './table-precision.js'

/** What is known of rows that the answer does not show. */
export interface KnownElsewhere {
  readonly tables: TablePrecisions
  readonly elsewhere: RowsElsewhere<ValueType>
  readonly others: OtherAnswers
  /** What the answer may be seen by. */
  readonly scope: string
}

/** As of core, by what was kept with an answer. */
export function isBesides(
  { shown, judged }: KeptRows,
  change: ConditionalChange,
  known: KnownElsewhere,
): boolean {
  return areBesides(
    judged.map(readJudged),
    ({ shape }) => shape.table === change.table && shape.tags.includes(change.tag),
    (place) => isElsewhere(place, change, known) || isBeyond(place, shown, change),
  )
}

interface Judged {
  readonly shape: JudgedShape
  readonly cutAt: number
  readonly values: readonly unknown[]
}

const readJudged = ([text, cutAt, ...values]: JudgedGroup): Judged => ({
  shape: JSON.parse(text) as JudgedShape,
  cutAt,
  values,
})

/** Rows matter that have in a key what another row has, and no such row was changed, nor came. */
function isElsewhere(
  { shape, values }: Judged,
  { told }: ConditionalChange,
  { tables, elsewhere, others, scope }: KnownElsewhere,
): boolean {
  return shape.derived.some(({ column, table: name, far, unique }, at) =>
    noneHas(told!, [column], () => {
      const table = tables.of(name)
      if (table.grain === 'table') return undefined
      const found = elsewhere.valueOf({ table, column: far, unique }, values[at], scope, others)
      return normalValue(table.columns.named(far)?.column.type, found) ?? undefined
    }),
  )
}

/** None of the rows that are shown was changed, and those that were come after the last one. */
function isBeyond(
  { shape: { cut }, cutAt }: Judged,
  shown: readonly ShownGroup[],
  { told, condition }: ConditionalChange,
): boolean {
  const group = cutAt < 0 ? undefined : shown[cutAt]
  if (cut === null || group === undefined) return false
  const { rows } = readGroup(group)
  const last = rows.at(-1)?.valueOf(cut.column)
  return (
    allComeAfter(told!, [cut.column], cut.direction, last) &&
    rows.every(({ valueOf }) => condition.excludes(valueOf))
  )
}
