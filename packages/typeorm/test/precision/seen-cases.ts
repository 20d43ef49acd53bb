import type { Api } from './api.js'
import type { VariantOf } from './recorded.js'

type Row = Readonly<Record<string, unknown>>

/** Of which sets an answer shows all rows: `post[authorId]=7: 5 reviewerId=3 | …`. */
export interface SeenCase {
  readonly about: string
  readonly reads: readonly (readonly [sql: string, rows: readonly Row[]])[]
  /** What somebody else asks. Default: a count of an author's posts */
  readonly asks?: string
  readonly seen: readonly string[]
}

const shown = '"p"."id" AS "i", "p"."reviewerId" AS "r"'
const ofAuthor = `SELECT ${shown} FROM "post" "p" WHERE ("p"."authorId" = 7)`
const two: readonly Row[] = [
  { i: 5, r: 3 },
  { i: 6, r: null },
]
const both = 'post[authorId]=7: 5 3|6 null'
const keysOf = (where: string, tail = 'LIMIT 3') =>
  `SELECT DISTINCT "d"."i" AS "ids" FROM (SELECT ${shown} FROM "post" "p" LEFT JOIN "person" "u" ON "u"."id" = "p"."reviewerId" WHERE ${where}) "d" ORDER BY "i" ${tail}`
const keys: readonly Row[] = [{ ids: 5 }, { ids: 6 }]
const joined = (on: string, where: string, tail = '') =>
  `SELECT "u"."id" AS "u", "p"."id" AS "i", "p"."reviewerId" AS "r" FROM "person" "u" LEFT JOIN "post" "p" ON ${on} WHERE ${where} ${tail}`
const link = '"p"."authorId" = "u"."id"'
const led: readonly Row[] = [
  { u: 7, i: 5, r: 3 },
  { u: 7, i: 6, r: null },
  { u: 8, i: null, r: null },
]
const bothLed = ['post[authorId]=7: 5 3|6 null', 'post[authorId]=8: ']

