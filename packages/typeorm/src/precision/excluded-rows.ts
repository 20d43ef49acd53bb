import type { ConditionalChange } from '@freshet/core/adapter'
import type { ShownShape } from './shown-columns.js'
import type { ShownGroup } from './shown-rows.js'
import { keyText } from './shown-rows.js'

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
  return shown !== undefined && areAllExcluded(shown, change)
}

/** Whether rows of a table are named, such as `post#7` or `post##7`. */
const namesRows = (tags: readonly string[], table: string): boolean =>
  tags.some((tag) => tag.startsWith(`${table}#`) && tag !== `${table}#*`)

function areAllExcluded(shown: readonly ShownGroup[], change: ConditionalChange): boolean {
  const groups = shown.map(readGroup).filter(({ shape }) => shape.table === change.table)
  const isExcluded = ({ valueOf }: RowShown) => change.condition.excludes(valueOf)
  const isGone = change.columns === undefined
  // Rows that are gone had what any statement of the load saw. Those that are given values may have them in one and not in another.
  const known = isGone ? groups.flatMap(({ rows }) => rows.filter(isExcluded).map(({ key }) => key)) : []
  const excluded = new Set(known)
  return groups
    .filter(({ shape }) => dependsOn(shape, change))
    .every(
      ({ isWhole, rows }) =>
        isWhole && rows.every((row) => (row.key !== undefined && excluded.has(row.key)) || isExcluded(row)),
    )
}

interface Group {
  readonly shape: ShownShape
  readonly isWhole: boolean
  readonly rows: readonly RowShown[]
}

interface RowShown {
  /** `undefined`: not known. */
  readonly key: string | undefined
  readonly valueOf: (column: string) => unknown
}

function readGroup([text, isWhole, ...values]: ShownGroup): Group {
  const shape = JSON.parse(text) as ShownShape
  const { columns, keyLength } = shape
  const rows: RowShown[] = []
  for (let from = 0; from < values.length; from += columns.length) {
    const key = values.slice(from, from + keyLength)
    rows.push({
      key: key.includes(undefined) ? undefined : keyText(key),
      valueOf: (column) => {
        const at = columns.indexOf(column)
        return at < 0 ? undefined : values[from + at]
      },
    })
  }
  return { shape, isWhole, rows }
}

const dependsOn = ({ matters }: ShownShape, { columns }: ConditionalChange): boolean =>
  matters === null || columns === undefined || columns.some((column) => matters.includes(column))
