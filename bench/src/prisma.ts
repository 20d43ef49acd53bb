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

const clientsOfAKind = 4

const passThrough = (client: PrismaClient) =>
  client.$extends({ query: { $allModels: { $allOperations: ({ args, query }) => query(args) } } })

/** The same call on one client after the other. */
function inTurn<Client>(clients: readonly Client[], call: (client: Client) => unknown): () => unknown {
  let next = 0
  return () => call(clients[next++ % clients.length]!)
}

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
  // Two connections of one kind differ by more than what is measured here (4 %, measured), so there are several of each.
  const plains = Array.from({ length: clientsOfAKind }, () => connect(connectionString))
  const passings = Array.from({ length: clientsOfAKind }, () => passThrough(connect(connectionString)))
  const caches = Array.from({ length: clientsOfAKind }, () => createCache())
  const cacheds = caches.map((own) => connect(connectionString).$extends(freshet({ cache: own })))
  const reads = await measure(
    {
      'a pass-through extension': inTurn(passings, (client) => client.user.findUnique(user7)),
      'no extension': inTurn(plains, (client) => client.user.findUnique(user7)),
      'invalidation, miss, stored': inTurn(cacheds, async (client) => {
        await client.$cache.invalidate(['User'])
        return client.user.findUnique(user7)
      }),
      'cache: false': inTurn(cacheds, (client) => client.user.findUnique({ ...user7, cache: false })),
    },
    slow,
  )
  let score = 0
  const data = () => ({ where: { id: 8 }, data: { score: score++ } })
  const writes = await measure(
    {
      'a pass-through extension': inTurn(passings, (client) => client.user.update(data())),
      'no extension': inTurn(plains, (client) => client.user.update(data())),
      write: inTurn(cacheds, (client) => client.user.update(data())),
    },
    slow,
  )
  await Promise.all([...plains, ...passings, ...cacheds].map((client) => client.$disconnect()))
  await Promise.all([plain.$disconnect(), cached.$disconnect()])
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
