import { createValueBucket } from '@freshet/core/adapter'
import { knownColumns, valueTypeOf } from '@freshet/sql'
import type { DataSource } from 'typeorm'
import type { SentRead } from '../../src/precision/load-precision.js'
import type { Api } from './api.js'
import type { VariantOf } from './recorded.js'
import { declared, ownApi, type VariantOptions } from './world.js'

const posts = 'SELECT "p"."id" AS "i", "p"."authorId" AS "a" FROM "post" "p" WHERE "p"."authorId" = 1'
const people = 'SELECT "u"."id" AS "u", "u"."age" AS "n" FROM "person" "u" WHERE "u"."id" IN (1, 2)'
const comments = 'SELECT "c"."id" AS "i" FROM "comment" "c" WHERE "c"."postId" = 7'
const labelsFrom = (from: number) =>
  `SELECT "l"."id" AS "i" FROM "label" "l" WHERE "l"."id" IN (${Array.from({ length: 60 }, (_, at) => from + at).join()})`
const sent = (sql: string, rows: unknown = []): SentRead => ({ sql, parameters: [], rows })

/** What a load is told of beforehand, what it sent, and its tags, clocks and late tags. */
type LoadCase = readonly [
  rule: string,
  named: readonly string[] | undefined,
  first: string | undefined,
  sent: readonly SentRead[],
  expected: string,
  options?: VariantOptions,
]

const first = 'post post[authorid=*] post[authorid=1]'

const loadCases: readonly LoadCase[] = [
  [
    'all statements and their rows count',
    ['post', 'comment'],
    posts,
    [sent(posts, [{ i: 7, a: 1 }]), sent(comments, [{ i: 3 }])],
    `comment ${first} | comment~ post~ | comment comment##3 comment[postid=*] comment[postid=7] post post##7 post[authorid=*] post[authorid=1]`,
  ],
  [
    'the first is not known',
    ['comment'],
    undefined,
    [sent(comments)],
    'comment | comment~ | comment comment[postid=*] comment[postid=7]',
  ],
  [
    'of a wide table every write counts',
    ['post', 'person'],
    posts,
    [sent(people)],
    `person person~ ${first} | post~ | person person~`,
    { entities: { Person: { precision: 'table' } } },
  ],
  ['another table leaves the clocks', ['post'], posts, [sent(posts), sent(comments)], `${first} | post~ | ?`],
  ['rows that are none leave the clocks', ['post'], posts, [sent(posts, 'rows')], `${first} | post~ | ?`],
  [
    'too many tags leave the clocks',
    ['label'],
    undefined,
    [0, 1, 2, 3, 4].map((at) => sent(labelsFrom(at * 60))),
    'label | label~ | ?',
  ],
  ['nobody can tell its tables', undefined, undefined, [], '* |  | '],
]

/** How the answer to a case differs from what it should be. */
export function differingLoad(variantOf: VariantOf, api?: Api): string | undefined {
  for (const [rule, named, firstSql, statements, expected, options = {}] of loadCases) {
    const variant = variantOf('load', options, api)
    const load = variant.load(
      named,
      firstSql === undefined ? undefined : variant.precision.read(firstSql, []),
    )
    const found = [load.tags, load.clocks, load.lateTags(statements) ?? ['?']]
      .map((tags) => tags.toSorted().join(' '))
      .join(' | ')
    if (found !== expected) return `${rule}: expected ${expected}, but found ${found}`
  }
  return undefined
}

/** MySQL's drivers write an object into the text as SQL. */
export function differingValues(dataSource: DataSource, api: Api = ownApi): string | undefined {
  const type = valueTypeOf('mysql', { type: 'int' })
  const columns = knownColumns('mysql', [{ name: 'id', type, nullable: false, hasDefault: true }])
  const known = { columns, primaryKey: ['id'], uniqueKeys: [], selfChanging: [], wideBecause: undefined }
  const tables = api.createTablePrecisions(dataSource, {
    catalogueOf: () => known,
    declared,
    bucketOf: createValueBucket('s'),
  })
  const precision = api.createReadPrecision({
    dialect: 'mysql',
    tables,
    tablesOf: () => ['label'],
    anyTable: '*',
  })
  const sql = 'SELECT `l`.`id` AS `i` FROM `label` `l` WHERE `l`.`id` = ?'
  const found = [[7], [{ id: 7 }]].map((values) => {
    const read = precision.read(sql, values)
    return [read.tags, read.clocks, read.lateTags([{ i: 7 }]) ?? ['?']]
      .map((tags) => tags.join(' '))
      .join(' | ')
  })
  const expected = ['label label[id=*] label[id=7] label##7 |  | ', 'label label~ |  | ']
  return found.join() === expected.join()
    ? undefined
    : `expected ${expected.join()}, but found ${found.join()}`
}
