/** Another answer: of a read by these arguments, in a scope. */
interface Other {
  readonly model: string
  readonly operation: string
  readonly args: unknown
  readonly result: unknown
  readonly scope?: string
  /** It is not to be served any more. */
  readonly isGone?: true
}

/** Whether an answer outlives what a statement does to a tag of its, which stands for more than the rows that it names. */
export interface BesidesCase {
  readonly about: string
  readonly model: string
  readonly operation: string
  readonly args: unknown
  readonly result: unknown
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly returned?: readonly unknown[]
  readonly tag: string
  readonly other?: Other
  /** What the changed rows had and have in columns, as was seen elsewhere. */
  readonly moved?: Readonly<Record<string, readonly (readonly [before: number, after: number])[]>>
  /** The sets that no change has touched since they were seen: `post[author_id]=7`. */
  readonly untouched?: readonly string[]
  /** What no row of a set has, nor had: `_posttotag[A]=9 B=3`. */
  readonly lacking?: readonly string[]
  /** What rows have by now: `post 9 views`. */
  readonly numbers?: Readonly<Record<string, number>>
  /** The database holds no foreign keys. */
  readonly isPlain?: true
  /** A table that is being written. */
  readonly underWay?: string
  readonly outlives: boolean
}

const views = 'UPDATE "Post" SET "views" = $1 WHERE "id" = $2'
const post = (id: number, amount: number | null) => ({
  id,
  slug: 's',
  title: 't',
  views: amount,
  authorId: 1,
})
const most = {
  model: 'Post',
  operation: 'findMany',
  args: { orderBy: [{ views: 'desc' }, { id: 'asc' }], take: 2 },
  result: [post(1, 90), post(2, 50)],
  sql: views,
  tag: 'post.views',
} as const
const fewest = { ...most, args: { orderBy: { views: 'asc' }, take: 2 }, result: [post(2, 5), post(1, 9)] }
const first = {
  ...most,
  operation: 'findFirst',
  args: { orderBy: { views: 'desc' } },
  result: post(1, 90),
}

const popular = {
  model: 'Post',
  operation: 'count',
  args: { where: { views: { gt: 10 } } },
  result: 4,
  sql: 'UPDATE "Post" SET "views" = ("Post"."views" + $1) WHERE "id" = $2 RETURNING "id", "views"',
  parameters: [3, 9],
  tag: 'post.views',
} as const
const popularShown = {
  ...popular,
  operation: 'findMany',
  result: [post(1, 90), post(2, 50)],
  returned: [[9, 17]],
} as const
const page = {
  ...most,
  args: { orderBy: { views: 'asc' }, skip: 10, take: 2 },
  result: [post(1, 20), post(2, 30)],
  parameters: [25, 9],
} as const

const byAuthor = {
  model: 'Post',
  operation: 'count',
  args: { where: { authorId: 7 } },
  result: 2,
  sql: 'DELETE FROM "Post" WHERE "id" = $1',
  parameters: [9],
  tag: 'post[author_id=*].author_id',
} as const
const counted = {
  ...byAuthor,
  tag: 'post-',
  model: 'Person',
  operation: 'findMany',
  args: { where: { name: 'x' }, include: { _count: { select: { posts: true } } } },
  result: [
    { id: 7, email: 'a', name: 'x', _count: { posts: 2 } },
    { id: 8, email: 'b', name: 'x', _count: { posts: 2 } },
  ],
} as const

const tagged = {
  model: 'Post',
  operation: 'count',
  args: { where: { tags: { some: { label: 'a' } } } },
  result: 4,
  other: {
    model: 'Tag',
    operation: 'findUnique',
    args: { where: { label: 'a' } },
    result: { id: 3, label: 'a' },
  },
} as const
const untag = {
  sql: 'DELETE FROM "_PostToTag" WHERE ("A" = $1 AND "B" IN ($2))',
  tag: '_posttotag-',
} as const
const tag = {
  sql: 'INSERT INTO "_PostToTag" ("A", "B") VALUES ($1, $2) ON CONFLICT DO NOTHING',
  tag: '_posttotag[]',
} as const
const written = {
  model: 'Post',
  operation: 'count',
  args: { where: { author: { email: 'a@x' } } },
  result: 4,
  sql: 'INSERT INTO "Post" ("slug", "title", "author_id") VALUES ($1, $2, $3)',
  tag: 'post[]',
  other: {
    model: 'Person',
    operation: 'findMany',
    args: { where: { email: { in: ['a@x', 'b@x'] } } },
    result: [
      { id: 8, email: 'b@x' },
      { id: 7, email: 'a@x' },
    ],
  },
} as const

