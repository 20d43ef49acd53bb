import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { freshet } from '@freshet/typeorm'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { DataSourceOptions } from 'typeorm'
import { DataSource } from 'typeorm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recording, sentBy } from '../../packages/typeorm/test/rows/data-source.js'
import {
  Content,
  decoratedEntities,
  Note,
  Post,
  PostSummary,
  User,
} from '../../packages/typeorm/test/support/entities.js'
import { portrait } from '../../packages/typeorm/test/support/portrait.js'
import {
  Attachment,
  ProductSchema,
  schemaEntities,
  Supplier,
} from '../../packages/typeorm/test/support/schemas.js'
import { seed } from '../../packages/typeorm/test/support/seed.js'
import { sharedMariaDb, sharedPostgres, sharedRedis } from '../services/shared.js'

// Two DataSources that share nothing but a database and a Redis, as two processes do. What the one has loaded, the other
// is answered with, and no copy in the process stands in for what came back from Redis.

interface Process {
  readonly dataSource: DataSource
  readonly cache: Cache
  /** Of the same store. */
  readonly blog: Cache
  readonly client: Redis
  readonly statements: string[]
}

type Read = (of: DataSource, isCached: boolean) => Promise<unknown>

const relations = { author: true, labels: true } as const
const order = { id: 'ASC' } as const

const reads: Readonly<Record<string, Read>> = {
  'rows, of dates, json, arrays and numbers of every kind': (of, cache) =>
    of.getRepository(Post).find({ relations, order, cache }),
  'rows with relations by queries of their own, paged': (of, cache) =>
    of.getRepository(Post).findAndCount({
      relations,
      relationLoadStrategy: 'query',
      order,
      take: 2,
      cache,
    }),
  'raw rows': (of, cache) =>
    of
      .createQueryBuilder(Post, 'p')
      .orderBy('p.id')
      .leftJoinAndSelect('p.author', 'a')
      .cache(cache)
      .getRawMany(),
  'bytes, raw': (of, cache) => of.createQueryBuilder(Attachment, 'a').cache(cache).getRawMany(),
  'a count': (of, cache) => of.getRepository(Post).count({ cache }),
  nothing: (of, cache) => of.getRepository(Post).findOne({ where: { title: 'none' }, cache }),
  'entities with relations': (of, isCached) => many(of, Post, { relations, order }, isCached),
  'entities with transformed values, embedded objects and an eager relation': (of, isCached) =>
    many(of, User, { order }, isCached),
  'entities with bytes': (of, isCached) => many(of, Attachment, {}, isCached),
  'entities with a lazy relation': (of, isCached) =>
    many(of, Supplier, { relations: { products: true } }, isCached),
  'entities without a class': (of, isCached) =>
    many(of, ProductSchema, { relations: { supplier: true, related: true } }, isCached),
  'children of a single-table inheritance': (of, isCached) =>
    many(of, Content, { relations: { owner: true }, order }, isCached),
  'a view': (of, isCached) => many(of, PostSummary, { order: { postId: 'ASC' } }, isCached),
}

function many(of: DataSource, entity: unknown, options: object, isCached: boolean): Promise<unknown> {
  const repository = of.getRepository(entity as typeof Post)
  return isCached ? repository.getWithCache(options) : repository.find(options)
}

const databases = {
  // With the type that an int8 of PostgreSQL has where it is no text.
  PostgreSQL: async (): Promise<DataSourceOptions> => ({
    type: 'postgres',
    url: await (await sharedPostgres()).createDatabase(),
    extra: { types: { getTypeParser: (oid: number) => (oid === 20 ? BigInt : pg.types.getTypeParser(oid)) } },
  }),
  MariaDB: async (): Promise<DataSourceOptions> => ({
    type: 'mariadb',
    url: await (await sharedMariaDb()).createDatabase(),
  }),
}

describe.each(Object.keys(databases) as (keyof typeof databases)[])('on %s', (name) => {
  let options: DataSourceOptions
  let plain: DataSource
  let one: Process
  let other: Process
  let round = 0

  beforeAll(async () => {
    const database = await databases[name]()
    options = { ...database, entities: [...decoratedEntities, ...schemaEntities(database.type)] }
    plain = await new DataSource({ ...options, synchronize: true }).initialize()
    await seed(plain)
  })
  beforeEach(async () => {
    round++
    one = await start()
    other = await start()
  })
  afterEach(async () => {
    for (const { dataSource, cache, client } of [one, other]) {
      await dataSource.destroy()
      await cache.close()
      client.disconnect()
    }
  })
  afterAll(async () => {
    await plain.destroy()
  })

  async function start(): Promise<Process> {
    const client = new Redis({ ...(await sharedRedis()), lazyConnect: true })
    await client.connect()
    const prefix = `through-redis:${name}:${round}:`
    const root = createCache({ store: redisStore(client, { prefix, advice: false }), near: false })
    const cache = root.namespace('shop')
    const statements: string[] = []
    const dataSource = new DataSource({
      ...options,
      logger: recording(statements),
      logging: ['query'],
      cache: freshet({ cache }),
    })
    await dataSource.initialize()
    return { dataSource, cache, blog: root.namespace('blog'), client, statements }
  }

  test.each(Object.entries(reads))(
    'what another process has loaded is what the database says: %s',
    async (_, read) => {
      const expected = portrait(await read(plain, false))
      expect(portrait(await read(one.dataSource, true))).toEqual(expected)
      await one.cache.settled()
      let answer: unknown
      const sent = await sentBy(other.statements, async () => (answer = await read(other.dataSource, true)))
      expect(sent).toEqual([])
      expect(portrait(answer)).toEqual(expected)
    },
  )

  test('a saved entity that another process has loaded writes what it must', async () => {
    const where = { id: 1 }
    const options = { where, relations } as const
    await one.dataSource.getRepository(Post).getOneWithCache(options)
    await one.cache.settled()
    const post = (await other.dataSource.getRepository(Post).getOneWithCache(options))!
    post.views += 1
    const sent = await sentBy(other.statements, () => other.dataSource.manager.save(post))
    const updates = sent.filter((sql) => sql.startsWith('UPDATE'))
    expect(updates).toEqual([expect.stringContaining('views')])
    expect((await one.dataSource.getRepository(Post).getOneWithCache(options))!.views).toBe(post.views)
  })

  test('remove() in one process is remove() in all', async () => {
    const read = ({ dataSource }: Process) =>
      dataSource.getRepository(Note).find({ cache: { id: 'notes', milliseconds: 60_000 } })
    await read(one)
    await one.cache.settled()
    await other.dataSource.queryResultCache!.remove(['notes', 'of nobody'])
    expect(await sentBy(one.statements, () => read(one))).toHaveLength(1)
  })

  test('clear() forgets this namespace, and never empties the server', async () => {
    const read = ({ dataSource }: Process) => dataSource.getRepository(Note).find({ cache: true })
    const { client } = one
    const foreign = `somebody-else:${name}`
    await client.set(foreign, 'theirs')
    await one.blog.set('key', 'ours')
    await read(one)
    await one.cache.settled()
    await other.dataSource.queryResultCache!.clear()
    expect(await sentBy(one.statements, () => read(one))).toHaveLength(1)
    expect(await client.get(foreign)).toBe('theirs')
    expect(await other.blog.get('key')).toBe('ours')
    await client.del(foreign)
  })
})
