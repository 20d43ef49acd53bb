import type { StoreFactory } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import { startRedis } from '../../../test/services/index.js'
import type { Section } from '../report.js'
import { save } from '../report.js'
import { BlogMirror, blogRows } from './blog-mirror.js'
import { blogVisits } from './blog-plan.js'
import type { Client, OpenOptions, Precision } from './client.js'
import type { Database, DatabaseServer, Dialect } from './database.js'
import { dialects, openServer } from './database.js'
import type { Comparison } from './figures.js'
import { goalsOf, printComparison, toJson } from './figures.js'
import { Oracle } from './oracle.js'
import type { Pass } from './pass.js'
import { runPass, warm } from './pass.js'
import { openPrisma } from './prisma.js'
import type { Step } from './question.js'
import { ShopMirror } from './shop-mirror.js'
import { createShopState, shopVisits } from './shop-plan.js'
import { shopRows, shopSize } from './shop-rows.js'
import { openTypeorm } from './typeorm.js'
import { createWatchedCache, room } from './watched-cache.js'

const orms = { prisma: openPrisma, typeorm: openTypeorm }
type Orm = keyof typeof orms

export interface PrecisionOptions {
  readonly short: boolean
  /** Default: what the form says, which is 100,000 in the full one. */
  readonly rows?: number | undefined
  /** How many times the questions and changes of the full form. Default: what the form says. */
  readonly scale?: number | undefined
  readonly seed: number
  /** Default: both. */
  readonly orm?: string | undefined
  readonly database?: string | undefined
  /** Default: all; of one that is named what is shared is not measured. */
  readonly application?: string | undefined
  /** How many questions fill the cache before anything is changed. Default: as the form says. */
  readonly warm?: number | undefined
  /** Of how many orders and reviews at most is asked whose they are, where a count or an average is made of them; 0: of none. Default 20,000. */
  readonly members?: number | undefined
}

const applications = {
  shop: 'shop',
  /** What the shop's bulk updates and cascades cost is seen beside it. */
  named: 'shop whose changes name their rows',
  blog: 'blog',
} as const
type Application = keyof typeof applications

type Shares = readonly number[]
const shares: Readonly<Record<Application, Shares>> = {
  shop: [0.01, 0.05, 0.2, 0.5],
  named: [0.01, 0.05, 0.2],
  blog: [0.05, 0.2],
}
/** How many questions and changes of the full form. */
const callsAt = (share: number): number => (share < 0.1 ? 6_000 : share < 0.3 ? 4_000 : 2_000)
/** A round trip each. */
const warmCallsShared = 20_000

interface Form {
  readonly rows: number
  readonly scale: number
  /** How many questions fill the cache: with few, most misses are of what nobody has asked yet, whatever a write stops. */
  readonly warm: number
}

const full: Form = { rows: 100_000, scale: 1, warm: 1_000_000 }
const short: Form = { rows: 3_000, scale: 0.05, warm: 1_000 }

/**
 * How many reads a write leaves alone, beside an oracle that knows which ones it changes and beside invalidation by
 * tables: a shop and a blog on each ORM and database. Prints, and writes `bench/results/precision.json`.
 *
 * @throws WrongAnswer if an answer is not that of the mirror: the cache's is old, or the oracle's is wrong
 */
export async function benchPrecision(options: PrecisionOptions): Promise<readonly Section[]> {
  const comparisons: Comparison[] = []
  for (const dialect of chosen(dialects, options.database, 'database'))
    comparisons.push(...(await compareOn(dialect, options)))
  save('precision', comparisons.map(toJson))
  return [{ title: 'precision', rows: {}, goals: comparisons.flatMap(goalsOf) }]
}

async function compareOn(dialect: Dialect, options: PrecisionOptions): Promise<readonly Comparison[]> {
  const form = options.short ? short : full
  const { rows = form.rows, scale = form.scale, warm: warmUp = form.warm, members = 20_000 } = options
  const asked = chosen(Object.keys(applications) as Application[], options.application, 'application')
  const server = await openServer(dialect)
  try {
    const run = createRunner(server, { seed: options.seed, rows, warmUp, members })
    const comparisons: Comparison[] = []
    for (const orm of chosen(Object.keys(orms) as Orm[], options.orm, 'orm')) {
      comparisons.push(...(await compareInMemory(run, asked, orm, dialect, scale)))
      if (dialect === 'postgresql' && options.application === undefined)
        comparisons.push(...(await measureShared(run, orm, dialect, scale)))
    }
    return comparisons
  } finally {
    await server.stop()
  }
}

