import type { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { combineReads } from '../../src/precision/load-precision.js'
import { createWorldOf } from './entities.js'
import type { Variant } from './world.js'
import { variantsOf } from './world.js'

let dataSource: DataSource
let variant: Variant

beforeAll(async () => {
  dataSource = await createWorldOf({ type: 'better-sqlite3', database: ':memory:' })
  variant = (await variantsOf(dataSource))('explained', { entities: { Club: { precision: 'table' } } })
})
afterAll(() => dataSource.destroy())

const posts = 'SELECT "p"."id" AS "i" FROM "post" "p" WHERE "p"."authorId" = 1'
const explained = (sql: string, rows: readonly unknown[] = []) =>
  variant.precision.read(sql, []).explain(rows)

describe('a query says of each table', () => {
  it('which of its tags are the table’s, those that follow from the rows as well', () => {
    expect(explained(posts, [{ i: 7 }])).toEqual([
      {
        table: 'post',
        precision: 'row',
        tags: ['post', 'post[authorid=*]', 'post[authorid=1]', 'post##7'],
        reasons: [],
      },
    ])
  })

  it('nothing of rows that it names, whatever it shows or counts', () => {
    for (const shown of ['"u"."nick_name" AS "n"', 'COUNT(1) AS "cnt"'])
      expect(explained(`SELECT ${shown} FROM "person" "u" WHERE "u"."id" = 1`)[0]?.reasons).toEqual([])
  })

  it('why it is wider than it could be', () => {
    const [person] = explained('SELECT "u"."nick_name" AS "n" FROM "person" "u" LIMIT 3 OFFSET 1')
    expect(person?.reasons).toEqual([
      'no key is given a value: any row that is inserted counts',
      expect.stringContaining('rows matter that are not shown'),
    ])
    const [shown] = explained('SELECT "u"."nick_name" AS "n" FROM "person" "u" WHERE "u"."id" > 1')
    expect(shown?.reasons).toContainEqual(expect.stringContaining('does not show the key'))
    const [club] = explained('SELECT "c"."code" AS "c" FROM "club" "c"')
    expect(club).toMatchObject({ table: 'club', precision: 'table', reasons: ["its precision is 'table'"] })
  })
})

it('statements that are all known beforehand are one read', () => {
  const reads = [posts, 'SELECT "c"."id" AS "i" FROM "comment" "c"'].map((sql) =>
    variant.precision.read(sql, []),
  )
  const both = combineReads(reads)
  expect(both.tags.toSorted()).toEqual([
    'comment',
    'comment[]',
    'post',
    'post[authorid=*]',
    'post[authorid=1]',
  ])
  expect(both.clocks).toEqual(['post~', 'comment~'])
  expect(both.lateTags([[{ i: 7 }], [{ i: 3 }]])).toEqual(['post##7', 'comment##3'])
  expect(both.lateTags([[{ i: 7 }], 'nothing'])).toBeUndefined()
})
