import { TokenKind, isOperatorAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { columnNameAt, readColumn, type NamedColumn } from './column-name.js'
import { itemsOf } from './condition.js'
import { computed, valueSource, type ParameterIndex, type ValueSource } from './value-source.js'
import type { Assignment } from './write-plan.js'

/** How a list of assignments is read. */
export interface AssignmentContext {
  readonly source: TokenizedSql
  readonly parameterAt: ParameterIndex
  readonly isTarget: (column: NamedColumn) => boolean
}

/**
 * The assignments that fill tokens `from` up to `end`: `a = …, (b, c) = …`.
 *
 * @returns `undefined` where a target is not a column of the table: a field, an element, another table's.
 */
export function readAssignments(
  context: AssignmentContext,
  from: number,
  end: number,
): readonly Assignment[] | undefined {
  const assignments: Assignment[] = []
  for (const item of itemsOf(context.source, from, end)) {
    const read = readAssignment(context, item.from, item.end)
    if (read === undefined) return undefined
    assignments.push(...read)
  }
  return assignments.length > 0 ? assignments : undefined
}

function readAssignment(context: AssignmentContext, from: number, end: number): Assignment[] | undefined {
  const { source, isTarget } = context
  if (tokenAt(source, from).kind === TokenKind.open) return readListAssignment(context, from, end)
  const column = readColumn(source, from)
  if (column === undefined || !isTarget(column) || !isOperatorAt(source, column.next, '=')) return undefined
  return [{ column: column.name, value: assignedValue(context, column.name, column.next + 1, end) }]
}

/** `(b, c) = …`: what each gets is not looked at. */
function readListAssignment(context: AssignmentContext, open: number, end: number): Assignment[] | undefined {
  const { source } = context
  const close = tokenAt(source, open).partner
  if (close >= end || !isOperatorAt(source, close + 1, '=')) return undefined
  const columns = itemsOf(source, open + 1, close).map((item) => readColumn(source, item.from))
  if (columns.some((column, index) => column?.next !== itemsOf(source, open + 1, close)[index]!.end))
    return undefined
  return columns.map((column) => ({ column: column!.name, value: computed }))
}

function assignedValue(context: AssignmentContext, column: string, from: number, end: number): ValueSource {
  const { source } = context
  return (
    proposedValue(source, from, end) ??
    movedValue(context, column, from, end) ??
    valueSource(source, from, end, context.parameterAt)
  )
}

/** `c + 1`, `(t.c - $1)`, of the column that is assigned. */
function movedValue(
  context: AssignmentContext,
  column: string,
  from: number,
  end: number,
): ValueSource | undefined {
  const { source, isTarget, parameterAt } = context
  const { kind, partner } = tokenAt(source, from)
  if (kind === TokenKind.open)
    return partner === end - 1 ? movedValue(context, column, from + 1, end - 1) : undefined
  const moved = readColumn(source, from)
  if (moved === undefined || moved.next >= end - 1 || moved.name !== column || !isTarget(moved))
    return undefined
  const isLess = isOperatorAt(source, moved.next, '-')
  if (!isLess && !isOperatorAt(source, moved.next, '+')) return undefined
  const by = valueSource(source, moved.next + 1, end, parameterAt)
  return by.from === 'parameter' || by.from === 'literal' ? { from: 'moved', by, isLess } : undefined
}

/** `EXCLUDED.c`; MySQL's `VALUES(c)`. */
function proposedValue(source: TokenizedSql, from: number, end: number): ValueSource | undefined {
  const isExcluded =
    source.dialect !== 'mysql' &&
    end === from + 3 &&
    wordAt(source, from) === 'excluded' &&
    tokenAt(source, from + 1).kind === TokenKind.dot
  const isValues =
    source.dialect === 'mysql' &&
    end === from + 4 &&
    wordAt(source, from) === 'values' &&
    tokenAt(source, from + 1).kind === TokenKind.open
  if (!isExcluded && !isValues) return undefined
  return { from: 'proposed', column: columnNameAt(source, from + 2) }
}
