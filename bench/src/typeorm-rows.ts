import type { DataSource } from 'typeorm'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { Rounds } from './measure.js'
import { measure } from './measure.js'
import type { Section } from './report.js'
import { authors, connect, posts } from './typeorm-tables.js'

type Provider = NonNullable<DataSource['queryResultCache']>
type Saved = Awaited<ReturnType<Provider['getFromCache']>>

/** The least that TypeORM's interface allows: JSON from a Map, never expired, by TypeORM's own key. */
class MapProvider implements Provider {
  readonly #saved = new Map<string | undefined, Saved>()

  async connect(): Promise<void> {}
  async disconnect(): Promise<void> {}
  async synchronize(): Promise<void> {}
  async clear(): Promise<void> {}
  async remove(): Promise<void> {}

  isExpired(): boolean {
    return false
  }

  async getFromCache(options: NonNullable<Saved>): Promise<Saved> {
    return this.#saved.get(options.query)
  }

  async storeInCache(options: NonNullable<Saved>): Promise<void> {
    this.#saved.set(options.query, options)
  }
}

const one = (dataSource: DataSource) => () =>
  dataSource.getRepository(authors).findOne({ where: { id: 7 }, cache: 3_600_000 })

const hundred = (dataSource: DataSource) => () =>
  dataSource.getRepository(posts).find({ relations: { author: true }, cache: 3_600_000 })

/** A hit of `cache: true` in memory, beside a provider that answers from a bare Map; on PostgreSQL. */
export async function benchTypeormRows(driver: object, rounds: Rounds): Promise<readonly Section[]> {
  const map = await connect(driver, { cache: { provider: () => new MapProvider() } })
  const cached = await connect(driver, { cache: freshet({ cache: createCache() }) })
  const sections = [
    await section('one row', one, map, cached, rounds),
    await section('100 rows with a relation', hundred, map, cached, {
      ...rounds,
      callsPerRound: Math.ceil(rounds.callsPerRound / 10),
    }),
  ]
  await Promise.all([map.destroy(), cached.destroy()])
  return sections
}

async function section(
  what: string,
  read: (dataSource: DataSource) => () => Promise<unknown>,
  map: DataSource,
  cached: DataSource,
  rounds: Rounds,
): Promise<Section> {
  const rows = await measure(
    { 'a provider that answers from a Map': read(map), 'cache: true': read(cached) },
    rounds,
  )
  return {
    title: `typeorm: hit of cache: true, ${what}`,
    rows,
    goals: [{ name: 'hit against a Map', value: rows['cache: true'].ratio, limit: 1.15, atMost: true }],
  }
}
