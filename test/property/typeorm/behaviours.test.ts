import { once } from 'node:events'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { EntityTarget, FindManyOptions, FindOneOptions, ObjectLiteral, QueryRunner } from 'typeorm'
import { DataSource, In, MoreThan } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { catalogueSettled } from '../../../packages/typeorm/test/support/catalogue-settled.js'
import {
  Article,
  Category,
  Comment,
  Content,
  decoratedEntities,
  Folder,
  Label,
  Membership,
  Money,
  Note,
  Page,
  Post,
  PostSummary,
  User,
  UserSubscriber,
  Video,
} from '../../../packages/typeorm/test/support/entities.js'
import { portrait } from '../../../packages/typeorm/test/support/portrait.js'
import { Attachment, ProductSchema, schemaEntities } from '../../../packages/typeorm/test/support/schemas.js'
import { seed } from '../../../packages/typeorm/test/support/seed.js'
import { sharedPostgres } from '../../services/shared.js'
import { BufferedStream, gatedDriver } from './gated-driver.js'
import { Gate } from '../gate.js'

/** What `find()` and its like do: as TypeORM made them, with TypeORM's own switch, or as Freshet's own methods. */
const modes = ['off', 'rows', 'entities'] as const

describe.each(modes)('with caching %s for every read', (mode) => {
  const cache = createCache()
  const gate = new Gate()
  let dataSource: DataSource

  beforeAll(async () => {
    const server = await sharedPostgres()
    const url = await server.createDatabase()
    dataSource = new DataSource({
      type: 'postgres',
      url,
      driver: gatedDriver(gate),
      entities: [...decoratedEntities, ...schemaEntities('postgres')],
      subscribers: [UserSubscriber],
      synchronize: true,
      ...(mode === 'off' ? {} : { cache: freshet({ cache }) }),
    })
    await dataSource.initialize()
    Object.assign(dataSource.driver, { loadStreamDependency: () => BufferedStream })
    if (mode === 'rows') cacheRows(dataSource)
    if (mode === 'entities') cacheEntities(dataSource)
  })
  beforeEach(async () => {
    const tables = dataSource.entityMetadatas.filter(({ tableType }) => tableType !== 'view')
    const names = tables.map(({ tableName }) => `"${tableName}"`)
    await dataSource.query(`TRUNCATE ${names.join(', ')} RESTART IDENTITY CASCADE`)
    await seed(dataSource)
  })
  afterAll(async () => {
    await dataSource.destroy()
    await cache.close()
  })

  /** Twice, so that the second may come from the cache; both must be the same. */
  async function read<T>(query: () => Promise<T>): Promise<T> {
    const first = portrait(await query())
    const before = gate.statements
    const again = await query()
    expect(portrait(again)).toEqual(first)
    if (mode === 'off') expect(gate.statements).toBeGreaterThan(before)
    return again
  }

  /** The second answer, which comes from the database exactly if nothing is cached. */
  async function readCached<T>(query: () => Promise<T>): Promise<T> {
    if (mode !== 'off') await catalogueSettled(dataSource)
    await query()
    const before = gate.statements
    const answer = await query()
    if (mode === 'off') expect(gate.statements).toBeGreaterThan(before)
    else expect(gate.statements).toBe(before)
    return answer
  }

  const titles = () => dataSource.getRepository(Note).find({ order: { id: 'ASC' } })
  const texts = async () => (await readCached(titles)).map(({ text }) => text)

  test('entities have their classes, types and listeners', async () => {
    const posts = dataSource.getRepository(Post)
    const post = await readCached(() =>
      posts.findOne({ where: { id: 1 }, relations: { author: true, labels: true } }),
    )
    expect(post).toBeInstanceOf(Post)
    expect(post!.author).toBeInstanceOf(User)
    expect(post!.author!.balance).toBeInstanceOf(Money)
    expect(post!.publishedAt).toBeInstanceOf(Date)
    expect(post!.big).toBe('9007199254740991')
    expect(post!.loads).toBe(1)
    expect(post!.labels.map(({ code }) => code).sort()).toEqual(['blue', 'red'])
    await read(() => posts.find({ order: { id: 'ASC' } }))
  })

  test('a saved change is read', async () => {
    const before = await texts()
    const notes = dataSource.getRepository(Note)
    const note = (await notes.findOneBy({ text: before[0]! }))!
    note.text = 'changed'
    await notes.save(note)
    expect((await texts())[0]).toBe('changed')
    await notes.save(note)
    await notes.save(notes.create({ text: 'new' }))
    expect((await texts()).at(-1)).toBe('new')
  })

  test('save() after a read compares with the database, and not with what was read', async () => {
    const notes = dataSource.getRepository(Note)
    const [note] = await readCached(titles)
    await notes.update({ id: note!.id }, { text: 'by another' })
    note!.text = 'by another'
    await notes.save(note!)
    expect(await notes.countBy({ text: 'by another' })).toBe(1)
    await dataSource.query(`UPDATE notes SET text = 'raw' WHERE id = ${note!.id}`)
    await notes.save(note!)
    expect((await texts())[0]).toBe('by another')
  })

  test('criteria write what is read next', async () => {
    const notes = dataSource.getRepository(Note)
    await texts()
    await notes.update({ id: MoreThan(0) }, { text: 'all' })
    expect(new Set(await texts())).toEqual(new Set(['all']))
    await notes.insert({ text: 'one more' })
    expect((await texts()).at(-1)).toBe('one more')
    await notes.delete({ text: In(['all', 'none']) })
    expect(await texts()).toEqual(['one more'])
    await notes.clear()
    expect(await texts()).toEqual([])
  })

  test('an upsert writes a row that is there', async () => {
    const labels = dataSource.getRepository(Label)
    const colour = async () => (await readCached(() => labels.findOne({ where: { code: 'red' } })))!.colour
    expect(await colour()).toBe('red')
    await labels.upsert({ code: 'red', colour: 'crimson' }, ['code'])
    expect(await colour()).toBe('crimson')
  })

  test('numbers go up and down', async () => {
    const posts = dataSource.getRepository(Post)
    const views = async () => (await readCached(() => posts.findOne({ where: { id: 2 } })))!.views
    expect(await views()).toBe(10)
    await posts.increment({ id: 2 }, 'views', 5)
    expect(await views()).toBe(15)
    await posts.decrement({ id: 2 }, 'views', 1)
    expect(await views()).toBe(14)
  })

  test('what is softly deleted is gone, and comes back', async () => {
    const posts = dataSource.getRepository(Post)
    const count = () => readCached(() => posts.count())
    const all = await count()
    await posts.softDelete({ id: 1 })
    expect(await count()).toBe(all - 1)
    expect(await readCached(() => posts.count({ withDeleted: true }))).toBe(all)
    await posts.restore({ id: 1 })
    expect(await count()).toBe(all)
    const post = (await posts.findOneBy({ id: 2 }))!
    await posts.softRemove(post)
    expect(await count()).toBe(all - 1)
    await posts.recover(post)
    expect(await count()).toBe(all)
  })

  test('many-to-many rows are linked and unlinked', async () => {
    const posts = dataSource.getRepository(Post)
    const labels = async () => {
      const post = await readCached(() => posts.findOne({ where: { id: 3 }, relations: { labels: true } }))
      return post!.labels.map(({ code }) => code).sort()
    }
    expect(await labels()).toEqual([])
    const relation = () => dataSource.createQueryBuilder().relation(Post, 'labels').of(3)
    await relation().add('red')
    expect(await labels()).toEqual(['red'])
    await relation().addAndRemove('blue', 'red')
    expect(await labels()).toEqual(['blue'])
    const post = (await posts.findOne({ where: { id: 3 }, relations: { labels: true } }))!
    post.labels = [await dataSource.getRepository(Label).findOneByOrFail({ code: 'red' })]
    await posts.save(post)
    expect(await labels()).toEqual(['red'])
  })

  test('deletes carry on to what hangs on them', async () => {
    const posts = dataSource.getRepository(Post)
    const byAda = () => readCached(() => posts.count({ where: { authorId: 1 } }))
    expect(await byAda()).toBeGreaterThan(0)
    await dataSource.query('UPDATE contents SET "ownerId" = NULL; DELETE FROM memberships')
    await dataSource.getRepository(User).delete({ id: 1 })
    expect(await byAda()).toBe(0)
    expect(await readCached(() => dataSource.getRepository(Note).count({ where: { authorId: 1 } }))).toBe(0)
  })

  test('lazy relations are loaded when they are asked for', async () => {
    const comments = dataSource.getRepository(Comment)
    const comment = (await read(() => comments.findOne({ where: { id: 1 } })))!
    expect(await comment.post).toBeInstanceOf(Post)
    const joined = await readCached(() => comments.findOne({ where: { id: 1 }, relations: { post: true } }))
    expect((await joined!.post).id).toBe((await comment.post).id)
  })

  test('pages count what they leave out', async () => {
    const posts = dataSource.getRepository(Post)
    const page = () =>
      posts.findAndCount({ relations: { labels: true }, order: { id: 'ASC' }, skip: 1, take: 2 })
    const [rows, total] = await read(page)
    expect(rows.map(({ id }) => id)).toEqual([2, 3])
    expect(total).toBe(5)
    await posts.delete({ id: 2 })
    expect((await page())[0].map(({ id }) => id)).toEqual([3, 4])
    expect((await page())[1]).toBe(4)
  })

  test('relations loaded by queries of their own follow their tables', async () => {
    const posts = dataSource.getRepository(Post)
    const author = async () => {
      const post = await readCached(() =>
        posts.findOne({ where: { id: 1 }, relations: { author: true }, relationLoadStrategy: 'query' }),
      )
      return post!.author!.name
    }
    expect(await author()).toBe('ada')
    await dataSource.getRepository(User).update({ id: 1 }, { name: 'Ada' })
    expect(await author()).toBe('Ada')
  })

  test('children of one table have their classes', async () => {
    const contents = dataSource.getRepository(Content)
    const classes = async () =>
      (await readCached(() => contents.find({ order: { id: 'ASC' } }))).map((one) => one.constructor)
    expect(await classes()).toEqual(expect.arrayContaining([Article, Video]))
    await dataSource.getRepository(Article).delete({ id: MoreThan(0) })
    expect(await classes()).not.toContain(Article)
  })

  test.each([
    ['closure table', Category],
    ['nested set', Folder],
    ['materialized path', Page],
  ] as const)('a tree grows, moves and shrinks: %s', async (_name, entity: EntityTarget<ObjectLiteral>) => {
    const trees = dataSource.getTreeRepository(entity)
    const names = async () =>
      (await read(() => trees.find({ order: { id: 'ASC' } }))).map(({ name }) => name as string)
    const before = await names()
    const root = (await trees.findRoots())[0]!
    const leaf = await trees.save(trees.create({ name: 'leaf', parent: root }))
    expect(await names()).toEqual([...before, 'leaf'])
    const below = (await trees.findDescendants(root)).map(({ name }) => name as string)
    expect(below).toContain('leaf')
    await trees.remove(leaf)
    expect(await names()).toEqual(before)
  })

  test('a view shows what its tables hold', async () => {
    const summaries = dataSource.getRepository(PostSummary)
    const first = async () => (await readCached(() => summaries.find({ order: { postId: 'ASC' } })))[0]!
    expect((await first()).authorName).toBe('ada')
    await dataSource.getRepository(User).update({ id: 1 }, { name: 'Ada' })
    expect((await first()).authorName).toBe('Ada')
  })

  test('a transaction sees its own writes, and others see them when it has committed', async () => {
    const before = await texts()
    await dataSource.transaction(async (manager) => {
      await manager.getRepository(Note).update({ id: 1 }, { text: 'mine' })
      expect((await manager.find(Note, { order: { id: 'ASC' } }))[0]!.text).toBe('mine')
      expect(await texts()).toEqual(before)
    })
    expect((await texts())[0]).toBe('mine')
  })

  test('what is rolled back was never there', async () => {
    const before = await texts()
    const failed = dataSource.transaction(async (manager) => {
      await manager.getRepository(Note).update({ id: 1 }, { text: 'never' })
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await texts()).toEqual(before)
  })

  test('of a rolled-back savepoint only what came before it stays', async () => {
    await texts()
    await dataSource.transaction(async (manager) => {
      await manager.update(Note, { id: 1 }, { text: 'kept' })
      const inner = manager.transaction(async (nested) => {
        await nested.update(Note, { id: 2 }, { text: 'lost' })
        throw new Error('inner')
      })
      await expect(inner).rejects.toThrow('inner')
    })
    const after = await texts()
    expect(after[0]).toBe('kept')
    expect(after).not.toContain('lost')
  })

  test('a BEGIN of the user’s own is a transaction', async () => {
    const before = await texts()
    const runner = dataSource.createQueryRunner()
    await runner.query('BEGIN')
    await runner.query(`UPDATE notes SET text = 'by hand' WHERE id = 1`)
    expect(await texts()).toEqual(before)
    await runner.query('COMMIT')
    await runner.release()
    expect((await texts())[0]).toBe('by hand')
  })

  test('raw statements and streams write what is read next', async () => {
    await texts()
    await dataSource.query(`WITH w AS (UPDATE notes SET text = 'raw' RETURNING 1) SELECT count(*) FROM w`)
    expect(new Set(await texts())).toEqual(new Set(['raw']))
    const runner = dataSource.createQueryRunner()
    const stream = await runner.stream(`UPDATE notes SET text = 'streamed' RETURNING id`)
    stream.resume()
    await once(stream, 'end')
    await runner.release()
    expect(new Set(await texts())).toEqual(new Set(['streamed']))
  })

  test('query builders join, count, group and page what was written last', async () => {
    const posts = dataSource.getRepository(Post)
    const labelled = () => posts.createQueryBuilder('p').innerJoinAndSelect('p.labels', 'l')
    const codes = async () => {
      const [first] = await readCached(() => labelled().orderBy('p.id').addOrderBy('l.code').getMany())
      return first!.labels.map(({ code }) => code)
    }
    const perLabel = () =>
      readCached(() =>
        posts
          .createQueryBuilder('p')
          .innerJoin('p.labels', 'l')
          .select('l.code', 'code')
          .addSelect('COUNT(*)::int', 'posts')
          .groupBy('l.code')
          .orderBy('l.code')
          .getRawMany<{ code: string; posts: number }>(),
      )
    const pages = () => readCached(() => labelled().orderBy('p.id').take(1).getManyAndCount())
    const exists = () => readCached(() => labelled().where('l.code = :code', { code: 'unused' }).getExists())
    expect(await codes()).toEqual(['blue', 'red'])
    expect(await perLabel()).toEqual([
      { code: 'blue', posts: 2 },
      { code: 'red', posts: 1 },
    ])
    expect((await pages())[1]).toBe(2)
    expect(await exists()).toBe(false)
    await dataSource.createQueryBuilder().relation(Post, 'labels').of(1).addAndRemove('unused', 'red')
    expect(await codes()).toEqual(['blue', 'unused'])
    expect(await perLabel()).toEqual([
      { code: 'blue', posts: 2 },
      { code: 'unused', posts: 1 },
    ])
    expect(await exists()).toBe(true)
    await posts.delete({ id: 1 })
    expect((await pages())[1]).toBe(1)
    const { entities, raw } = await readCached(() => labelled().getRawAndEntities<{ l_code: string }>())
    expect(entities.map(({ id }) => id)).toEqual([2])
    expect(raw.map(({ l_code }) => l_code)).toEqual(['blue'])
  })

  test('entities without a class have their embedded objects, transformed values and relations', async () => {
    const products = dataSource.getRepository(ProductSchema)
    const bySku = () =>
      readCached(() => products.find({ relations: { supplier: true, related: true }, order: { sku: 'ASC' } }))
    const [bolt, nut] = await bySku()
    expect(bolt).toMatchObject({ dimensions: { width: 1, height: 2 }, supplier: { code: 'ACME' } })
    expect(bolt!.price).toBeInstanceOf(Money)
    expect(nut!.related.map(({ sku }) => sku)).toEqual(['bolt'])
    nut!.dimensions = { width: 9, height: null }
    nut!.related = []
    await products.save(nut!)
    const [, changed] = await bySku()
    expect(changed!.dimensions.width).toBe(9)
    expect(changed!.related).toEqual([])
  })

  test('bytes are bytes', async () => {
    const attachments = dataSource.getRepository(Attachment)
    const bytes = async () => (await readCached(() => attachments.find()))[0]!.bytes
    expect(await bytes()).toEqual(Buffer.from([0, 1, 254, 255]))
    await attachments.updateAll({ bytes: Buffer.from([7]) })
    expect(await bytes()).toEqual(Buffer.from([7]))
  })

  test('what comes along with an entity is read, saved and removed with it', async () => {
    const users = dataSource.getRepository(User)
    const profileOf = async (id: number) =>
      (await readCached(() => users.findOne({ where: { id } })))?.profile?.bio
    expect(await profileOf(1)).toBe('Hello')
    const ada = (await users.findOne({ where: { id: 1 } }))!
    ada.profile!.bio = 'Changed'
    await users.save(ada)
    expect(await profileOf(1)).toBe('Changed')
    const { id } = await users.save(
      users.create({
        email: 'eve@example.org',
        address: { street: null, city: null, geo: { lat: null, lng: null } },
        profile: { bio: 'New', avatar: null },
      }),
    )
    expect(await profileOf(id)).toBe('New')
    await users.remove((await users.findOne({ where: { id } }))!)
    expect(await profileOf(id)).toBeUndefined()
  })

  test('ids of relations follow what they are ids of', async () => {
    const posts = dataSource.getRepository(Post)
    const ids = async () => (await read(() => posts.findOne({ where: { id: 1 } })))!.labelIds.toSorted()
    expect(await ids()).toEqual(['blue', 'red'])
    await dataSource.getRepository(Label).delete({ code: 'red' })
    expect(await ids()).toEqual(['blue'])
  })

  test('whole tables are written', async () => {
    const notes = dataSource.getRepository(Note)
    const before = await texts()
    await notes
      .createQueryBuilder()
      .insert()
      .into(Note, ['text', 'revision'])
      .valuesFromSelect((builder) =>
        builder.select('n.text').addSelect('n.revision').from(Note, 'n').where('n.id = 1'),
      )
      .execute()
    expect(await texts()).toEqual([...before, before[0]])
    await notes.updateAll({ text: 'same' })
    expect(new Set(await texts())).toEqual(new Set(['same']))
    await notes.deleteAll()
    expect(await texts()).toEqual([])
  })

  test('migrations write what is read next, and so does undoing them', async () => {
    await texts()
    const write = (text: string) => async (runner: QueryRunner) =>
      void (await runner.query('UPDATE notes SET text = $1', [text]))
    const migration = { name: 'Notes1700000000000', up: write('up'), down: write('down') }
    dataSource.migrations.splice(0, dataSource.migrations.length, migration)
    await dataSource.runMigrations()
    expect(new Set(await texts())).toEqual(new Set(['up']))
    await dataSource.undoLastMigration()
    expect(new Set(await texts())).toEqual(new Set(['down']))
    dataSource.migrations.length = 0
  })

  test('a locked read sees the row as it is', async () => {
    await texts()
    const seen = await dataSource.transaction(async (manager) => {
      await dataSource.query(`UPDATE notes SET text = 'by another' WHERE id = 1`)
      return manager
        .createQueryBuilder(Note, 'n')
        .where('n.id = 1')
        .setLock('pessimistic_write')
        .cache(true)
        .getOneOrFail()
    })
    expect(seen.text).toBe('by another')
  })

  test('what is gone is missed at once', async () => {
    const notes = dataSource.getRepository(Note)
    const note = await readCached(() => notes.findOneByOrFail({ id: 1 }))
    await notes.remove(note)
    await expect(notes.findOneByOrFail({ id: 1 })).rejects.toThrow('Could not find any entity')
    await expect(notes.findOneOrFail({ where: { id: 1 } })).rejects.toThrow('Could not find any entity')
    expect(await notes.findOneBy({ id: 1 })).toBeNull()
  })

  test('a sum, a maximum and what is distinct are of the rows that are there', async () => {
    const posts = dataSource.getRepository(Post)
    const figures = async () => [
      await read(() => posts.sum('views', {})),
      await read(() => posts.maximum('views', {})),
    ]
    expect(await figures()).toEqual([100, 40])
    await posts.update({ id: 5 }, { views: 50 })
    expect(await figures()).toEqual([110, 50])
  })

  test('an answer is its caller’s own', async () => {
    const notes = await readCached(titles)
    notes[0]!.text = 'spoilt'
    notes.length = 1
    expect(await texts()).not.toContain('spoilt')
  })

  test('a query of two columns as key, of nothing, and whether there is any', async () => {
    const memberships = dataSource.getRepository(Membership)
    await readCached(() => memberships.find({ order: { userId: 'ASC', team: 'ASC' } }))
    const posts = dataSource.getRepository(Post)
    expect(await readCached(() => posts.findOne({ where: { title: 'none' } }))).toBeNull()
    expect(await read(() => posts.exists({ where: { title: 'none' } }))).toBe(false)
    await posts.insert({ title: 'none' })
    expect((await posts.findOne({ where: { title: 'none' } }))!.title).toBe('none!')
    expect(await posts.exists({ where: { title: 'none' } })).toBe(true)
  })
})

/** Whatever is read through the DataSource's own manager says `cache: true`. */
function cacheRows(dataSource: DataSource): void {
  const { manager } = dataSource
  const createQueryBuilder = manager.createQueryBuilder.bind(manager) as (...given: unknown[]) => {
    cache?: (enabled: boolean) => unknown
  }
  Object.assign(manager, {
    createQueryBuilder: (...given: unknown[]) => {
      const builder = createQueryBuilder(...given)
      builder.cache?.(true)
      return builder
    },
  })
}

/** `find()`, `findOne()` and `count()` of the DataSource's own manager are Freshet's. */
function cacheEntities(dataSource: DataSource): void {
  type Target = EntityTarget<ObjectLiteral>
  cacheRows(dataSource)
  Object.assign(dataSource.manager, {
    find: (of: Target, options?: FindManyOptions<ObjectLiteral>) =>
      dataSource.getRepository(of).getWithCache(options),
    findOne: (of: Target, options: FindOneOptions<ObjectLiteral>) =>
      dataSource.getRepository(of).getOneWithCache(options),
    count: (of: Target, options?: FindManyOptions<ObjectLiteral>) =>
      dataSource.getRepository(of).getCountWithCache(options),
  })
}
