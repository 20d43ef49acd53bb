import { describe, expect, test } from 'vitest'
import { applyWrite, planWrite, type SqlDialect, type StatementValues } from '../../src/index.js'
import { posts } from './tables.js'

const write = (sql: string, values: Partial<StatementValues> = {}, dialect: SqlDialect = 'postgresql') =>
  applyWrite(planWrite(sql, dialect), { parameters: [], ...values }, posts(dialect))

describe('what rows have in a column after a statement', () => {
  test.each<[about: string, sql: string, values: Partial<StatementValues>, after: unknown]>([
    [
      'is what it assigns',
      'UPDATE post SET "authorId" = $1 WHERE state = $2',
      { parameters: [7, 'x'] },
      ['7'],
    ],
    ['may be NULL', 'UPDATE post SET "authorId" = NULL WHERE id = 1', {}, [null]],
    ['is not told where it is computed', 'UPDATE post SET "authorId" = "authorId" + 1', {}, undefined],
    [
      'is what comes back of it',
      'UPDATE post SET "authorId" = "authorId" + 1 RETURNING id, "authorId"',
      {
        returned: [
          [1, 7],
          [2, null],
        ],
      },
      ['7', null],
    ],
    [
      'is not told where it does not come back',
      'UPDATE post SET "authorId" = "authorId" + 1 RETURNING id',
      { returned: [[1]] },
      undefined,
    ],
    [
      'is not told of what stays',
      'UPDATE post SET state = $1 WHERE id = 1',
      { parameters: ['x'] },
      undefined,
    ],
    [
      'is what comes back of what stays',
      'UPDATE post SET state = $1 RETURNING "authorId"',
      { parameters: ['x'], returned: [[7]] },
      ['7'],
    ],
    ['is either of two', 'UPDATE post SET "authorId" = 1, "authorId" = 2', {}, undefined],
    [
      'is what is inserted',
      'INSERT INTO post (id, "authorId") VALUES (1, $1), (2, $2)',
      { parameters: [7, null] },
      ['7', null],
    ],
    ['is NULL where nothing is inserted', 'INSERT INTO post (id) VALUES (1)', {}, [null]],
    ['is not told of what is selected', 'INSERT INTO post (id, "authorId") SELECT 1, 2', {}, undefined],
    [
      'is not told of an upsert',
      'INSERT INTO post (id, "authorId") VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET "authorId" = 3',
      {},
      undefined,
    ],
    ['is nothing of what is deleted', 'DELETE FROM post', {}, []],
  ])('%s', (_about, sql, values, after) => {
    const row = write(sql, values)
    expect([row.after(['authorId']), row.tell().after(['authorId'])]).toEqual([after, after])
  })

  test('is not told of a NULL that the column cannot hold', () => {
    expect(write('UPDATE post SET id = NULL', {}, 'mysql').after(['id'])).toBeUndefined()
  })

  test('nor of a type whose values are not compared', () => {
    expect(write('UPDATE post SET price = 1').after(['price'])).toBeUndefined()
  })
})

