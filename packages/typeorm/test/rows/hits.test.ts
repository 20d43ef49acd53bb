import 'reflect-metadata'
import type { DataSource } from 'typeorm'
import { In, MoreThan } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Category, Content, Membership, Post, PostSummary, User } from '../support/entities.js'
import { Attachment, ProductSchema, Supplier } from '../support/schemas.js'
import { seed } from '../support/seed.js'
import type { Opened } from './data-source.js'
import { createDatabase, databases, open, sentBy } from './data-source.js'

type Read = (dataSource: DataSource, cache: boolean) => Promise<unknown>

const reads: Readonly<Record<string, Read>> = {
  'find of everything': (ds, cache) => ds.getRepository(Post).find({ cache, order: { id: 'ASC' } }),
  'find with relations': (ds, cache) =>
    ds.getRepository(Post).find({ cache, relations: { author: true, labels: true }, order: { id: 'ASC' } }),
  'find with relations by queries of their own': (ds, cache) =>
    ds.getRepository(Post).find({
      cache,
      relations: { author: { posts: true }, labels: true },
      relationLoadStrategy: 'query',
      order: { id: 'ASC' },
    }),
  'find with joins and a page': (ds, cache) =>
    ds.getRepository(Post).find({
      cache,
      relations: { labels: true },
      order: { id: 'DESC' },
      skip: 1,
      take: 2,
    }),
  'find of a deep condition': (ds, cache) =>
    ds
      .getRepository(Post)
      .find({ cache, where: { author: { email: 'ada@example.org' }, views: MoreThan(5) } }),
  'find of a list': (ds, cache) =>
    ds.getRepository(Post).find({ cache, where: { title: In(['Post 1', 'x']) } }),
  findOne: (ds, cache) => ds.getRepository(User).findOne({ cache, where: { email: 'ada@example.org' } }),
  'findOne of nothing': (ds, cache) => ds.getRepository(User).findOne({ cache, where: { email: 'nobody' } }),
  findAndCount: (ds, cache) =>
    ds
      .getRepository(Post)
      .findAndCount({ cache, take: 2, order: { id: 'ASC' }, relations: { labels: true } }),
  count: (ds, cache) => ds.getRepository(Post).count({ cache, where: { published: true } }),
  exists: (ds, cache) => ds.getRepository(Post).exists({ cache, where: { published: true } }),
  'exists of nothing': (ds, cache) => ds.getRepository(Post).exists({ cache, where: { title: 'none' } }),
  'deleted ones as well': (ds, cache) => ds.getRepository(Post).find({ cache, withDeleted: true }),
  'single-table inheritance': (ds, cache) =>
    ds.getRepository(Content).find({ cache, relations: { owner: true }, order: { id: 'ASC' } }),
  'two columns as key': (ds, cache) =>
    ds
      .getRepository(Membership)
      .find({ cache, relations: { user: true }, order: { team: 'ASC', userId: 'ASC' } }),
  'a tree': (ds, cache) => ds.getRepository(Category).find({ cache, order: { id: 'ASC' } }),
  'a view': (ds, cache) => ds.getRepository(PostSummary).find({ cache, order: { postId: 'ASC' } }),
  'an entity without a class': (ds, cache) =>
    ds.getRepository(ProductSchema).find({ cache, relations: { supplier: true, related: true } }),
  'a lazy relation': (ds, cache) => ds.getRepository(Supplier).find({ cache, relations: { products: true } }),
  bytes: (ds, cache) => ds.getRepository(Attachment).find({ cache }),
  getMany: (ds, cache) => joined(ds).cache(cache).getMany(),
  getOne: (ds, cache) => joined(ds).where('post.id = :id', { id: 2 }).cache(cache).getOne(),
  getManyAndCount: (ds, cache) => joined(ds).take(2).cache(cache).getManyAndCount(),
  getCount: (ds, cache) => joined(ds).cache(cache).getCount(),
  getExists: (ds, cache) => joined(ds).cache(cache).getExists(),
  getRawMany: (ds, cache) => joined(ds).cache(cache).getRawMany(),
  getRawOne: (ds, cache) => joined(ds).cache(cache).getRawOne(),
  getRawAndEntities: (ds, cache) => joined(ds).cache(cache).getRawAndEntities(),
  'raw bytes': (ds, cache) => ds.createQueryBuilder(Attachment, 'a').cache(cache).getRawMany(),
  'relation ids': (ds, cache) =>
    ds.getRepository(Post).find({ cache, loadRelationIds: { relations: ['author'] }, order: { id: 'ASC' } }),
}

