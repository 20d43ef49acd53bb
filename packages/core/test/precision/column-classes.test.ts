import { createValueBucket, preciseTable, type RowChange, writeTags } from '@freshet/core/adapter'
import { describe, expect, test } from 'vitest'

const integer = { column: { type: 'integer' } }

const posts = (classes: {
  readonly volatile?: readonly string[]
  readonly selfChanging?: readonly string[]
}) =>
  preciseTable({
    prefix: '',
    name: 'post',
    columns: { named: () => integer },
    rowKey: ['id'],
    keys: [['slug']],
    selfChanging: classes.selfChanging ?? [],
    volatile: classes.volatile,
    bucketOf: createValueBucket('s'),
  })

const update = (change: Partial<RowChange>): RowChange => ({
  kind: 'update',
  inserts: false,
  deletes: false,
  isNothing: false,
  assigned: ['views'],
  touched: ([column]) => (column === 'id' ? [['7']] : undefined),
  entering: () => [],
  ...change,
})

/** The tags of rows, and the table's. */
const rowsOf = (change: Partial<RowChange>, classes: Parameters<typeof posts>[0]): string =>
  writeTags(update(change), posts(classes))
    .filter((tag) => /^post(?:#|$)/.test(tag))
    .join(' ')

describe('of a row that is named, without its volatile columns as well, a change bumps', () => {
  const classes = { volatile: ['views', 'score'] }

  test('one name if it assigns nothing but volatile columns', () => {
    expect(rowsOf({}, classes)).toBe('post#7')
    expect(rowsOf({ assigned: ['Views', 'score'] }, classes)).toBe('post#7')
    expect(rowsOf({ kind: 'upsert' }, classes)).toBe('post#7')
  })

  test('both if it assigns another column, or may', () => {
    expect(rowsOf({ assigned: ['views', 'title'] }, classes)).toBe('post#7 post##7')
    expect(rowsOf({ assigned: undefined }, classes)).toBe('post#7 post##7 post')
    expect(rowsOf({}, {})).toBe('post#7 post##7')
  })

  test('both if it deletes the row', () => {
    expect(rowsOf({ kind: 'delete', deletes: true, assigned: [] }, classes)).toBe('post#7 post##7')
  })
})

describe('of rows that are not told, a change bumps', () => {
  const untold = { touched: () => undefined }
  const classes = { volatile: ['views'] }

  test('what shows volatile columns if it assigns nothing else', () => {
    expect(rowsOf(untold, classes)).toBe('post#*')
    expect(rowsOf({ touched: () => Array.from({ length: 101 }, (_, at) => [String(at)]) }, classes)).toBe(
      'post#*',
    )
  })

  test('the table if it assigns another column, or may, or deletes rows', () => {
    expect(rowsOf({ ...untold, assigned: ['title'] }, classes)).toBe('post')
    expect(rowsOf({ ...untold, assigned: undefined }, classes)).toBe('post')
    expect(rowsOf({ ...untold, kind: 'delete', deletes: true, assigned: [] }, classes)).toBe('post')
  })
})

test('a column that changes by itself is volatile, so that it changes with every update', () => {
  const classes = { volatile: ['views'], selfChanging: ['touched'] }
  expect(rowsOf({}, classes)).toBe('post#7')
  expect(posts(classes).areStable(['title'])).toBe(true)
  expect(posts(classes).areStable(['title', 'Touched'])).toBe(false)
})

test('a column of a key is not, so that where it changes by itself every update is one of it', () => {
  const classes = { volatile: ['views', 'slug', 'id'], selfChanging: ['slug'] }
  expect(posts(classes).areStable(['id', 'slug'])).toBe(true)
  expect(rowsOf({}, classes)).toBe('post#7 post##7')
})

test('columns that are not known may be volatile for an answer, and stable for a write', () => {
  const table = posts({ volatile: ['views'] })
  expect([table.areStable(undefined), table.areVolatile(undefined)]).toEqual([false, false])
})
