import {
  knownColumns,
  type KnownColumns,
  type ReadPlan,
  type SqlDialect,
  type applyRead,
  type ValueType,
} from '../../src/index.js'

const integer: ValueType = { kind: 'integer', min: -(2n ** 31n), max: 2n ** 31n }
const text: ValueType = { kind: 'text' }
const columnNames: Readonly<Record<string, readonly string[]>> = {
  u: ['id', 'name'],
  p: ['id', 'uid', 'name', 't'],
}

function columnsOf(table: string, dialect: SqlDialect): KnownColumns | undefined {
  const names = columnNames[table]
  if (names === undefined) return undefined
  return knownColumns(
    dialect,
    names.map((name) => ({ name, type: name === 't' ? text : integer, nullable: true, hasDefault: false })),
  )
}

/** Every place where a table is read, as the cases write it. */
export function renderReads(plan: ReadPlan, dialect: SqlDialect, apply: typeof applyRead): string {
  const reads = apply(plan, [1, 2, 3], ({ name }) => columnsOf(name, dialect))
  if (reads === undefined) return 'unknown'
  return reads
    .map(({ table, hidesRows, isLimited, decidedBy, pinned }) => {
      const pins = (columnNames[table.name] ?? []).flatMap((name) => {
        const keys = pinned([name])
        return keys === undefined ? [] : [`${name}=${keys.join('|')}`]
      })
      const flags = [...(hidesRows ? ['hides'] : []), ...(isLimited ? ['limited'] : [])]
      return [table.name, ...pins, ...flags, `(${decidedBy?.join(',') ?? '?'})`].join(' ')
    })
    .join('; ')
}
