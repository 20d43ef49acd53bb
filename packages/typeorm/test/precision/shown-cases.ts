import type { Api } from './api.js'
import { meets } from './hunt.js'
import type { VariantOf } from './recorded.js'
import { stops } from './stops.js'

type Row = Readonly<Record<string, unknown>>

/**
 * A rule, the statements that made an answer and what they gave, what is written afterwards, and whether the answer falls, outlives it
 * although one of its tags was bumped, or has none that was.
 */
type ShownCase = readonly [
  rule: string,
  reads: readonly (readonly [sql: string, rows: readonly Row[]])[],
  write: string,
  expected: 'falls' | 'outlives' | 'not met',
]

const ofAuthor = 'SELECT "p"."id" AS "i", "p"."score" AS "s" FROM "post" "p" WHERE "p"."authorId" = 1'
const byKeys = 'SELECT "p"."id" AS "i", "p"."score" AS "s" FROM "post" "p" WHERE "p"."id" IN (1, 2)'
const titles = 'SELECT "p"."id" AS "i", "p"."title" AS "t" FROM "post" "p" WHERE "p"."authorId" = 1'
const low = 'UPDATE "post" SET "score" = 0 WHERE "score" < 3'
const comments = 'SELECT "c"."id" AS "i" FROM "comment" "c" WHERE "c"."text" = \'a\''
const marks = 'SELECT "c"."id" AS "i", "c"."mark" AS "m" FROM "comment" "c" WHERE "c"."text" = \'a\''
const markedRows = [
  { i: 1, m: 5 },
  { i: 2, m: 6 },
] as const
const postsOfComments =
  'SELECT "p"."id" AS "p" FROM "comment" "c" INNER JOIN "post" "p" ON "p"."id" = "c"."postId" WHERE "c"."id" IN (1, 2)'
const clubNamed =
  'SELECT "k"."code" AS "i", "k"."title" AS "t" FROM "club" "k" WHERE "k"."code" = \'YES\' AND "k"."title" = \'b\''
const commentsWithPost = `SELECT "c"."id" AS "i", "c"."postId" AS "p" FROM "comment" "c" WHERE "c"."id" IN (1, 2)`
const postsWithAuthor = `SELECT "p"."id" AS "i", "p"."authorId" AS "a" FROM "post" "p" WHERE "p"."score" > 3`
const withPosts = `SELECT "c"."id" AS "i", "p"."id" AS "p" FROM "comment" "c" LEFT JOIN "post" "p" ON "p"."id" = "c"."postId" WHERE "c"."text" = 'a'`
const withReviewers = `SELECT "p"."id" AS "i", "p"."reviewerId" AS "r", "u"."age" AS "g" FROM "post" "p" LEFT JOIN "person" "u" ON "u"."id" = "p"."reviewerId" WHERE "p"."authorId" = 1`
const withComments = `SELECT "p"."id" AS "i", "p"."score" AS "s", "c"."mark" AS "m" FROM "post" "p" LEFT JOIN "comment" "c" ON "c"."id" = "p"."score" AND "c"."text" = 'x' WHERE "p"."authorId" = 1`

