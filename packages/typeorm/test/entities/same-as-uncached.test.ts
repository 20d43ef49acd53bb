import type { EntityTarget, FindManyOptions, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { Column, Entity, In, LessThan, PrimaryGeneratedColumn } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sharedMariaDb, sharedPostgres } from '../../../../test/services/shared.js'
import type { Seeded } from '../repository/data-source.js'
import { seededDataSource } from '../repository/data-source.js'
import { decorate } from '../support/decorate.js'
import {
  Article,
  Category,
  Comment,
  Content,
  Folder,
  Label,
  Membership,
  Money,
  moneyTransformer,
  Note,
  Page,
  Post,
  PostSummary,
  User,
  UserSubscriber,
  Video,
} from '../support/entities.js'
import { portrait } from '../support/portrait.js'
import { Attachment, ProductSchema, Supplier } from '../support/schemas.js'

/** A new one has something in it already: also when a query leaves that column out. */
class Wallet {
  id!: number
  money = new Money(7)
  savings = new Money(8)
  openedAt = 'constructor'
}

decorate(Wallet, Entity({ name: 'wallets' }), {
  id: PrimaryGeneratedColumn(),
  money: Column({ type: 'int', nullable: true, transformer: moneyTransformer }),
  savings: Column({ type: 'int', nullable: true, transformer: moneyTransformer, select: false }),
})

interface Case {
  readonly of: EntityTarget<ObjectLiteral>
  readonly options?: FindManyOptions<ObjectLiteral>
}

const found: Readonly<Record<string, Case>> = {
  'columns of every kind, and a counted listener': { of: Post },
  'a column that is only loaded when asked for': { of: Post, options: { select: { id: true, body: true } } },
  'what the constructor puts where nothing was loaded': { of: Wallet, options: { select: { id: true } } },
  'what the constructor puts where null was loaded': { of: Wallet },
  'some columns': {
    of: User,
    options: { select: { id: true, address: { city: true }, profile: { id: true } } },
  },
  'nothing at all': { of: Post, options: { where: { id: -1 } } },
  'embedded objects, transformers and an eager relation': { of: User },
  'nothing eager': { of: User, options: { loadEagerRelations: false } },
  'a relation, there or not': { of: Post, options: { relations: { author: true } } },
  'many to many': { of: Post, options: { relations: { labels: true } } },
  'its other side': { of: Label, options: { relations: { posts: { labels: true } } } },
  'one to many, two levels': {
    of: User,
    options: { relations: { posts: { labels: true }, memberships: true } },
  },
  'a joined lazy relation': { of: Post, options: { relations: { reviewer: true, comments: true } } },
  'lazy relations two levels deep': { of: Comment, options: { relations: { post: { comments: true } } } },
  'a composite key': { of: Membership, options: { relations: { user: true } } },
  'children of a single table': { of: Content, options: { relations: { owner: true } } },
  'one kind of child': { of: Video },
  'a child with a field of its constructor': { of: Article },
  'a closure table': { of: Category, options: { relations: { parent: true, children: true } } },
  'a nested set': { of: Folder, options: { relations: { parent: { parent: true } } } },
  'a materialized path': { of: Page, options: { relations: { children: true } } },
  'a view': { of: PostSummary, options: { order: { postId: 'ASC' } } },
  'plain objects of a schema': {
    of: ProductSchema,
    options: { relations: { supplier: true, related: true } },
  },
  'a lazy relation of a schema': { of: Supplier, options: { relations: { products: true } } },
  bytes: { of: Attachment },
  pages: {
    of: Post,
    options: { relations: { author: true, labels: true }, skip: 1, take: 2, order: { id: 'DESC' } },
  },
  'a page with a part of a relation': {
    of: Note,
    options: {
      select: { id: true, text: true, author: { email: true } },
      relations: { author: true },
      loadEagerRelations: false,
      order: { id: 'DESC' },
      take: 2,
    },
  },
  'a page with parts of many rows': {
    of: User,
    options: {
      select: { id: true, posts: { title: true }, memberships: { role: true } },
      relations: { posts: true, memberships: true },
      loadEagerRelations: false,
      order: { id: 'ASC' },
      take: 2,
    },
  },
  'rows that are deleted softly': { of: Post, options: { withDeleted: true } },
  'ids of relations': { of: Post, options: { loadRelationIds: true } },
  'ids of one relation as objects': {
    of: Post,
    options: { loadRelationIds: { relations: ['labels', 'author'], disableMixedMap: true } },
  },
  'relations by queries of their own': {
    of: Post,
    options: {
      relations: { author: { profile: true }, labels: true, comments: true },
      relationLoadStrategy: 'query',
    },
  },
  'one object reached from two': {
    of: Note,
    options: { relations: { author: true }, relationLoadStrategy: 'query', where: { id: In([1, 2, 3]) } },
  },
  'operators, which the transformer changes': { of: Note, options: { where: { cost: LessThan(2) } } },
}

