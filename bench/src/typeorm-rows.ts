import { DataSource, EntitySchema } from 'typeorm'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { Rounds } from './measure.js'
import { measure } from './measure.js'
import type { Section } from './report.js'

interface Author {
  id: number
  email: string
  name: string
  createdAt: Date
}

interface Post {
  id: number
  title: string
  body: string
  views: number
  published: boolean
  createdAt: Date
  author: Author
}

const authors = new EntitySchema<Author>({
  name: 'Author',
  tableName: 'bench_authors',
  columns: {
    id: { type: 'int', primary: true },
    email: { type: 'varchar' },
    name: { type: 'varchar' },
    createdAt: { type: 'timestamptz' },
  },
})

const posts = new EntitySchema<Post>({
  name: 'Post',
  tableName: 'bench_posts',
  columns: {
    id: { type: 'int', primary: true },
    title: { type: 'varchar' },
    body: { type: 'text' },
    views: { type: 'int' },
    published: { type: 'boolean' },
    createdAt: { type: 'timestamptz' },
  },
  relations: { author: { type: 'many-to-one', target: 'Author' } },
})

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

const connect = (url: string, cache: object) =>
  new DataSource({
    type: 'postgres',
    url,
    entities: [authors, posts],
    synchronize: true,
    cache,
  }).initialize()

async function fill(dataSource: DataSource): Promise<void> {
  const createdAt = new Date(0)
  await dataSource.getRepository(authors).insert(
    Array.from({ length: 100 }, (_, id) => ({
      id,
      email: `${id}@example.com`,
      name: `Author ${id}`,
      createdAt,
    })),
  )
  await dataSource.getRepository(posts).insert(
    Array.from({ length: 100 }, (_, id) => ({
      id,
      title: `Post ${id}`,
      body: 'body '.repeat(20),
      views: id,
      published: true,
      createdAt,
      author: { id },
    })),
  )
}

const one = (dataSource: DataSource) => () =>
  dataSource.getRepository(authors).findOne({ where: { id: 7 }, cache: 3_600_000 })

const hundred = (dataSource: DataSource) => () =>
  dataSource.getRepository(posts).find({ relations: { author: true }, cache: 3_600_000 })

/** A hit of `cache: true` in memory, beside a provider that answers from a bare Map; on PostgreSQL. */
export async function benchTypeormRows(
  connectionString: string,
  rounds: Rounds,
): Promise<readonly Section[]> {
  const map = await connect(connectionString, { provider: () => new MapProvider() })
  await fill(map)
  const cached = await connect(connectionString, freshet({ cache: createCache() }))
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