const ofTag = {
  ...tagged,
  operation: 'findMany',
  args: { where: { tags: { some: { label: 'a' } } }, orderBy: { views: 'asc' }, take: 2 },
  result: [post(1, 20), post(2, 30)],
  sql: views,
  parameters: [25, 9],
  tag: 'post.views',
} as const
const ofTagWhere = (where: unknown) => ({ ...ofTag, args: { ...ofTag.args, where } })
const ofTagFirst = {
  ...ofTag,
  args: { ...ofTag.args, orderBy: { views: 'desc' } },
  result: [post(1, 30), post(2, 20)],
}
const lacking = ['_posttotag[A]=9 B=3']
const coming = { ...ofTag, ...tag, parameters: [17, 3] } as const

/** Rows that are joined with one by a table between. */
const joinedCases: readonly BesidesCase[] = [
  {
    about: 'rows between of which it is not told where they lead, if all that lead to the one are untouched',
    ...tagged,
    ...untag,
    sql: 'DELETE FROM "_PostToTag" WHERE "A" = $1',
    parameters: [17],
    untouched: ['_posttotag[B]=3'],
    outlives: true,
  },
  {
    about: 'not where all that lead to another are',
    ...tagged,
    ...untag,
    sql: 'DELETE FROM "_PostToTag" WHERE "A" = $1',
    parameters: [17],
    untouched: ['_posttotag[B]=4'],
    outlives: false,
  },
  { about: 'a row that is not joined with the one', ...ofTag, lacking, outlives: true },
  {
    about: 'a row that none of those is that are joined with the one',
    ...ofTag,
    lacking: ['_posttotag[B]=3 A=9'],
    outlives: true,
  },
  { about: 'not a row of which that is not known', ...ofTag, outlives: false },
  {
    about: 'not a row where that is known of others',
    ...ofTag,
    lacking: ['_posttotag[A]=8 B=3', '_posttotag[A]=9 B=4', '_posttotag[B]=4 A=9', '_posttotag[B]=3 A=8'],
    outlives: false,
  },
  {
    about: 'not a row where it is not known which one is meant',
    ...ofTag,
    other: { ...tagged.other, isGone: true },
    lacking,
    outlives: false,
  },
  {
    about: 'several rows that are not joined',
    ...ofTag,
    sql: 'UPDATE "Post" SET "views" = $1 WHERE "id" IN ($2, $3)',
    parameters: [25, 9, 10],
    lacking: [...lacking, '_posttotag[B]=3 A=10'],
    outlives: true,
  },
  {
    about: 'not several rows of which one may be joined',
    ...ofTag,
    sql: 'UPDATE "Post" SET "views" = $1 WHERE "id" IN ($2, $3)',
    parameters: [25, 9, 10],
    lacking,
    outlives: false,
  },
  {
    about: 'not a row that is named by another column',
    ...ofTag,
    sql: 'UPDATE "Post" SET "views" = $1 WHERE "author_id" = $2',
    lacking,
    outlives: false,
  },
  {
    about: 'a row that is not joined with one of a key',
    ...ofTagWhere({ tags: { some: { id: 3 } } }),
    lacking,
    outlives: true,
  },
  {
    about: 'not a row where it may be joined with several',
    ...ofTagWhere({ tags: { some: { id: { in: [3, 4] } } } }),
    lacking,
    outlives: false,
  },
  {
    about: 'a row that is not joined, beside what else is asked',
    ...ofTagWhere({ AND: [{ title: 't' }, { tags: { some: { label: 'a' } } }] }),
    lacking,
    outlives: true,
  },
  {
    about: 'not a row where another condition may hold',
    ...ofTagWhere({ OR: [{ title: 't' }, { tags: { some: { label: 'a' } } }] }),
    lacking,
    outlives: false,
  },
  {
    about: 'not a row where none is to be joined',
    ...ofTagWhere({ tags: { none: { label: 'a' } } }),
    lacking,
    outlives: false,
  },
  {
    about: 'not a row where all are to be joined',
    ...ofTagWhere({ tags: { every: { label: 'a' } } }),
    lacking,
    outlives: false,
  },
  {
    about: 'not a row where it is not to be joined',
    ...ofTagWhere({ NOT: { tags: { some: { label: 'a' } } } }),
    lacking,
    outlives: false,
  },
  {
    about: 'not a row where a row between may lead to nothing',
    ...ofTag,
    isPlain: true,
    lacking,
    outlives: false,
  },
  {
    about: 'not a row where nothing tells which end is which',
    ...most,
    model: 'Person',
    args: { where: { friends: { some: { email: 'a@x' } } }, orderBy: { age: 'asc' }, take: 1 },
    result: [{ id: 1, email: 'b', name: 'x', age: 3 }],
    other: { model: 'Person', operation: 'findMany', args: {}, result: [{ id: 3, email: 'a@x' }] },
    sql: 'UPDATE "people" SET "age" = $1 WHERE "id" = $2',
    parameters: [2, 9],
    tag: 'people.age',
    lacking: ['_friends[A]=9 B=3', '_friends[B]=9 A=3', '_friends[A]=3 B=9', '_friends[B]=3 A=9'],
    outlives: false,
  },
  {
    about: 'a count where a row goes that is not joined',
    ...tagged,
    sql: 'DELETE FROM "Post" WHERE "id" = $1',
    parameters: [9],
    tag: 'post-',
    lacking,
    outlives: true,
  },
  {
    about: 'one that comes to be joined behind the last one',
    ...coming,
    numbers: { 'post 17 views': 31 },
    outlives: true,
  },
  {
    about: 'not one that is joined no more, wherever it stands by now',
    ...ofTag,
    ...untag,
    parameters: [17, 3],
    numbers: { 'post 17 views': 31 },
    outlives: false,
  },
  {
    about: 'not one that is as good as the last',
    ...coming,
    numbers: { 'post 17 views': 30 },
    outlives: false,
  },
  { about: 'not one of which nobody knows', ...coming, numbers: { 'post 18 views': 31 }, outlives: false },
  {
    about: 'the other way round',
    ...ofTagFirst,
    ...tag,
    parameters: [17, 3],
    numbers: { 'post 17 views': 19 },
    outlives: true,
  },
  {
    about: 'not the other way round, before the last one',
    ...ofTagFirst,
    ...tag,
    parameters: [17, 3],
    numbers: { 'post 17 views': 31 },
    outlives: false,
  },
  {
    about: 'not behind the last of fewer than were asked for',
    ...coming,
    args: { ...ofTag.args, take: 3 },
    numbers: { 'post 17 views': 31 },
    outlives: false,
  },
  {
    about: 'not where all are shown',
    ...coming,
    args: { where: ofTag.args.where, orderBy: ofTag.args.orderBy },
    numbers: { 'post 17 views': 31 },
    outlives: false,
  },
  {
    about: 'not of what is counted',
    ...tagged,
    ...tag,
    parameters: [17, 3],
    numbers: { 'post 17 views': 31 },
    outlives: false,
  },
  {
    about: 'not behind the last one by another of two conditions',
    ...ofTagWhere({ AND: [{ tags: { some: { label: 'a' } } }, { tags: { some: { label: 'b' } } }] }),
    ...tag,
    parameters: [17, 4],
    numbers: { 'post 17 views': 10 },
    outlives: false,
  },
]

