import {
  knownColumns,
  type KnownColumns,
  type ReadPlan,
  type SqlDialect,
  type applyRead,
  type prepareRead,
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

/** How the answer shows the rows of every place, as the cases write it. */
export function renderShown(plan: ReadPlan, dialect: SqlDialect, prepare: typeof prepareRead): string {
  const { places = [] } = prepare(plan, ({ name }) => columnsOf(name, dialect)) ?? {}
  return places
    .map(({ table, shown }) => {
      if (shown === undefined) return `${table.name} hidden`
      const flags = (['isOptional', 'isOnlyLinked', 'mayBeAbsent'] as const).filter((flag) => shown[flag])
      const named = (columnNames[table.name] ?? []).flatMap((name) => {
        const [row] = shown.rowNames([name]) ?? []
        const [lead] = shown.leadNames([name]) ?? []
        if (row === undefined) return []
        return [`${name}:${row.from}=${row.name}${lead === undefined ? '' : `<${lead}`}`]
      })
      const [columns, chosen] = [shown.columns, shown.chosenBy].map((names) => names?.join(',') ?? '?')
      return [table.name, ...flags, ...named, `(${columns})(${chosen})`].join(' ')
    })
    .join('; ')
}

const prepared = (plan: ReadPlan, dialect: SqlDialect, prepare: typeof prepareRead) =>
  prepare(plan, ({ name }) => columnsOf(name, dialect))

/** What cuts off the rows that are given, as the cases write it. */
export function renderCut(plan: ReadPlan, dialect: SqlDialect, prepare: typeof prepareRead): string {
  const { cut, places } = prepared(plan, dialect, prepare) ?? { cut: undefined, places: [] }
  const limit = cut?.limit([1, 2])
  if (cut === undefined || limit === undefined) return ''
  const flags = `${cut.isFilter ? ' filter' : ''}${cut.skips ? ' skips' : ''}`
  return `${places[cut.place]!.table.name}.${cut.column} ${cut.direction} ${limit} as ${cut.name}${flags}`
}

/** Of which rows all are given, as the cases write it. */
export function renderWhole(plan: ReadPlan, dialect: SqlDialect, prepare: typeof prepareRead): string {
  const read = prepared(plan, dialect, prepare)!
  const whole = read.places.flatMap(({ table, shown }) =>
    shown?.wholeBy === undefined ? [] : [`${table.name} by ${shown.wholeBy.join(',')}`],
  )
  return `${whole.join('; ')}: ${[1, 2, 3].filter((rows) => read.givesAll(rows, [1, 2])).join(' ')}`
}

/** What columns are held against, as the cases write it. */
export function renderCompared(plan: ReadPlan, dialect: SqlDialect, prepare: typeof prepareRead): string {
  const { places } = prepared(plan, dialect, prepare)!
  return places
    .map(({ table, compared }) => {
      const columns = [...compared].map(([column, comparisons]) => {
        const all = comparisons.map(({ operator, value }) => `${operator}${String(value([1, 2]))}`)
        return `${column}${all.join(',')}`
      })
      return [table.name, ...columns].join(' ')
    })
    .join('; ')
}

/** What a column must equal, as the cases write it. */
export function renderEqual(
  plan: ReadPlan,
  dialect: SqlDialect,
  asked: string,
  prepare: typeof prepareRead,
): string {
  const { places } = prepared(plan, dialect, prepare)!
  const [table, column] = asked.split('.')
  const place = places.find((one) => one.table.name === table)!
  const others = place.equals(column!).map((one) => `${places[one.place]!.table.name}.${one.column}`)
  const only = place.only(column!)
  return [...others, ...(only === undefined ? [] : ['=', String(only([1, 2]))])].join(' ')
}

/** Every place where a table is read, as the cases write it. */
export function renderReads(plan: ReadPlan, dialect: SqlDialect, apply: typeof applyRead): string {
  const reads = apply(plan, [1, 2, 3], ({ name }) => columnsOf(name, dialect))
  if (reads === undefined) return 'unknown'
  return reads
    .map(({ table, hidesRows, isLimited, isUnused, decidedBy, pinned }) => {
      if (isUnused) return `${table.name} unused`
      const pins = (columnNames[table.name] ?? []).flatMap((name) => {
        const keys = pinned([name])
        return keys === undefined ? [] : [`${name}=${keys.join('|')}`]
      })
      const flags = [...(hidesRows ? ['hides'] : []), ...(isLimited ? ['limited'] : [])]
      return [table.name, ...pins, ...flags, `(${decidedBy?.join(',') ?? '?'})`].join(' ')
    })
    .join('; ')
}
