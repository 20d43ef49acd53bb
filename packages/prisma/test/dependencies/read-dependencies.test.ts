import { describe, expect, test } from 'vitest'
import { isReadOperation } from '../../src/dependencies/operations.js'
import { createReadDependencies } from '../../src/dependencies/read-dependencies.js'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { postgresqlSchema, sqliteSchema } from '../fixtures/schemas.js'
import { skip } from '@prisma/client/runtime/client'

const dataModel = readDataModel({ inlineSchema: sqliteSchema })
const dependenciesOf = createReadDependencies(dataModel)

function tables(model: string, args?: object): readonly string[] | 'all' {
  const dependencies = dependenciesOf(model, 'findMany', args)
  return dependencies === 'all' ? 'all' : dependencies.tables
}

describe('a read depends on', () => {
  test('its own table alone when it reaches no relation', () => {
    expect(tables('User')).toEqual(['users'])
    expect(
      tables('User', { where: { id: 7, AND: [{ NOT: { name: 'x' } }] }, select: { email: true } }),
    ).toEqual(['users'])
    expect(
      tables('Post', { cursor: { authorSlug: { authorId: 1, slug: 'x' } }, distinct: ['title'] }),
    ).toEqual(['post'])
  })

  test('the tables of included relations, join tables with them', () => {
    expect(tables('Post', { include: { tags: true } })).toEqual(['_posttotag', 'post', 'tag'])
    expect(tables('Category', { include: { related: true } })).toEqual(['_relatedcategories', 'categories'])
    expect(tables('Comment', { include: { replies: { include: { replies: true } } } })).toEqual(['comments'])
  })

  test('the relations of conditions under every operator and connective', () => {
    const expected = ['post', 'users']
    for (const posts of [{ some: {} }, { every: {} }, { none: {} }]) {
      expect(tables('User', { where: { posts } })).toEqual(expected)
      expect(tables('User', { where: { OR: [{ name: 'x' }, { posts }] } })).toEqual(expected)
      expect(tables('User', { where: { NOT: { AND: { posts } } } })).toEqual(expected)
    }
    for (const author of [{ is: { name: 'x' } }, { isNot: null }, { name: 'x' }]) {
      expect(tables('Post', { where: { author } })).toEqual(expected)
    }
  })

  test('a relation that is compared with null', () => {
    expect(tables('User', { where: { profile: null } })).toEqual(['profile', 'users'])
    expect(tables('User', { where: { profile: { is: null } } })).toEqual(['profile', 'users'])
  })

  test('the relations that it sorts and counts by', () => {
    expect(tables('Post', { orderBy: { author: { inviter: { profile: { bio: 'asc' } } } } })).toEqual([
      'post',
      'profile',
      'users',
    ])
    expect(tables('Post', { orderBy: [{ id: 'asc' }, { tags: { _count: 'asc' } }] })).toEqual([
      '_posttotag',
      'post',
      'tag',
    ])
    expect(
      tables('User', { select: { _count: { select: { comments: { where: { post: { slug: 'x' } } } } } } }),
    ).toEqual(['comments', 'post', 'users'])
  })

  test('every list, and no to-one relation, when it counts all', () => {
    expect(tables('Category', { include: { _count: true } })).toEqual([
      '_relatedcategories',
      'categories',
      'post',
    ])
    expect(tables('Post', { select: { _count: true } })).toEqual([
      '_posttotag',
      'comments',
      'post',
      'post_labels',
      'tag',
    ])
  })

  test('nothing that is left out: undefined, false, and an absent object', () => {
    expect(
      tables('User', { include: { posts: false, comments: undefined }, where: { profile: undefined } }),
    ).toEqual(['users'])
    expect(
      tables('User', { include: undefined, where: null, select: { _count: { select: { posts: false } } } }),
    ).toEqual(['users'])
  })

  test('at worst one relation too many where Prisma.skip leaves it out', () => {
    expect(
      tables('User', { where: { name: skip }, include: { _count: { select: { posts: false } } } }),
    ).toEqual(['users'])
    expect(tables('User', { where: { posts: skip } })).toEqual(['post', 'users'])
    expect(tables('User', { include: { posts: skip } })).toEqual(['post', 'users'])
  })

  test('relations in inherited properties, which Prisma reads too', () => {
    expect(tables('User', { include: Object.create({ posts: true }) as object })).toEqual(['post', 'users'])
  })

  test('the same object for the same tables, which nobody can change', () => {
    const first = dependenciesOf('User', 'findMany', { include: { posts: true } })
    expect(dependenciesOf('Post', 'findFirst', { where: { author: { id: 1 } } })).toBe(first)
    expect(Object.isFrozen(first) && first !== 'all' && Object.isFrozen(first.tables)).toBe(true)
  })
})

