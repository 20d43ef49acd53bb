import type { ObjectLiteral } from 'typeorm'
import {
  Between,
  Equal,
  In,
  IsNull,
  LessThan,
  LessThanOrEqual,
  Like,
  MoreThan,
  Not,
  Or,
  Raw,
  SelectQueryBuilder,
} from 'typeorm'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { FindManyOptions } from 'typeorm'
import { findShape, findText } from '../../src/repository/find-text.js'
import { Money, Note, Post, User } from '../support/entities.js'
import type { Seeded } from './data-source.js'
import { seededDataSource } from './data-source.js'

let seeded: Seeded
let scope: string | undefined
beforeAll(async () => {
  seeded = await seededDataSource(undefined, { scope: () => scope ?? 'nobody' })
})
afterAll(async () => {
  await seeded.dataSource.destroy()
})
beforeEach(async () => {
  scope = undefined
  await seeded.cache.clear()
  seeded.forget()
})

const options: readonly FindManyOptions<ObjectLiteral>[] = [
  {},
  { where: { id: 1 } },
  { where: { id: '1' } },
  { where: { id: 1n } },
  { where: { id: Number.NaN } },
  { where: { id: Equal(1) } },
  { where: { id: Not(1) } },
  { where: { id: In([1]) } },
  { where: { id: In(['1']) } },
  { where: { id: Not(In([1])) } },
  { where: { id: Not(Equal(1)) } },
  { where: { id: Or(Equal(1), Equal(2)) } },
  { where: { id: LessThan(1) } },
  { where: { id: LessThanOrEqual(1) } },
  { where: { id: MoreThan(1) } },
  { where: { id: Between(1, 2) } },
  { where: { id: Like('1') } },
  { where: { id: IsNull() } },
  { where: { createdAt: new Date(0) } },
  { where: { createdAt: new Date(0).toISOString() } },
  { where: [{ id: 1 }] },
  { where: [{ id: 1 }, { id: 2 }] },
  { order: { id: 'ASC', text: 'ASC' } },
  { order: { text: 'ASC', id: 'ASC' } },
  { order: { author: { id: 'ASC', name: 'ASC' } } },
  { order: { author: { name: 'ASC', id: 'ASC' } } },
  { take: 1 },
  { skip: 1 },
  { select: { id: true } },
  { relations: { author: true } },
  { relations: { author: true }, relationLoadStrategy: 'query' },
  { withDeleted: true },
  { loadEagerRelations: false },
  { loadRelationIds: true },
]

test('find options that mean something else have another text', () => {
  const texts = options.map((option) => findText(option))
  expect(texts).not.toContain(undefined)
  expect(new Set(texts).size).toBe(options.length)
})

test('the order of other keys does not count', () => {
  expect(findText({ where: { id: 1, text: 'a' }, take: 1 })).toBe(
    findText({ take: 1, where: { text: 'a', id: 1 } }),
  )
})

test.each([
  ['values', [{ where: { id: 1 } }, { where: { id: 2 } }]],
  ['dates', [{ where: { createdAt: new Date(0) } }, { where: { createdAt: new Date(1) } }]],
  ['the length of lists', [{ where: { id: In([1]) } }, { where: { id: In([2, 3]) } }]],
  ['operators inside operators', [{ where: { id: Not(In([1])) } }, { where: { id: Not(In([4, 5])) } }]],
])('%s do not change the shape of find options', (_what, options) => {
  const [first, second] = options.map((option) => findShape(option))
  expect(first).toBeDefined()
  expect(second).toBe(first)
})

const shapes: readonly FindManyOptions[] = [
  {},
  { where: { id: 1 } },
  { where: { id: null } },
  { where: { id: undefined } },
  { where: { id: true } },
  { where: { id: In([]) } },
  { where: { id: In([1]) } },
  { where: { id: Not(1) } },
  { where: { id: Not(Not(1)) } },
  { where: { id: Raw('1') } },
  { where: { id: Raw('(SELECT 1)') } },
  { where: { text: 'a' } },
  { where: { author: { id: 1 } } },
  { where: { author: { id: 1, name: 'a' } } },
  { where: { author: 1 } },
  { where: [{ id: 1 }, { author: { id: 1 } }] },
  { where: { id: 1 }, relations: { author: true } },
  { where: { id: 1 }, order: { author: { id: 'ASC' } } },
  { where: { id: 1 }, relationLoadStrategy: 'query' },
]

test('find options that may read other tables have another shape', () => {
  const texts = shapes.map((option) => findShape(option))
  expect(texts).not.toContain(undefined)
  expect(new Set(texts).size).toBe(shapes.length)
})

test('what a read asks for beside its values decides what it depends on', async () => {
  const posts = seeded.dataSource.getRepository(Post)
  await posts.getOneWithCache({ where: { id: 1 } })
  const read = () => posts.getOneWithCache({ where: { id: 1 }, relations: { author: true } })
  expect(await sentAgain(read)).toBe(0)
  await seeded.cache.invalidate(['users'])
  seeded.sent.length = 0
  await read()
  expect(seeded.sent).not.toHaveLength(0)
})