describe('how much more than before rows have in a column', () => {
  const moved = (sql: string, values: Partial<StatementValues> = {}, dialect?: SqlDialect) => {
    const row = write(sql, values, dialect)
    expect(row.tell().moved(['authorId'])).toEqual(row.moved(['authorId']))
    return row.moved(['authorId'])?.by
  }

  test('is what a statement adds or takes', () => {
    expect(moved('UPDATE post SET "authorId" = "authorId" + $1', { parameters: [7] })).toBe(7n)
    expect(moved('UPDATE post SET "authorId" = "authorId" - $1', { parameters: ['7'] })).toBe(-7n)
    expect(moved('UPDATE post SET "authorId" = ("authorId" - 7)')).toBe(-7n)
    expect(moved('UPDATE post SET `authorId` = `authorId` - ?', { parameters: [7n] }, 'mysql')).toBe(-7n)
  })

  test.each<[about: string, sql: string, values: Partial<StatementValues>, dialect: SqlDialect]>([
    ['of another column', 'UPDATE post SET "authorId" = id + 1', {}, 'postgresql'],
    [
      'of what is no whole number',
      'UPDATE post SET "authorId" = "authorId" + $1',
      { parameters: [1.5] },
      'postgresql',
    ],
    [
      'of what is no number',
      'UPDATE post SET "authorId" = "authorId" + $1',
      { parameters: [null] },
      'postgresql',
    ],
    ['of what is assigned', 'UPDATE post SET "authorId" = 1', {}, 'postgresql'],
    ['of either of two', 'UPDATE post SET "authorId" = "authorId" + 1, "authorId" = 2', {}, 'postgresql'],
    ['in SQLite, where a column holds anything', 'UPDATE post SET "authorId" = "authorId" + 1', {}, 'sqlite'],
    [
      'of what is there already',
      'INSERT INTO post (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET "authorId" = "authorId" + 1',
      {},
      'postgresql',
    ],
  ])('is not told %s', (_about, sql, values, dialect) => {
    expect(moved(sql, values, dialect)).toBeUndefined()
  })

  test('is not told of a column that holds no whole numbers', () => {
    expect(write('UPDATE post SET price = price + 1').moved(['price'])).toBeUndefined()
  })

  test('is exact in the range of the column', () => {
    expect(write('UPDATE post SET "authorId" = "authorId" + 1').moved(['authorId'])).toEqual({
      by: 1n,
      min: -(2n ** 31n),
      max: 2n ** 31n - 1n,
    })
  })

  test('is told with the number of rows', () => {
    const sql = 'UPDATE post SET "authorId" = "authorId" + 1 WHERE id = 1'
    expect(write(sql, { affected: 1 }).changed).toBe(1)
    expect(write(sql, { affected: 1 }).tell().changed).toBe(1)
    expect(write(sql).changed).toBeUndefined()
    expect(write(`${sql} RETURNING id`, { returned: [{ id: 1 }] }).tell().changed).toBe(1)
  })
})

describe('what is told later', () => {
  test('does not change with the values that were given', () => {
    const [parameters, returned] = [[7, [1, 2]], [{ id: 5 }]]
    const row = write('UPDATE post SET "authorId" = $1 WHERE state = $3 RETURNING id', {
      parameters,
      returned,
    })
    const told = row.tell()
    parameters[0] = 8
    returned[0]!.id = 6
    expect([row.after(['authorId']), row.touched(['id'])]).toEqual([['8'], [['6']]])
    expect([told.after(['authorId']), told.touched(['id'])]).toEqual([['7'], [['5']]])
  })

  test('lists with them', () => {
    const ids = [1, 2]
    const told = write('DELETE FROM post WHERE id = ANY($1)', { parameters: [ids] }).tell()
    ids[0] = 3
    expect(told.touched(['id'])).toEqual([['1'], ['2']])
  })

  test('is nothing of what would take room', () => {
    const slug = 'x'.repeat(1001)
    const rows = Array.from({ length: 21 }, (_, id) => [id])
    expect(
      write('DELETE FROM post WHERE slug = $1', { parameters: [slug] })
        .tell()
        .touched(['slug']),
    ).toBeUndefined()
    const row = write('DELETE FROM post WHERE state > $1 RETURNING id', { parameters: ['x'], returned: rows })
    expect([row.touched(['id'])?.length, row.tell().touched(['id'])]).toEqual([21, undefined])
  })
})

describe('a statement that the database says concerned no row', () => {
  test.each([
    'UPDATE post SET id = 1 WHERE id = 2',
    'DELETE FROM post',
    'INSERT INTO post (id) VALUES (1) ON CONFLICT DO NOTHING',
  ])('is nothing: %s', (sql) => {
    expect([
      write(sql, { affected: 0 }).isNothing,
      write(sql, { affected: 1 }).isNothing,
      write(sql).isNothing,
    ]).toEqual([true, false, false])
  })

  test('but not where nobody counts', () => {
    expect(write('TRUNCATE post', { affected: 0 }).isNothing).toBe(false)
    expect(write('MERGE INTO post USING x ON true WHEN MATCHED THEN DELETE', { affected: 0 }).isNothing).toBe(
      false,
    )
  })
})
