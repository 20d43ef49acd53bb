import { type DataSource, EntitySchema, MoreThan, type Repository } from 'typeorm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FreshetOptions } from '../../src/index.js'
import { catalogueSettled } from '../support/catalogue-settled.js'
import { createDatabase, type DatabaseName, prepare, type Watched } from '../tap/watched.js'

interface Shelf {
  id: number
  name: string
}

interface Item {
  id: number
  rank: number
  shelves: Shelf[]
}

const key = { type: 'int', primary: true } as const
const Shelf = new EntitySchema<Shelf>({
  name: 'Shelf',
  tableName: 'shelf',
  columns: { id: key, name: { type: 'varchar', length: 20, unique: true } },
})
const Item = new EntitySchema<Item>({
  name: 'Item',
  tableName: 'item',
  columns: { id: key, rank: { type: 'int', name: 'place' } },
  relations: { shelves: { type: 'many-to-many', target: 'Shelf', joinTable: { name: 'item_shelf' } } },
})

// Of texts SQLite's catalogue does not tell that they are unique as they are compared.
const databases: readonly DatabaseName[] = ['postgres', 'mariadb']
const where = { shelves: { name: 'a' } }
const members: Partial<FreshetOptions> = { entities: { Item: { members: 10 } } }

/** What is asked for the keys of a shelf's items, in whatever dialect. */
const asksForKeys = (sql: string): boolean =>
  /^SELECT [^()]+ FROM \S*item_shelf\S* WHERE \S+ = 1 LIMIT 11$/.test(sql)

describe.each(databases)('a page of the items of a shelf, on %s', (name) => {
  let dataSource: DataSource
  let cache: Watched['cache']
  let sent: string[]
  let items: Repository<Item>

  // Items 1 to 6 have the ranks 10 to 60; the first three are on the shelf 'a', the fourth is on 'b'.
  async function open(options: Partial<FreshetOptions> = {}): Promise<void> {
    const watched = prepare(await createDatabase(name), options, {
      entities: [Shelf, Item],
      synchronize: true,
    })
    ;({ dataSource, cache, statements: sent } = watched)
    await dataSource.initialize()
    const shelves = await dataSource.getRepository(Shelf).save([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ])
    items = dataSource.getRepository(Item)
    for (const id of [1, 2, 3, 4, 5, 6]) {
      const on = id < 4 ? [shelves[0]!] : id === 4 ? [shelves[1]!] : []
      await items.save({ id, rank: id * 10, shelves: on })
    }
    await catalogueSettled(dataSource)
    // No shelf is noted before somebody asks by it.
    await page()
    await dataSource.getRepository(Shelf).getOneWithCache({ where: { name: 'a' } })
    await cache.clear()
    await dataSource.getRepository(Shelf).getOneWithCache({ where: { name: 'a' } })
    await cache.settled()
    sent.length = 0
  }

  beforeEach(() => open())
  afterEach(async () => {
    await dataSource.destroy()
    await cache.close()
  })

  const paged = { where, order: { rank: 'ASC', id: 'ASC' }, take: 2 } as const
  const page = () => items.getWithCache(paged)
  const move = (id: number, rank: number) => items.update({ id }, { rank })
  const show = (id: number) => items.getOneWithCache({ where: { id }, relations: { shelves: true } })
  const put = (how: 'add' | 'remove', id: number, of = 1) =>
    dataSource.createQueryBuilder().relation(Item, 'shelves').of(id)[how](of)

  async function pageIs(expected: 'hit' | 'miss'): Promise<void> {
    const before = sent.length
    const found = await page()
    const status = sent.length === before ? 'hit' : 'miss'
    expect([status, found]).toEqual([expected, await items.find(paged)])
  }

  test('outlives that an item of another shelf comes into its range, if its shelves were shown', async () => {
    await page()
    await move(5, 1)
    await pageIs('miss')
    await show(4)
    await move(4, 1)
    await pageIs('hit')
  })

  test('falls where that is on the shelf', async () => {
    await show(3)
    await page()
    await move(3, 5)
    await pageIs('miss')
  })

  test('falls where that has been put there', async () => {
    await show(4)
    await page()
    await put('add', 4)
    await move(4, 1)
    await pageIs('miss')
    await move(4, 35)
    await pageIs('miss')
  })

  test('falls where that was there when it was moved', async () => {
    await show(3)
    await page()
    await move(3, 5)
    await put('remove', 3)
    await show(3)
    await pageIs('miss')
  })

  test('outlives that an item behind its last one is put there', async () => {
    await show(4)
    await show(6)
    await page()
    await put('add', 6)
    await pageIs('hit')
    await put('add', 4)
    await pageIs('hit')
  })

  test('falls where one before it was taken away, and has been moved behind the last since', async () => {
    const second = { ...paged, skip: 1, take: 1 }
    await items.getWithCache(second)
    await put('remove', 1)
    await show(1)
    await move(1, 99)
    expect(await items.getWithCache(second)).toEqual(await items.find(second))
  })

  test('falls where one is put there that stands before the last', async () => {
    await move(4, 15)
    await show(4)
    await page()
    await put('add', 4)
    await pageIs('miss')
  })

  test('outlives that it is moved behind the last once it is there, and not that it is moved back', async () => {
    await move(4, 15)
    await show(4)
    await page()
    await put('add', 4)
    await move(4, 99)
    await pageIs('hit')
    await move(4, 15)
    await pageIs('miss')
  })

  test('falls where one is put there of which nobody knows where it stands', async () => {
    await page()
    await put('add', 6)
    await pageIs('miss')
  })

  test('falls where the shelf goes', async () => {
    await page()
    await dataSource.getRepository(Shelf).delete(1)
    await pageIs('miss')
  })

  test('falls where another shelf gets the name', async () => {
    const shelves = dataSource.getRepository(Shelf)
    await show(4)
    await page()
    await shelves.update(1, { name: 'c' })
    await shelves.update(2, { name: 'a' })
    await move(4, 1)
    await pageIs('miss')
  })

  describe('with the items of the shelf asked for', () => {
    const asked = () => sent.filter(asksForKeys).length
    const settled = async () => {
      await page()
      await cache.settled()
    }

    beforeEach(async () => {
      await dataSource.destroy()
      await open(members)
      await settled()
    })

    test('outlives a change of any other item, asked for once', async () => {
      expect(asked()).toBe(1)
      await move(5, 1)
      await pageIs('hit')
      await move(3, 5)
      await pageIs('miss')
      await cache.settled()
      expect(asked()).toBe(1)
    })

    test('falls with one that has been put there since', async () => {
      await put('add', 5)
      await settled()
      await move(5, 1)
      await pageIs('miss')
      await move(6, 2)
      await pageIs('hit')
      expect(asked()).toBe(1)
    })

    test('outlives an item that is gone, and falls with its own', async () => {
      await items.delete(5)
      await pageIs('hit')
      await items.delete(3)
      await pageIs('miss')
    })

    test('and a count outlives it as well', async () => {
      const counted = { where: { ...where, rank: MoreThan(15) } }
      const count = () => items.getCountWithCache(counted)
      await count()
      await move(5, 1)
      const before = sent.length
      expect(await count()).toBe(2)
      expect(sent.length).toBe(before)
      await move(3, 1)
      expect(await count()).toBe(1)
      expect(await items.count(counted)).toBe(1)
    })
  })
})
