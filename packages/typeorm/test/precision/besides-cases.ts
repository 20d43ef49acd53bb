import type { OtherAnswers } from '@freshet/core/adapter'
import type { Api } from './api.js'
import type { VariantOf } from './recorded.js'
import { shownIn } from './world.js'

type Row = Readonly<Record<string, unknown>>
type Statement = readonly [sql: string, rows: readonly Row[]]

/** Another answer, in a scope. */
interface Other {
  readonly reads: readonly Statement[]
  readonly scope?: string
  /** It is not to be served any more. */
  readonly isGone?: true
}

/** Whether an answer outlives what a statement does to a tag of its, which stands for more than the rows that it names. */
interface BesidesCase {
  readonly about: string
  readonly reads: readonly Statement[]
  readonly write: string
  readonly returned?: readonly unknown[]
  readonly tag: string
  readonly other?: Other
  /** A table that is being written. */
  readonly underWay?: string
  /** Sets of which all rows were shown, and have not been touched: `post[authorId]=7`. */
  readonly untouched?: readonly string[]
  /** Sets of which all rows were shown, none of which has had a value: `post[authorId]=7 id=9`. */
  readonly lacking?: readonly string[]
  /** What rows have by now: `post 9 score` is 31. */
  readonly numbers?: Readonly<Record<string, number>>
  readonly outlives: boolean
}

const columns = '"p"."id" AS "i", "p"."score" AS "s", "p"."title" AS "t"'
const bestSql = `SELECT ${columns} FROM "post" "p" ORDER BY "p"."score" DESC, "p"."id" ASC LIMIT 2`
const rows = (...scores: readonly unknown[]): readonly Row[] =>
  scores.map((s, at) => ({ i: at + 1, s, t: 'a' }))
const scored = (score: number, id = 9) => `UPDATE "post" SET "score" = ${score} WHERE "id" = ${id}`
const best = { reads: [[bestSql, rows(90, 50)]], tag: 'post.score' } as const
const worst = {
  reads: [[bestSql.replace('DESC', 'ASC'), rows(5, 9)]],
  tag: 'post.score',
} as const
const pageSql = `SELECT DISTINCT "d"."i" AS "ids", "d"."s" AS "s" FROM (SELECT ${columns} FROM "post" "p" LEFT JOIN "comment" "c" ON "c"."postId" = "p"."id" WHERE "c"."text" = 'a') "d" ORDER BY "d"."s" ASC, "d"."i" ASC LIMIT 2 OFFSET 0`
const ofPage = `SELECT ${columns} FROM "post" "p" WHERE "p"."id" IN (1, 2) ORDER BY "p"."score" ASC`
const page = {
  reads: [
    [
      pageSql,
      [
        { ids: 1, s: 5 },
        { ids: 2, s: 9 },
      ],
    ],
    [ofPage, rows(5, 9)],
  ],
  tag: 'post.score',
} as const
const joined = (join: string, order: string) =>
  `SELECT ${columns}, "c"."id" AS "c", "c"."mark" AS "m" FROM "comment" "c" ${join} JOIN "post" "p" ON "p"."id" = "c"."postId" AND "p"."kind" = 'a' ORDER BY ${order} DESC LIMIT 2`
const joinedRows = [
  { i: 1, s: 90, t: 'a', c: 1, m: 9 },
  { i: 2, s: 50, t: 'a', c: 2, m: 5 },
]

const labelled =
  'SELECT COUNT(DISTINCT("p"."id")) AS "n" FROM "post" "p" LEFT JOIN "comment" "c" ON "c"."postId" = "p"."id" LEFT JOIN "person" "u" ON "u"."id" = "p"."authorId" WHERE "u"."email" = \'a@x\''
const written = {
  reads: [[labelled, [{ n: 4 }]]],
  tag: 'post[]',
  other: {
    reads: [
      [
        'SELECT "u"."id" AS "i", "u"."email" AS "e" FROM "person" "u" WHERE "u"."age" > 3',
        [
          { i: 8, e: 'b@x' },
          { i: 7, e: 'a@x' },
        ],
      ],
    ],
  },
} as const
const referring =
  'SELECT COUNT(1) AS "n" FROM "post" "p" LEFT JOIN "comment" "c" ON "c"."postId" = "p"."authorId" WHERE "c"."id" = 5'
