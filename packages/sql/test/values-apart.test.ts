import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  analyseStatement,
  applyRead,
  applyWrite,
  knownColumns,
  planRead,
  planWrite,
  type SqlDialect,
  valuesApart,
} from '../src/index.js'
import { valueTypeOf } from '../src/rows/value-type.js'

describe('numbers are taken out', () => {
  test.each<[SqlDialect, string, readonly unknown[] | undefined, string, readonly unknown[] | undefined]>([
    ['sqlite', 'SELECT * FROM "a" WHERE "id" = 7', [], 'SELECT * FROM "a" WHERE "id" = ?', [7]],
    ['sqlite', 'SELECT * FROM "a" WHERE "id" = 7', undefined, 'SELECT * FROM "a" WHERE "id" = ?', [7]],
    [
      'sqlite',
      `UPDATE "a" SET "n" = 3, "t" = ? WHERE "id" IN (5, 6) AND "u" = '= 1?' AND "= 2" = 4 LIMIT 1`,
      ['x'],
      `UPDATE "a" SET "n" = ?, "t" = ? WHERE "id" IN (?, ?) AND "u" = '= 1?' AND "= 2" = ? LIMIT 1`,
      [3, 'x', 5, 6, 4],
    ],
    [
      'mysql',
      'DELETE FROM `a` WHERE `t` = ? AND `id` IN (5,6)',
      ['x'],
      'DELETE FROM `a` WHERE `t` = ? AND `id` IN (?, ?)',
      ['x', 5, 6],
    ],
    [
      'postgresql',
      'SELECT * FROM "a" WHERE "id" IN (5, 6) AND "t" = $2 AND "u" = $1 ORDER BY 1, 2',
      ['x', 'y'],
      'SELECT * FROM "a" WHERE "id" IN ($3, $4) AND "t" = $2 AND "u" = $1 ORDER BY 1, 2',
      ['x', 'y', 5, 6],
    ],
    // Nobody knows with what it is sent.
    [
      'postgresql',
      'SELECT * FROM "a" WHERE "id" IN (5) AND "t" = $2',
      undefined,
      'SELECT * FROM "a" WHERE "id" IN ($3) AND "t" = $2',
      undefined,
    ],
    [
      'sqlite',
      'SELECT * FROM "a" WHERE "id" IN (5) AND "t" = ?',
      undefined,
      'SELECT * FROM "a" WHERE "id" IN (?) AND "t" = ?',
      undefined,
    ],
  ])('%s: %s', (dialect, sql, parameters, text, values) => {
    expect(valuesApart(sql, parameters, dialect)).toEqual({ sql: text, parameters: values })
  })
})

describe('a text stays as it is', () => {
  test.each<[string, SqlDialect, string, readonly unknown[]]>([
    ['without numbers', 'sqlite', 'SELECT * FROM "a" WHERE "id" = ?', [1]],
    ['that sets something', 'mysql', 'SET autocommit = 0 IN (1)', []],
    ['that is a pragma', 'sqlite', 'PRAGMA foreign_keys = 0', []],
    ['that inserts', 'sqlite', 'INSERT INTO "a" SELECT 1 WHERE 1 = 1', []],
    ['with a comment', 'sqlite', 'SELECT 1 WHERE "id" = 7 -- "', []],
    ['with another comment', 'sqlite', 'SELECT 1 WHERE "id" = 7 /* " */', []],
    ['with an escape', 'mysql', "SELECT 1 WHERE `t` = '\\'' AND `id` IN (1)", []],
    ['with a comment of MySQL', 'mysql', 'SELECT 1 WHERE `id` IN (1) # "', []],
    ['with a variable', 'mysql', 'SELECT @a := 1, `id` IN (1)', []],
    ['with a name in brackets', 'sqlite', 'SELECT [a = 1] FROM "a"', []],
    ['with a numbered placeholder', 'sqlite', 'SELECT 1 WHERE "id" = 1 AND "t" = ?1', ['x']],
    ['with a named placeholder', 'sqlite', 'SELECT 1 WHERE "id" = 1 AND "t" = :t', []],
    ['with a string between dollars', 'postgresql', 'SELECT $$ IN (1) $$ WHERE "id" IN (1)', []],
    ['with an operator like a placeholder', 'postgresql', `SELECT 1 WHERE "j" ? 'a' AND "id" IN (1)`, []],
    ['with more placeholders than values', 'sqlite', 'SELECT 1 WHERE "id" = 1 AND "t" = ?', []],
    ['with fewer', 'sqlite', 'SELECT 1 WHERE "id" = 1 AND "t" = ?', ['x', 'y']],
    ['with a number that has no value', 'postgresql', 'SELECT 1 WHERE "id" IN (1) AND "t" = $2', ['x']],
    ['with a fraction', 'sqlite', 'SELECT 1 WHERE "id" = 1.5', []],
    ['with a number that JavaScript cannot hold', 'sqlite', 'SELECT 1 WHERE "id" = 1234567890123456', []],
  ])('%s', (_, dialect, sql, parameters) => {
    expect(valuesApart(sql, parameters, dialect)).toEqual({ sql, parameters })
  })
})

