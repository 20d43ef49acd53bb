import type { LoadContext } from '@freshet/core/adapter'
import { copyOut } from '@freshet/core/adapter'
import type { DataSource } from 'typeorm'
import type { Intervals } from '../intervals.js'
import { intervalsOf } from '../intervals.js'
import type { ReadPlan } from '../reads/index.js'

type Row = Record<string, unknown>

/** Rows whose intervals have become plain objects, and where these are. */
interface PackedRows {
  readonly rows: readonly Row[]
  readonly intervals: readonly (readonly [row: number, column: string])[]
}

/** The texts whose answers have held an interval. */
const plans = new WeakSet<ReadPlan>()
const anything = { kind: 'any' } as const

/** How the answers of one text are kept. */
export interface RowsFormat {
  /** Tells the keys of what is kept so from those of plain rows. */
  readonly keySuffix: string
  load(send: () => Promise<unknown>, context: LoadContext): Promise<unknown>
  restore?(value: unknown): unknown
  /** The rows in what was loaded. */
  rowsOf(value: unknown): unknown
}

/**
 * Rows are kept as they are, which a row with an interval in it cannot be: from the second time on, the answers of
 * such a text are kept with their intervals apart.
 */
export function formatOf(dataSource: DataSource, plan: ReadPlan): RowsFormat {
  const intervals = intervalsOf(dataSource)
  if (intervals === undefined) return asTheyAre
  return plans.has(plan) ? packedFormat(intervals) : watchingFormat(intervals, plan)
}

const asTheyAre: RowsFormat = { keySuffix: '', load: (send) => send(), rowsOf: (rows) => rows }

const watchingFormat = (intervals: Intervals, plan: ReadPlan): RowsFormat => ({
  keySuffix: '',
  load: async (send, context) => {
    const rows = await send()
    if (placesOf(rows, intervals).length > 0) {
      plans.add(plan)
      context.skip()
    }
    return rows
  },
  rowsOf: (rows) => rows,
})

const packedFormat = (intervals: Intervals): RowsFormat => ({
  keySuffix: '|intervals',
  load: async (send) => pack(await send(), intervals),
  restore: (value) => {
    const { rows, intervals: places } = value as PackedRows
    const copies = copyOut(rows, anything) as Row[]
    for (const [row, column] of places) copies[row]![column] = intervals.made(copies[row]![column])
    return copies
  },
  rowsOf: (value) => (value as PackedRows).rows,
})

function pack(rows: unknown, intervals: Intervals): PackedRows {
  const packed = (rows as readonly Row[]).map((row) => ({ ...row }))
  const places = placesOf(rows, intervals)
  for (const [row, column] of places) packed[row]![column] = intervals.fieldsOf(packed[row]![column])
  return { rows: packed, intervals: places }
}

function placesOf(rows: unknown, intervals: Intervals): (readonly [number, string])[] {
  if (!Array.isArray(rows)) return []
  return (rows as readonly Row[]).flatMap((row, index) =>
    Object.keys(row)
      .filter((column) => intervals.fieldsOf(row[column]) !== undefined)
      .map((column) => [index, column] as const),
  )
}