const emailOf = (email: string) =>
  [['SELECT "u"."id" AS "i", "u"."email" AS "e" FROM "person" "u" LIMIT 1', [{ i: 7, e: email }]]] as const
const insert = (author: number | string) =>
  `INSERT INTO "post" ("slug", "title", "authorId") VALUES ('s', 't', ${author})`

/** From four less to this. */
const movedTo = (score: number, id = 9) =>
  ({
    tag: 'post.score',
    write: `UPDATE "post" SET "score" = ${score} WHERE "id" = ${id} AND "score" = ${score - 4}`,
  }) as const
const counted = (where: string) =>
  ({ reads: [[`SELECT COUNT(1) AS "n" FROM "post" "p" WHERE ${where}`, [{ n: 4 }]]] }) as const
const listed = (found: readonly Row[]) =>
  ({ reads: [[`SELECT ${columns} FROM "post" "p" WHERE "p"."score" > 3`, found]] }) as const
const ofTitle = (found: readonly Row[], where = '"p"."title" = \'a\'', limit = 2) =>
  ({
    reads: [
      [`SELECT ${columns} FROM "post" "p" WHERE ${where} ORDER BY "p"."score" DESC LIMIT ${limit}`, found],
    ],
  }) as const

const skipping = (found: readonly Row[], limit = 2, where = '') =>
  ({
    reads: [
      [`SELECT ${columns} FROM "post" "p"${where} ORDER BY "p"."score" DESC LIMIT ${limit} OFFSET 4`, found],
    ],
  }) as const

const countOf = 'SELECT COUNT(1) AS "n" FROM "post" "p"'
const ofAuthor = (...authors: readonly number[]) =>
  ({
    reads: [[`${countOf} WHERE "p"."authorId" IN (${authors.join(', ')})`, [{ n: 4 }]]],
    tag: 'post[authorid=*].authorid',
    write: 'DELETE FROM "post" WHERE "id" = 9',
  }) as const
const posts = (author: number) => `post[authorId]=${author}`

/** People by their age, of whom a post has a comment: the comment's is post 7. */
const commented = (where = '"c"."id" = 5', order = 'ASC') =>
  `SELECT "u"."id" AS "i", "u"."age" AS "a" FROM "person" "u" LEFT JOIN "post" "p" ON "p"."authorId" = "u"."id" LEFT JOIN "comment" "c" ON "c"."postId" = "p"."id" WHERE ${where} ORDER BY "u"."age" ${order} LIMIT 2`
const people = (...ages: readonly number[]): readonly Row[] => ages.map((a, at) => ({ i: at + 1, a }))
const ofComment = {
  reads: [[commented(), people(20, 30)]],
  tag: 'person.age',
  write: 'UPDATE "person" SET "age" = 25 WHERE "id" = 9',
  other: {
    reads: [
      ['SELECT "c"."id" AS "i", "c"."postId" AS "p" FROM "comment" "c" WHERE "c"."id" = 5', [{ i: 5, p: 7 }]],
    ],
  },
} as const
const asked = (where: string) => ({ ...ofComment, reads: [[commented(where), people(20, 30)]] }) as const
const lacking = ['post[id]=7 authorId=9']
const leaving = {
  ...ofComment,
  tag: 'post.authorid',
  write: 'UPDATE "post" SET "authorId" = 8 WHERE "id" = 7 AND "authorId" = 9',
} as const

const ofSlug = (order = 'ASC') =>
  `SELECT "l"."id" AS "i" FROM "label" "l" INNER JOIN "post_label" "pl" ON "pl"."labelId" = "l"."id" INNER JOIN "post" "q" ON "q"."id" = "pl"."postId" WHERE "q"."slug" = 'x' ORDER BY "l"."id" ${order} LIMIT 2`
const labels = (...ids: readonly number[]): readonly Row[] => ids.map((i) => ({ i }))
const arriving = {
  reads: [[ofSlug(), labels(20, 30)]],
  tag: 'post_label[]',
  write: 'INSERT INTO "post_label" ("postId", "labelId") VALUES (7, 8)',
  other: {
    reads: [
      [
        'SELECT "q"."id" AS "i", "q"."slug" AS "s" FROM "post" "q" WHERE "q"."slug" = \'x\'',
        [{ i: 7, s: 'x' }],
      ],
    ],
  },
} as const