export const besidesCases: readonly BesidesCase[] = [
  ...joinedCases,
  { about: 'a row that comes after the last one', ...most, parameters: [49, 9], outlives: true },
  { about: 'not one that comes before it', ...most, parameters: [51, 9], outlives: false },
  { about: 'nor one beside it', ...most, parameters: [50, 9], outlives: false },
  { about: 'nor one that is shown', ...most, parameters: [49, 2], outlives: false },
  { about: 'in ascending order', ...fewest, parameters: [10, 9], outlives: true },
  { about: 'in ascending order one before', ...fewest, parameters: [8, 9], outlives: false },
  {
    about: 'in an order that says where nothing stands',
    ...most,
    args: { orderBy: { views: { sort: 'desc', nulls: 'last' } }, take: 2 },
    parameters: [49, 9],
    outlives: true,
  },
  {
    about: 'what a statement returns tells where the row comes',
    ...most,
    sql: 'UPDATE "Post" SET "views" = ("Post"."views" + $1) WHERE "id" = $2 RETURNING "id", "views"',
    parameters: [1, 9],
    returned: [[9, 12]],
    outlives: true,
  },
  {
    about: 'and nothing else does, where it is computed',
    ...most,
    sql: 'UPDATE "Post" SET "views" = ("Post"."views" + $1) WHERE "id" = $2',
    parameters: [1, 9],
    outlives: false,
  },
  {
    about: 'a column that it does not order by',
    ...most,
    args: { where: { published: true }, orderBy: { views: 'desc' }, take: 2 },
    sql: 'UPDATE "Post" SET "published" = $1 WHERE "id" = $2 RETURNING "id", "views"',
    tag: 'post.published',
    parameters: [true, 9],
    returned: [[9, 12]],
    outlives: true,
  },
  {
    about: 'a column that it does not order by, of a row that comes before',
    ...most,
    args: { where: { published: true }, orderBy: { views: 'desc' }, take: 2 },
    sql: 'UPDATE "Post" SET "published" = $1 WHERE "id" = $2 RETURNING "id", "views"',
    tag: 'post.published',
    parameters: [true, 9],
    returned: [[9, 72]],
    outlives: false,
  },
  {
    about: 'a new row that comes after the last one',
    ...most,
    sql: 'INSERT INTO "Post" ("slug", "title", "author_id", "views") VALUES ($1, $2, $3, $4)',
    tag: 'post[]',
    parameters: ['s', 't', 1, 49],
    outlives: true,
  },
  {
    about: 'not new rows one of which comes before it',
    ...most,
    sql: 'INSERT INTO "Post" ("slug", "title", "author_id", "views") VALUES ($1, $2, $3, $4), ($1, $2, $3, $5)',
    tag: 'post[]',
    parameters: ['s', 't', 1, 49, 51],
    outlives: false,
  },
  {
    about: 'not where fewer rows are shown than were asked for',
    ...most,
    args: { ...most.args, take: 3 },
    parameters: [49, 9],
    outlives: false,
  },
  {
    about: 'not where the last rows are asked for',
    ...most,
    args: { ...most.args, take: -2 },
    parameters: [49, 9],
    outlives: false,
  },
  {
    about: 'not where all are asked for',
    ...most,
    args: { orderBy: most.args.orderBy },
    parameters: [49, 9],
    outlives: false,
  },
  {
    about: 'not where rows are skipped',
    ...most,
    args: { ...most.args, skip: 1 },
    parameters: [49, 9],
    outlives: false,
  },
  {
    about: 'not where the last row shows nothing',
    ...most,
    result: [post(1, 90), post(2, null)],
    parameters: [49, 9],
    outlives: false,
  },
  {
    about: 'not in an order by a text',
    ...most,
    args: { orderBy: [{ title: 'desc' }, { views: 'desc' }], take: 2 },
    parameters: [49, 9],
    outlives: false,
  },
  {
    about: 'not in an order by a text that could be a number',
    ...most,
    args: { orderBy: { title: 'desc' }, take: 2 },
    result: [
      { ...post(1, 1), title: '90' },
      { ...post(2, 1), title: '50' },
    ],
    sql: 'UPDATE "Post" SET "title" = $1 WHERE "id" = $2',
    tag: 'post.title',
    parameters: ['6', 9],
    outlives: false,
  },
  { about: 'the first row of an order', ...first, parameters: [89, 9], outlives: true },
  { about: 'not one before the first', ...first, parameters: [91, 9], outlives: false },
  {
    about: 'a row that may be the first of none',
    ...first,
    result: null,
    parameters: [89, 9],
    outlives: false,
  },
  {
    about: 'a row of another that leaves',
    ...tagged,
    ...untag,
    parameters: [17, 4],
    outlives: true,
  },
  { about: 'not one of its own that leaves', ...tagged, ...untag, parameters: [17, 3], outlives: false },
  { about: 'a row of another that comes', ...tagged, ...tag, parameters: [17, 4], outlives: true },
  { about: 'not one of its own that comes', ...tagged, ...tag, parameters: [17, 3], outlives: false },
  {
    about: 'not rows of which it is not told whose they are',
    ...tagged,
    ...untag,
    sql: 'DELETE FROM "_PostToTag" WHERE "A" = $1',
    parameters: [17],
    outlives: false,
  },
  {
    about: 'a row that comes and is of another, of a set that a row has left',
    ...tagged,
    sql: 'UPDATE "_PostToTag" SET "B" = $1 WHERE "B" = $2',
    tag: '_posttotag.b',
    parameters: [5, 4],
    outlives: true,
  },
  {
    about: 'not a row that leaves for another',
    ...tagged,
    sql: 'UPDATE "_PostToTag" SET "B" = $1 WHERE "B" = $2',
    tag: '_posttotag.b',
    parameters: [5, 3],
    outlives: false,
  },
  {
    about: 'not a row that comes from another',
    ...tagged,
    sql: 'UPDATE "_PostToTag" SET "B" = $1 WHERE "B" = $2',
    tag: '_posttotag.b',
    parameters: [3, 5],
    outlives: false,
  },
  {
    about: 'not where nobody knows which row is meant',
    ...tagged,
    ...untag,
    other: { ...tagged.other, result: { id: 3, label: 'b' } },
    parameters: [17, 4],
    outlives: false,
  },
  {
    about: 'not where the other answer has fallen',
    ...tagged,
    ...untag,
    other: { ...tagged.other, isGone: true },
    parameters: [17, 4],
    outlives: false,
  },
  {
    about: 'not where somebody else has seen it',
    ...tagged,
    ...untag,
    other: { ...tagged.other, scope: 'b' },
    parameters: [17, 4],
    outlives: false,
  },
  {
    about: 'not of a text that is spelt otherwise',
    ...tagged,
    ...untag,
    other: { ...tagged.other, result: { id: 3, label: 'A' } },
    parameters: [17, 4],
    outlives: false,
  },
  {
    about: 'not while the row is written that tells whose it is',
    ...tagged,
    ...untag,
    parameters: [17, 4],
    underWay: 'tags',
    outlives: false,
  },
  {
    about: 'while another table is written',
    ...tagged,
    ...untag,
    parameters: [17, 4],
    underWay: '_posttotag',
    outlives: true,
  },
  {
    about: 'not by what does not hold of all rows',
    ...tagged,
    args: { where: { tags: { every: { label: 'a' } } } },
    ...untag,
    parameters: [17, 4],
    outlives: false,
  },
  {
    about: 'not by a column that is not unique',
    ...written,
    args: { where: { author: { name: 'a@x' } } },
    parameters: ['s', 't', 8],
    outlives: false,
  },
  {
    about: 'a row of another parent, of which a list tells who it is',
    ...written,
    parameters: ['s', 't', 8],
    outlives: true,
  },
  { about: 'not a row of its own parent', ...written, parameters: ['s', 't', 7], outlives: false },
  {
    about: 'a row that is gone of a set that was not touched',
    ...byAuthor,
    untouched: ['post[author_id]=7'],
    outlives: true,
  },
  {
    about: 'not one that may be of its set',
    ...byAuthor,
    untouched: ['post[author_id]=8', 'post[id]=7'],
    outlives: false,
  },
  {
    about: 'of several sets, none of which was touched',
    ...byAuthor,
    args: { where: { authorId: { in: [7, 8] } } },
    untouched: ['post[author_id]=7', 'post[author_id]=8'],
    outlives: true,
  },
  {
    about: 'not of several sets, one of which may be touched',
    ...byAuthor,
    args: { where: { authorId: { in: [7, 8] } } },
    untouched: ['post[author_id]=8'],
    outlives: false,
  },
  {
    about: 'of sets that rows lead to, none of which was touched',
    ...counted,
    untouched: ['post[author_id]=7', 'post[author_id]=8'],
    outlives: true,
  },
  {
    about: 'not of sets that rows lead to, one of which may be touched',
    ...counted,
    untouched: ['post[author_id]=8'],
    outlives: false,
  },
  {
    about: 'not of rows that are asked about wherever they are',
    ...byAuthor,
    model: 'Person',
    args: { where: { posts: { some: { views: 7 } } } },
    tag: 'post-',
    untouched: ['post[author_id]=7'],
    outlives: false,
  },
  {
    about: 'a row that was counted and is',
    ...popular,
    returned: [[9, 14]],
    outlives: true,
  },
  { about: 'a row that was not counted and is not', ...popular, returned: [[9, 10]], outlives: true },
  { about: 'not one that comes to be counted', ...popular, returned: [[9, 13]], outlives: false },
  {
    about: 'not one that is not counted any more',
    ...popular,
    sql: 'UPDATE "Post" SET "views" = "views" - 3 WHERE "id" = $1 RETURNING "id", "views"',
    parameters: [9],
    returned: [[9, 10]],
    outlives: false,
  },
  {
    about: 'not where it does not come back what it has',
    ...popular,
    sql: 'UPDATE "Post" SET "views" = ("Post"."views" + $1) WHERE "id" = $2',
    outlives: false,
  },
  {
    about: 'a row of which it was seen elsewhere what it had',
    ...popular,
    sql: 'UPDATE "Post" SET "views" = ("Post"."views" + $1) WHERE "id" = $2',
    moved: { views: [[11, 14]] },
    outlives: true,
  },
  {
    about: 'not rows one of which comes to be counted',
    ...popular,
    sql: 'UPDATE "Post" SET "views" = ("Post"."views" + $1) WHERE "id" IN ($2, 10)',
    moved: {
      views: [
        [11, 14],
        [9, 12],
      ],
    },
    outlives: false,
  },
  {
    about: 'a row that is given what it is said to have had',
    ...popular,
    sql: 'UPDATE "Post" SET "views" = $1 WHERE "views" = $2',
    parameters: [20, 11],
    outlives: true,
  },
  {
    about: 'not one that is given less',
    ...popular,
    sql: 'UPDATE "Post" SET "views" = $1 WHERE "views" = $2',
    parameters: [9, 11],
    outlives: false,
  },
  ...(
    [
      [{ equals: 15 }, false],
      [{ equals: 13 }, true],
      [15, false],
      [{ not: 15 }, false],
      [{ in: [1, 15] }, false],
      [{ in: [1, 2] }, true],
      [{ notIn: [15] }, false],
      [{ lt: 15 }, false],
      [{ lt: 12 }, true],
      [{ lte: 14 }, false],
      [{ gte: 15 }, false],
      [{ gt: 10, lt: 15 }, false],
      [{ gt: 10, lt: 99 }, true],
      [{ not: { gt: 14 } }, false],
      [{ gt: 1, not: { gt: 14 } }, false],
      [{ gt: 10.5 }, false],
    ] as const
  ).map(([views, outlives]) => ({
    about: `from 12 to 15 by ${JSON.stringify(views)}`,
    ...popular,
    args: { where: { views } },
    returned: [[9, 15]],
    outlives,
  })),
  {
    about: 'whatever is said of the comparison',
    ...popular,
    args: { where: { OR: [{ NOT: { views: { gt: 10 } } }, { published: true }] } },
    returned: [[9, 14]],
    outlives: true,
  },
  {
    about: 'not where it is summed up as well',
    ...popular,
    operation: 'aggregate',
    args: { where: { views: { gt: 10 } }, _sum: { views: true } },
    returned: [[9, 14]],
    outlives: false,
  },
  {
    about: 'not where groups are compared',
    ...popular,
    operation: 'groupBy',
    args: { by: ['published'], having: { views: { gt: 10 } } },
    returned: [[9, 14]],
    outlives: false,
  },
  {
    about: 'not where texts are compared',
    ...popular,
    args: { where: { title: { in: [5, 6] } } },
    sql: 'UPDATE "Post" SET "title" = $1 WHERE "title" = $2',
    parameters: ['8', '7'],
    tag: 'post.title',
    outlives: false,
  },
  {
    about: 'not by another column',
    ...popular,
    args: { where: { views: { gt: 10 }, published: true } },
    sql: 'UPDATE "Post" SET "views" = "views" + 1, "published" = $1 WHERE "id" = $2 RETURNING "id", "views"',
    parameters: [true, 9],
    tag: 'post.published',
    returned: [[9, 14]],
    outlives: false,
  },
  { about: 'a row that is not shown, in a list', ...popularShown, outlives: true },
  { about: 'not one that is', ...popularShown, parameters: [3, 2], outlives: false },
  {
    about: 'not where it is shown of what is reached',
    ...popular,
    model: 'Person',
    operation: 'findMany',
    args: { where: { name: 'x' }, include: { posts: { where: { views: { gt: 10 } } } } },
    result: [{ id: 7, email: 'a@x', name: 'x', posts: [post(9, 14)] }],
    returned: [[9, 14]],
    tag: 'post.views',
    outlives: false,
  },
  {
    about: 'of a page, a row that stays before the first',
    ...page,
    parameters: [15, 9],
    moved: { views: [[12, 15]] },
    outlives: true,
  },
  {
    about: 'of a page, a row that stays after the last',
    ...page,
    moved: { views: [[35, 31]] },
    outlives: true,
  },
  { about: 'not one that comes in from before', ...page, moved: { views: [[12, 25]] }, outlives: false },
  { about: 'nor one that comes in from behind', ...page, moved: { views: [[40, 25]] }, outlives: false },
  {
    about: 'nor one that goes over it',
    ...page,
    parameters: [35, 9],
    moved: { views: [[12, 35]] },
    outlives: false,
  },
  { about: 'nor one that goes back over it', ...page, moved: { views: [[35, 12]] }, outlives: false },
  { about: 'nor one beside the first', ...page, moved: { views: [[12, 20]] }, outlives: false },
  { about: 'nor one beside the last', ...page, moved: { views: [[35, 30]] }, outlives: false },
  {
    about: 'nor one that comes after the last, of which nobody knows where it was',
    ...page,
    parameters: [35, 9],
    outlives: false,
  },
  {
    about: 'in descending order',
    ...page,
    args: { ...page.args, orderBy: { views: 'desc' } },
    result: [post(2, 30), post(1, 20)],
    moved: { views: [[32, 35]] },
    outlives: true,
  },
  {
    about: 'not a row that stays after what is not full',
    ...page,
    args: { ...page.args, take: 3 },
    moved: { views: [[35, 31]] },
    outlives: false,
  },
  {
    about: 'not a row that stays before the first, where it may be left out',
    ...page,
    args: { ...page.args, where: { views: { gt: 13 } } },
    moved: { views: [[12, 15]] },
    outlives: false,
  },
  {
    about: 'not by a column that does not order',
    ...page,
    args: { ...page.args, where: { published: true } },
    sql: 'UPDATE "Post" SET "published" = $1, "views" = 15 WHERE "id" = $2',
    parameters: [true, 9],
    moved: { views: [[12, 15]] },
    tag: 'post.published',
    outlives: false,
  },
  {
    about: 'of a page, a new row that comes after the last one',
    ...page,
    sql: 'INSERT INTO "Post" ("slug", "title", "author_id", "views") VALUES ($1, $2, $3, $4)',
    tag: 'post[]',
    parameters: ['s', 't', 1, 31],
    outlives: true,
  },
  {
    about: 'not one that leaves, of a page',
    ...page,
    sql: 'DELETE FROM "Post" WHERE "id" = $1',
    parameters: [9],
    tag: 'post-',
    outlives: false,
  },
  {
    about: 'not where a cursor says where to begin',
    ...most,
    args: { ...most.args, cursor: { id: 1 } },
    parameters: [49, 9],
    outlives: false,
  },
  {
    about: 'not where rows are told apart by a column',
    ...most,
    args: { ...most.args, distinct: ['title'] },
    parameters: [49, 9],
    outlives: false,
  },
  {
    about: 'not by one of several values',
    ...written,
    args: { where: { author: { email: { in: ['a@x'] } } } },
    parameters: ['s', 't', 8],
    outlives: false,
  },
]

