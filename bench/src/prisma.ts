import { readFileSync } from 'node:fs'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { PrismaClient } from '../generated/client/client.js'
import type { Measurement, Rounds } from './measure.js'
import { measure } from './measure.js'
import type { Goal, Section } from './report.js'

const schemaSql = readFileSync(new URL('../prisma/schema.sql', import.meta.url), 'utf8')

export async function createTables(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(schemaSql)
  await client.end()
}

const connect = (connectionString: string) =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 2 }) })

const user7 = { where: { id: 7 } } as const
const page = { where: { authorId: 7 }, take: 20, include: { author: true }, orderBy: { id: 'desc' } } as const

/** What a hit, a miss, a write and a read past the cache cost, on PostgreSQL over loopback. */
export async function benchPrisma(
  connectionString: string,
  quick: Rounds,
  slow: Rounds,
): Promise<readonly Section[]> {
  const plain = connect(connectionString)
  const answer = await plain.user.findUnique(user7)
  const answers = await plain.post.findMany(page)
  const constant = plain.$extends({ query: { $allModels: { $allOperations: async () => answer } } })
  const constantPage = plain.$extends({ query: { $allModels: { $allOperations: async () => answers } } })
  const passing = connect(connectionString).$extends({
    query: { $allModels: { $allOperations: ({ args, query }) => query(args) } },
  })
  const cache = createCache()
  const cached = connect(connectionString).$extends(freshet({ cache }))
  const hits = await measure(
    {
      'a query extension that returns a constant': () => constant.user.findUnique(user7),
      hit: () => cached.user.findUnique(user7),
      'hit through $cached': () => cached.$cached({ ttl: '1m' }).user.findUnique(user7),
    },
    quick,
  )
  const pageHits = await measure(
    {
      'a query extension that returns a constant': () => constantPage.post.findMany(page),
      'hit, 20 rows with a relation': () => cached.post.findMany(page),
    },
    quick,
  )
  const uncached = await measure(
    {
      'uncached findUnique': () => plain.user.findUnique(user7),
      hit: () => cached.user.findUnique(user7),
    },
    slow,
  )
  const reads = await measure(
    {
      'a pass-through extension': () => passing.user.findUnique(user7),
      'no extension': () => plain.user.findUnique(user7),
      'invalidation, miss, stored': async () => {
        await cache.invalidate(['User'])
        return cached.user.findUnique(user7)
      },
      'cache: false': () => cached.user.findUnique({ ...user7, cache: false }),
    },
    slow,
  )
  let score = 0
  const write = (client: typeof plain) => () =>
    client.user.update({ where: { id: 8 }, data: { score: score++ } })
  const writes = await measure(
    {
      'a pass-through extension': write(passing as unknown as typeof plain),
      'no extension': write(plain),
      write: write(cached as unknown as typeof plain),
    },
    slow,
  )
  await Promise.all([plain.$disconnect(), passing.$disconnect(), cached.$disconnect()])
  return [
    section('prisma: hit on findUnique', hits, [atMost('hit against a constant', hits.hit, 1.3)]),
    section('prisma: hit on findMany of 20 with include', pageHits, []),
    section('prisma: hit against PostgreSQL', uncached, [
      { name: 'times faster than uncached', value: 1 / uncached.hit.ratio, limit: 12, atMost: false },
    ]),
    section('prisma: what reads cost that are not answered', reads, [
      atMost('miss against a pass-through extension', reads['invalidation, miss, stored'], 1.04),
      atMost('cache: false against a pass-through extension', reads['cache: false'], 1.02),
    ]),
    section('prisma: what writes cost', writes, [
      atMost('write against a pass-through extension', writes.write, 1.04),
    ]),
  ]
}

function section(
  title: string,
  rows: Readonly<Record<string, Measurement>>,
  goals: readonly Goal[],
): Section {
  return { title, rows, goals }
}

function atMost(name: string, { ratio }: Measurement, limit: number): Goal {
  return { name, value: ratio, limit, atMost: true }
}