const joined = (ds: DataSource) =>
  ds
    .createQueryBuilder(Post, 'post')
    .addSelect('post.body')
    .leftJoinAndSelect('post.author', 'author')
    .leftJoinAndSelect('post.labels', 'label')
    .orderBy('post.id', 'ASC')
    .addOrderBy('label.code', 'ASC')

describe.each(databases)('on %s', (name) => {
  let opened: Opened

  beforeAll(async () => {
    opened = await open(await createDatabase(name), { dataSource: { synchronize: true } })
    await seed(opened.dataSource)
  })

  afterAll(async () => {
    await opened.dataSource.destroy()
  })

  test.each(Object.entries(reads))('a hit is what a miss is, and sends nothing: %s', async (_, read) => {
    const { dataSource, statements, cache } = opened
    await cache.clear()
    const uncached = await read(dataSource, false)
    const sent = await sentBy(statements, async () => {
      expect(await read(dataSource, true)).toStrictEqual(uncached)
    })
    expect(sent.length).toBeGreaterThan(0)
    const sentByHit = await sentBy(statements, async () => {
      expect(await read(dataSource, true)).toStrictEqual(uncached)
    })
    expect(sentByHit).toEqual([])
    expect(await read(dataSource, false)).toStrictEqual(uncached)
  })

  test('raw rows keep the types that the driver gave them', async () => {
    const { dataSource } = opened
    const read = () => joined(dataSource).where('post.id = :id', { id: 1 }).cache(true).getRawOne()
    const miss = (await read()) as Record<string, unknown>
    const hit = (await read()) as Record<string, unknown>
    for (const [column, value] of Object.entries(miss)) {
      expect(typeof hit[column], column).toBe(typeof value)
      if (typeof value === 'object' && value !== null) {
        expect(Object.getPrototypeOf(hit[column]), column).toBe(Object.getPrototypeOf(value))
      }
    }
    if (name !== 'better-sqlite3') expect(hit['post_publishedAt']).toBeInstanceOf(Date)
    const [attachment] = await twice(() =>
      dataSource.createQueryBuilder(Attachment, 'a').cache(true).getRawMany<{ a_bytes: Buffer }>(),
    )
    expect(Buffer.isBuffer(attachment?.a_bytes)).toBe(true)
  })

  test('what a caller does to rows and entities, nobody else sees', async () => {
    const { dataSource } = opened
    const read = () => joined(dataSource).cache('mutated', 60_000).getRawAndEntities()
    const untouched = await dataSource.createQueryBuilder(Post, 'post').orderBy('post.id').getMany()
    for (let turn = 0; turn < 3; turn++) {
      const { raw, entities } = await read()
      expect(entities.map((post) => post.title)).toEqual(untouched.map((post) => post.title))
      expect(entities[0]!.data).toEqual({ n: 0, list: [{ a: 1 }], nothing: null })
      Object.assign(entities[0]!.data as object, { n: 'changed' })
      entities[0]!.publishedAt?.setFullYear(1999)
      for (const row of raw as Record<string, unknown>[]) row['post_title'] = 'changed'
      raw.length = 0
    }
  })
})

async function twice<T>(read: () => Promise<T>): Promise<T> {
  await read()
  return read()
}
