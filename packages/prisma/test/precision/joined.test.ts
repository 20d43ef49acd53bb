import type { FreshetOptions } from '@freshet/prisma'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Pauses, standAround } from '../support/around.js'
import { databases, type Shop } from '../support/databases.js'
import { statusOf } from '../support/status.js'

const fallen = 'miss: invalidated'
const where = { shelves: { some: { name: 'a' } } }
const members: Partial<FreshetOptions> = { models: { Item: { members: 10 } } }

/** What is asked for the keys of a shelf's items, in whatever dialect. */
const asksForKeys = (sql: string): boolean =>
  /^SELECT .+_ItemToShelf.+ LIMIT /.test(sql) && !/COUNT|rank/.test(sql)

describe.each(databases)(
  'a page of the items of a shelf, on %s',
  (_database, createDatabase, createCached) => {
    let pauses: Pauses
    let shop: Shop

    // Items 1 to 6 have the ranks 10 to 60; the first three are on the shelf 'a', the fourth is on 'b'.
    async function open(options: Partial<FreshetOptions> = {}): Promise<void> {
      pauses = new Pauses()
      const url = await createDatabase()
      shop = createCached(url, { wrap: (factory) => standAround(factory, pauses.around), options })
      for (const [id, name] of [
        [1, 'a'],
        [2, 'b'],
      ] as const)
        await shop.base.shelf.create({ data: { id, name } })
      for (const id of [1, 2, 3, 4, 5, 6]) {
        const shelves = id < 4 ? { connect: { id: 1 } } : id === 4 ? { connect: { id: 2 } } : {}
        await shop.base.item.create({ data: { id, rank: id * 10, shelves } })
      }
      // Nothing is judged before a statement was seen to pass, and no shelf noted before somebody asks by it.
      await shop.prisma.user.findMany()
      await shop.prisma.item.findFirst({ where })
      await shop.prisma.shelf.findUnique({ where: { name: 'a' } })
    }

    beforeEach(() => open())
    afterEach(async () => {
      await shop.base.$disconnect()
      await shop.cache.close()
    })

    const page = (prisma: Pick<Shop['prisma'], 'item'> = shop.prisma) =>
      prisma.item.findMany({ where, orderBy: [{ rank: 'asc' }, { id: 'asc' }], take: 2 })
    const move = (id: number, rank: number) => shop.prisma.item.update({ where: { id }, data: { rank } })
    const show = (id: number) => shop.prisma.item.findUnique({ where: { id }, include: { shelves: true } })
    const put = (how: 'connect' | 'disconnect', id: number, of = 1) =>
      shop.prisma.item.update({ where: { id }, data: { shelves: { [how]: [{ id: of }] } } })

    async function pageIs(expected: string): Promise<void> {
      const status = await statusOf(shop.prisma, page())
      expect([status, await page()]).toEqual([expected, await page(shop.base as never)])
    }

    test('outlives that an item of another shelf comes into its range, if its shelves were shown', async () => {
      await page()
      await move(5, 1)
      await pageIs(fallen)
      await show(4)
      await move(4, 1)
      await pageIs('hit')
    })

    test('falls where that is on the shelf', async () => {
      await show(3)
      await page()
      await move(3, 5)
      await pageIs(fallen)
    })

    test('falls where that has been put there', async () => {
      await show(4)
      await page()
      await put('connect', 4)
      await move(4, 1)
      await pageIs(fallen)
      await move(4, 35)
      await pageIs(fallen)
    })

    test('falls where that was there when it was moved', async () => {
      await show(3)
      await page()
      await move(3, 5)
      await put('disconnect', 3)
      await show(3)
      await pageIs(fallen)
    })

    test('outlives that an item behind its last one is put there', async () => {
      await show(6)
      await page()
      await put('connect', 6)
      await pageIs('hit')
    })

    test('falls where one before it was taken away, and has been moved behind the last since', async () => {
      const second = (prisma: Pick<Shop['prisma'], 'item'> = shop.prisma) =>
        prisma.item.findMany({
          where,
          orderBy: [{ rank: 'asc' }, { id: 'asc' }],
          skip: 1,
          take: 1,
          select: { id: true, rank: true },
        })
      await second()
      await put('disconnect', 1)
      await show(1)
      await move(1, 99)
      expect([await statusOf(shop.prisma, second()), await second()]).toEqual([
        fallen,
        await second(shop.base as never),
      ])
    })

    test('falls with its shelf, also where another one has its name by now', async () => {
      const count = (prisma: Pick<Shop['prisma'], 'item'> = shop.prisma) => prisma.item.count({ where })
      await count()
      await shop.prisma.shelf.delete({ where: { id: 1 } })
      await shop.prisma.shelf.create({ data: { id: 3, name: 'a' } })
      await shop.prisma.shelf.findUnique({ where: { name: 'a' } })
      expect([await statusOf(shop.prisma, count()), await count()]).toEqual([fallen, 0])
    })

    test('falls where one is put there that stands before the last', async () => {
      await move(4, 15)
      await show(4)
      await page()
      await put('connect', 4)
      await pageIs(fallen)
    })

    test('outlives that it is moved behind the last once it is there, and not that it is moved back', async () => {
      await move(4, 15)
      await show(4)
      await page()
      await put('connect', 4)
      await move(4, 99)
      await pageIs('hit')
      await move(4, 15)
      await pageIs(fallen)
    })

    test('falls where one is put there of which nobody knows where it stands', async () => {
      await page()
      await put('connect', 6, 1)
      await pageIs(fallen)
    })

    describe('with the items of the shelf asked for', () => {
      const asked = () => pauses.sent.filter(asksForKeys).length
      const settled = async () => {
        await page()
        await shop.cache.settled()
      }

      beforeEach(async () => {
        await shop.base.$disconnect()
        await open(members)
        await settled()
      })

      test('outlives a change of any other item, asked for once', async () => {
        expect(asked()).toBe(1)
        await move(5, 1)
        await pageIs('hit')
        await move(3, 5)
        await pageIs(fallen)
        await shop.cache.settled()
        expect(asked()).toBe(1)
      })

      test('falls with one that has been put there since', async () => {
        await put('connect', 5)
        await settled()
        await move(5, 1)
        await pageIs(fallen)
        await move(6, 2)
        await pageIs('hit')
        expect(asked()).toBe(1)
      })

      test('outlives an item that is gone, and falls with its own', async () => {
        await shop.prisma.item.deleteMany({ where: { id: 5 } })
        await pageIs('hit')
        await shop.prisma.item.deleteMany({ where: { id: 3 } })
        await pageIs(fallen)
      })

      test('and a count outlives it as well', async () => {
        const count = (prisma: Pick<Shop['prisma'], 'item'> = shop.prisma) =>
          prisma.item.count({ where: { ...where, rank: { gt: 15 } } })
        await count()
        await move(5, 1)
        expect(await statusOf(shop.prisma, count())).toBe('hit')
        await move(3, 1)
        expect(await statusOf(shop.prisma, count())).toBe(fallen)
        expect(await count()).toBe(await count(shop.base as never))
      })

      test('is not told by what was asked while an item was put there', async () => {
        await shop.cache.clear()
        const keys = pauses.after(asksForKeys)
        await shop.prisma.shelf.findUnique({ where: { name: 'a' } })
        await page()
        await keys.reached
        await put('connect', 5)
        keys.release()
        await shop.cache.settled()
        await page()
        await move(5, 1)
        await pageIs(fallen)
      })
    })
  },
)
