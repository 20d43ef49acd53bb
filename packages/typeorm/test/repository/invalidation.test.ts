import type { EntityTarget, FindManyOptions, ObjectLiteral } from 'typeorm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Category, Content, Label, Note, Post, PostSummary, User, Video } from '../support/entities.js'
import type { Seeded } from './data-source.js'
import { seededDataSource } from './data-source.js'

let seeded: Seeded
beforeAll(async () => {
  seeded = await seededDataSource()
})
afterAll(async () => {
  await seeded.dataSource.destroy()
})
beforeEach(async () => {
  await seeded.cache.clear()
  seeded.forget()
})

async function sentBy(read: () => Promise<unknown>): Promise<number> {
  seeded.forget()
  await read()
  return seeded.sent.length
}

type Case = readonly [
  of: EntityTarget<ObjectLiteral>,
  options: FindManyOptions<ObjectLiteral>,
  tables: string,
  not: string,
]

const cases: Readonly<Record<string, Case>> = {
  'its own table': [Note, {}, 'notes', 'posts labels'],
  'an eager relation': [User, {}, 'users profiles', 'posts'],
  'a joined relation and its join table': [
    Post,
    { relations: { labels: { posts: { author: true } } } },
    'posts labels posts_labels_labels users profiles',
    'comments',
  ],
  'a condition on a relation': [
    Note,
    { where: { author: { profile: { bio: 'Hello' } } } },
    'notes users profiles',
    'posts',
  ],
  'ids of a relation, which are read by themselves': [
    Post,
    {},
    'posts labels posts_labels_labels',
    'comments',
  ],
  'relations read by queries of their own': [
    User,
    { relations: { posts: { comments: true } }, relationLoadStrategy: 'query' },
    'users profiles posts comments labels posts_labels_labels',
    'notes',
  ],
  'what those bring along': [
    Note,
    { relations: { author: true }, relationLoadStrategy: 'query' },
    'notes users profiles',
    'posts',
  ],
  'ids of all relations': [
    Post,
    { loadRelationIds: true },
    'posts labels posts_labels_labels comments users',
    'notes',
  ],
  'the table of a view': [PostSummary, {}, 'posts users', 'notes'],
  'the one table of an inheritance': [Video, {}, 'contents', 'posts'],
  'a tree': [Category, { relations: { children: true } }, 'categories', 'posts'],
}

test.each(Object.entries(cases))(
  'an answer ends with a change of what it shows: %s',
  async (_, [of, options, tables, not]) => {
    const repository = seeded.dataSource.getRepository(of)
    const read = () => repository.getWithCache(options)
    await read()
    for (const table of not.split(' ')) {
      await seeded.cache.invalidate([table])
      expect(await sentBy(read), `after ${table}`).toBe(0)
    }
    for (const table of tables.split(' ')) {
      await seeded.cache.invalidate([table])
      expect(await sentBy(read), `after ${table}`).toBeGreaterThan(0)
      expect(await sentBy(read)).toBe(0)
    }
  },
)

test('invalidateCache() of a repository ends what was read from its table, and nothing else', async () => {
  const { dataSource } = seeded
  const ofLabels = () => dataSource.getRepository(Post).getWithCache({ relations: { labels: true } })
  const ofNotes = () => dataSource.getRepository(Note).getWithCache()
  await Promise.all([ofLabels(), ofNotes()])
  await dataSource.getRepository(Label).invalidateCache()
  expect(await sentBy(ofLabels)).toBeGreaterThan(0)
  expect(await sentBy(ofNotes)).toBe(0)
})

test('criteria end no less', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const read = () => notes.getOneWithCache({ where: { id: 2 } })
  await read()
  await notes.invalidateCache({ id: 1 })
  expect(await sentBy(read)).toBe(1)
})

test('a child of a single-table inheritance ends what was read through its parent, and the other way about', async () => {
  const { dataSource } = seeded
  const contents = () => dataSource.getRepository(Content).getWithCache()
  const videos = () => dataSource.getRepository(Video).getWithCache()
  await Promise.all([contents(), videos()])
  await dataSource.getRepository(Video).invalidateCache()
  expect(await sentBy(contents)).toBeGreaterThan(0)
  await videos()
  await dataSource.getRepository(Content).invalidateCache()
  expect(await sentBy(videos)).toBeGreaterThan(0)
})

test('tags of one’s own end an answer too', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const read = () => notes.getWithCache({}, { tags: ['front-page'] })
  await read()
  expect(await sentBy(read)).toBe(0)
  await seeded.cache.invalidate(['front-page'])
  expect(await sentBy(read)).toBe(1)
})

test('a query builder that is asked twice answers twice', async () => {
  const builder = seeded.dataSource.getRepository(Post).createQueryBuilder('p').where('p.id = :id', { id: 1 })
  const first = await builder.getWithCache()
  expect(await sentBy(async () => expect(await builder.getWithCache()).toEqual(first))).toBe(0)
  expect(await builder.getMany()).toEqual(first)
})