/** Of which sets an answer shows all rows: `post[author_id]=7: id=5 author_id=7 | …`. */
export interface SeenCase {
  readonly about: string
  readonly model: string
  readonly operation: string
  readonly args: unknown
  readonly result: unknown
  /** What somebody else asks. Default: a count of an author's posts */
  readonly asks?: unknown
  /** The database holds no foreign keys. */
  readonly isPlain?: true
  readonly seen: readonly string[]
}

const two = [post(5, 1), { ...post(6, 1), authorId: 7 }]
const list = {
  model: 'Post',
  operation: 'findMany',
  args: { where: { authorId: 7 }, take: 3 },
  result: two,
} as const
const nested = {
  model: 'Person',
  operation: 'findUnique',
  args: { where: { id: 7 }, include: { posts: { take: 3, orderBy: { id: 'asc' } } } },
  result: { id: 7, email: 'a', name: 'x', posts: two },
} as const
const both = 'post[author_id]=7: 5|6'

const withTags = {
  model: 'Post',
  operation: 'findUnique',
  args: { where: { id: 5 }, include: { tags: { orderBy: { id: 'asc' } } } },
  result: {
    ...post(5, 1),
    tags: [
      { id: 3, label: 'a' },
      { id: 4, label: 'b' },
    ],
  },
  asks: { model: 'Post', operation: 'count', args: { where: { tags: { some: { id: 3 } } } } },
} as const