/** Rows that others join with one. */
const joinedCases: readonly BesidesCase[] = [
  {
    about: 'a row that none of those is that are joined with the one',
    ...ofComment,
    lacking,
    outlives: true,
  },
  {
    about: 'a row that is not joined with the one',
    ...ofComment,
    lacking: ['post[authorId]=9 id=7'],
    outlives: true,
  },
  { about: 'not a row of which that is not known', ...ofComment, outlives: false },
  {
    about: 'not a row where that is known of others',
    ...ofComment,
    lacking: [
      'post[id]=8 authorId=9',
      'post[id]=7 authorId=8',
      'post[authorId]=8 id=7',
      'post[authorId]=9 id=8',
    ],
    outlives: false,
  },
  {
    about: 'several rows that are not joined',
    ...ofComment,
    write: 'UPDATE "person" SET "age" = 25 WHERE "id" IN (9, 10)',
    lacking: [...lacking, 'post[authorId]=10 id=7'],
    outlives: true,
  },
  {
    about: 'not several rows of which one may be joined',
    ...ofComment,
    write: 'UPDATE "person" SET "age" = 25 WHERE "id" IN (9, 10)',
    lacking,
    outlives: false,
  },
  {
    about: 'not a row that is named by another column',
    ...ofComment,
    write: 'UPDATE "person" SET "age" = 25 WHERE "email" = \'a\'',
    lacking,
    outlives: false,
  },
  {
    about: 'not a row where it is not known which one is meant',
    ...ofComment,
    other: { ...ofComment.other, isGone: true },
    lacking,
    outlives: false,
  },
  {
    about: 'a row that is not joined with one that is given',
    ...asked('"p"."id" = 7'),
    lacking,
    outlives: true,
  },
  {
    about: 'a row that is not joined with one that is given elsewhere',
    ...asked('"c"."postId" = 7'),
    lacking,
    outlives: true,
  },
  { about: 'not with one of several', ...asked('"p"."id" IN (7, 8)'), lacking, outlives: false },
  {
    about: 'not where another condition may hold',
    ...asked('"c"."id" = 5 OR "u"."age" > 3'),
    lacking,
    outlives: false,
  },
  { about: 'not where rows come without any', ...asked('"u"."email" LIKE \'a%\''), lacking, outlives: false },
  { about: 'not where it is not to be joined', ...asked('NOT("c"."id" = 5)'), lacking, outlives: false },
  {
    about: 'not with another of the same table, which may be what was changed',
    ...ofComment,
    reads: [
      [
        'SELECT "u"."id" AS "i", "u"."age" AS "a" FROM "person" "u" INNER JOIN "post" "p" ON "p"."authorId" = "u"."id" INNER JOIN "person" "r" ON "r"."id" = "p"."reviewerId" WHERE "r"."email" = \'a@x\' ORDER BY "u"."age" ASC LIMIT 2',
        people(20, 30),
      ],
    ],
    other: { reads: emailOf('a@x') },
    lacking: ['post[reviewerId]=7 authorId=9', 'post[authorId]=9 reviewerId=7'],
    outlives: false,
  },
  // Rows between that come or go.
  {
    about: 'not one that is as good as the last',
    ...arriving,
    numbers: { 'label 8 id': 30 },
    outlives: false,
  },
  { about: 'not one of which nobody knows', ...arriving, numbers: { 'label 9 id': 31 }, outlives: false },
  { about: 'one that comes to be joined', ...arriving, numbers: { 'label 8 id': 31 }, outlives: true },
  {
    about: 'not where one is joined no more, wherever it stands by now',
    ...leaving,
    numbers: { 'person 9 age': 31, 'person 8 age': 31 },
    outlives: false,
  },
  {
    about: 'not where one comes to be joined before the last one',
    ...arriving,
    numbers: { 'label 8 id': 29 },
    outlives: false,
  },
  {
    about: 'in descending order',
    ...arriving,
    reads: [[ofSlug('DESC'), labels(30, 20)]],
    numbers: { 'label 8 id': 19 },
    outlives: true,
  },
  {
    about: 'in descending order, not before the last one',
    ...arriving,
    reads: [[ofSlug('DESC'), labels(30, 20)]],
    numbers: { 'label 8 id': 31 },
    outlives: false,
  },
  {
    about: 'not behind the last of fewer than were asked for',
    ...arriving,
    reads: [[ofSlug(), labels(20)]],
    numbers: { 'label 8 id': 31 },
    outlives: false,
  },
  {
    about: 'behind the last one of a later page',
    ...arriving,
    reads: [[`${ofSlug()} OFFSET 2`, labels(20, 30)]],
    numbers: { 'label 8 id': 31 },
    outlives: true,
  },
]

