import { createCache } from '@freshet/core'
import type { ReadRequest } from '@freshet/core/adapter'
import { createStatementTags, createValueBucket, engineOf } from '@freshet/core/adapter'
import { applyWrite, createClassifier, createRowAnalyser, createWriteReach } from '@freshet/sql'
import { tableGraphOf } from '../../../packages/prisma/src/dependencies/write-closure.js'
import { createReadPrecision } from '../../../packages/prisma/src/precision/read-precision.js'
import { createTablePrecisions } from '../../../packages/prisma/src/precision/table-precision.js'
import { columnsByTable, dataModel } from '../../../packages/prisma/test/precision/known.js'
import type { Measurement, Rounds } from '../measure.js'
import { measure } from '../measure.js'
import type { Section } from '../report.js'
import { row } from '../row.js'

const tables = createTablePrecisions(dataModel, {
  columnsOf: (table) => columnsByTable.get(table),
  bucketOf: createValueBucket('shop'),
})

/** What precision costs a read that hits, and a write, in this process alone. */
export async function benchPrecisionCosts(rounds: Rounds): Promise<readonly Section[]> {
  return [await readTags(rounds), await hits(rounds), await writes(rounds)]
}

/** Measured in batches, since one takes less time than an `await`; short ones, which a busy machine rarely interrupts. */
const perCall = 20

async function measureEach<Name extends string>(
  cases: Readonly<Record<Name, (at: number) => unknown>>,
  { rounds, callsPerRound }: Rounds,
): Promise<Record<Name, Measurement>> {
  const batches = Object.entries<(at: number) => unknown>(cases).map(([name, run]) => {
    let at = 0
    return [
      name,
      () => {
        for (let call = 0; call < perCall; call++) run(++at % 1000)
      },
    ]
  })
  const measured = await measure(Object.fromEntries(batches) as Record<Name, () => void>, {
    rounds,
    callsPerRound: Math.ceil(callsPerRound / perCall / 10),
  })
  return Object.fromEntries(
    Object.entries<Measurement>(measured).map(([name, { medianUs, ratio }]) => [
      name,
      { medianUs: medianUs / perCall, ratio },
    ]),
  ) as Record<Name, Measurement>
}

/** The tags that a read of Prisma carries before the load, with the shape of its arguments known. */
async function readTags(rounds: Rounds): Promise<Section> {
  const precision = createReadPrecision(dataModel, { tables, isEnforced: () => true, anyTable: '*' })
  const read = (model: string, operation: string, argsOf: (at: number) => unknown) => {
    const args = Array.from({ length: 1000 }, (_, at) => argsOf(at + 1))
    return (at: number) => precision.read(model, operation, args[at])
  }
  const rows = await measureEach(
    {
      'a row by its key': read('Post', 'findUnique', (id) => ({ where: { id } })),
      'a row by a text': read('Person', 'findUnique', (at) => ({
        where: { email: `ada-${at}@example.com` },
      })),
      'a row with its children': read('Person', 'findUnique', (id) => ({
        where: { id },
        include: { posts: { orderBy: { title: 'asc' }, take: 10 }, club: true },
      })),
      'a list of a parent': read('Post', 'findMany', (authorId) => ({
        where: { authorId, published: true },
        orderBy: { title: 'desc' },
        take: 20,
      })),
      'a list by two relations, with three': read('Post', 'findMany', (id) => ({
        where: { author: { is: { id } }, tags: { some: { label: 'a' } } },
        orderBy: [{ views: 'desc' }, { id: 'asc' }],
        take: 20,
        include: {
          author: { select: { id: true, name: true } },
          tags: true,
          _count: { select: { comments: true } },
        },
      })),
      'a count of a parent': read('Post', 'count', (authorId) => ({ where: { authorId } })),
    },
    rounds,
  )
  const slowest = Math.max(...Object.values(rows).map(({ medianUs }) => medianUs))
  return {
    title: 'precision: the tags of a read, before its load',
    rows,
    goals: [{ name: 'µs of the slowest', value: slowest, limit: 2, atMost: true }],
  }
}