export const seenCases: readonly SeenCase[] = [
  { about: 'all rows', reads: [[ofAuthor, two]], seen: [both] },
  { about: 'fewer rows than were asked for', reads: [[`${ofAuthor} LIMIT 3`, two]], seen: [both] },
  { about: 'as many as were asked for', reads: [[`${ofAuthor} LIMIT 2`, two]], seen: [] },
  { about: 'rows after some', reads: [[`${ofAuthor} LIMIT 3 OFFSET 1`, two]], seen: [] },
  { about: 'none', reads: [[ofAuthor, []]], seen: ['post[authorId]=7: '] },
  {
    about: 'rows for which something else holds',
    reads: [[`${ofAuthor} AND "p"."kind" = 'a'`, two]],
    seen: [],
  },
  {
    about: 'rows whose keys are not shown',
    reads: [[ofAuthor.replace('"p"."id" AS "i", ', ''), two]],
    seen: [],
  },
  { about: 'a row without a key', reads: [[ofAuthor, [...two, { i: null, r: 4 }]]], seen: [] },
  {
    about: 'rows whose keys are not kept',
    reads: [[ofAuthor, [{ i: Buffer.from('a'), r: 4 }]]],
    seen: [],
  },
  {
    about: 'more rows than are named',
    reads: [[ofAuthor, Array.from({ length: 101 }, (_, i) => ({ i, r: 1 }))]],
    seen: [],
  },
  { about: 'all rows of a table', reads: [[`SELECT ${shown} FROM "post" "p"`, two]], seen: [] },
  {
    about: 'rows by what nobody asks for',
    reads: [[ofAuthor.replace('authorId', 'reviewerId'), two]],
    seen: [],
  },
  {
    about: 'rows for which nobody asks',
    reads: [[ofAuthor, two]],
    asks: 'SELECT COUNT(1) AS "n" FROM "post" "p" WHERE "p"."id" = 7',
    seen: [],
  },
  {
    about: 'one row by its name',
    reads: [[`SELECT ${shown} FROM "post" "p" WHERE "p"."id" = 7`, [{ i: 7, r: 3 }]]],
    asks: 'SELECT COUNT(1) AS "n" FROM "post" "p" WHERE "p"."id" = 7',
    seen: [],
  },
  {
    about: 'rows of which somebody is shown the names',
    reads: [[ofAuthor, two]],
    asks: 'SELECT "p"."id" AS "i" FROM "post" "p" WHERE "p"."authorId" = 7',
    seen: [],
  },
  {
    about: 'rows of several, that do not show whose they are',
    reads: [[ofAuthor.replace('= 7', 'IN (7, 8)'), two]],
    seen: [],
  },
  {
    about: 'rows of several',
    reads: [
      [
        ofAuthor.replace('= 7', 'IN (7, 8)').replace(' FROM', ', "p"."authorId" AS "a" FROM'),
        [{ i: 5, r: 3, a: 7 }],
      ],
    ],
    seen: ['post[authorId]=7: 5 3', 'post[authorId]=8: '],
  },
  {
    about: 'rows that another table leaves out',
    reads: [
      [
        `SELECT ${shown} FROM "post" "p" INNER JOIN "person" "u" ON "u"."id" = "p"."reviewerId" WHERE "p"."authorId" = 7`,
        two,
      ],
    ],
    seen: [],
  },
  {
    about: 'keys, of rows that another statement shows',
    reads: [
      [keysOf('("p"."authorId" = 7)'), keys],
      [`SELECT ${shown} FROM "post" "p" WHERE ("p"."authorId" = 7) AND ("p"."id" IN (5, 6))`, two],
    ],
    seen: [both],
  },
  {
    about: 'keys alone',
    reads: [[keysOf('("p"."authorId" = 7)'), keys]],
    seen: ['post[authorId]=7: 5 undefined|6 undefined'],
  },
  {
    about: 'keys, beside rows of another table',
    reads: [
      [keysOf('("p"."authorId" = 7)'), keys],
      [
        'SELECT "u"."id" AS "i", "u"."email" AS "e" FROM "person" "u" WHERE "u"."age" > 3',
        [{ i: 5, e: 'a' }],
      ],
    ],
    seen: ['post[authorId]=7: 5 undefined|6 undefined'],
  },
  {
    about: 'as many keys as were asked for',
    reads: [[keysOf('("p"."authorId" = 7)', 'LIMIT 2'), keys]],
    seen: [],
  },
  {
    about: 'keys after some',
    reads: [[keysOf('("p"."authorId" = 7)', 'LIMIT 3 OFFSET 3'), keys]],
    seen: [],
  },
  { about: 'rows that others lead to', reads: [[joined(link, '"u"."age" > 3'), led]], seen: bothLed },
  {
    about: 'as many rows that others lead to as were asked for',
    reads: [[joined(link, '"u"."age" > 3', 'LIMIT 3'), led]],
    seen: [],
  },
  {
    about: 'rows that others lead to, and for which something holds',
    reads: [[joined(`${link} AND "p"."kind" = 'a'`, '"u"."age" > 3'), led]],
    seen: [],
  },
  {
    about: 'rows that others lead to, which are asked for',
    reads: [[joined(link, `"p"."kind" = 'a'`), led]],
    seen: [],
  },
  {
    about: 'rows that others lead to, which do not say whose they are',
    reads: [[joined(link, '"u"."id" = 7 AND "u"."age" > 3').replace('"u"."id" AS "u", ', ''), []]],
    seen: [],
  },
  {
    about: 'rows that others lead to, one of which leads to none',
    reads: [[joined(link, '"u"."age" > 3'), [...led, { u: null, i: null, r: null }]]],
    seen: bothLed,
  },
  {
    about: 'rows by a text, several of which may be one',
    reads: [['SELECT "u"."id" AS "i" FROM "person" "u" WHERE "u"."clubCode" = \'a\'', [{ i: 5 }]]],
    asks: 'SELECT COUNT(1) AS "n" FROM "person" "u" WHERE "u"."clubCode" = \'a\'',
    seen: [],
  },
]

/** How the sets that are seen differ from those of a case. */
export function differingSeen(variantOf: VariantOf, api?: Api): string | undefined {
  for (const one of seenCases) {
    const found = seenIn(variantOf, one, api)
    if (found.join(' ') !== one.seen.join(' '))
      return `${one.about}: expected ${one.seen.join(' ')}, but found ${found.join(' ')}`
  }
  return isLogged(variantOf, api) ? undefined : 'what is done to sets of which somebody asks is not told'
}

const counted = 'SELECT COUNT(1) AS "n" FROM "post" "p" WHERE "p"."authorId" = 7'

/** Whether all that is done to a table is told from when somebody asks of its sets. */
export function isLogged(variantOf: VariantOf, api?: Api): boolean {
  const variant = variantOf('seen', { isEnforced: true }, api)
  const deleted = { sql: 'DELETE FROM "post" WHERE "id" = 9', parameters: [], result: { affectedRows: 1 } }
  const told = () => variant.conditionsOf([deleted])?.get('post~')?.isLog === true
  const before = told()
  variant.precision.read(counted, [])
  return !before && told()
}

export function seenIn(
  variantOf: VariantOf,
  { reads, asks = counted }: SeenCase,
  api?: Api,
): readonly string[] {
  const variant = variantOf('seen', { isEnforced: true }, api)
  variant.precision.read(asks, [])
  const { wantedSets } = variant.judge
  if (wantedSets === undefined) return []
  const sent = reads.map(([sql, rows]) => ({ sql, parameters: [], rows }))
  return variant
    .load(['post', 'person'])
    .seenSets(sent, wantedSets)
    .map(({ table, key, values, rows }) => {
      const shownRows = rows.map(
        (row) =>
          `${String(row.get('id'))} ${String(row.get('reviewerId'))}${row.has('email') ? ' email' : ''}`,
      )
      return `${table.texts.table}[${key.join()}]=${values.join()}: ${shownRows.join('|')}`
    })
}