export const besidesCases: readonly BesidesCase[] = [
  ...joinedCases,
  // The first rows of an order.
  { about: 'a row that comes after the last one', ...best, write: scored(49), outlives: true },
  { about: 'not one that comes before it', ...best, write: scored(51), outlives: false },
  { about: 'nor one beside it', ...best, write: scored(50), outlives: false },
  { about: 'nor one that is shown', ...best, write: scored(49, 2), outlives: false },
  { about: 'in ascending order', ...worst, write: scored(10), outlives: true },
  { about: 'in ascending order one before', ...worst, write: scored(8), outlives: false },
  {
    about: 'what a statement returns tells where the row comes',
    ...best,
    write: 'UPDATE "post" SET "score" = "score" + 1 WHERE "id" = 9 RETURNING "id", "score"',
    returned: [{ id: 9, score: 12 }],
    outlives: true,
  },
  {
    about: 'and nothing else does, where it is computed',
    ...best,
    write: 'UPDATE "post" SET "score" = "score" + 1 WHERE "id" = 9',
    outlives: false,
  },
  {
    about: 'a new row that comes after the last one',
    ...best,
    write: `INSERT INTO "post" ("slug", "title", "score") VALUES ('s', 't', 49)`,
    tag: 'post[]',
    outlives: true,
  },
  {
    about: 'not new rows one of which comes before it',
    ...best,
    write: `INSERT INTO "post" ("slug", "title", "score") VALUES ('s', 't', 49), ('r', 't', 51)`,
    tag: 'post[]',
    outlives: false,
  },
  {
    about: 'not where fewer rows are shown than were asked for',
    ...best,
    reads: [[bestSql, rows(90)]],
    write: scored(49),
    outlives: false,
  },
  // Pages after the first.
  {
    about: 'not one after the last, where rows are skipped: it may have come before the first',
    ...skipping(rows(90, 50)),
    tag: 'post.score',
    write: scored(49),
    outlives: false,
  },
  {
    about: 'where rows are skipped, a row that stays after the last one',
    ...skipping(rows(90, 50)),
    ...movedTo(49),
    outlives: true,
  },
  {
    about: 'where rows are skipped, not one that comes beside the last one',
    ...skipping(rows(90, 50)),
    ...movedTo(50),
    outlives: false,
  },
  {
    about: 'where rows are skipped, not one that goes after the last one',
    ...skipping(rows(90, 50)),
    tag: 'post.score',
    write: 'UPDATE "post" SET "score" = 40 WHERE "id" = 9 AND "score" = 95',
    outlives: false,
  },
  {
    about: 'where rows are skipped, one that stays before the first',
    ...skipping(rows(90, 50)),
    ...movedTo(95),
    outlives: true,
  },
  {
    about: 'where rows are skipped, not one that stays before the first, where its place chooses it as well',
    ...skipping(rows(90, 50), 2, ' WHERE "p"."score" <> 91'),
    ...movedTo(95),
    outlives: false,
  },
  {
    about: 'where rows are skipped, one that stays after the last, where its place chooses it as well',
    ...skipping(rows(90, 50), 2, ' WHERE "p"."score" <> 45'),
    ...movedTo(49),
    outlives: true,
  },
  {
    about: 'where rows are skipped, not one that stays after the last of fewer than were asked for',
    ...skipping(rows(90, 50), 3),
    ...movedTo(49),
    outlives: false,
  },
  {
    about: 'where rows are skipped, not where none is left',
    ...skipping([]),
    ...movedTo(49),
    outlives: false,
  },
  {
    about: 'where rows are skipped, not by another column than the first of the order',
    ...skipping(rows(90, 50)),
    tag: 'post.title',
    write: 'UPDATE "post" SET "title" = \'b\', "score" = 49 WHERE "id" = 9 AND "score" = 45',
    outlives: false,
  },
  {
    about: 'where rows are skipped, a new row after the last one',
    ...skipping(rows(90, 50)),
    tag: 'post[]',
    write: `INSERT INTO "post" ("slug", "title", "score") VALUES ('s', 't', 49)`,
    outlives: true,
  },
  {
    about: 'where rows are skipped, not a new row before the first one',
    ...skipping(rows(90, 50)),
    tag: 'post[]',
    write: `INSERT INTO "post" ("slug", "title", "score") VALUES ('s', 't', 95)`,
    outlives: false,
  },
  {
    about: 'where rows are skipped, not a new row after the last of fewer than were asked for',
    ...skipping(rows(90, 50), 3),
    tag: 'post[]',
    write: `INSERT INTO "post" ("slug", "title", "score") VALUES ('s', 't', 49)`,
    outlives: false,
  },
  {
    about: 'a page after the first that is read by its keys',
    ...page,
    reads: [[pageSql.replace('OFFSET 0', 'OFFSET 2'), page.reads[0][1]], page.reads[1]],
    ...movedTo(14),
    outlives: true,
  },
  {
    about: 'not one into which a row comes',
    ...page,
    reads: [[pageSql.replace('OFFSET 0', 'OFFSET 2'), page.reads[0][1]], page.reads[1]],
    ...movedTo(8),
    outlives: false,
  },
  {
    about: 'not where the last row shows nothing',
    ...best,
    reads: [[bestSql, rows(90, null)]],
    write: scored(49),
    outlives: false,
  },
  {
    about: 'not where more rows are shown than are named',
    ...best,
    reads: [
      [
        bestSql.replace('LIMIT 2', 'LIMIT 101'),
        Array.from({ length: 101 }, (_, at) => ({ i: at, s: 200 - at, t: 'a' })),
      ],
    ],
    write: scored(49, 999),
    outlives: false,
  },
  {
    about: 'a page that is read by its keys',
    ...page,
    write: scored(10),
    outlives: true,
  },
  {
    about: 'not a page into which a row comes',
    ...page,
    write: scored(8),
    outlives: false,
  },
  {
    about: 'not a list beside others that show all rows',
    ...best,
    reads: [...best.reads, [`SELECT ${columns} FROM "post" "p" WHERE "p"."score" > 3`, rows(90, 50)]],
    write: scored(49),
    outlives: false,
  },
  {
    about: 'a list that is cut off, behind one of the same rows',
    ...best,
    reads: [
      [`SELECT ${columns} FROM "post" "p" WHERE "p"."id" IN (7)`, [{ i: 7, s: 1, t: 'a' }]],
      ...best.reads,
    ],
    write: scored(49),
    outlives: true,
  },
  {
    about: 'a row that is joined in each row',
    reads: [[joined('INNER', '"p"."score"'), joinedRows]],
    tag: 'post.kind',
    write: 'UPDATE "post" SET "kind" = \'b\' WHERE "id" = 9 RETURNING "id", "score"',
    returned: [{ id: 9, score: 12 }],
    outlives: true,
  },
  {
    about: 'not by one that need not be there',
    reads: [[joined('LEFT', '"p"."score"'), joinedRows]],
    tag: 'post.score',
    write: 'UPDATE "post" SET "kind" = \'b\', "score" = 12 WHERE "id" = 9',
    outlives: false,
  },
  {
    about: 'not a row of another table than that of the order',
    reads: [[joined('INNER', '"c"."mark"'), joinedRows]],
    tag: 'post.kind',
    write: 'UPDATE "post" SET "kind" = \'b\' WHERE "id" = 9 RETURNING "id", "score"',
    returned: [{ id: 9, score: 1 }],
    outlives: false,
  },
  {
    about: 'not by a column of another table, however it is called',
    reads: [
      [joined('INNER', '"c"."id"').replace('DESC', 'ASC'), joinedRows],
      [joined('INNER', '"p"."score"'), joinedRows],
    ],
    tag: 'post.kind',
    write: 'UPDATE "post" SET "kind" = \'b\' WHERE "id" = 9 RETURNING "id", "score"',
    returned: [{ id: 9, score: 12 }],
    outlives: false,
  },
  {
    about: 'not a list beside others of too many rows',
    ...best,
    reads: [
      ...best.reads,
      [
        `SELECT ${columns} FROM "post" "p" WHERE "p"."title" = 'a'`,
        Array.from({ length: 101 }, (_, at) => ({ i: at + 10, s: 1, t: 'a' })),
      ],
    ],
    write: scored(49, 999),
    outlives: false,
  },
  // What a column is held against.
  { about: 'a row above a bound', ...counted('"p"."score" > 3'), ...movedTo(8), outlives: true },
  { about: 'not one that comes above it', ...counted('"p"."score" > 3'), ...movedTo(7), outlives: false },
  { about: 'a row below a bound', ...counted('"p"."score" > 8'), ...movedTo(8), outlives: true },
  { about: 'not one that comes to it', ...counted('"p"."score" >= 8'), ...movedTo(8), outlives: false },
  { about: 'a row below another bound', ...counted('"p"."score" < 9'), ...movedTo(8), outlives: true },
  { about: 'not one that leaves it', ...counted('"p"."score" < 8'), ...movedTo(8), outlives: false },
  { about: 'not one that is at it no more', ...counted('"p"."score" <= 7'), ...movedTo(8), outlives: false },
  { about: 'a row that is neither', ...counted('"p"."score" = 5'), ...movedTo(8), outlives: true },
  { about: 'not one that comes to be it', ...counted('"p"."score" = 8'), ...movedTo(8), outlives: false },
  { about: 'not one that was it', ...counted('"p"."score" <> 4'), ...movedTo(8), outlives: false },
  {
    about: 'a bound that is negative, and denied',
    ...counted('NOT("p"."score" > -3) OR "p"."title" = \'a\''),
    ...movedTo(8),
    outlives: true,
  },
  {
    about: 'not one between two bounds',
    ...counted('"p"."score" > 3 AND "p"."score" <= 7'),
    ...movedTo(8),
    outlives: false,
  },
  {
    about: 'not one that is computed with as well',
    ...counted('"p"."score" > 3 AND "p"."score" + 1 > 5'),
    ...movedTo(8),
    outlives: false,
  },
  {
    about: 'not one that is computed with behind it',
    ...counted('"p"."score" > 3 + "p"."authorId"'),
    ...movedTo(8),
    outlives: false,
  },
  {
    about: 'not one that is computed with in front of it',
    ...counted('"p"."authorId" + "p"."score" > 3'),
    ...movedTo(8),
    outlives: false,
  },
  {
    about: 'not the end of a range',
    ...counted('"p"."authorId" BETWEEN 1 AND "p"."score" > 3'),
    ...movedTo(8),
    outlives: false,
  },
  { about: 'not a text', ...counted('"p"."score" > \'3\''), ...movedTo(8), outlives: false },
  { about: 'not a column', ...counted('"p"."score" > "p"."authorId"'), ...movedTo(8), outlives: false },
  {
    about: 'not what is added up as well',
    reads: [['SELECT SUM("p"."score") AS "n" FROM "post" "p" WHERE "p"."score" > 3', [{ n: 4 }]]],
    ...movedTo(8),
    outlives: false,
  },
  {
    about: 'not what groups have',
    reads: [
      ['SELECT "p"."title" AS "t" FROM "post" "p" GROUP BY "p"."title" HAVING "p"."score" > 3', [{ t: 'a' }]],
    ],
    ...movedTo(8),
    outlives: false,
  },
  {
    about: 'a row that is not shown, of those that are',
    ...listed(rows(5, 9)),
    ...movedTo(3),
    outlives: true,
  },
  { about: 'not one that is shown', ...listed(rows(5, 9)), ...movedTo(13, 2), outlives: false },
  {
    about: 'not beside more rows than are told',
    ...listed(Array.from({ length: 101 }, (_, at) => ({ i: at, s: 9, t: 'a' }))),
    ...movedTo(8, 999),
    outlives: false,
  },
  // Rows that anything else keeps out.
  { about: 'a row that was after the last one', ...ofTitle(rows(90, 50)), ...movedTo(49), outlives: true },
  {
    about: 'not one that comes before the last one',
    ...ofTitle(rows(90, 50)),
    ...movedTo(51),
    outlives: false,
  },
  { about: 'a row that would have been shown', ...ofTitle(rows(90, 50)), ...movedTo(61), outlives: true },
  { about: 'not one that is shown and leaves', ...ofTitle(rows(90, 50)), ...movedTo(54, 2), outlives: false },
  {
    about: 'not one that was beside the last one',
    ...ofTitle(rows(90, 50)),
    ...movedTo(54),
    outlives: false,
  },
  {
    about: 'not where its place keeps it out as well',
    ...ofTitle(rows(90, 50), '"p"."score" <> 57'),
    ...movedTo(61),
    outlives: false,
  },
  { about: 'any that is not shown where all are', ...ofTitle(rows(90)), ...movedTo(54), outlives: true },
  {
    about: 'not where all are shown that have their place',
    ...ofTitle(rows(90), '"p"."score" <> 57'),
    ...movedTo(61),
    outlives: false,
  },
  {
    about: 'not where more are shown than are told, and all',
    ...ofTitle(
      Array.from({ length: 101 }, (_, at) => ({ i: at, s: 90, t: 'a' })),
      '"p"."title" = \'a\'',
      200,
    ),
    ...movedTo(54, 999),
    outlives: false,
  },
  // Sets that nobody has touched.
  {
    about: 'what is counted of a set that was not touched',
    ...ofAuthor(7),
    untouched: [posts(7)],
    outlives: true,
  },
  { about: 'not of another', ...ofAuthor(7), untouched: [posts(8)], outlives: false },
  {
    about: 'of several, none of which was',
    ...ofAuthor(7, 8),
    untouched: [posts(7), posts(8)],
    outlives: true,
  },
  {
    about: 'not of several, one of which may have been',
    ...ofAuthor(7, 8),
    untouched: [posts(7)],
    outlives: false,
  },
  {
    about: 'of one, behind what another row has',
    ...ofAuthor(7),
    reads: [
      [
        `${countOf} LEFT JOIN "person" "u" ON "u"."id" = "p"."reviewerId" WHERE "u"."email" = 'a@x' AND "p"."authorId" = 7`,
        [{ n: 4 }],
      ],
    ],
    untouched: [posts(7)],
    outlives: true,
  },
  {
    about: 'of one, behind the ends of a page',
    ...ofAuthor(7),
    reads: [
      [
        `SELECT ${columns} FROM "post" "p" WHERE "p"."authorId" = 7 ORDER BY "p"."score" LIMIT 2 OFFSET 2`,
        rows(5, 9),
      ],
    ],
    untouched: [posts(7)],
    outlives: true,
  },
  {
    about: 'not of rows in no set',
    ...ofAuthor(7),
    reads: [[countOf, [{ n: 4 }]]],
    tag: 'post-',
    untouched: [posts(7)],
    outlives: false,
  },
  {
    about: 'not of a text, several of which may be one',
    reads: [['SELECT COUNT(1) AS "n" FROM "person" "u" WHERE "u"."clubCode" = \'a\'', [{ n: 4 }]]],
    tag: 'person[clubcode=*].clubcode',
    write: 'DELETE FROM "person" WHERE "id" = 9',
    untouched: ['person[clubCode]=a'],
    outlives: false,
  },
  // Rows of another row.
  {
    about: 'of rows of which it is not told whose they are, if all of its own are untouched',
    ...written,
    write: 'DELETE FROM "post" WHERE "slug" = \'s\'',
    tag: 'post-',
    untouched: ['post[authorId]=7'],
    outlives: true,
  },
  {
    about: 'not if all of another are',
    ...written,
    write: 'DELETE FROM "post" WHERE "slug" = \'s\'',
    tag: 'post-',
    untouched: ['post[authorId]=8'],
    outlives: false,
  },
  { about: 'a row of another that comes', ...written, write: insert(8), outlives: true },
  { about: 'not one of its own', ...written, write: insert(7), outlives: false },
  {
    about: 'not one of which nobody knows whose it is',
    ...written,
    write: 'UPDATE "post" SET "authorId" = 8 WHERE "id" = 3',
    tag: 'post.authorid',
    outlives: false,
  },
  {
    about: 'a row that goes from another to another',
    ...written,
    write: 'UPDATE "post" SET "authorId" = 8 WHERE "authorId" = 9',
    tag: 'post.authorid',
    outlives: true,
  },
  {
    about: 'not a row that leaves for another',
    ...written,
    write: 'UPDATE "post" SET "authorId" = 8 WHERE "authorId" = 7',
    tag: 'post.authorid',
    outlives: false,
  },
  {
    about: 'not a row that comes from another',
    ...written,
    write: 'UPDATE "post" SET "authorId" = 7 WHERE "authorId" = 8',
    tag: 'post.authorid',
    outlives: false,
  },
  {
    about: 'not where nobody knows which row is meant',
    ...written,
    other: { reads: emailOf('b@x') },
    write: insert(8),
    outlives: false,
  },
  {
    about: 'not of a text that is spelt otherwise',
    ...written,
    other: { reads: emailOf('A@x') },
    write: insert(8),
    outlives: false,
  },
  {
    about: 'not where the other answer has fallen',
    ...written,
    other: { ...written.other, isGone: true },
    write: insert(8),
    outlives: false,
  },
  {
    about: 'not where somebody else has seen it',
    ...written,
    other: { ...written.other, scope: 'b' },
    write: insert(8),
    outlives: false,
  },
  {
    about: 'not while the row is written that tells whose it is',
    ...written,
    write: insert(8),
    underWay: 'person',
    outlives: false,
  },
  { about: 'while another table is written', ...written, write: insert(8), underWay: 'post', outlives: true },
  {
    about: 'a row of another, of which an answer tells beside rows of other tables',
    reads: [[referring, [{ n: 4 }]]],
    tag: 'post.authorid',
    other: {
      reads: [
        ['SELECT "p"."id" AS "i" FROM "post" "p" WHERE "p"."id" = 5', [{ i: 5 }]],
        [
          'SELECT "c"."id" AS "i", "c"."postId" AS "p" FROM "comment" "c" WHERE "c"."id" = 5',
          [{ i: 5, p: 7 }],
        ],
      ],
    },
    write: 'UPDATE "post" SET "authorId" = 8 WHERE "authorId" = 9',
    outlives: true,
  },
  {
    about: 'not by a column that is not unique',
    ...written,
    reads: [[labelled.replace('"u"."email"', '"u"."nick_name"'), [{ n: 4 }]]],
    write: insert(8),
    outlives: false,
  },
  {
    about: 'not by one of several values',
    ...written,
    reads: [[labelled.replace("= 'a@x'", "IN ('a@x', 'c@x')"), [{ n: 4 }]]],
    write: insert(8),
    outlives: false,
  },
]

