import { PrismaPg } from '@prisma/adapter-pg'
import { createCache, type Cache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import pg from 'pg'
import { PrismaExtensionRedis } from 'prisma-extension-redis'
import type { Service } from '../../test/services/index.js'
import { PrismaClient } from '../generated/client/client.js'
import { measure, type Rounds } from './measure.js'
import type { Section } from './report.js'

/** Entries that carry one tag, or that an extension has cached of one model. */
export interface Sizes {
  readonly few: number
  readonly many: number
}

/**
 * What it costs to invalidate a tag by how many entries carry it; beside a cache that looks for the entries of a model by the
 * names of their keys.
 *
 * @param connectionString of a PostgreSQL that has the tables of the benchmark
 */
export async function benchInvalidation(
  redis: Service,
  connectionString: string,
  { few, many }: Sizes,
  rounds: Rounds,
): Promise<readonly Section[]> {
  const client = new Redis(redis.url)
  await client.ping()
  const cache = createCache({ store: redisStore(client, { advice: false }), near: false })
  try {
    await fill(cache, 'few', few)
    await fill(cache, 'many', many)
    const stored = await client.dbsize()
    if (stored < few + many) throw new Error(`Only ${stored} of ${few + many} entries are there.`)
    const tagged = await byTag(cache, { few, many }, rounds)
    await client.flushall()
    return [tagged, await byName(client, connectionString, { few, many })]
  } finally {
    await cache.close()
    client.disconnect()
  }
}

async function byTag(cache: Cache, { few, many }: Sizes, rounds: Rounds): Promise<Section> {
  const name = `a tag of ${many.toLocaleString('en')} entries`
  const rows = await measure(
    {
      [`a tag of ${few.toLocaleString('en')} entries`]: () => cache.invalidate(['few']),
      [name]: () => cache.invalidate(['many']),
    },
    rounds,
  )
  const { ratio } = rows[name]!
  return {
    title: 'redis: invalidating',
    rows,
    goals: [{ name: 'the larger tag against the smaller', value: ratio, limit: 1.2, atMost: true }],
  }
}

/** Once each: afterwards its entries are gone. */
async function byName(client: Redis, connectionString: string, sizes: Sizes): Promise<Section> {
  const pool = new pg.Pool({ connectionString, max: 1 })
  const plain = new PrismaClient({ adapter: new PrismaPg(pool) })
  const extended = plain.$extends(
    PrismaExtensionRedis({
      config: { ttl: 3600, stale: 0, type: 'STRING', auto: { ttl: 3600, stale: 0, invalidateOnWrite: true } },
      client,
    }),
  )
  const write = () => extended.user.update({ where: { id: 7 }, data: { name: 'Ada' } })
  const tookUs = new Map<number, number>()
  try {
    await write()
    for (const count of [sizes.few, sizes.many]) {
      await extended.user.findUnique({ where: { id: 7 } })
      await fillAlike(client, count)
      const startedAt = performance.now()
      await write()
      tookUs.set(count, (performance.now() - startedAt) * 1000)
      const left = await client.dbsize()
      if (left > 0) throw new Error(`The extension was to remove what it had cached, and left ${left} keys.`)
    }
  } finally {
    await plain.$disconnect()
    await pool.end()
  }
  const rows = Array.from(tookUs, ([count, medianUs]) => [
    `an update with ${count.toLocaleString('en')} reads of its model cached`,
    { medianUs, ratio: medianUs / tookUs.get(sizes.few)! },
  ])
  return { title: 'redis: prisma-extension-redis, once each', rows: Object.fromEntries(rows), goals: [] }
}

/** As many keys as `count`, named as the one that is there. */
async function fillAlike(client: Redis, count: number): Promise<void> {
  const [key] = await client.keys('*')
  const value = await client.get(key!)
  await inBatches(count - 1, async (from, to) => {
    const pipeline = client.pipeline()
    for (let i = from; i < to; i++) pipeline.set(`${key}${i}`, value!)
    await pipeline.exec()
  })
}

async function fill(cache: Cache, tag: string, count: number): Promise<void> {
  const before = await cache.snapshot([tag])
  await inBatches(count, async (from, to) => {
    const one = (_: unknown, index: number) =>
      cache.set(`${tag}:${from + index}`, 1, { tags: [tag], ttl: '1h', vector: before })
    await Promise.all(Array.from({ length: to - from }, one))
  })
}

async function inBatches(count: number, each: (from: number, to: number) => Promise<void>): Promise<void> {
  const size = 200
  for (let from = 0; from < count; from += size) await each(from, Math.min(count, from + size))
}
