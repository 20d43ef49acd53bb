import type { DataSource } from 'typeorm'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { Address } from '../../test/services/index.js'
import type { Rounds } from './measure.js'
import { measure } from './measure.js'
import type { Section } from './report.js'
import { authors, connect, posts } from './typeorm-tables.js'

const hour = 3_600_000
const author7 = { where: { id: 7 } } as const
const withAuthor = { relations: { author: true } } as const

/** A hit of `getWithCache` in memory, beside TypeORM's own cache in Redis; the same queries on PostgreSQL. */
export async function benchTypeormEntities(
  driver: object,
  redis: Address,
  rounds: Rounds,
): Promise<readonly Section[]> {
  const own = await connect(driver, {
    cache: { type: 'ioredis', options: { host: redis.host, port: redis.port } },
  })
  const cached = await connect(driver, { cache: freshet({ cache: createCache() }) })
  const one = await compare(
    'one row',
    () => own.getRepository(authors).findOne({ ...author7, cache: hour }),
    () => cached.getRepository(authors).getOneWithCache(author7),
    rounds,
    30,
  )
  const hundred = await compare(
    '100 rows with a relation',
    () => own.getRepository(posts).find({ ...withAuthor, cache: hour }),
    () => cached.getRepository(posts).getWithCache(withAuthor),
    { ...rounds, callsPerRound: Math.ceil(rounds.callsPerRound / 10) },
    10,
  )
  await Promise.all([own, cached].map((dataSource: DataSource) => dataSource.destroy()))
  return [one, hundred]
}

async function compare(
  what: string,
  own: () => Promise<unknown>,
  cached: () => Promise<unknown>,
  rounds: Rounds,
  limit: number,
): Promise<Section> {
  const rows = await measure({ "TypeORM's cache in Redis": own, getWithCache: cached }, rounds)
  return {
    title: `typeorm: hit of getWithCache, ${what}`,
    rows,
    goals: [
      { name: "times faster than TypeORM's cache", value: 1 / rows.getWithCache.ratio, limit, atMost: false },
    ],
  }
}
