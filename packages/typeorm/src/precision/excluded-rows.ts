import type { ConditionalChange } from '@freshet/core/adapter'
import { isSameKey } from '@freshet/core/adapter'
import type { ShownShape } from './shown-columns.js'
import { type GroupShown, keyText, readGroup, type RowShown, type ShownGroup } from './shown-group.js'

/**
 * Whether no row on which an answer depends by its name can be one of those that were changed.
 *
 * By a tag that stands for rows which are not named an answer depends on those that it names itself: those that it shows, with their keys,
 * and those that it asks for by their key. Whatever else can change it has tags of its own (columns, sets, rows that leave).
 *
 * @param shown of all statements that made the answer; `undefined`: not known
 * @param tags what the answer is stored under
 */
export function areExcluded(
  shown: readonly ShownGroup[] | undefined,
  tags: readonly string[],
  change: ConditionalChange,
): boolean {
  if (!namesRows(tags, change.table)) return true
  return shown !== undefined && areAllExcluded(shown.map(readGroup), change)
}

/** Whether rows of a table are named, such as `post#7` or `post##7`. */
const namesRows = (tags: readonly string[], table: string): boolean =>
  tags.some((tag) => tag.startsWith(`${table}#`) && tag !== `${table}#*`)

function areAllExcluded(shown: readonly GroupShown[], change: ConditionalChange): boolean {
  const groups = shown.filter(({ shape }) => shape.table === change.table)
  const isExcluded = ({ shape }: GroupShown, { valueOf }: RowShown) =>
    change.condition.excludes(valueOf, (columns, table) =>
      parentValues(shown, shape, valueOf, columns, table),
    )
  const isGone = change.columns === undefined
  // Rows that are gone had what any statement of the load saw. Those that are given values may have them in one and not in another.
  const known = isGone
    ? groups.flatMap((group) => group.rows.filter((row) => isExcluded(group, row)).map(({ key }) => key))
    : []
  const excluded = new Set(known)
  return groups
    .filter(({ shape }) => dependsOn(shape, change))
    .every(
      (group) =>
        group.isWhole &&
        group.rows.every((row) => (row.key !== undefined && excluded.has(row.key)) || isExcluded(group, row)),
    )
}

/** Of the row that a shown one references by these columns, if the answer shows that too. */
function parentValues(
  shown: readonly GroupShown[],
  { parents }: ShownShape,
  valueOf: RowShown['valueOf'],
  columns: readonly string[],
  table: string,
): RowShown['valueOf'] | undefined {
  const parent = parents.find((one) => one.table === table && isSameKey(one.columns, columns))
  if (parent === undefined) return undefined
  const values = parent.columns.map(valueOf)
  if (values.some((value) => value === undefined || value === null)) return undefined
  for (const { shape, rows } of shown) {
    if (shape.table !== table) continue
    const row = rows.find((one) =>
      parent.references.every((column, at) => {
        const value = one.valueOf(column)
        return value !== undefined && value !== null && keyText([value]) === keyText([values[at]])
      }),
    )
    if (row !== undefined) return row.valueOf
  }
  return undefined
}

const dependsOn = ({ matters }: ShownShape, { columns }: ConditionalChange): boolean =>
  matters === null || columns === undefined || columns.some((column) => matters.includes(column))