test('a read with other values builds its SQL only once, to send it', async () => {
  const repository = seeded.dataSource.getRepository(Post)
  const built = vi.spyOn(SelectQueryBuilder.prototype, 'getQueryAndParameters')
  const times = async (read: () => Promise<unknown>) => {
    built.mockClear()
    await read()
    return built.mock.calls.length
  }
  const uncached = await times(() => repository.find({ where: { id: 1, title: 'x' } }))
  await repository.getWithCache({ where: { id: 1, title: 'x' } })
  expect(await times(() => repository.getWithCache({ where: { id: 2, title: 'y' } }))).toBe(uncached)
  built.mockRestore()
})

/** How many statements `read` sends once it has been cached. */
async function sentAgain(read: () => Promise<unknown>): Promise<number> {
  await read()
  seeded.sent.length = 0
  await read()
  return seeded.sent.length
}

test('a value object in where is told by what it becomes in the SQL', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const read = (cents: number) => notes.getWithCache({ where: { cost: new Money(cents) } })
  expect(await sentAgain(() => read(1))).toBe(0)
  expect(await read(1)).toMatchObject([{ text: 'Note 1' }])
  expect(await read(2)).toMatchObject([{ text: 'Note 2' }])
})

test('an entity in where, and SQL of one’s own, are told by the SQL', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const [ada, bob] = await seeded.dataSource.getRepository(User).find({ order: { id: 'ASC' } })
  const of = (author: User) => notes.getWithCache({ where: { author: { id: author.id } } })
  expect(await sentAgain(() => of(ada!))).toBe(0)
  expect(await of(bob!)).toMatchObject([{ text: 'Note 1' }])
  const raw = (text: string) =>
    notes.getWithCache({ where: { text: Raw((alias) => `${alias} = '${text}'`) } })
  expect(await sentAgain(() => raw('Note 0'))).toBe(0)
  expect(await raw('Note 2')).toMatchObject([{ text: 'Note 2' }])
})

test('the methods do not answer for each other', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const where = { id: 1 }
  expect(await notes.getWithCache({ where })).toHaveLength(1)
  expect(await notes.getOneWithCache({ where })).toBeInstanceOf(Note)
  expect(await notes.getCountWithCache({ where })).toBe(1)
  expect(await seeded.dataSource.getRepository(User).getOneWithCache({ where })).toBeInstanceOf(User)
})

test('scopes do not answer for each other, whether the option or the call says them', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const read = (own?: string) => notes.getCountWithCache({}, own === undefined ? undefined : { scope: own })
  const counts: number[] = []
  for (const [option, own] of [['a'], ['b'], ['a', 'c'], ['b', 'c'], ['a', 'b']] as const) {
    scope = option
    seeded.sent.length = 0
    await read(own)
    counts.push(seeded.sent.length)
  }
  expect(counts).toEqual([1, 1, 1, 0, 0])
})

const posts = () =>
  seeded.dataSource.getRepository(Post).createQueryBuilder('p').leftJoinAndSelect('p.author', 'a')

const builders: Readonly<Record<string, () => SelectQueryBuilder<ObjectLiteral>>> = {
  plain: () => posts(),
  'a page': () => posts().take(2),
  'the next page': () => posts().take(2).skip(2),
  'no listeners': () => posts().callListeners(false),
  'another property': () =>
    seeded.dataSource
      .getRepository(Post)
      .createQueryBuilder('p')
      .leftJoinAndMapOne('p.writer', 'p.author', 'a'),
  'a third property': () =>
    seeded.dataSource
      .getRepository(Post)
      .createQueryBuilder('p')
      .leftJoinAndMapOne('p.scribe', 'p.author', 'a'),
  'many instead of one': () =>
    seeded.dataSource
      .getRepository(Post)
      .createQueryBuilder('p')
      .leftJoinAndMapMany('p.writer', 'p.author', 'a'),
  'a parameter': () => posts().where('p.id = :id', { id: 1 }),
  'another parameter': () => posts().where('p.id = :id', { id: '1' }),
  'a text': () => posts().where('p.title = :title', { title: 'Post 1' }),
  'another text': () => posts().where('p.title = :title', { title: 'Post 2' }),
  'ids of a relation': () => posts().loadRelationIdAndMap('p.ids', 'p.labels'),
}

test('query builders with another meaning have other answers', async () => {
  seeded.dataSource.getMetadata(Post)
  for (const [name, build] of Object.entries(builders)) {
    const uncached = await build().getMany()
    seeded.sent.length = 0
    expect(await build().getWithCache(), name).toEqual(uncached)
    expect(seeded.sent.length, name).toBeGreaterThan(0)
  }
  seeded.sent.length = 0
  for (const build of Object.values(builders)) await build().getWithCache()
  expect(seeded.sent).toEqual([])
})

test('a function that loads ids by a query of its own cannot be told from another', async () => {
  const read = (code: string) =>
    posts()
      .loadRelationIdAndMap('p.ids', 'p.labels', 'l', (query) => query.andWhere('l.code = :code', { code }))
      .getWithCache()
  expect(await sentAgain(() => read('red'))).toBeGreaterThan(0)
  expect(seeded.bypasses[0]).toMatchObject({ reason: 'no canonical form' })
})