const built: Readonly<Record<string, (seeded: Seeded) => SelectQueryBuilder<ObjectLiteral>>> = {
  'entities mapped to properties that are no relations': ({ dataSource }) =>
    dataSource
      .getRepository(Post)
      .createQueryBuilder('p')
      .leftJoinAndMapOne('p.firstAuthor', 'p.author', 'a')
      .leftJoinAndMapMany('p.redLabels', 'p.labels', 'l', 'l.code = :red', { red: 'red' }),
  'an entity joined by a condition': ({ dataSource }) =>
    dataSource
      .getRepository(Note)
      .createQueryBuilder('n')
      .leftJoinAndMapMany('n.posts', Post, 'p', 'p.authorId = n.authorId')
      .orderBy('n.id')
      .addOrderBy('p.id'),
  'mapped ids': ({ dataSource }) =>
    dataSource.getRepository(User).createQueryBuilder('u').loadRelationIdAndMap('u.postIds', 'u.posts'),
  'no listeners': ({ dataSource }) =>
    dataSource
      .getRepository(Post)
      .createQueryBuilder('p')
      .leftJoinAndSelect('p.author', 'a')
      .callListeners(false),
  'some columns of a joined entity': ({ dataSource }) =>
    dataSource
      .getRepository(Post)
      .createQueryBuilder('p')
      .select(['p.id', 'p.title', 'a.id', 'a.balance'])
      .leftJoin('p.author', 'a'),
}

const databases = {
  SQLite: () => seededDataSource(undefined, { entities: [Wallet] }),
  PostgreSQL: async () => {
    const url = await (await sharedPostgres()).createDatabase()
    return seededDataSource({ type: 'postgres', url }, { entities: [Wallet] })
  },
  MariaDB: async () => {
    const url = await (await sharedMariaDb()).createDatabase()
    return seededDataSource({ type: 'mariadb', url }, { entities: [Wallet] })
  },
}

describe.each(Object.entries(databases))('on %s', (_, open) => {
  let seeded: Seeded
  beforeAll(async () => {
    seeded = await open()
    await seeded.dataSource.query('INSERT INTO wallets (money) VALUES (1), (NULL)')
  })
  afterAll(async () => {
    await seeded.dataSource.destroy()
  })
  beforeEach(() => {
    seeded.forget()
    UserSubscriber.loads = 0
  })

  /** The uncached answer, then a miss and two hits, each with the number of calls of the subscriber. */
  async function answers(uncached: () => Promise<unknown>, cached: () => Promise<unknown>) {
    const counted = async (read: () => Promise<unknown>) => {
      UserSubscriber.loads = 0
      const seen = portrait(await read())
      return { seen, loads: UserSubscriber.loads }
    }
    const expected = await counted(uncached)
    const miss = await counted(cached)
    seeded.sent.length = 0
    const hits = [await counted(cached), await counted(cached)]
    expect(seeded.failures).toEqual([])
    expect(seeded.bypasses).toEqual([])
    expect(seeded.sent).toEqual([])
    return { expected, actual: [miss, ...hits] }
  }

  test.each(Object.entries(found))('find: %s', async (_, { of, options }) => {
    const repository = seeded.dataSource.getRepository(of)
    const { expected, actual } = await answers(
      () => repository.find(options),
      () => repository.getWithCache(options),
    )
    for (const answer of actual) expect(answer).toEqual(expected)
  })

  test.each(Object.entries(built))('query builder: %s', async (_, build) => {
    const { expected, actual } = await answers(
      () => build(seeded).getMany(),
      () => build(seeded).getWithCache(),
    )
    for (const answer of actual) expect(answer).toEqual(expected)
  })

  test('one entity', async () => {
    const repository = seeded.dataSource.getRepository(Post)
    const options = { where: { id: 1 }, relations: { author: true, labels: true } }
    const { expected, actual } = await answers(
      () => repository.findOne(options),
      () => repository.getOneWithCache(options),
    )
    for (const answer of actual) expect(answer).toEqual(expected)
  })

  test('no entity, and a count', async () => {
    const repository = seeded.dataSource.getRepository(Post)
    expect(await repository.getOneWithCache({ where: { id: -1 } })).toBeNull()
    expect(await repository.getCountWithCache({ where: { published: true } })).toBe(3)
    seeded.forget()
    expect(await repository.getOneWithCache({ where: { id: -1 } })).toBeNull()
    expect(await repository.getCountWithCache({ where: { published: true } })).toBe(3)
    expect(seeded.sent).toEqual([])
  })
})
