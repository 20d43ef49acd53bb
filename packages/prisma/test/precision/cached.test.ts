import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CacheEvents, CacheOptions } from '@freshet/core'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { untoldStore } from '../../../core/test/support/untold-store.js'
import type { FreshetOptions } from '@freshet/prisma'
import { Pauses, standAround } from '../support/around.js'
import { catalogueSettled } from '../support/catalogue-settled.js'
import { createCached, createDatabase } from '../support/sqlite.js'
import { statusOf } from '../support/status.js'

let database: ReturnType<typeof createDatabase>
let pauses: Pauses
let shop: ReturnType<typeof createCached>

const post = { slug: 'a', title: 'A', authorId: 1 }

async function open(options: Partial<FreshetOptions> = {}, cacheOptions: CacheOptions = {}): Promise<void> {
  pauses = new Pauses()
  const wrap = (factory: SqlDriverAdapterFactory) => standAround(factory, pauses.around)
  shop = createCached(database.url, { wrap, options, cacheOptions })
  await shop.base.category.create({ data: { id: 1, name: 'one' } as never })
  for (const email of ['ada@x', 'bob@x']) await shop.base.user.create({ data: { email } })
  for (const [slug, authorId] of [
    ['a', 1],
    ['b', 1],
    ['c', 2],
  ] as const)
    await shop.base.post.create({ data: { ...post, slug, authorId } })
}

