import { isFreshetError } from '@freshet/core'
import type { FreshetOptions } from '@freshet/prisma'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Pauses, standAround } from '../support/around.js'
import { databases, type Shop } from '../support/databases.js'
import { createCached, createDatabase as createSqlite } from '../support/sqlite.js'
import { statusOf } from '../support/status.js'

const members: Partial<FreshetOptions> = { models: { Post: { members: 3 } } }
const fallen = 'miss: invalidated'

/** What is asked for the keys of an author's posts, in whatever dialect. */
const asksForKeys = (sql: string): boolean =>
  /^SELECT .+author_id.+ WHERE .+ LIMIT /.test(sql) && !/COUNT|AVG|title/.test(sql)

describe.each(databases)('the rows of a count, on %s', (_database, createDatabase, createCachedClient) => {
  let pauses: Pauses
  let shop: Shop

  async function open(options: Partial<FreshetOptions>): Promise<void> {
    pauses = new Pauses()
    const url = await createDatabase()
    shop = createCachedClient(url, { wrap: (factory) => standAround(factory, pauses.around), options })
    for (const id of [1, 2, 3]) await shop.base.user.create({ data: { id, email: `${id}@x`, name: 'u' } })
    for (const [id, authorId] of [
      [1, 1],
      [2, 1],
      [3, 2],
      [6, 3],
      [7, 3],
    ] as const)
      await shop.base.post.create({ data: { id, title: `t${id}`, authorId } })
    // Nothing is asked before a statement was seen to pass.
    await shop.prisma.user.findMany()
  }

  beforeEach(() => open(members))
  afterEach(async () => {
    await shop.base.$disconnect()
    await shop.cache.close()
  })

  const count = (authorId = 1) => shop.prisma.post.count({ where: { authorId } })
  const remove = (id: number) => shop.prisma.post.deleteMany({ where: { id } })
  const asked = () => pauses.sent.filter(asksForKeys).length
  const counted = async (authorId = 1) => {
    await count(authorId)
    await shop.cache.settled()
  }
  const counts = async (expected: string, authorId = 1) => {
    const status = await statusOf(shop.prisma, count(authorId))
    expect([status, await count(authorId)]).toEqual([
      expected,
      await shop.base.post.count({ where: { authorId } }),
    ])
    await shop.cache.settled()
  }

  test('are asked for once, so that it outlives writes of others', async () => {
    await counted()
    expect(asked()).toBe(1)
    await remove(3)
    await counts('hit')
    await remove(2)
    await counts(fallen)
    await remove(6)
    await counts('hit')
    expect(asked()).toBe(1)
  })

  test('and cascades of others', async () => {
    await counted()
    await shop.prisma.user.delete({ where: { id: 2 } })
    await counts('hit')
    await shop.prisma.user.delete({ where: { id: 1 } })
    await counts(fallen)
  })

  test('stay known when others come', async () => {
    await counted()
    await shop.prisma.post.create({ data: { id: 4, title: 't4', authorId: 1 } })
    await counts(fallen)
    await remove(3)
    await counts('hit')
    await remove(4)
    await counts(fallen)
    expect(asked()).toBe(1)
  })

  test('are asked for again when nobody can tell what was done to them', async () => {
    await counted()
    await shop.prisma.post.updateMany({ data: { authorId: 3 } })
    await counts(fallen)
    await shop.prisma.$executeRawUnsafe('DELETE FROM users WHERE id + 0 = 2')
    await counts(fallen)
    expect(asked()).toBeGreaterThan(1)
    await remove(7)
    await counts('hit')
  })

  test('of several authors are asked for one by one', async () => {
    const both = () => shop.prisma.post.aggregate({ where: { authorId: { in: [1, 2] } }, _max: { id: true } })
    await both()
    await shop.cache.settled()
    expect(asked()).toBe(2)
    await remove(6)
    expect(await statusOf(shop.prisma, both())).toBe('hit')
  })

  test('of one that stands in another answer are asked for when that is there', async () => {
    const author = () =>
      shop.prisma.user.findUnique({ where: { id: 1 }, include: { _count: { select: { posts: true } } } })
    await author()
    await shop.cache.settled()
    expect(asked()).toBe(1)
    await remove(3)
    expect(await statusOf(shop.prisma, author())).toBe('hit')
    await remove(2)
    expect(await statusOf(shop.prisma, author())).toBe(fallen)
  })

  test('are not asked for where an answer has shown them', async () => {
    const all = () => shop.prisma.user.findUnique({ where: { id: 1 }, include: { posts: true } })
    await counted()
    await shop.cache.invalidate(['post'])
    await all()
    await counted()
    expect(asked()).toBe(1)
  })

  test('are asked for no more where there are too many', async () => {
    for (const id of [4, 5]) await shop.base.post.create({ data: { id, title: 't', authorId: 1 } })
    await counted()
    await remove(3)
    await counts(fallen)
    await remove(6)
    await counts(fallen)
    expect(asked()).toBe(1)
  })

  test('are not told by what was asked before one was written', async () => {
    const keys = pauses.after(asksForKeys)
    await count()
    await keys.reached
    await shop.prisma.post.updateMany({ where: { id: 3 }, data: { authorId: 1 } })
    keys.release()
    await shop.cache.settled()
    await counts(fallen)
    await remove(3)
    await counts(fallen)
  })

  test('are not told by what was asked while a write was under way', async () => {
    const update = pauses.after((sql) => sql.startsWith('UPDATE'))
    const keys = pauses.before(asksForKeys)
    await count()
    await keys.reached
    const writing = shop.prisma.post.updateMany({ where: { id: 3 }, data: { title: 'z' } }).then(() => null)
    await update.reached
    keys.release()
    await shop.cache.settled()
    update.release()
    await writing
    await remove(6)
    await counts(fallen)
  })

  test('are not asked for by reads in a scope', async () => {
    await shop.base.$disconnect()
    await open({ ...members, scope: () => 'tenant' })
    await counted()
    expect(asked()).toBe(0)
  })

  test('are not asked for of models that do not say so', async () => {
    await shop.base.$disconnect()
    await open({ models: { Post: { members: 0 }, User: { members: 5 } } })
    await counted()
    expect(asked()).toBe(0)
    await remove(3)
    await counts(fallen)
  })

  test('are not asked for once the cache is closed', async () => {
    await shop.cache.close()
    await counted()
    expect(asked()).toBe(0)
  })

  test('are not missed where the database does not tell them', async () => {
    const failures: string[] = []
    await shop.base.$disconnect()
    const url = await createDatabase()
    const around = async <T>(text: string, send: () => Promise<T>): Promise<T> => {
      if (asksForKeys(text)) throw new Error('no more connections')
      return send()
    }
    shop = createCachedClient(url, {
      wrap: (factory) => standAround(factory, around),
      options: members,
    })
    shop.cache.on('failure', ({ action }) => failures.push(action))
    await shop.prisma.user.findMany()
    await counted()
    expect(await count()).toBe(0)
    expect(failures).toEqual(['members'])
  })
})