const shownCases: readonly ShownCase[] = [
  ['a row that a bound leaves out', [[ofAuthor, [{ i: 1, s: 5 }]]], low, 'outlives'],
  ['NULL meets nothing', [[ofAuthor, [{ i: 1, s: null }]]], low, 'outlives'],
  [
    'one of several may be met',
    [
      [
        ofAuthor,
        [
          { i: 1, s: 5 },
          { i: 2, s: 1 },
        ],
      ],
    ],
    low,
    'falls',
  ],
  [
    'one of another statement may be met',
    [
      [ofAuthor, [{ i: 1, s: 5 }]],
      [ofAuthor, [{ i: 2, s: 1 }]],
    ],
    low,
    'falls',
  ],
  [
    'all that were asked for are shown',
    [
      [
        byKeys,
        [
          { i: 1, s: 5 },
          { i: 2, s: 6 },
        ],
      ],
    ],
    low,
    'outlives',
  ],
  ['one that was asked for is not shown', [[byKeys, [{ i: 1, s: 5 }]]], low, 'falls'],
  [
    'one that is shown twice does not count for another',
    [
      [
        byKeys,
        [
          { i: 1, s: 5 },
          { i: 1, s: 5 },
        ],
      ],
    ],
    low,
    'falls',
  ],
  [
    'a column that does not matter',
    [[titles, [{ i: 1, t: 'a' }]]],
    'UPDATE "post" SET "kind" = \'z\' WHERE "score" < 3',
    'outlives',
  ],
  [
    'a value that is not shown',
    [[titles, [{ i: 1, t: 'a' }]]],
    'UPDATE "post" SET "title" = \'z\' WHERE "score" < 3',
    'falls',
  ],
  [
    'a text that is too long to be kept',
    [[titles, [{ i: 1, t: 'a'.repeat(65) }]]],
    'UPDATE "post" SET "title" = \'z\' WHERE "title" = \'y\'',
    'falls',
  ],
  [
    'a text that is another',
    [[titles, [{ i: 1, t: 'a' }]]],
    'UPDATE "post" SET "title" = \'z\' WHERE "title" = \'y\'',
    'outlives',
  ],
  [
    'a count of a set names no row',
    [['SELECT COUNT(1) AS "n" FROM "post" "p" WHERE "p"."authorId" = 1', [{ n: 2 }]]],
    'UPDATE "post" SET "title" = \'z\' WHERE "score" < 3',
    'outlives',
  ],
  [
    'a count of a row names it',
    [['SELECT COUNT(1) AS "n" FROM "comment" "p" WHERE "p"."id" = 1', [{ n: 1 }]]],
    'DELETE FROM "comment" WHERE "mark" < 3',
    'falls',
  ],
  // Rows that are asked for by their keys, and not shown.
  [
    'of a row that is gone, another statement may show what it had',
    [
      [marks, markedRows],
      [postsOfComments, [{ p: 3 }]],
    ],
    'DELETE FROM "comment" WHERE "mark" < 3',
    'outlives',
  ],
  [
    'or that it may be it',
    [
      [marks, [markedRows[0], { i: 2, m: 1 }]],
      [postsOfComments, [{ p: 3 }]],
    ],
    'DELETE FROM "comment" WHERE "mark" < 3',
    'falls',
  ],
  [
    'or nothing of one of them',
    [
      [marks, [markedRows[0]]],
      [postsOfComments, [{ p: 3 }]],
    ],
    'DELETE FROM "comment" WHERE "mark" < 3',
    'falls',
  ],
  [
    'of a row that is given values each statement tells for itself, by its key alone',
    [
      [marks, markedRows],
      [postsOfComments, [{ p: 3 }]],
    ],
    'UPDATE "comment" SET "postId" = 4 WHERE "mark" < 3',
    'falls',
  ],
  [
    'a row of another key',
    [[postsOfComments, [{ p: 3 }]]],
    'DELETE FROM "comment" WHERE "id" > 5',
    'outlives',
  ],
  [
    'not one that is told by a text, of which several are one',
    [[clubNamed, []]],
    'UPDATE "club" SET "title" = \'c\' WHERE "title" = \'a\'',
    'falls',
  ],
  [
    'nor one that another statement seems to show',
    [
      [
        'SELECT "k"."code" AS "i", "k"."title" AS "t" FROM "club" "k" WHERE "k"."title" = \'b\'',
        [{ i: 'ies', t: 'b' }],
      ],
      [clubNamed, []],
    ],
    'DELETE FROM "club" WHERE "title" = \'a\'',
    'falls',
  ],
  // Rows that go along with others.
  [
    'what leads to a row shows a column of the row it is led from',
    [[withPosts, [{ i: 1, p: 3 }]]],
    'DELETE FROM "post" WHERE "id" = 9',
    'outlives',
  ],
  ['the row that went along', [[withPosts, [{ i: 1, p: 9 }]]], 'DELETE FROM "post" WHERE "id" = 9', 'falls'],
  [
    'without a row to lead to nothing is known of the column',
    [[withPosts, [{ i: 1, p: null }]]],
    'DELETE FROM "post" WHERE "id" = 9',
    'falls',
  ],
  [
    'of a row that is gone, another statement may show the column',
    [
      [comments, [{ i: 1 }, { i: 2 }]],
      [
        commentsWithPost,
        [
          { i: 1, p: 3 },
          { i: 2, p: 4 },
        ],
      ],
    ],
    'DELETE FROM "post" WHERE "id" = 9',
    'outlives',
  ],
  [
    'of another row it says nothing',
    [
      [comments, [{ i: 3 }]],
      [
        commentsWithPost,
        [
          { i: 1, p: 3 },
          { i: 2, p: 4 },
        ],
      ],
    ],
    'DELETE FROM "post" WHERE "id" = 9',
    'falls',
  ],
  [
    'of a row that is given values each statement tells for itself',
    [
      [marks, [{ i: 1, m: 1 }]],
      [marks, [{ i: 1, m: 9 }]],
    ],
    'UPDATE "comment" SET "mark" = 0 WHERE "mark" < 3',
    'falls',
  ],
  // Rows that go along with those that do.
  [
    'a row whose parent is shown, and is of another',
    [
      [
        commentsWithPost,
        [
          { i: 1, p: 3 },
          { i: 2, p: 3 },
        ],
      ],
      [postsWithAuthor, [{ i: 3, a: 4 }]],
    ],
    'DELETE FROM "person" WHERE "id" = 9',
    'outlives',
  ],
  [
    'a row whose parent goes along',
    [
      [
        commentsWithPost,
        [
          { i: 1, p: 3 },
          { i: 2, p: 3 },
        ],
      ],
      [postsWithAuthor, [{ i: 3, a: 9 }]],
    ],
    'DELETE FROM "person" WHERE "id" = 9',
    'falls',
  ],
  [
    'one of two rows whose parent is not shown',
    [
      [
        commentsWithPost,
        [
          { i: 1, p: 3 },
          { i: 2, p: 5 },
        ],
      ],
      [postsWithAuthor, [{ i: 3, a: 4 }]],
    ],
    'DELETE FROM "person" WHERE "id" = 9',
    'falls',
  ],
  [
    'a row whose parent does not show whose it is',
    [
      [
        commentsWithPost,
        [
          { i: 1, p: 3 },
          { i: 2, p: 3 },
        ],
      ],
      [titles.replace(' = 1', ' > 1'), [{ i: 3, t: 'a' }]],
    ],
    'DELETE FROM "person" WHERE "id" = 9',
    'falls',
  ],
  [
    'a row of another table has no parent in common',
    [
      [
        commentsWithPost,
        [
          { i: 1, p: 3 },
          { i: 2, p: 3 },
        ],
      ],
      [
        'SELECT "m"."id" AS "i", "m"."text" AS "t" FROM "label" "m" WHERE "m"."text" = \'a\'',
        [{ i: 3, t: 'a' }],
      ],
    ],
    'DELETE FROM "person" WHERE "id" = 9',
    'falls',
  ],
  // Rows that another leads to.
  [
    'a row is known by what leads to it',
    [[withReviewers, [{ i: 1, r: 3, g: 40 }]]],
    'UPDATE "person" SET "age" = 0 WHERE "id" > 5',
    'outlives',
  ],
  [
    'one that is led to and was not joined has other values than NULL',
    [[withComments, [{ i: 1, s: 7, m: null }]]],
    'DELETE FROM "comment" WHERE "mark" < 3',
    'falls',
  ],
]

/** How the answer to a case differs from what it should be. */
export function differingShown(variantOf: VariantOf, api?: Api): string | undefined {
  const variant = variantOf('shown', { isEnforced: true }, api)
  for (const [rule, reads, write, expected] of shownCases) {
    const kept = variant.kept(
      reads.map(([sql, records]) => ({ sql, parameters: [], result: { records, raw: records } })),
    )
    const sent = [{ sql: write, parameters: [], result: { raw: [], affected: 1 } }]
    const bumped = variant.writeTags(sent)
    const isStopped = stops(variant, kept, bumped, variant.conditionsOf(sent))
    const found = isStopped ? 'falls' : meets(kept.tags, bumped) ? 'outlives' : 'not met'
    if (found !== expected)
      return `${rule}: expected that it ${expected}, but it ${found}; ${[...kept.tags].join(' ')} | ${bumped === 'all' ? bumped : [...bumped].join(' ')}`
  }
  return undefined
}