async function compareInMemory(
  run: Runner,
  asked: readonly Application[],
  orm: Orm,
  dialect: Dialect,
  scale: number,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = []
  for (const application of asked) {
    const visits = { orm, application, shares: shares[application], scale }
    const tables = await run({ ...visits, precision: 'table' })
    const rows = await run({ ...visits, precision: 'row' })
    const title = `${applications[application]}, ${orm}, ${dialect}`
    const compared = visits.shares.map((writeShare, index) => ({
      title,
      writeShare,
      rows: rows[index]!,
      tables: tables[index]!,
    }))
    compared.forEach(printComparison)
    comparisons.push(...compared)
  }
  return comparisons
}

/** Strong, in Redis, with near copies: intents and round trips cost hits as the share of writes grows. */
async function measureShared(
  run: Runner,
  orm: Orm,
  dialect: Dialect,
  scale: number,
): Promise<readonly Comparison[]> {
  const redis = await startRedis()
  const client = new Redis(redis.url)
  try {
    const store = redisStore(client, { prefix: `${orm}:`, advice: false })
    const visits = { orm, application: 'shop', precision: 'row', shares: shares.shop, store } as const
    const passes = await run({ ...visits, scale: scale / 2, warmAtMost: warmCallsShared })
    const title = `${applications.shop}, ${orm}, ${dialect}, shared in Redis`
    const compared = passes.map((rows, index) => ({ title, writeShare: shares.shop[index]!, rows }))
    compared.forEach(printComparison)
    return compared
  } finally {
    client.disconnect()
    await redis.stop()
  }
}

interface Visits {
  readonly orm: Orm
  readonly application: Application
  readonly precision: Precision
  readonly shares: Shares
  readonly scale: number
  /** Default: in memory. */
  readonly store?: StoreFactory
  /** Default: as all runs. */
  readonly warmAtMost?: number
}

/** Gives a pass for each share of writes, one after another with the same cache. */
type Runner = (visits: Visits) => Promise<readonly Pass[]>

interface Data {
  readonly database: Database
  readonly shop: ReturnType<typeof createShopState>
  readonly blog: BlogMirror
}

interface RunnerOptions {
  readonly seed: number
  readonly rows: number
  /** How many questions fill the cache. */
  readonly warmUp: number
  readonly members: number
}

async function fill(server: DatabaseServer, rows: number): Promise<Data> {
  const size = shopSize(rows)
  const [shop, blog] = [shopRows(size), blogRows(rows)]
  const database = await server.fill(shop, blog)
  return {
    database,
    shop: createShopState(new ShopMirror(shop), size),
    blog: new BlogMirror(blog),
  }
}

/** Each run begins with the same data, in a database of its own: tables grow, and rows that are written leave their old versions behind. */
function createRunner(server: DatabaseServer, { seed, rows, warmUp, members }: RunnerOptions): Runner {
  return async ({ orm, application, precision, shares: given, scale, store, warmAtMost = warmUp }) => {
    const { database, shop, blog } = await fill(server, rows)
    const watched = store === undefined ? createWatchedCache() : createWatchedCache(store, room)
    const oracle = new Oracle()
    const open: (database: Database, options: OpenOptions) => Promise<Client> = orms[orm]
    const client = await open(database, { cache: watched.cache, precision, members })
    const visit = (writeShare: number) => {
      const options = { seed: seed + Math.round(writeShare * 1000), writeShare }
      const steps: Iterator<Step> =
        application === 'blog'
          ? blogVisits(blog, client.blog, options)
          : shopVisits(shop, client.shop, { ...options, namesRows: application === 'named' })
      return { steps, watched, oracle }
    }
    try {
      await warm(visit(0), Math.min(warmUp, warmAtMost))
      const passes: Pass[] = []
      for (const share of given) passes.push(await runPass(visit(share), scale * callsAt(share)))
      return passes
    } finally {
      await client.close()
      await watched.cache.close()
    }
  }
}

function chosen<Name extends string>(
  names: readonly Name[],
  given: string | undefined,
  option: string,
): readonly Name[] {
  if (given === undefined) return names
  const found = names.filter((name) => name === given)
  if (found.length === 0)
    throw new Error(`--${option} must be one of ${names.join(', ')}, but '${given}' was given.`)
  return found
}
