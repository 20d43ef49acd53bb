import { preciseTable } from '@freshet/core/adapter'
import { knownColumns, valueTypeOf } from '@freshet/sql'
import { expect, it } from 'vitest'
import type { ReadPlan } from '../../src/precision/read-plan.js'
import { TrackedColumns } from '../../src/precision/tracked-columns.js'

/** A read of rows that have a number, by a key of this type. */
function planOf(type: string): ReadPlan {
  const columns = knownColumns(
    'postgresql',
    [
      ['key', type],
      ['number', 'integer'],
    ].map(([name, declared]) => ({
      name: name!,
      type: valueTypeOf('postgresql', { type: declared!, isDeterministic: true }),
      nullable: false,
      hasDefault: false,
    })),
  )
  const keys = { prefix: '', name: 'note', rowKey: ['key'], keys: [], selfChanging: [] }
  const table = preciseTable({ ...keys, columns, bucketOf: () => undefined } as never)
  const rows = { place: 0, named: { table, key: table.rowKey, own: ['key'], fromParent: undefined } }
  return {
    tags: [],
    wide: new Map(),
    places: [{ table, compared: new Map([['number', { comparisons: [], isShown: true }]]) }],
    shown: { ...rows, fields: new Map([['number', 'number']]), relations: [], whole: undefined },
  } as unknown as ReadPlan
}

const trackedBy = (type: string, key: unknown) => {
  const columns = new TrackedColumns()
  const plan = planOf(type)
  columns.wantAll(plan)
  return columns.rowsIn(plan, [{ key, number: 7 }]).map(({ values }) => values)
}

it('tracks rows by keys of which equal ones alone have one form: no texts, of which PostgreSQL tells case apart', () => {
  expect(trackedBy('integer', 1)).toEqual([[['number', 7n]]])
  expect(trackedBy('uuid', 'abcdef00-0000-4000-8000-000000000001')).toEqual([[['number', 7n]]])
  expect(trackedBy('text', 'A')).toEqual([])
})
