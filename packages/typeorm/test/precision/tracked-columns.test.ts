import { preciseTable } from '@freshet/core/adapter'
import { knownColumns, valueTypeOf } from '@freshet/sql'
import { expect, it } from 'vitest'
import type { ReadPlan } from '../../src/precision/read-plan.js'
import { TrackedColumns } from '../../src/precision/tracked-columns.js'

const trackedBy = (type: string, key: unknown) => {
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
  const tracked = new TrackedColumns()
  tracked.want({ places: [{ table, compared: new Map([['number', []]]) }] } as unknown as ReadPlan)
  const shape = { table: 'note', columns: ['key', 'number'], keyLength: 1, matters: null, parents: [] }
  return tracked.rowsIn([[JSON.stringify(shape), true, key, 7]]).map(({ values }) => values)
}

it('tracks rows by keys of which equal ones alone have one form: no texts, of which PostgreSQL tells case apart', () => {
  expect(trackedBy('integer', 1)).toEqual([[['number', 7n]]])
  expect(trackedBy('uuid', 'abcdef00-0000-4000-8000-000000000001')).toEqual([[['number', 7n]]])
  expect(trackedBy('text', 'A')).toEqual([])
})