/** How the judgement of a case differs from what it should be. */
export function differingBesides(variantOf: VariantOf, api?: Api): string | undefined {
  for (const one of besidesCases) {
    const found = judgement(variantOf, one, api)
    if (found !== one.outlives) return `${one.about}: expected ${one.outlives}, but found ${found}`
  }
  return undefined
}

export function judgement(
  variantOf: VariantOf,
  { reads, write, returned, tag, other, underWay, untouched, lacking: lacks, numbers }: BesidesCase,
  api?: Api,
): boolean | string {
  const variant = variantOf('besides', { isEnforced: true, uniqueAsIn: 'postgresql' }, api)
  const keptOf = (statements: readonly Statement[]) =>
    variant.kept(
      statements.map(([sql, records]) => ({ sql, parameters: [], result: { records, raw: records } })),
    )
  const kept = keptOf(reads)
  const told = other && keptOf(other.reads)
  if (told !== undefined)
    variant.judge.note(
      { scope: other!.scope ?? 'a', key: 'other' },
      ['person', 'comment', 'post'],
      told.rows,
      shownIn,
    )
  const sent = [
    {
      sql: write,
      parameters: [],
      result: returned === undefined ? { affectedRows: 1 } : [returned, returned.length],
    },
  ]
  const bumped = variant.writeTags(sent)
  if (bumped === 'all' || !bumped.has(tag) || !kept.tags.has(tag)) return `${tag} is not both's`
  const others: OtherAnswers = {
    find: (key) => (key === 'other' && other?.isGone !== true ? told?.rows : undefined),
    mayBeWritten: (table) => table === underWay,
    isUntouched: (table, key, values) =>
      untouched?.includes(`${table}[${key.join()}]=${values.join()}`) === true,
    lacks: ({ table, key, values }, [column, value]) =>
      lacks?.includes(`${table}[${key.join()}]=${values.join()} ${column}=${value}`) === true,
    knownValue(table, row, column) {
      const number = numbers?.[`${table} ${row.join()} ${column}`]
      return number === undefined ? undefined : BigInt(number)
    },
  }
  const some = variant.conditionsOf(sent)?.get(tag)
  return (
    some?.changes.every(
      ({ tell, ...change }) =>
        tell !== undefined &&
        variant.judge.isBesides(kept.rows, { ...change, told: tell(), tag, table: some.table }, others, 'a'),
    ) === true
  )
}