describe('a read depends on everything', () => {
  test.each([
    ['a model that the schema does not have', 'Nobody', {}],
    ['an argument of a later Prisma', 'User', { join: { posts: true } }],
    ['an unknown field in a condition', 'User', { where: { OR: [{ nickname: 'x' }] } }],
    ['an unknown operator of a relation', 'User', { where: { posts: { most: {} } } }],
    ['an unknown field in a selection', 'User', { select: { nickname: true } }],
    ['an unknown field in a nested selection', 'User', { include: { posts: { include: { likes: true } } } }],
    ['an unknown field in an order', 'User', { orderBy: { nickname: 'asc' } }],
    ['an unknown form of count', 'User', { select: { _count: { where: {} } } }],
    ['an unknown field in a count', 'User', { select: { _count: { select: { nickname: true } } } }],
    ['conditions that are no object', 'User', { where: 'id = 7' }],
    ['conditions in a list where none is expected', 'User', { where: [{ id: 7 }] }],
    ['a selection that is no object', 'User', { include: { posts: 'all' } }],
    ['a cursor over an unknown field', 'User', { cursor: { nickname: 'x' } }],
    ['a having over an unknown field', 'User', { having: { nickname: 'x' } }],
  ])('for %s', (_, model, args) => {
    expect(dependenciesOf(model, 'findMany', args)).toBe('all')
  })

  test('for arguments that are no object', () => {
    for (const args of ['x', 7, true, [], [{}]]) expect(dependenciesOf('User', 'findMany', args)).toBe('all')
  })

  test('for an operation that is no read, or that nobody knows', () => {
    for (const operation of ['create', 'upsert', '$queryRaw', 'findFurthest']) {
      expect(dependenciesOf('User', operation, {})).toBe('all')
      expect(isReadOperation(operation)).toBe(false)
    }
    for (const operation of [
      'findUnique',
      'findUniqueOrThrow',
      'findFirst',
      'findFirstOrThrow',
      'findMany',
      'count',
      'aggregate',
      'groupBy',
    ]) {
      expect(isReadOperation(operation)).toBe(true)
    }
  })

  test('where a field has the name of a relation operator', () => {
    const inlineSchema =
      'model A {\n id Int @id\n bId Int\n b B @relation(fields: [bId], references: [id])\n}\nmodel B {\n id Int @id\n is String\n as A[]\n cs C[]\n}\nmodel C {\n id Int @id\n bId Int\n b B @relation(fields: [bId], references: [id])\n}\n'
    const own = createReadDependencies(readDataModel({ inlineSchema }))
    expect(own('A', 'findMany', { where: { b: { is: { cs: { some: {} } } } } })).toBe('all')
    expect(own('A', 'findMany', { where: { b: { id: 1 } } })).toEqual({ tables: ['a', 'b'] })
  })
})

describe('a view', () => {
  const sources = { AuthorStats: ['User', 'Post'] }

  test('without a declaration depends on everything, also through a relation', () => {
    expect(tables('AuthorStats')).toBe('all')
    const own = createReadDependencies(readDataModel({ inlineSchema: postgresqlSchema }))
    expect(own('product', 'findMany', { include: { reports: true } })).toBe('all')
    expect(own('product', 'findMany', {})).toEqual({ tables: ['product'] })
  })

  test('depends on what is declared', () => {
    const own = createReadDependencies(dataModel, { dependsOn: sources })
    expect(own('AuthorStats', 'findMany', {})).toEqual({ tables: ['author_stats', 'post', 'users'] })
  })

  test('of a view depends on the tables behind both', () => {
    const inlineSchema = `${sqliteSchema}\nview Ranking {\n  authorId Int @unique\n}\n`
    const two = readDataModel({ inlineSchema })
    const own = createReadDependencies(two, { dependsOn: { ...sources, Ranking: ['AuthorStats'] } })
    expect(own('Ranking', 'count', {})).toEqual({ tables: ['author_stats', 'post', 'ranking', 'users'] })
    const half = createReadDependencies(two, { dependsOn: { Ranking: ['AuthorStats'] } })
    expect(half('Ranking', 'count', {})).toBe('all')
  })

  test('may be any model of which only the client tells', () => {
    const runtimeDataModel = {
      models: { User: { dbName: 'users', fields: [{ name: 'id', kind: 'scalar', type: 'Int' }] } },
    }
    const only = readDataModel({ runtimeDataModel })
    expect(createReadDependencies(only)('User', 'findMany', {})).toBe('all')
    expect(createReadDependencies(only, { dependsOn: { User: [] } })('User', 'findMany', {})).toEqual({
      tables: ['users'],
    })
  })
})
