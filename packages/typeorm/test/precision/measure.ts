/*
 * What it costs to tell a query's tags before the load, with plans made and 500 others beside them, once the text has been
 * looked up for anything else (TypeORM makes a new string each time, and the first who asks pays for its hash):
 *
 *   npx tsx --conditions=@freshet/source packages/typeorm/test/precision/measure.ts
 */
import { createValueBucket, prepareCopy } from '@freshet/core/adapter'
import { catalogueQueries, readCatalogue } from '@freshet/sql'
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { setTableOptions } from '../../src/declared.js'
import { createReadPrecision } from '../../src/precision/read-precision.js'
import { createTablePrecisions } from '../../src/precision/table-precision.js'
import { tablesOf } from '../../src/reads/index.js'
import { createWorldOf } from './entities.js'

const declared = { dependsOn: {}, tables: [] }
const dataSource = await createWorldOf({ type: 'better-sqlite3', database: ':memory:' })
setTableOptions(dataSource, declared)
const rows = await dataSource.query<Readonly<Record<string, unknown>>[]>(catalogueQueries.sqlite)
// Statements are measured as PostgreSQL is sent them, with all values beside the text.
const catalogue = readCatalogue(
  'postgresql',
  rows.map((row) => (row['kind'] === 'column' ? { ...row, flags: `${String(row['flags'])}c` } : row)),
)
const tables = createTablePrecisions(dataSource, {
  catalogueOf: (table) => catalogue.tables.get(table),
  declared,
  bucketOf: createValueBucket('shop'),
})
const createPrecision = () =>
  createReadPrecision({
    dialect: 'postgresql',
    tables,
    tablesOf: (sql) => tablesOf(sql, dataSource),
    enforced: catalogue.foreignKeys,
    anyTable: '*',
  })
const precision = createPrecision()

type Read = readonly [sql: string, valuesOf: (at: number) => readonly unknown[]]

/** A number that SQLite is given in the text. */
const given = 987_654
const builderOf = (entity: string) => dataSource.getRepository<ObjectLiteral>(entity).createQueryBuilder('x')

function textOf(builder: SelectQueryBuilder<ObjectLiteral>): string {
  let count = 0
  const [sql] = builder.getQueryAndParameters()
  return sql.replaceAll(new RegExp(`\\?|${given}`, 'g'), () => `$${++count}`)
}

const found = (entity: string, options: object) => textOf(builderOf(entity).setFindOptions(options))
const one = (at: number): readonly unknown[] => [at]
const email = (at: number): readonly unknown[] => [`ada-${at}@example.com`]

const reads: Readonly<Record<string, Read>> = {
  'by key': [found('Post', { where: { id: given } }), one],
  'by text': [found('Person', { where: { email: 'x' } }), email],
  'by two columns': [found('Membership', { where: { personId: given, team: 'x' } }), (at) => [at, 'red']],
  'by key, with relations': [
    found('Post', { where: { id: given }, relations: { author: { club: true }, comments: true } }),
    one,
  ],
  'list of a parent': [
    found('Post', { where: { authorId: given }, order: { title: 'DESC' }, take: 20 }),
    one,
  ],
  'list of three parents': [
    textOf(builderOf('Post').where('x.authorId IN (:...ids)', { ids: [given, given, given] })),
    (at) => [at, at + 1, at + 2],
  ],
  'list with relations': [
    found('Post', {
      where: { author: { id: given }, kind: 'x' },
      order: { score: 'DESC' },
      relations: { author: { club: true }, comments: true, labels: true },
    }),
    (at) => [at, 'a'],
  ],
  'keys of a page': [
    `SELECT DISTINCT "distinctAlias"."x_id" AS "ids_x_id" FROM (${found('Post', { where: { authorId: given }, relations: { comments: true } }).replaceAll('"Post', '"x')}) "distinctAlias" ORDER BY "x_id" ASC LIMIT 20`,
    one,
  ],
  'count of a parent': [`SELECT COUNT(1) AS "cnt" FROM "post" "x" WHERE "x"."authorId" = $1`, one],
}

const count = 1000

/** In µs, the best of 300 rounds over as many different values. Short rounds: the best of them is not interrupted. */
function timeOf([sql, valuesOf]: Read): number {
  const values = Array.from({ length: count }, (_, at) => valuesOf(at + 1))
  let best = Infinity
  for (let round = 0; round < 300; round++) {
    const start = process.hrtime.bigint()
    for (let at = 0; at < count; at++) void precision.read(sql, values[at]).tags
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / count)
  }
  return best
}

for (let at = 0; at < 500; at++) precision.read(`${reads['by key']![0]} OFFSET ${at}`, [1])
for (const [name, read] of Object.entries(reads)) {
  const { tags } = precision.read(read[0], read[1](1))
  process.stdout.write(`${name.padEnd(24)} ${timeOf(read).toFixed(2)} µs, ${tags.length} tags\n`)
}

/** Plans of the texts above, made anew, the best of 100 rounds; what `tablesOf` remembers is not. */
let best = Infinity
for (let round = 0; round < 100; round++) {
  const fresh = createPrecision()
  const start = process.hrtime.bigint()
  for (const [sql, valuesOf] of Object.values(reads)) fresh.read(sql, valuesOf(1))
  best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / Object.keys(reads).length)
}
process.stdout.write(`a plan, once per text    ${best.toFixed(1)} µs\n`)

const [listSql, listValues] = reads['list with relations']!
const names = [...listSql.matchAll(/AS "([^"]+)"/g)].map(([, name]) => name!)
const answer = Array.from({ length: 60 }, (_, at) =>
  Object.fromEntries(names.map((name) => [name, name.includes('comments') ? at : Math.floor(at / 3)])),
)
const list = precision.read(listSql, listValues(5))
let late = Infinity
for (let round = 0; round < 1000; round++) {
  const start = process.hrtime.bigint()
  list.lateTags(answer)
  late = Math.min(late, Number(process.hrtime.bigint() - start) / 1000)
}
process.stdout.write(
  `late tags of 60 rows of 20 such posts  ${late.toFixed(1)} µs, ${list.lateTags(answer)?.length ?? 0} tags\n`,
)

/** What an answer in memory keeps beside the entities, and its copy. */
function timeOfShown(read: ReturnType<typeof precision.read>, given: readonly unknown[]): number {
  let shortest = Infinity
  for (let round = 0; round < 1000; round++) {
    const start = process.hrtime.bigint()
    prepareCopy(read.kept(given))
    shortest = Math.min(shortest, Number(process.hrtime.bigint() - start) / 1000)
  }
  return shortest
}

const byKey = precision.read(reads['by key']![0], [1])
const row = Object.fromEntries(
  [...reads['by key']![0].matchAll(/AS "([^"]+)"/g)].map(([, name]) => [name!, 1]),
)
process.stdout.write(
  `rows that are kept      ${timeOfShown(byKey, [row]).toFixed(1)} µs of one, ${timeOfShown(list, answer).toFixed(1)} of these 60\n`,
)
await dataSource.destroy()