/** Hits of one row: what an entry carries beside the tags that the read names costs nothing until something is written. */
async function hits(rounds: Rounds): Promise<Section> {
  const cache = createCache()
  const { reader, space, policy } = engineOf(cache)!
  const request = (key: string, late: readonly string[]): ReadRequest => ({
    space,
    key,
    dependencies: {
      tags: ['post', 'post[]'],
      late: late.length === 0 ? undefined : { clocks: ['post~'], of: () => late },
    },
    policy,
    load: () => row,
  })
  const two = request('two', [])
  const twenty = request(
    'twenty',
    Array.from({ length: 20 }, (_, at) => `post#${at}`),
  )
  const hit = (of: ReadRequest) => () => reader.read(of)
  const afterWrite = (of: ReadRequest) => async () => {
    await cache.invalidate(['other'])
    return reader.read(of)
  }
  for (const one of [two, twenty]) {
    await reader.read(one)
    const before = cache.stats().hits
    await reader.read(one)
    if (cache.stats().hits !== before + 1) throw new Error(`The entry '${one.key}' was not kept.`)
  }
  const rows = await measure(
    {
      'hit, two tags': hit(two),
      'hit, two tags and 20 row tags': hit(twenty),
      'hit after a write of another table, two tags': afterWrite(two),
      'hit after a write of another table, 20 more': afterWrite(twenty),
    },
    rounds,
  )
  await cache.close()
  return {
    title: 'precision: a hit in memory, by the number of tags',
    rows,
    goals: [
      {
        name: 'hit with 20 row tags against one with two tags',
        value: rows['hit, two tags and 20 row tags'].ratio,
        limit: 1.5,
        atMost: true,
      },
    ],
  }
}

/** From the text and the values of a statement to what it bumps: before it is sent, and again with what it returned. */
async function writes(rounds: Rounds): Promise<Section> {
  const classify = createClassifier('postgresql')
  const analyser = createRowAnalyser('postgresql')
  const tagsOf = createStatementTags(createWriteReach(tableGraphOf(dataModel)), tables)
  const write =
    (
      sql: string,
      parametersOf: (at: number) => readonly unknown[],
      returnedOf?: (at: number) => unknown[][],
    ) =>
    (at: number) => {
      const statement = classify(sql)
      const plan = analyser.planWrite(sql)
      const columns = plan.kind === 'unknown' ? undefined : columnsByTable.get(plan.table.name)
      const parameters = parametersOf(at)
      tagsOf(statement, applyWrite(plan, { parameters }, columns))
      if (returnedOf !== undefined)
        tagsOf(statement, applyWrite(plan, { parameters, returned: returnedOf(at) }, columns))
    }
  const rows = await measureEach(
    {
      'an update by key': write('UPDATE "Post" SET "title" = $1 WHERE "id" = $2', (at) => ['x', at]),
      'an update by a unique, with RETURNING': write(
        'UPDATE "Post" SET "title" = $1 WHERE "slug" = $2 RETURNING "id"',
        (at) => ['x', `slug-${at}`],
        (at) => [[at]],
      ),
      'an insert, with RETURNING': write(
        'INSERT INTO "Post" ("slug", "title", "author_id") VALUES ($1, $2, $3) RETURNING "id"',
        (at) => [`slug-${at}`, 'y', at],
        (at) => [[at]],
      ),
      'a delete that foreign keys carry on': write('DELETE FROM "Post" WHERE "id" = $1', (at) => [at]),
    },
    rounds,
  )
  const slowest = Math.max(...Object.values(rows).map(({ medianUs }) => medianUs))
  return {
    title: 'precision: what a statement bumps, its text known',
    rows,
    goals: [{ name: 'µs of the slowest', value: slowest, limit: 10, atMost: true }],
  }
}
