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

const connect = (pool: pg.Pool) => new PrismaClient({ adapter: new PrismaPg(pool) })

const user7 = { where: { id: 7 } } as const
const page = { where: { authorId: 7 }, take: 20, include: { author: true }, orderBy: { id: 'desc' } } as const

const passThrough = (client: PrismaClient) =>
  client.$extends({ query: { $allModels: { $allOperations: ({ args, query }) => query(args) } } })

const postCount = 20_000

/** A read of another row each time: there are more rows than a cache keeps, so none is found. */
function nextPost(): () => number {
  let id = 0
  return () => (id++ % postCount) + 1
}

/** What a hit, a miss, a write and a read past the cache cost, on PostgreSQL over loopback. */
export async function benchPrisma(
  connectionString: string,
  quick: Rounds,
  slow: Rounds,
): Promise<readonly Section[]> {
  // All clients share one connection: two of them differ by more (up to 4.5 %, measured) than what is measured here.
  const pool = new pg.Pool({ connectionString, max: 1 })
  const plain = connect(pool)
  const answer = await plain.user.findUnique(user7)
  const answers = await plain.post.findMany(page)
  const constant = plain.$extends({ query: { $allModels: { $allOperations: async () => answer } } })
  const constantPage = plain.$extends({ query: { $allModels: { $allOperations: async () => answers } } })
  const cache = createCache()
  const cached = connect(pool).$extends(freshet({ cache }))
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
  const passing = passThrough(connect(pool))
  const passingToo = passThrough(connect(pool))
  const [passed, passedToo, missed, refused, bare] = Array.from({ length: 5 }, nextPost)
  const miss = () => cached.post.findUnique({ where: { id: missed!() } })
  // Until the cache is full, and every entry that is stored pushes another one out.
  for (let call = 0; call < postCount; call++) await miss()
  const reads = await measure(
    {
      'a pass-through extension': () => passing.post.findUnique({ where: { id: passed!() } }),
      'the same on another client': () => passingToo.post.findUnique({ where: { id: passedToo!() } }),
      'no extension': () => plain.post.findUnique({ where: { id: bare!() } }),
      'miss, stored in a full cache': miss,
      'cache: false': () => cached.post.findUnique({ where: { id: refused!() }, cache: false }),
    },
    slow,
  )
  let score = 0
  const data = () => ({ where: { id: 8 }, data: { score: score++ } })
  const writes = await measure(
    {
      'a pass-through extension': () => passing.user.update(data()),
      'the same on another client': () => passingToo.user.update(data()),
      'no extension': () => plain.user.update(data()),
      write: () => cached.user.update(data()),
    },
    slow,
  )
  await Promise.all([plain, passing, passingToo, cached].map((client) => client.$disconnect()))
  await pool.end()
  return [
    section('prisma: hit on findUnique', hits, [atMost('hit against a constant', hits.hit, 1.3)]),
    section('prisma: hit on findMany of 20 with include', pageHits, []),
    section('prisma: hit against PostgreSQL', uncached, [
      { name: 'times faster than uncached', value: 1 / uncached.hit.ratio, limit: 12, atMost: false },
    ]),
    section('prisma: what reads cost that are not answered', reads, [
      atMost('miss against a pass-through extension', reads['miss, stored in a full cache'], 1.04),
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
