import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Pauses, standAround } from './support/around.js'
import { createCachedPostgres, createPostgresDatabase } from './support/postgres.js'
import { countOf, statusOf } from './support/status.js'

let pauses: Pauses
let shop: ReturnType<typeof createCachedPostgres>

beforeEach(async () => {
  pauses = new Pauses()
  shop = createCachedPostgres(await createPostgresDatabase(), {
    wrap: (factory) => standAround(factory, pauses.around),
  })
  await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
  await names()
})

afterEach(async () => await shop.base.$disconnect())

const names = () => shop.prisma.user.findMany({ select: { name: true } })
const rename = (name: string) => ({ where: { id: 1 }, data: { name } })
const isCached = async () => (await statusOf(shop.prisma, names())) === 'hit'

class Undo extends Error {}
const undone = (error: unknown): void => {
  if (!(error instanceof Undo)) throw error
}

describe('an interactive transaction', () => {
  test('reads its own writes, and nothing that it reads is stored', async () => {
    await shop.prisma
      .$transaction(async (tx) => {
        await tx.user.update(rename('Grace'))
        expect(await tx.user.findMany({ select: { name: true } })).toEqual([{ name: 'Grace' }])
        expect(await tx.$cached({ ttl: '1m' }).user.count()).toBe(1)
        throw new Undo()
      })
      .catch(undone)
    expect(await names()).toEqual([{ name: 'Ada' }])
    expect(shop.cache.stats()).toMatchObject({ hits: 1, bypasses: 2, stored: 1 })
  })

  test('reads through the outer client may be cached ones: it does not see the transaction either', async () => {
    await shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('Grace'))
      expect(await statusOf(shop.prisma, names())).toBe('hit')
      expect(await names()).toEqual([{ name: 'Ada' }])
      expect(await shop.base.user.findMany({ select: { name: true } })).toEqual([{ name: 'Ada' }])
    })
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('what the outer client writes inside the callback counts at once, whatever becomes of the transaction', async () => {
    await shop.prisma
      .$transaction(async (tx) => {
        await tx.scalars.count()
        await shop.prisma.user.update(rename('Grace'))
        expect(await names()).toEqual([{ name: 'Grace' }])
        throw new Undo()
      })
      .catch(undone)
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('nothing is invalidated before the commit, and everything when it is acknowledged', async () => {
    const commit = pauses.before((text) => text === 'COMMIT')
    const writing = shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('Grace'))
      await tx.post.create({ data: { title: 'a', authorId: 1 } })
    })
    await commit.reached
    expect(await isCached()).toBe(true)
    commit.release()
    await writing
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('an answer that was read before the commit and came after it is not kept', async () => {
    const slow = pauses.before((sql) => sql.startsWith('SELECT'))
    const reading = shop.prisma.user.findMany().then((users) => users)
    await slow.reached
    await shop.prisma.$transaction((tx) => tx.user.update(rename('Grace')))
    slow.release()
    await reading
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  })

  test('a rollback invalidates nothing', async () => {
    await shop.prisma
      .$transaction(async (tx) => {
        await tx.user.update(rename('undone'))
        throw new Undo()
      })
      .catch(undone)
    expect(await isCached()).toBe(true)
  })

  test('a transaction that the database aborts invalidates nothing', async () => {
    const failing = shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('undone'))
      await tx.user.create({ data: { id: 1, email: 'twice' } })
    })
    await expect(failing).rejects.toMatchObject({ code: 'P2002' })
    expect(await isCached()).toBe(true)
  })

  test('one that runs out of time invalidates nothing that it did not do', async () => {
    const over = pauses.before((text) => text === 'rollback()')
    const failing = shop.prisma.$transaction(
      async (tx) => {
        await tx.user.update(rename('undone'))
        await over.reached
        over.release()
        await tx.user.count()
      },
      { timeout: 50 },
    )
    await expect(failing).rejects.toMatchObject({ code: 'P2028' })
    expect(await isCached()).toBe(true)
    expect(await names()).toEqual(await shop.base.user.findMany({ select: { name: true } }))
  })

  test('a nested transaction that is rolled back takes nothing along that its outer one has written', async () => {
    await shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('Grace'))
      await tx
        .$transaction(async (inner) => {
          await inner.post.create({ data: { title: 'undone', authorId: 1 } })
          throw new Undo()
        })
        .catch(undone)
      await tx.$transaction((inner) => inner.post.create({ data: { title: 'done', authorId: 1 } }))
      expect(await isCached()).toBe(true)
    })
    expect(await names()).toEqual([{ name: 'Grace' }])
    expect(await shop.prisma.post.findMany()).toMatchObject([{ title: 'done' }])
  })

  test('savepoints sent by hand forget nothing', async () => {
    await shop.prisma.$transaction(async (tx) => {
      await tx.user.update(rename('Grace'))
      await tx.$executeRawUnsafe('SAVEPOINT s')
      await tx.user.update(rename('undone'))
      await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT s')
      await tx.$executeRawUnsafe('RELEASE SAVEPOINT s')
    })
    expect(await names()).toEqual([{ name: 'Grace' }])
  })
})

