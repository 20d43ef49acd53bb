import type { StoreFactory } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import { startRedis } from '../../../test/services/index.js'
import type { Section } from '../report.js'
import { save } from '../report.js'
import { BlogMirror, blogRows } from './blog-mirror.js'
import { blogVisits } from './blog-plan.js'
import type { Client, OpenOptions, Precision } from './client.js'
import type { Database, Dialect } from './database.js'
import { dialects, openDatabase } from './database.js'
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
  /** Default: what the form says. */
  readonly rows?: number | undefined
  readonly seed: number
  /** Default: both. */
  readonly orm?: string | undefined
  readonly database?: string | undefined
}

/** How many questions and changes there are at each share of writes, after how many questions that fill the cache. */
interface Calls {
  readonly warm: number
  readonly byShare: readonly (readonly [writeShare: number, calls: number])[]
}

interface Scale {
  readonly rows: number
  readonly shop: Calls
  readonly blog: Calls
  readonly shared: Calls
}

const full: Scale = {
  rows: 100_000,
  shop: {
    warm: 20_000,
    byShare: [
      [0.01, 6_000],
      [0.05, 6_000],
      [0.2, 4_000],
      [0.5, 2_000],
    ],
  },
  blog: {
    warm: 20_000,
    byShare: [
      [0.05, 6_000],
      [0.2, 4_000],
    ],
  },
  shared: {
    warm: 10_000,
    byShare: [
      [0.01, 3_000],
      [0.05, 3_000],
      [0.2, 2_000],
      [0.5, 1_000],
    ],
  },
}
const short: Scale = {
  rows: 3_000,
  shop: {
    warm: 1_000,
    byShare: [
      [0.01, 500],
      [0.05, 500],
      [0.2, 300],
      [0.5, 150],
    ],
  },
  blog: { warm: 1_000, byShare: [[0.05, 600]] },
  shared: {
    warm: 300,
    byShare: [
      [0.05, 200],
      [0.2, 100],
    ],
  },
}

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
  const scale = { ...form, rows: options.rows ?? form.rows }
  const size = shopSize(scale.rows)
  const [shop, blog] = [shopRows(size), blogRows(scale.rows)]
  const database = await openDatabase(dialect, shop, blog)
  try {
    const run = createRunner(database, options.seed, {
      shop: createShopState(new ShopMirror(shop), size),
      blog: new BlogMirror(blog),
    })
    const comparisons: Comparison[] = []
    for (const orm of chosen(Object.keys(orms) as Orm[], options.orm, 'orm')) {
      comparisons.push(...(await compareInMemory(run, orm, dialect, scale)))
      if (dialect === 'postgresql') comparisons.push(...(await measureShared(run, orm, dialect, scale)))
    }
    return comparisons
  } finally {
    await database.stop()
  }
}

async function compareInMemory(
  run: Runner,
  orm: Orm,
  dialect: Dialect,
  scale: Scale,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = []
  for (const application of ['shop', 'blog'] as const) {
    const visits = { orm, application, calls: scale[application] }
    const tables = await run({ ...visits, precision: 'table' })
    const rows = await run({ ...visits, precision: 'row' })
    const title = `${application}, ${orm}, ${dialect}`
    for (const [index, [writeShare]] of visits.calls.byShare.entries())
      comparisons.push({ title, writeShare, rows: rows[index]!, tables: tables[index]! })
  }
  comparisons.forEach(printComparison)
  return comparisons
}

/** Strong, in Redis, with near copies: intents and round trips cost hits as the share of writes grows. */
async function measureShared(
  run: Runner,
  orm: Orm,
  dialect: Dialect,
  { shared: calls }: Scale,
): Promise<readonly Comparison[]> {
  const redis = await startRedis()
  const client = new Redis(redis.url)
  try {
    const store = redisStore(client, { prefix: `${orm}:`, advice: false })
    const passes = await run({ orm, application: 'shop', precision: 'row', calls, store })
    const title = `shop, ${orm}, ${dialect}, shared in Redis`
    const comparisons = passes.map((rows, index) => ({ title, writeShare: calls.byShare[index]![0], rows }))
    comparisons.forEach(printComparison)
    return comparisons
  } finally {
    client.disconnect()
    await redis.stop()
  }
}

interface Visits {
  readonly orm: Orm
  readonly application: 'shop' | 'blog'
  readonly precision: Precision
  readonly calls: Calls
  /** Default: in memory. */
  readonly store?: StoreFactory
}

/** Gives a pass for each share of writes, one after another with the same cache. */
type Runner = (visits: Visits) => Promise<readonly Pass[]>

interface Data {
  readonly shop: ReturnType<typeof createShopState>
  readonly blog: BlogMirror
}

/** Runs go on with the data as the one before left it. */
function createRunner(database: Database, seed: number, { shop, blog }: Data): Runner {
  return async ({ orm, application, precision, calls, store }) => {
    const watched = store === undefined ? createWatchedCache() : createWatchedCache(store, room)
    const oracle = new Oracle()
    const open: (database: Database, options: OpenOptions) => Promise<Client> = orms[orm]
    const client = await open(database, { cache: watched.cache, precision })
    const visit = (writeShare: number) => {
      const options = { seed: seed + Math.round(writeShare * 1000), writeShare }
      const steps: Iterator<Step> =
        application === 'shop'
          ? shopVisits(shop, client.shop, options)
          : blogVisits(blog, client.blog, options)
      return { steps, watched, oracle }
    }
    try {
      // What the first writes empty anyway need not be filled at length.
      await warm(visit(0), precision === 'row' ? calls.warm : calls.warm / 10)
      const passes: Pass[] = []
      for (const [writeShare, count] of calls.byShare) passes.push(await runPass(visit(writeShare), count))
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