beforeEach(() => {
  database = createDatabase()
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

type Prisma = typeof shop.prisma

const reads = {
  'a row by its key': (prisma: Prisma) => prisma.post.findUnique({ where: { id: 1 } }),
  'another row': (prisma: Prisma) => prisma.post.findUnique({ where: { id: 3 } }),
  'the rows of a parent': (prisma: Prisma) => prisma.post.findMany({ where: { authorId: 1 } }),
  'the rows of another parent': (prisma: Prisma) => prisma.post.findMany({ where: { authorId: 2 } }),
  'all rows': (prisma: Prisma) => prisma.post.findMany(),
  'what is not there': (prisma: Prisma) => prisma.post.findUnique({ where: { id: 99 } }),
  'a parent with its rows': (prisma: Prisma) =>
    prisma.user.findUnique({ where: { id: 1 }, include: { posts: true } }),
  'the count of a parent’s rows': (prisma: Prisma) => prisma.post.count({ where: { authorId: 1 } }),
  'a list by a column': (prisma: Prisma) =>
    prisma.post.findMany({ where: { title: 'A' }, select: { id: true } }),
} as const
type Name = keyof typeof reads

/** What shows the third row. */
const thirdRow: readonly Name[] = [
  'another row',
  'the rows of another parent',
  'all rows',
  'a list by a column',
]
/** What shows its text. */
const thirdText = thirdRow.slice(0, -1)

type Read = (prisma: Prisma) => Parameters<typeof statusOf>[1]
type Reads<Of extends string> = Readonly<Record<Of, Read>>
type Write = (prisma: Prisma) => PromiseLike<unknown>

/** Which of these reads a write stops. */
async function stoppedOf<Of extends string>(asked: Reads<Of>, write: Write): Promise<readonly Of[]> {
  const names = Object.keys(asked) as Of[]
  for (const name of names) await asked[name](shop.prisma)
  for (const name of names)
    expect([name, await statusOf(shop.prisma, asked[name](shop.prisma))]).toEqual([name, 'hit'])
  await write(shop.prisma)
  const stopped: Of[] = []
  for (const name of names)
    if ((await statusOf(shop.prisma, asked[name](shop.prisma))) !== 'hit') stopped.push(name)
  return stopped
}

const stoppedBy = (write: Write): Promise<readonly Name[]> => stoppedOf(reads, write)

describe('a write stops what it could change, and nothing else:', () => {
  beforeEach(() => open())

  test('an update of a column that no list looks at, the answers that show the row', async () => {
    expect(
      await stoppedBy((prisma) => prisma.post.update({ where: { id: 1 }, data: { body: 'z' } })),
    ).toEqual(['a row by its key', 'the rows of a parent', 'all rows', 'a parent with its rows'])
  })

  test('an update of a column that a list chooses by, that list as well', async () => {
    expect(
      await stoppedBy((prisma) => prisma.post.update({ where: { id: 3 }, data: { title: 'B' } })),
    ).toEqual(['another row', 'the rows of another parent', 'all rows', 'a list by a column'])
  })

  test('an insert, the sets that the row comes into', async () => {
    expect(
      await stoppedBy((prisma) => prisma.post.create({ data: { ...post, slug: 'd', authorId: 2 } })),
    ).toEqual(['the rows of another parent', 'all rows', 'a list by a column'])
  })

  test('a row that moves to another parent, both, with what counts them', async () => {
    expect(
      await stoppedBy((prisma) => prisma.post.update({ where: { id: 1 }, data: { authorId: 2 } })),
    ).toEqual([
      'a row by its key',
      'the rows of a parent',
      'the rows of another parent',
      'all rows',
      'a parent with its rows',
      'the count of a parent’s rows',
    ])
  })

  test('an upsert that inserts, what found nothing', async () => {
    const title = (prisma: Prisma) => prisma.post.findUnique({ where: { id: 99 }, select: { title: true } })
    expect(
      await stoppedOf({ ...reads, title }, (prisma) =>
        prisma.post.upsert({
          where: { id: 99 },
          create: { ...post, id: 99, slug: 'z', title: 'Z', authorId: 2 },
          update: { body: 'z' },
        }),
      ),
    ).toEqual(expect.arrayContaining(['what is not there', 'title']))
  })

  test('a delete, what shows the row', async () => {
    expect(await stoppedBy((prisma) => prisma.post.delete({ where: { id: 3 } }))).toEqual(thirdRow)
  })

  test('a delete of a row of the parent, what counts those', async () => {
    expect(await stoppedBy((prisma) => prisma.post.delete({ where: { id: 2 } }))).toContain(
      'the count of a parent’s rows',
    )
  })

  test('a delete that does not say whose row it was, what counts any', async () => {
    expect(await stoppedBy((prisma) => prisma.post.deleteMany({ where: { id: 3 } }))).toEqual([
      'another row',
      'the rows of another parent',
      'all rows',
      'the count of a parent’s rows',
      'a list by a column',
    ])
  })

  test('a user who is deleted, all that shows posts, since they go along', async () => {
    expect(await stoppedBy((prisma) => prisma.user.delete({ where: { id: 2 } }))).toEqual(Object.keys(reads))
  })

  test('in a transaction, when it commits', async () => {
    expect(
      await stoppedBy((prisma) =>
        prisma.$transaction(async (tx) => {
          await tx.post.update({ where: { id: 3 }, data: { body: 'z' } })
        }),
      ),
    ).toEqual(thirdText)
  })

  test('raw SQL by the key, the row', async () => {
    expect(
      await stoppedBy((prisma) => prisma.$executeRaw`UPDATE "Post" SET body = ${'z'} WHERE id = ${3}`),
    ).toEqual(thirdText)
  })

  test('an update by a free condition, whatever shows the column', async () => {
    const told: CacheEvents['widened'][] = []
    shop.cache.on('widened', (event) => void told.push(event))
    const write = () => shop.prisma.$executeRaw`UPDATE "Post" SET body = 'z' WHERE slug > ${'b'}`
    const others = ['the count of a parent’s rows', 'a list by a column']
    expect(await stoppedBy(write)).toEqual(Object.keys(reads).filter((name) => !others.includes(name)))
    await write()
    expect(told).toEqual([
      {
        reason: 'neither the condition nor the answer tells which rows it concerns by id',
        detail: expect.stringContaining('UPDATE') as string,
      },
    ])
  })
})

describe('precision can be given up', () => {
  const update = (prisma: Prisma) => prisma.post.update({ where: { id: 3 }, data: { body: 'z' } })

  test.each([
    ['for a model', { models: { Post: { precision: 'table' } } }],
    ['for all', { defaults: { precision: 'table' } }],
  ] as const)('%s', async (_, options) => {
    await open(options)
    expect(await stoppedBy(update)).toEqual(Object.keys(reads))
    const { info } = await shop.prisma.$cacheInfo(reads['all rows'](shop.prisma))
    expect(info.tables).toEqual([
      expect.objectContaining({ table: 'post', precision: 'table', reasons: ["its precision is 'table'"] }),
    ])
  })

  test('for all but one', async () => {
    await open({ defaults: { precision: 'table' }, models: { Post: { precision: 'row' } } })
    expect(await stoppedBy(update)).toEqual(thirdText)
  })

  test('and not otherwise', async () => {
    await expect(open({ models: { Post: { precision: 'rows' as 'row' } } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining("'row' or 'table'") as string,
    })
  })
})

describe('further columns can be watched', () => {
  test('and then a write leaves alone what is pinned by another value', async () => {
    await open({ models: { Post: { watch: ['title'] } } })
    expect(
      await stoppedBy((prisma) =>
        prisma.post.create({ data: { ...post, slug: 'd', title: 'D', authorId: 2 } }),
      ),
    ).toEqual(['the rows of another parent', 'all rows'])
  })

  test('if the model has them', async () => {
    await expect(open({ models: { Post: { watch: ['titel'] } } })).rejects.toThrow("Did you mean 'title'?")
  })
})

describe('of a row that is shown without the columns that hold numbers', () => {
  const short = { id: true, title: true } as const
  const asked = {
    'its title': (prisma: Prisma) => prisma.post.findUnique({ where: { id: 1 }, select: { title: true } }),
    'a list that shows it': (prisma: Prisma) =>
      prisma.post.findMany({ where: { authorId: 1 }, select: short }),
    'a parent with its rows': (prisma: Prisma) =>
      prisma.user.findUnique({ where: { id: 1 }, select: { id: true, posts: { select: short } } }),
    'how often it was looked at': (prisma: Prisma) =>
      prisma.post.findUnique({ where: { id: 1 }, select: { views: true } }),
    'the list by that': (prisma: Prisma) =>
      prisma.post.findMany({ orderBy: { views: 'desc' }, select: short, take: 9 }),
    'a count': (prisma: Prisma) => prisma.post.count({ where: { authorId: 1 } }),
  } as const
  const byNumber = ['how often it was looked at', 'the list by that'] as const

  test('a counter leaves alone what does not look at it', async () => {
    await open()
    expect(
      await stoppedOf(asked, (prisma) =>
        prisma.post.update({ where: { id: 1 }, data: { views: { increment: 1 } } }),
      ),
    ).toEqual(byNumber)
  })

  test('so does an update of many counters by a free condition', async () => {
    await open()
    expect(
      await stoppedOf(asked, (prisma) => prisma.$executeRaw`UPDATE "Post" SET views = 9 WHERE title > ${''}`),
    ).toEqual(byNumber)
  })

  test('an update of another column stops all that shows the row', async () => {
    await open()
    expect(
      await stoppedOf(asked, (prisma) =>
        prisma.post.update({ where: { id: 1 }, data: { views: 1, title: 'new' } }),
      ),
    ).toEqual(Object.keys(asked).filter((name) => name !== 'a count'))
    expect(
      await stoppedOf(
        asked,
        (prisma) => prisma.$executeRaw`UPDATE "Post" SET title = 'x' WHERE body IS NULL`,
      ),
    ).toEqual(
      Object.keys(asked).filter((name) => name !== 'a count' && name !== 'how often it was looked at'),
    )
  })

  test('omitting them is as good as selecting others, but where a computed field may need them', async () => {
    await open()
    const read = (prisma: Prisma) =>
      prisma.post.findUnique({ where: { id: 1 }, omit: { views: true, price: true, rating: true } })
    const count = () => shop.prisma.post.update({ where: { id: 1 }, data: { views: { increment: 1 } } })
    expect(await stoppedOf({ read }, count)).toEqual([])
    const computing = shop.prisma.$extends({
      result: { post: { isSeen: { needs: { views: true }, compute: ({ views }) => views > 0n } } },
    })
    const isSeen = async () => {
      const post = await computing.post.findUnique({
        where: { id: 1 },
        omit: { views: true, price: true, rating: true, isSeen: false },
      })
      return post?.isSeen
    }
    await shop.base.$executeRaw`UPDATE "Post" SET views = 0`
    expect(await isSeen()).toBe(false)
    await count()
    expect(await isSeen()).toBe(true)
  })

  test('a model may say which columns these are', async () => {
    // Where columns are told of each change, those that nobody looks at are told apart without it.
    await open({ models: { Post: { volatile: ['body'] } } }, { store: untoldStore })
    expect(
      await stoppedOf(asked, (prisma) => prisma.post.update({ where: { id: 1 }, data: { body: 'z' } })),
    ).toEqual([])
    expect(
      await stoppedOf(asked, (prisma) =>
        prisma.post.update({ where: { id: 1 }, data: { views: { increment: 1 } } }),
      ),
    ).toEqual(Object.keys(asked).filter((name) => name !== 'a count'))
    await expect(open({ models: { Post: { volatile: ['bdy'] } } })).rejects.toThrow("Did you mean 'body'?")
  })

  test('what is kept under a name of the table falls with everything', async () => {
    await open()
    const kept = () => shop.cache.getOrSet('kept', () => 1, { tags: ['Post'] })
    await kept()
    await shop.prisma.post.update({ where: { id: 1 }, data: { views: { increment: 1 } } })
    expect(await shop.cache.has('kept')).toBe(false)
  })
})

describe('while a load is under way', () => {
  const isRead = (sql: string): boolean => sql.startsWith('SELECT') && sql.includes('Post')

  beforeEach(async () => {
    await open()
    // The first load tells whether writes are seen.
    await shop.prisma.user.findMany()
  })

  const loadDuring = async (write: () => PromiseLike<unknown>) => {
    const pause = pauses.before(isRead)
    const load = shop.prisma.post.findMany({ where: { authorId: 1 } }).then((rows) => rows)
    await pause.reached
    await write()
    pause.release()
    await load
    return statusOf(shop.prisma, shop.prisma.post.findMany({ where: { authorId: 1 } }))
  }

  test('another row may be written', async () => {
    expect(
      await loadDuring(() => shop.prisma.$executeRaw`UPDATE "Post" SET body = 'z' WHERE id = ${3}`),
    ).toBe('hit')
  })

  test('a row of its answer may not', async () => {
    expect(
      await loadDuring(() => shop.prisma.$executeRaw`UPDATE "Post" SET body = 'z' WHERE id = ${1}`),
    ).toBe('miss: missing')
  })
})

test('a table that a trigger is on is told apart by nothing, and the reason is given', async () => {
  await open()
  await shop.prisma.$executeRawUnsafe(
    'CREATE TRIGGER t AFTER UPDATE ON "Post" BEGIN UPDATE "Post" SET slug = slug || 1 WHERE id = 1; END',
  )
  await catalogueSettled(shop.adapter)

  expect(await stoppedBy((prisma) => prisma.post.update({ where: { id: 3 }, data: { body: 'z' } }))).toEqual(
    Object.keys(reads),
  )
})
