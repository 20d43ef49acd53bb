import type { EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogueSettled } from '../support/catalogue-settled.js'
import {
  Category,
  Comment,
  Folder,
  Label,
  Membership,
  Note,
  Page,
  Post,
  Profile,
  User,
  Video,
} from '../support/entities.js'
import { ProductSchema } from '../support/schemas.js'
import type { Watched } from './watched.js'
import { createDatabase, open } from './watched.js'

const junction = 'posts_labels_labels'
/** Where foreign keys carry the end of a user. */
const ofUsers = [
  'comments',
  'contents',
  'memberships',
  'notes',
  'posts',
  junction,
  'profiles',
  'users',
].sort()
const ofPosts = ['comments', 'posts', junction].sort()

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)('on %s', (name) => {
  let watched: Watched
  beforeAll(async () => {
    watched = await open(await createDatabase(name))
  })
  afterAll(async () => {
    await watched.dataSource.destroy()
    await watched.cache.close()
  })

  const touchedBy = (write: () => Promise<unknown>) => watched.touchedBy(write)
  const of = <T extends ObjectLiteral>(entity: EntityTarget<T>) => watched.dataSource.getRepository(entity)
  const email = () => `${Math.random()}@example.org`
  const someUser = () => of(User).save({ email: email(), name: 'x' })
  const somePost = async () => of(Post).save({ title: 'x', author: await someUser() })
  const quoted = (identifier: string) => watched.dataSource.driver.escape(identifier)

  it('nothing is read anew when nothing was written', async () => {
    expect(await touchedBy(async () => of(User).find())).toEqual([])
  })

  it('save() of something new touches its table', async () => {
    expect(await touchedBy(() => of(Note).save({ text: 'new' }))).toEqual(['notes'])
  })

  it('save() of something changed touches its table', async () => {
    const user = await someUser()
    expect(await touchedBy(() => of(User).save({ ...user, name: 'y' }))).toEqual(['users'])
  })

  it('save() of something unchanged touches nothing', async () => {
    const note = await of(Note).save({ text: 'same' })
    expect(await touchedBy(() => of(Note).save(note))).toEqual([])
  })

  it('save() touches the tables of what it cascades to', async () => {
    const user = of(User).create({ email: email(), profile: { bio: 'cascaded' } })
    expect(await touchedBy(() => of(User).save(user))).toEqual(['profiles', 'users'])
  })

  it('save() of a parent touches the table of the orphans that it cuts off', async () => {
    const user = await someUser()
    await of(Post).save({ title: 'orphan', author: user })
    const parent = await of(User).findOneOrFail({ where: { id: user.id }, relations: { posts: true } })
    parent.posts = []
    expect(await touchedBy(() => of(User).save(parent))).toContain('posts')
  })

  it('save() touches the junction table of what it links and unlinks', async () => {
    const { id } = await somePost()
    const red = await of(Label).findOneByOrFail({ code: 'red' })
    const post = await of(Post).findOneOrFail({ where: { id }, relations: { labels: true } })
    post.labels = [red]
    expect(await touchedBy(() => of(Post).save(post))).toContain(junction)
    post.labels = []
    expect(await touchedBy(() => of(Post).save(post))).toContain(junction)
  })

  it('save() without listeners touches its table', async () => {
    expect(await touchedBy(() => of(Note).save({ text: 'quiet' }, { listeners: false }))).toEqual(['notes'])
  })

  it('insert() of several rows touches its table', async () => {
    expect(await touchedBy(() => of(Note).insert([{ text: 'a' }, { text: 'b' }]))).toEqual(['notes'])
  })

  it('upsert() touches its table, whether it inserts or updates', async () => {
    const label = { code: 'upserted', colour: 'one' }
    expect(await touchedBy(() => of(Label).upsert(label, ['code']))).toContain('labels')
    expect(await touchedBy(() => of(Label).upsert({ ...label, colour: 'two' }, ['code']))).toContain('labels')
  })

  it('INSERT … SELECT touches the table that it fills', async () => {
    const sql = `INSERT INTO ${quoted('labels')} (code, colour) SELECT concat_code, 'x' FROM (SELECT 'selected' AS concat_code) s`
    expect(await touchedBy(() => watched.dataSource.query(sql))).toEqual(['labels'])
  })

  it('a builder that inserts what it selects touches the table that it fills', async () => {
    const { id } = await someUser()
    const insert = () =>
      watched.dataSource
        .createQueryBuilder()
        .insert()
        .into(Label, ['code', 'colour'])
        .valuesFromSelect((select) =>
          select
            .select("'chosen'", 'c')
            .addSelect('(u.name)', 'n')
            .from(User, 'u')
            .where('u.id = :id', { id }),
        )
        .execute()
    expect(await touchedBy(insert)).toEqual(['labels'])
    expect(await of(Label).findOneBy({ code: 'chosen' })).toMatchObject({ colour: 'x' })
  })

  it('update(criteria) touches its table', async () => {
    const { id } = await of(Note).save({ text: 'a' })
    expect(await touchedBy(() => of(Note).update({ id }, { text: 'b' }))).toEqual(['notes'])
  })

  it('updateAll() and deleteAll() touch their tables', async () => {
    expect(await touchedBy(() => of(Membership).updateAll({ role: 'all' }))).toEqual(['memberships'])
    expect(await touchedBy(() => of(Membership).deleteAll())).toEqual(['memberships'])
  })

  it('increment() and decrement() touch their table', async () => {
    const { id } = await somePost()
    expect(await touchedBy(() => of(Post).increment({ id }, 'views', 1))).toEqual(['posts'])
    expect(await touchedBy(() => of(Post).decrement({ id }, 'views', 1))).toEqual(['posts'])
  })

  it('delete(criteria) touches its table and those that its foreign keys carry it to', async () => {
    const { id } = await someUser()
    expect(await touchedBy(() => of(User).delete({ id }))).toEqual(ofUsers)
    const { userId } = await of(Membership).save({ userId: (await someUser()).id, team: 't', role: 'r' })
    expect(await touchedBy(() => of(Membership).delete({ userId }))).toEqual(['memberships'])
  })

  it('softDelete() and restore() touch their table', async () => {
    const { id } = await somePost()
    expect(await touchedBy(() => of(Post).softDelete({ id }))).toEqual(['posts'])
    expect(await touchedBy(() => of(Post).restore({ id }))).toEqual(['posts'])
  })

  it('softRemove(), recover() and remove() of an entity touch what they change', async () => {
    const { id } = await somePost()
    const post = await of(Post).findOneByOrFail({ id })
    expect(await touchedBy(() => of(Post).softRemove(post))).toEqual(['posts'])
    expect(await touchedBy(() => of(Post).recover(post))).toEqual(['posts'])
    expect(await touchedBy(() => of(Post).remove(post))).toEqual(ofPosts)
  })

  it('query builders without listeners touch their tables', async () => {
    const manager = watched.dataSource
    const insert = () =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Label)
        .values({ code: 'quiet' })
        .callListeners(false)
        .execute()
    const update = () =>
      manager
        .createQueryBuilder()
        .update(Label)
        .set({ colour: 'q' })
        .where({ code: 'quiet' })
        .callListeners(false)
        .execute()
    const remove = () =>
      manager
        .createQueryBuilder()
        .delete()
        .from(Label)
        .where({ code: 'quiet' })
        .callListeners(false)
        .execute()
    expect(await touchedBy(insert)).toEqual(['labels'])
    expect(await touchedBy(update)).toEqual(['labels'])
    expect(await touchedBy(remove)).toEqual(['labels', junction])
  })

  it('query builders that are given the name of a table touch it', async () => {
    const start = () => watched.dataSource.createQueryBuilder()
    const where = { code: 'named' }
    expect(await touchedBy(() => start().insert().into('labels').values(where).execute())).toEqual(['labels'])
    expect(
      await touchedBy(() => start().update('labels').set({ colour: 'n' }).where(where).execute()),
    ).toEqual(['labels'])
    expect(await touchedBy(() => start().delete().from('labels').where(where).execute())).toEqual([
      'labels',
      junction,
    ])
  })

  it('a query builder in a transaction of its own touches its table', async () => {
    const update = () =>
      watched.dataSource
        .createQueryBuilder()
        .update(Note)
        .set({ pinned: true })
        .useTransaction(true)
        .where('1 = 1')
        .execute()
    expect(await touchedBy(update)).toEqual(['notes'])
  })

  it('relation().of() touches the table that holds the relation', async () => {
    const post = await somePost()
    const labels = () => watched.dataSource.createQueryBuilder().relation(Post, 'labels').of(post.id)
    expect(await touchedBy(() => labels().add('red'))).toEqual([junction])
    expect(await touchedBy(() => labels().remove('red'))).toEqual([junction])
    const author = () => watched.dataSource.createQueryBuilder().relation(Post, 'author').of(post.id)
    expect(await touchedBy(() => author().set(null))).toEqual(['posts'])
  })

  it('entities by schema touch their tables, junctions included', async () => {
    const products = of(ProductSchema)
    const bolt = await products.findOneByOrFail({ sku: 'bolt' })
    const write = () =>
      products.save({ sku: 'screw', price: null, dimensions: { width: 1, height: 1 }, related: [bolt] })
    expect(await touchedBy(write)).toEqual(['products', 'related_products'])
  })

  it('children of a single-table inheritance touch the table of their parent', async () => {
    expect(await touchedBy(() => of(Video).save({ title: 'new', seconds: 1 }))).toEqual(['contents'])
    expect(await touchedBy(() => of(Video).update({ title: 'new' }, { seconds: 2 }))).toEqual(['contents'])
  })

  it('a closure tree touches its closure table', async () => {
    const parent = await of(Category).findOneByOrFail({ name: 'branch' })
    const write = () => of(Category).save({ name: 'twig', parent })
    expect(await touchedBy(write)).toEqual(['categories', 'categories_closure'])
    const twig = await of(Category).findOneByOrFail({ name: 'twig' })
    expect(await touchedBy(() => of(Category).remove(twig))).toContain('categories_closure')
  })

  it('a nested set touches its table, the shifted rows included', async () => {
    const parent = await of(Folder).findOneByOrFail({ name: 'branch' })
    expect(await touchedBy(() => of(Folder).save({ name: 'twig', parent }))).toEqual(['folders'])
  })

  it('a materialized path touches its table', async () => {
    const parent = await of(Page).findOneByOrFail({ name: 'branch' })
    expect(await touchedBy(() => of(Page).save({ name: 'twig', parent }))).toEqual(['pages'])
  })

  it('clear() touches its table', async () => {
    expect(await touchedBy(() => of(Note).clear())).toContain('notes')
    expect(await of(Note).count({ cache: true })).toBe(0)
  })

  it.runIf(name === 'postgres')('clear() that cascades touches the tables that it empties', async () => {
    await of(Post).insert({ title: 'gone' })
    expect(await touchedBy(() => of(Post).clear({ cascade: true }))).toEqual(ofPosts)
    expect(await of(Comment).count({ cache: true })).toBe(0)
  })

  it('query() touches what its text writes', async () => {
    const sql = `UPDATE ${quoted('profiles')} SET bio = 'raw'`
    expect(await touchedBy(() => watched.dataSource.query(sql))).toEqual(['profiles'])
  })

  it('sql`` touches what its text writes', async () => {
    const write = () => watched.dataSource.sql`UPDATE profiles SET bio = ${'tagged'}`
    expect(await touchedBy(write)).toEqual(['profiles'])
  })

  it('migrations touch what they write, and what they undo', async () => {
    const { dataSource } = watched
    const change = (colour: string) => async (runner: QueryRunner) =>
      void (await runner.query(`UPDATE labels SET colour = '${colour}' WHERE code = 'red'`))
    const migration = { name: 'Recolour1700000000000', up: change('up'), down: change('down') }
    dataSource.migrations.splice(0, dataSource.migrations.length, migration)
    const colour = async () => (await of(Label).findOne({ where: { code: 'red' }, cache: true }))?.colour
    await colour()
    await dataSource.runMigrations()
    expect(await colour()).toBe('up')
    await dataSource.undoLastMigration()
    expect(await colour()).toBe('down')
  })

  it('a key that is updated touches the tables that refer to it', async () => {
    const keys = watched.dataSource
      .getMetadata(Post)
      .manyToManyRelations[0]!.junctionEntityMetadata!.foreignKeys.map(({ onUpdate }) => onUpdate)
    expect(keys).toContain('CASCADE')
    await of(Label).save({ code: 'old-key' })
    expect(await touchedBy(() => of(Label).update({ code: 'old-key' }, { code: 'new-key' }))).toEqual([
      'labels',
      junction,
    ])
  })

  it('what nobody understands touches everything', async () => {
    const all = watched.dataSource.entityMetadatas
    await watched.fill()
    await watched.dataSource.query(`CREATE TABLE unheard_of (id int)`)
    expect((await watched.reread()).length).toBeGreaterThan(10)
    await watched.fill()
    await watched.dataSource.query(`INSERT INTO unheard_of VALUES (1)`)
    expect((await watched.reread()).length).toBeGreaterThan(10)
    await watched.fill()
    await watched.dataSource.createQueryBuilder().insert().into('unheard_of').values({}).execute()
    expect((await watched.reread()).length).toBeGreaterThan(10)
    expect(all.length).toBeGreaterThan(10)
  })

  it('entities from getWithCache() are as fresh', async () => {
    await catalogueSettled(watched.dataSource)
    const { id } = await someUser()
    const read = () => of(User).getOneWithCache({ where: { id }, relations: { posts: true } })
    expect((await read())?.posts).toEqual([])
    await of(Post).insert({ title: 'fresh', authorId: id })
    expect((await read())?.posts.map(({ title }) => title)).toEqual(['fresh!'])
    expect(await touchedBy(() => of(Comment).insert({ text: 'x' }))).toEqual(['comments'])
    watched.statements.length = 0
    await read()
    expect(watched.statements).toEqual([])
    await of(Profile).insert({ bio: 'b', user: { id } })
    expect((await read())?.profile?.bio).toBe('b')
  })

  it('dropping and making the schema anew touches everything', async () => {
    await watched.fill()
    await watched.dataSource.synchronize(true)
    expect((await watched.reread()).length).toBeGreaterThan(10)
  })
})