describe('a batch', () => {
  test('is answered whole by the database, cached reads or not', async () => {
    const { prisma } = shop
    const [before, , after] = await prisma.$transaction([
      prisma.user.findMany({ select: { name: true } }),
      prisma.user.update(rename('Grace')),
      prisma.user.findMany({ select: { name: true } }),
    ])
    expect(before).toEqual([{ name: 'Ada' }])
    expect(after).toEqual([{ name: 'Grace' }])
    expect(await names()).toEqual([{ name: 'Grace' }])
  })

  test('of reads that are all cached settles', async () => {
    const { prisma } = shop
    const reads = [names(), names(), prisma.user.count()] as const
    expect(await prisma.$transaction([...reads])).toEqual([[{ name: 'Ada' }], [{ name: 'Ada' }], 1])
    expect(shop.cache.stats()).toMatchObject({ bypasses: 3, stored: 1 })
  })

  test('that is rolled back stores and invalidates nothing', async () => {
    const { prisma } = shop
    const failing = prisma.$transaction([
      prisma.user.update(rename('undone')),
      prisma.user.findMany(),
      prisma.user.create({ data: { id: 1, email: 'twice' } }),
    ])
    await expect(failing).rejects.toMatchObject({ code: 'P2002' })
    expect(await isCached()).toBe(true)
    expect(await prisma.user.findMany()).toMatchObject([{ name: 'Ada' }])
  })

  test('takes $cached reads, raw SQL and a level of isolation', async () => {
    const { prisma } = shop
    const mine = prisma.$cached({ tags: ['mine'] })
    const [users, changed] = await prisma.$transaction(
      [mine.user.findMany(), prisma.$executeRaw`UPDATE users SET name = 'Grace'`],
      { isolationLevel: 'Serializable' },
    )
    expect(users).toMatchObject([{ name: 'Ada' }])
    expect(changed).toBe(1)
    expect(await names()).toEqual([{ name: 'Grace' }])
  })
})

describe('the promises of a cached client', () => {
  test('are Prisma’s: lazy, and fit for a batch', async () => {
    const read = shop.prisma.user.findMany()
    expect(read[Symbol.toStringTag]).toBe('PrismaPromise')
    await new Promise(setImmediate)
    expect(shop.cache.stats().misses).toBe(1)
    await read
    expect(shop.cache.stats().misses).toBe(2)
  })

  test('can be awaited twice, and are sent once', async () => {
    const read = shop.prisma.user.findMany()
    const sent = await countOf(shop.statements, async () => expect(await read).toEqual(await read))
    expect(sent).toBe(1)
  })
})

describe('nested writes', () => {
  test('count when the transaction around them commits', async () => {
    const posts = () => shop.prisma.post.findMany({ include: { author: true } })
    expect(await posts()).toEqual([])
    await shop.prisma.user.update({
      where: { id: 1 },
      data: { name: 'Grace', posts: { create: [{ title: 'a' }, { title: 'b' }] } },
    })
    expect(await names()).toEqual([{ name: 'Grace' }])
    expect(await posts()).toHaveLength(2)
    await shop.prisma.user.delete({ where: { id: 1 } })
    expect(await posts()).toEqual([])
  })
})
