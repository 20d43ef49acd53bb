import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCached, createDatabase } from './support/sqlite.js'
import { countOf, statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

beforeEach(() => {
  database = createDatabase()
  shop = createCached(database.url)
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

const asked = (cache: unknown): object => ({ cache })

describe('what is refused', () => {
  test.each([
    [null],
    [7],
    ['10s'],
    [[]],
    [{ tll: '1s' }],
    [{ ttl: -1 }],
    [{ ttl: 'soon' }],
    [{ negativeTtl: {} }],
    [{ jitter: 2 }],
    [{ scope: 7 }],
    [{ tags: 'mine' }],
  ])('cache: %j', async (cache) => {
    const read = shop.prisma.user.findMany(asked(cache))
    await expect(read).rejects.toMatchObject({ code: 'INVALID_CACHE_ARGUMENT' })
    expect(shop.statements).toEqual([])
  })

  test('a tag that cannot be one', async () => {
    for (const tag of ['', 'a\u0000b', 7]) {
      await expect(shop.prisma.user.findMany(asked({ tags: [tag] }))).rejects.toMatchObject({
        code: 'INVALID_TAG',
      })
    }
  })

  test.each(['create', 'createMany', 'update', 'updateMany', 'upsert', 'delete', 'deleteMany'] as const)(
    'the argument on %s',
    async (operation) => {
      const write = (shop.prisma.user[operation] as (args: object) => Promise<unknown>)(asked(true))
      await expect(write).rejects.toMatchObject({ code: 'INVALID_CACHE_ARGUMENT' })
      expect(shop.statements).toEqual([])
    },
  )

  test('a wrong argument in a batch rejects the batch, and leaves nobody waiting', async () => {
    const { prisma } = shop
    const batch = prisma.$transaction([
      prisma.tag.create({ data: { name: 'a' } }),
      prisma.user.findMany(asked(7)),
    ])
    await expect(batch).rejects.toMatchObject({ code: 'INVALID_CACHE_ARGUMENT' })
    expect(await prisma.tag.findMany()).toEqual([])
  })
})

describe('what is taken', () => {
  test('Prisma never sees it, on whatever way the read goes', async () => {
    const { prisma } = shop
    for (const cache of [true, false, {}, { ttl: '1m' }] as const) {
      await prisma.user.findMany({ cache })
      await prisma.user.findFirst({ cache })
      await prisma.user.findUnique({ where: { id: 1 }, cache })
      await prisma.user.count({ cache })
      await prisma.user.aggregate({ _max: { id: true }, cache })
      await prisma.user.groupBy({ by: ['name'], _max: { id: true }, cache })
      await prisma.$transaction([prisma.user.findMany({ cache })])
      await prisma.$transaction((tx) => tx.user.findMany({ cache }))
    }
  })

  test('a ttl is the read’s own', async () => {
    await shop.prisma.tag.create({ data: { name: 'a' } })
    const read = () => shop.prisma.tag.findMany({ cache: { ttl: '10s', jitter: 0 } })
    await read()
    expect((await shop.prisma.$cacheInfo(read())).info.expiresInMs).toBeLessThanOrEqual(10_000)
  })

  test('tags of one’s own are invalidated by name', async () => {
    const read = () => shop.prisma.tag.findMany({ cache: { tags: ['menu'] } })
    await read()
    expect(await countOf(shop.statements, read)).toBe(0)
    await shop.cache.invalidate(['menu'])
    expect(await statusOf(shop.prisma, read())).toBe('miss: invalidated')
  })

  test('an entry that was stored without a tag is not served to who asks for it', async () => {
    await shop.prisma.tag.findMany()
    const read = () => shop.prisma.tag.findMany({ cache: { tags: ['menu'] } })
    expect(await statusOf(shop.prisma, read())).toMatch(/^miss/)
    expect(await statusOf(shop.prisma, read())).toBe('hit')
  })

  test('false looks nothing up and stores nothing', async () => {
    const read = () => shop.prisma.tag.findMany({ cache: false })
    await read()
    expect(await countOf(shop.statements, read)).toBe(1)
    expect(shop.cache.stats()).toMatchObject({ bypasses: 2, entries: 0 })
  })
})

describe('$cached', () => {
  test('its options hold for all that is read through it, and a read’s own win', async () => {
    const { prisma } = shop
    const mine = prisma.$cached({ tags: ['mine'], ttl: '1m' })
    expect(await statusOf(prisma, mine.tag.findMany())).toMatch(/^miss/)
    expect((await prisma.$cacheInfo(mine.tag.findMany())).info.tags).toEqual(['tag', 'tag[]', 'mine'])
    expect(await statusOf(prisma, mine.tag.findMany({ cache: false }))).toBe('bypass: off')
    expect(await statusOf(prisma, mine.tag.findMany({ cache: true }))).toBe('hit')
    const own = await prisma.$cacheInfo(mine.tag.findMany({ cache: { tags: ['own'] } }))
    expect(own.info.tags).toEqual(['tag', 'tag[]', 'own'])
  })

  test('it writes, and runs transactions, as the client does', async () => {
    const mine = shop.prisma.$cached({ ttl: '1m' })
    await mine.tag.create({ data: { name: 'a' } })
    await mine.$transaction([mine.tag.create({ data: { name: 'b' } }), mine.tag.findMany()])
    await mine.$transaction(async (tx) => {
      await tx.tag.create({ data: { name: 'c' } })
      expect(await tx.tag.findMany()).toHaveLength(3)
    })
    expect(await mine.$queryRaw`SELECT count(*) AS n FROM "Tag"`).toEqual([{ n: 3n }])
    expect(await mine.tag.findMany()).toHaveLength(3)
  })

  test('options of the wrong shape are refused by the read', async () => {
    const wrong = shop.prisma.$cached({ ttl: -1 })
    await expect(wrong.tag.findMany()).rejects.toMatchObject({ code: 'INVALID_CACHE_ARGUMENT' })
  })
})

describe('invalidateCache', () => {
  test('stops the reads of its model, and no other', async () => {
    const { prisma } = shop
    await prisma.tag.findMany()
    await prisma.user.findMany({ include: { posts: true } })
    await prisma.user.findMany()
    await prisma.post.invalidateCache()
    expect(await statusOf(prisma, prisma.tag.findMany())).toBe('hit')
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
    expect(await statusOf(prisma, prisma.user.findMany({ include: { posts: true } }))).toBe(
      'miss: invalidated',
    )
  })

  test('with a where, it reaches at least the rows that this names', async () => {
    const { prisma } = shop
    const read = () => prisma.tag.findUnique({ where: { id: 1 } })
    await read()
    await prisma.tag.invalidateCache({ where: { id: 1 } })
    expect(await statusOf(prisma, read())).toBe('miss: invalidated')
  })
})