test('rows are not told by what a shared connection shows of an open transaction', async () => {
  const pauses = new Pauses()
  const database = createSqlite()
  const { prisma, base, cache } = createCached(database.url, {
    wrap: (factory) => standAround(factory, pauses.around),
    options: members,
  })
  try {
    await base.category.create({ data: { id: 1, name: 'c' } })
    await base.user.create({ data: { id: 1, email: '1@x' } })
    await base.user.create({ data: { id: 2, email: '2@x' } })
    for (const id of [1, 2])
      await base.post.create({ data: { id, slug: `s${id}`, title: 't', authorId: id } })
    await prisma.user.findMany()
    const keys = pauses.after(asksForKeys)
    await prisma.post.count({ where: { authorId: 1 } })
    await keys.reached
    await prisma.$transaction(async (tx) => {
      await tx.user.findMany()
      keys.release()
      await cache.settled()
    })
    await prisma.post.deleteMany({ where: { id: 2 } })
    expect(await statusOf(prisma, prisma.post.count({ where: { authorId: 1 } }))).toBe(fallen)
  } finally {
    await base.$disconnect()
    await cache.close()
    database.remove()
  }
})

test.each([-1, 1.5, '5', true, null])('members: %j is refused', (given) => {
  const database = createSqlite()
  try {
    expect(() =>
      createCached(database.url, { options: { models: { Post: { members: given as number } } } }),
    ).toThrow(expect.toSatisfy((error) => isFreshetError(error, 'INVALID_OPTION')))
  } finally {
    database.remove()
  }
})
