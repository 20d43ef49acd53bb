import type { Condition, ValueSource, WritePlan } from '../../src/index.js'

/**
 * A plan as one line, as the cases write it: `update t set a=$1, b=? where id in $2|$3 & slug in 'x' & a<5`. `$n` is the n-th
 * value given, `?` one that the database computes, `unknown` a plan that tells nothing.
 */
export function renderPlan(plan: WritePlan): string {
  switch (plan.kind) {
    case 'unknown':
      return 'unknown'
    case 'truncate':
      return `truncate ${plan.table.name}`
    case 'delete':
      return `delete ${plan.table.name}${renderWhere(plan.where)}${renderReturning(plan)}`
    case 'update':
      return `update ${plan.table.name} set ${renderAssignments(plan.assignments)}${renderWhere(plan.where)}${renderReturning(plan)}`
    case 'insert':
      return `insert ${plan.table.name}${renderRows(plan)}${renderReturning(plan)}`
    case 'upsert': {
      const { target, assignments } = plan.conflict
      const on = target === undefined ? 'any' : target.join(',')
      return `upsert ${plan.table.name}${renderRows(plan)} on ${on} set ${renderAssignments(assignments)}${renderReturning(plan)}`
    }
  }
}

function renderCondition({ isNever, pins, bounds }: Condition): string {
  if (isNever) return 'never'
  const listed = pins.map(({ columns, values }) => {
    const lists = values.map((list) => list.map(renderSource).join(','))
    return `${columns.map(({ name }) => name).join(',')} in ${lists.join('|')}`
  })
  const bounded = bounds.map(
    ({ column, side, isOpen, value }) =>
      `${column.name}${side === 'most' ? '<' : '>'}${isOpen ? '' : '='}${renderSource(value)}`,
  )
  return [...listed, ...bounded].join(' & ')
}

function renderSource(source: ValueSource): string {
  switch (source.from) {
    case 'parameter':
      return `$${source.index + 1}`
    case 'elements':
      return `*$${source.index + 1}`
    case 'literal':
      return typeof source.value === 'string' ? `'${source.value}'` : String(source.value)
    case 'default':
      return 'default'
    case 'proposed':
      return `new.${source.column}`
    case 'moved':
      return `old ${source.isLess ? '-' : '+'} ${renderSource(source.by)}`
    case 'computed':
      return '?'
  }
}

function renderWhere(where: Condition): string {
  const text = renderCondition(where)
  return text === '' ? '' : ` where ${text}`
}

function renderAssignments(assignments: Extract<WritePlan, { kind: 'update' }>['assignments']): string {
  if (assignments === undefined) return 'unknown'
  return assignments.map(({ column, value }) => `${column}=${renderSource(value)}`).join(', ')
}

function renderRows({ proposed }: Extract<WritePlan, { kind: 'insert' | 'upsert' }>): string {
  const rows = proposed.rows?.map((row) => `(${row.map(renderSource).join(',')})`).join(' ') ?? 'unknown'
  return ` (${proposed.columns?.join(',') ?? '*'}) ${rows}`
}

function renderReturning({
  returning,
}: Extract<WritePlan, { kind: 'insert' | 'update' | 'delete' | 'upsert' }>): string {
  if (returning === undefined) return ''
  if (returning === 'all') return ' returning *'
  return ` returning ${returning.map(({ column, name }) => (column === name && column !== undefined ? column : `${column ?? '?'} as ${name ?? '?'}`)).join(',')}`
}
