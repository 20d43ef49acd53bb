import { describe, expect, it } from 'vitest'
import { createStatementReads, type SqlDialect } from '../../src/index.js'
import { posts } from './tables.js'

const reads = (
  sql: string,
  rows: readonly unknown[],
  dialect: SqlDialect = 'postgresql',
  parameters: readonly unknown[] = [],
) => {
  const read = createStatementReads(dialect, ({ name }) => (name === 'post' ? posts(dialect) : undefined))(
    { sql },
    parameters,
    rows,
  )
  return read?.rowsWith(['id']).map(({ key, valueOf }) => [key[0], valueOf('authorId')])
}

const row = { p_id: 1, p_author: 7 }
const list = '"p"."id" AS "p_id", "p"."authorId" AS "p_author"'

describe('a query gives of rows', () => {
  it.each<[about: string, sql: string, rows: readonly unknown[], expected: unknown]>([
    ['what it names, by names', `SELECT ${list} FROM "post" "p" WHERE "p"."id" IN ($1)`, [row], [['1', '7']]],
    [
      'what it names, in its order, whatever comes first',
      'SELECT "public"."post"."id", "public"."post"."authorId" FROM "public"."post" WHERE 1=1 ORDER BY 1 LIMIT $1 OFFSET $2',
      [[1, 7]],
      [['1', '7']],
    ],
    ['NULL', 'SELECT id, "authorId" FROM post', [[1, null]], [['1', null]]],
    ['what is locked', `SELECT ${list} FROM post p FOR UPDATE`, [row], [['1', '7']]],
    ['all, by names', 'SELECT * FROM post', [{ id: 1, authorId: 7 }], [['1', '7']]],
    ['not all in an order', 'SELECT * FROM post', [[1, 7]], []],
    ['nothing behind a star', 'SELECT post.*, id FROM post', [[1, 7]], undefined],
    [
      'nothing of what is computed',
      'SELECT id, "authorId" + 1 AS "authorId" FROM post',
      [[1, 7]],
      [['1', undefined]],
    ],
    ['nothing without the key', 'SELECT "authorId" FROM post', [[7]], []],
    ['nothing of another table', 'SELECT id FROM other', [[1]], undefined],
    ['nothing of two tables', `SELECT ${list} FROM post p, post q`, [row], undefined],
    [
      'nothing of joined ones',
      `SELECT ${list} FROM post p LEFT JOIN post q ON p.id = q.id`,
      [row],
      undefined,
    ],
    ['nothing of a query inside', `SELECT ${list} FROM (SELECT 1 AS id) p`, [row], undefined],
    ['nothing of groups', `SELECT ${list} FROM post p GROUP BY 1, 2`, [row], undefined],
    ['nothing of what counts once', `SELECT DISTINCT ${list} FROM post p`, [row], undefined],
    ['nothing of two queries', `SELECT ${list} FROM post p UNION SELECT 1, 2`, [row], undefined],
    ['nothing behind WITH', `WITH post AS (SELECT 1 AS id) SELECT ${list} FROM post p`, [row], undefined],
    ['nothing of two statements', `SELECT ${list} FROM post p; SELECT 1`, [row], undefined],
    ['nothing of a write', 'UPDATE post SET state = 1 RETURNING id, "authorId"', [[1, 7]], undefined],
  ])('%s', (_about, sql, rows, expected) => {
    expect(reads(sql, rows)).toEqual(expected)
  })

  it('nothing of what they were once', () => {
    const sql = 'SELECT id, authorId FROM post FOR SYSTEM_TIME ALL'
    expect(reads(sql, [[1, 7]], 'mysql')).toBeUndefined()
    expect(reads('SELECT id, authorId FROM post FOR UPDATE', [[1, 7]], 'mysql')).toEqual([['1', '7']])
  })

  it('nothing that may be NULL, which MySQL may not have written', () => {
    const sql = 'SELECT id, authorId FROM post'
    expect(reads(sql, [[1, 7]], 'mysql')).toEqual([['1', undefined]])
    expect(reads(sql, [[1, 7]], 'sqlite')).toEqual([['1', '7']])
  })

  it('nothing where a value may be SQL', () => {
    const sql = 'SELECT id, authorId FROM post WHERE ?'
    expect(reads(sql, [[1, 7]], 'mysql', [{ id: 1 }])).toBeUndefined()
  })

  it('nothing where a text names them: another one may be taken for it', () => {
    const read = createStatementReads('postgresql', () => posts('postgresql'))
    const of = read({ sql: 'SELECT slug, id FROM post' }, [], [['A', 1]])
    expect(of?.rowsWith(['id'])).toHaveLength(1)
    expect(of?.rowsWith(['slug'])).toEqual([])
  })
})
