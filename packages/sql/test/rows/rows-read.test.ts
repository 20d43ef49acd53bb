import { describe, expect, it, vi } from 'vitest'
import { describeEachRule } from '../../../../test/copies/each-rule.js'
import { allOf, copyWithout } from '../../../../test/copies/copy-without.js'
import { without } from '../../../../test/copies/rule.js'
import type * as api from '../../src/index.js'
import { createStatementReads, type SqlDialect } from '../../src/index.js'
import { posts } from './tables.js'

// On a busy machine a copy takes a while.
vi.setConfig({ testTimeout: 60_000 })

type Create = typeof api.createStatementReads

interface Reading {
  readonly sql: string
  readonly rows: readonly unknown[]
  readonly dialect?: SqlDialect
  readonly parameters?: readonly unknown[]
  /** Default: `id`. */
  readonly key?: string
}

const rowsOf = (
  create: Create,
  { sql, rows, dialect = 'postgresql', parameters = [], key = 'id' }: Reading,
): unknown =>
  create(dialect, ({ name }) => (name === 'post' ? posts(dialect) : undefined))({ sql }, parameters, rows)
    ?.rowsWith([key])
    .map((row) => [row.key[0], row.valueOf('authorId')])

const row = { p_id: 1, p_author: 7 }
const list = '"p"."id" AS "p_id", "p"."authorId" AS "p_author"'
const mysql = 'mysql' as const

type Case = readonly [
  about: string,
  sql: string,
  rows: readonly unknown[],
  expected: unknown,
  more?: Partial<Reading>,
]

const cases: readonly Case[] = [
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
  ['nothing of joined ones', `SELECT ${list} FROM post p LEFT JOIN post q ON p.id = q.id`, [row], undefined],
  ['nothing of a query inside', `SELECT ${list} FROM (SELECT 1 AS id) p`, [row], undefined],
  ['nothing of groups', `SELECT ${list} FROM post p GROUP BY 1, 2`, [row], undefined],
  ['nothing of what counts once', `SELECT DISTINCT ${list} FROM post p`, [row], undefined],
  ['nothing of two queries', `SELECT ${list} FROM post p UNION SELECT 1, 2`, [row], undefined],
  ['nothing behind WITH', `WITH post AS (SELECT 1 AS id) SELECT ${list} FROM post p`, [row], undefined],
  ['nothing of two statements', `SELECT ${list} FROM post p; SELECT 1`, [row], undefined],
  ['nothing of a write', 'UPDATE post SET state = 1 RETURNING id, "authorId"', [[1, 7]], undefined],

  [
    'nothing of what they were once',
    'SELECT id, authorId FROM post FOR SYSTEM_TIME ALL',
    [[1, 7]],
    undefined,
    { dialect: mysql },
  ],
  [
    'what is locked there',
    'SELECT id, authorId FROM post FOR UPDATE',
    [[1, 7]],
    [['1', '7']],
    { dialect: mysql },
  ],
  [
    'nothing that may be NULL in MySQL, which may not have written it',
    'SELECT id, authorId FROM post',
    [[1, 7]],
    [['1', undefined]],
    { dialect: mysql },
  ],
  [
    'what may be NULL elsewhere',
    'SELECT post.id AS id, post.authorId AS authorId FROM post',
    [[1, 7]],
    [['1', '7']],
    { dialect: 'sqlite' },
  ],
  [
    'nothing where a value may be SQL',
    'SELECT id, authorId FROM post WHERE ?',
    [[1, 7]],
    undefined,
    { dialect: mysql, parameters: [{ id: 1 }] },
  ],
  [
    'nothing where a text names them: another one may be taken for it',
    'SELECT slug, id FROM post',
    [['A', 1]],
    [],
    { key: 'slug' },
  ],
]

describe('a query gives of rows', () => {
  it.each(cases.map((one) => [one[0], one] as const))('%s', (_about, [, sql, rows, expected, more]) => {
    expect(rowsOf(createStatementReads, { sql, rows, ...more })).toEqual(expected)
  })
})

const of = (rule: string, find: string, replace: string) => without('rows-read.ts', rule, find, replace)

const mutants = [
  of('there may be several statements', ' || others.length > 0', ''),
  of('it may not be a SELECT', "wordAt(source, from) !== 'select' || ", ''),
  of('rows that are alike may count once', ' || notRows.has(wordAt(source, from + 1))', ''),
  of('rows may be grouped, or be those of two queries', 'if (!understood.has(word)) return undefined', ''),
  of(
    'MariaDB tells what rows were once',
    "if (word === 'for' && !locks.has(wordAt(source, at + 1))) return undefined",
    '',
  ),
  of('a query may stand in place of the table', 'item?.table === undefined || ', ''),
  of('tables may be joined', ' || joined.length > 0', ''),
  of(
    'MySQL may not have written what is NULL',
    "if (columns.dialect === 'mysql' && column.nullable && !plan!.locks) continue",
    '',
  ),
  of('what is locked is what rows have now', ' && !plan!.locks) continue', ') continue'),
  of('values may be SQL', ' || mayBeSql(parameters, dialect)', ''),
  of(
    'texts that are not equal may have one form',
    "if (key.some((name) => fields.get(name)?.type?.kind === 'text')) return undefined",
    '',
  ),
  of('a row may not show its key', "values.every((value) => typeof value === 'string')", 'values.length > 0'),
]

const folder = new URL('../../src/rows/', import.meta.url)
describeEachRule('a case fails without the rule that', folder, mutants, async (mutant) => {
  const { createStatementReads: create } = await copyWithout<{ createStatementReads: Create }>(
    { folder, entry: allOf(folder, ['rows-read']) },
    mutant,
  )
  const isAsExpected = ([, sql, rows, expected, more]: Case): boolean => {
    try {
      return JSON.stringify(rowsOf(create, { sql, rows, ...more })) === JSON.stringify(expected)
    } catch {
      return false
    }
  }
  return !cases.every(isAsExpected)
})