describe('it says the same', () => {
  const integer = (dialect: SqlDialect) => valueTypeOf(dialect, { type: 'integer' })
  const columns = (dialect: SqlDialect) =>
    knownColumns(
      dialect,
      ['id', 'n', 'author'].map((name) => ({
        name,
        type: integer(dialect),
        nullable: true,
        hasDefault: false,
      })),
    )
  const number = fc.integer({ min: 0, max: 4 }).map(String)
  const value = (dialect: SqlDialect) =>
    fc.oneof(
      number,
      fc.constant('?'),
      fc.constant("'= 1, ?'"),
      dialect === 'mysql' ? number : fc.constant('"n"'),
    )
  const comparison = (dialect: SqlDialect) =>
    fc.oneof(
      fc.tuple(fc.constantFrom('id', 'n', 'author'), value(dialect)).map(([name, is]) => `${name} = ${is}`),
      fc.tuple(fc.constantFrom('id', 'author'), value(dialect)).map(([name, is]) => `${name} >= ${is}`),
      fc
        .tuple(
          fc.constantFrom('id', 'author'),
          fc.array(fc.oneof(number, fc.constant('?')), { minLength: 1, maxLength: 3 }),
        )
        .map(([name, list]) => `${name} IN (${list.join(', ')})`),
    )
  const statement = (dialect: SqlDialect) =>
    fc
      .tuple(
        fc.constantFrom(
          'UPDATE post SET n = 1',
          'UPDATE post SET author = 3',
          'DELETE FROM post',
          'SELECT id, n FROM post',
        ),
        fc.array(comparison(dialect), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(' AND ', ' OR '),
        fc.constantFrom('', ' ORDER BY 2', ' LIMIT 1'),
      )
      .map(
        ([head, conditions, join, tail]) =>
          `${head} WHERE ${conditions.join(join)}${head.startsWith('SELECT') ? tail : ''}`,
      )

  const readOf = (sql: string, parameters: readonly unknown[] | undefined, dialect: SqlDialect) =>
    applyRead(planRead(sql, dialect), parameters, () => columns(dialect))?.map((read) => ({
      ...read,
      pinned: [['id'], ['author'], ['id', 'author']].map((key) => read.pinned(key)),
    }))

  it.each(['sqlite', 'mysql', 'postgresql'] as const)('of what it reads and writes on %s', (dialect) => {
    fc.assert(
      fc.property(statement(dialect), (template) => {
        let count = 0
        const sql = dialect === 'postgresql' ? template.replace(/\?(?![,'])/g, () => `$${++count}`) : template
        const given = dialect === 'postgresql' ? count : sql.replaceAll("'= 1, ?'", '').split('?').length - 1
        const parameters = Array.from({ length: given }, (_, index) => index % 5)
        const apart = valuesApart(sql, parameters, dialect)
        expect(analyseStatement(apart.sql, dialect)).toEqual(analyseStatement(sql, dialect))
        if (sql.startsWith('SELECT')) {
          expect(readOf(apart.sql, apart.parameters, dialect)).toEqual(readOf(sql, parameters, dialect))
          return
        }
        const [whole, made] = [
          applyWrite(planWrite(sql, dialect), { parameters }, columns(dialect)),
          applyWrite(planWrite(apart.sql, dialect), { parameters: apart.parameters }, columns(dialect)),
        ]
        for (const key of [['id'], ['author'], ['id', 'author']]) {
          expect(made.touched(key)).toEqual(whole.touched(key))
          expect(made.entering(key)).toEqual(whole.entering(key))
        }
        expect(made.assigned).toEqual(whole.assigned)
      }),
      { numRuns: 300 },
    )
  })
})
