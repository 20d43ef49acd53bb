import { expect, test } from 'vitest'
import { analyseStatement, type SqlDialect } from '@freshet/sql'

function columnsOf(sql: string, dialect: SqlDialect = 'postgresql'): readonly string[] | undefined {
  const analysis = analyseStatement(sql, dialect)
  if (analysis.kind === 'unknown') throw new Error(analysis.reason)
  return analysis.statements[0]!.writes[0]!.columns
}

test.each([
  ['UPDATE t SET a = 1', ['a']],
  ['UPDATE "public"."t" SET "A" = $1, b = b + $2 WHERE c = $3 AND d = 1 RETURNING e', ['a', 'b']],
  ['UPDATE t AS x SET a = u.c FROM u WHERE u.id = x.id', ['a']],
  ['UPDATE t SET (a, b) = (SELECT c, d FROM u WHERE e = 1), f = DEFAULT', ['a', 'b', 'f']],
  ['UPDATE t SET a = b IS DISTINCT FROM c, d = 1', ['a', 'd']],
  ['UPDATE t SET a = CASE WHEN b = 1 THEN c ELSE d END, e = coalesce(f, g) WHERE h = 1', ['a', 'e']],
  ["UPDATE t SET a = 'x, y = 2', b = $$ , c = 3 $$", ['a', 'b']],
  ['UPDATE t SET a.part = 1', ['a', 'part']],
  ['INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b WHERE t.c = 1', ['b']],
])('%s assigns %j', (sql, columns) => {
  expect(columnsOf(sql)).toEqual(columns)
})

test('columns that the text does not tell are absent', () => {
  expect(columnsOf('UPDATE t SET a[1] = 2')).toBeUndefined()
  expect(columnsOf('UPDATE t SET a = ARRAY[b, c], d = 1')).toBeUndefined()
})

test('MySQL names the table with the column, and assigns behind ON DUPLICATE KEY UPDATE', () => {
  expect(columnsOf('UPDATE `t` SET `t`.`a` = ?, b = returning, c = 1 ORDER BY d LIMIT 1', 'mysql')).toEqual([
    't',
    'a',
    'b',
    'c',
  ])
  expect(
    columnsOf('INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a), b = 2', 'mysql'),
  ).toEqual(['a', 'b'])
})

test('SQLite may have several conflict clauses, and deletes what stands in the way of UPDATE OR REPLACE', () => {
  expect(
    columnsOf(
      'INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1 ON CONFLICT (c) DO UPDATE SET d = 1',
      'sqlite',
    ),
  ).toEqual(['b', 'd'])
  const analysis = analyseStatement('UPDATE OR REPLACE t SET a = 1', 'sqlite')
  expect(
    analysis.kind === 'understood' && analysis.statements[0]!.writes.map(({ action }) => action),
  ).toEqual(['update', 'replace'])
})

test('two updates of one table in one statement assign the columns of both', () => {
  const two = 'WITH x AS (UPDATE t SET a = 1 RETURNING *) UPDATE t SET b = 2'
  expect(columnsOf(two)).toEqual(['a', 'b'])
})