export const seenCases: readonly SeenCase[] = [
  { about: 'fewer rows than were asked for', ...list, seen: [both] },
  { about: 'as many as were asked for', ...list, args: { ...list.args, take: 2 }, seen: [] },
  { about: 'all rows', ...list, args: { where: { authorId: 7 }, orderBy: { title: 'asc' } }, seen: [both] },
  { about: 'the last ones', ...list, args: { ...list.args, take: -3 }, seen: [] },
  { about: 'rows after some', ...list, args: { ...list.args, skip: 1 }, seen: [] },
  { about: 'rows after one', ...list, args: { ...list.args, cursor: { id: 4 } }, seen: [] },
  { about: 'rows told apart', ...list, args: { ...list.args, distinct: ['title'] }, seen: [] },
  {
    about: 'rows for which something else holds',
    ...list,
    args: { where: { authorId: 7, published: true } },
    seen: [],
  },
  { about: 'rows of several', ...list, args: { where: { authorId: { in: [7, 8] } } }, seen: [] },
  { about: 'all rows of a table', ...list, args: {}, seen: [] },
  { about: 'rows by what nobody asks for', ...list, args: { where: { editorId: 7 } }, seen: [] },
  { about: 'one row', ...list, operation: 'findFirst', result: two[0], seen: [] },
  { about: 'none', ...list, result: [], seen: ['post[author_id]=7: '] },
  { about: 'rows that are reached', ...nested, seen: [both] },
  {
    about: 'as many that are reached as were asked for',
    ...nested,
    args: { where: { id: 7 }, include: { posts: { take: 2 } } },
    seen: [],
  },
  {
    about: 'rows that are reached and for which something holds',
    ...nested,
    args: { where: { id: 7 }, include: { posts: { where: { published: true } } } },
    seen: [],
  },
  {
    about: 'rows that are reached, after some',
    ...nested,
    args: { where: { id: 7 }, include: { posts: { skip: 1 } } },
    seen: [],
  },
  {
    about: 'rows that are reached from several',
    ...nested,
    operation: 'findMany',
    args: { include: { posts: true } },
    result: [nested.result, { ...nested.result, id: 8, posts: [] }],
    seen: [both, 'post[author_id]=8: '],
  },
  {
    about: 'rows that are reached from what does not say whose they are',
    ...nested,
    args: { where: { id: 7 }, select: { name: true, posts: true } },
    result: { name: 'x', posts: two },
    seen: [],
  },
  {
    about: 'rows for which nobody asks',
    ...nested,
    asks: { model: 'Post', operation: 'count', args: { where: { id: 7 } } },
    seen: [],
  },
  {
    about: 'rows by a text, several of which may be one',
    model: 'Tag',
    operation: 'findMany',
    args: { where: { label: 'a' } },
    result: [{ id: 1, label: 'a' }],
    asks: { model: 'Tag', operation: 'count', args: { where: { label: 'a' } } },
    seen: [],
  },
  {
    about: 'rows between that lead from a row',
    ...withTags,
    seen: ['_posttotag[A]=5: 3|4'],
  },
  { about: 'none between', ...withTags, result: { ...post(5, 1), tags: [] }, seen: ['_posttotag[A]=5: '] },
  {
    about: 'as many between as were asked for',
    ...withTags,
    args: { where: { id: 5 }, include: { tags: { take: 2 } } },
    seen: [],
  },
  {
    about: 'rows between that lead to some rows',
    ...withTags,
    args: { where: { id: 5 }, include: { tags: { where: { label: 'a' } } } },
    seen: [],
  },
  { about: 'rows between for which nobody asks', ...withTags, asks: list, seen: [] },
  {
    about: 'rows between that may lead to nothing',
    ...withTags,
    asks: {
      model: 'Post',
      operation: 'findMany',
      args: { where: { title: 'x' }, include: { _count: { select: { tags: true } } } },
    },
    isPlain: true,
    seen: [],
  },
]
