import { describe, expect, it } from 'vitest'
import type { Visitor } from '../../examples/storefront/src/actions/action.js'
import { planVisits } from '../../examples/storefront/src/actions/plan.js'
import { openSeededShop, type SeededShop } from '../../examples/storefront/src/database.js'
import type { Entrance, EntranceOptions, Example } from '../../examples/storefront/src/example.js'
import type { Shop } from '../../examples/storefront/src/shop.js'
import { runVisits } from '../../examples/storefront/src/visits/run.js'
import { openPlainDataSource } from '../../examples/typeorm-storefront/src/data-source.js'
import { examples, silent } from './examples.js'

const TABLES = 'Customer Category Product _CategoryToProduct Order OrderLine Review'.split(' ')
const DATE = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d\.\d{3}).*$/

type Open = (example: Example, options: EntranceOptions) => Promise<Entrance>
type Tables = Record<string, unknown[]>

const ways: readonly Open[] = [
  (example, options) => example.openUncached(options),
  (example, options) => example.openCached(options),
]

/** What `use` gives for every ORM, without and with the cache, each in a shop of its own. */
async function inEveryShop<T>(
  use: (seeded: SeededShop, shop: Shop, file: string) => Promise<T>,
): Promise<T[]> {
  const given: T[] = []
  for (const [, load] of examples) {
    const example = await load()
    const seeded = await openSeededShop(example, 0.01, silent)
    for (const open of ways) given.push(await inShop(example, seeded, open, use))
  }
  return given
}

function inShop<T>(
  example: Example,
  seeded: SeededShop,
  open: Open,
  use: (seeded: SeededShop, shop: Shop, file: string) => Promise<T>,
): Promise<T> {
  return seeded.withCopy(async (file) => {
    const { shop, close } = await open(example, { file })
    try {
      return await use(seeded, shop, file)
    } finally {
      await close()
    }
  })
}

/** Takes many steps, most of them changes, one at a time. */
async function visit({ size }: SeededShop, shop: Shop): Promise<void> {
  const visitor: Visitor = {
    ask: async (_name, question) => question(shop),
    change: async (_name, change) => change(shop),
  }
  await runVisits(planVisits({ seed: 1, actions: 400, writeShare: 0.9, size }), 1, visitor, silent)
}

async function readTables(file: string): Promise<Tables> {
  const dataSource = await openPlainDataSource({ file })
  const tables: Tables = {}
  for (const table of TABLES) {
    const rows: Record<string, unknown>[] = await dataSource.query(`SELECT * FROM "${table}"`)
    tables[table] = rows.map((row) => JSON.stringify(row, alike)).sort()
  }
  await dataSource.destroy()
  return tables
}

/** Each ORM writes a date down in its own way. */
const alike = (_name: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replace(DATE, '$1 $2') : value

/** Answers of which every ORM gives the same part under the same name. */
async function listsOf(shop: Shop): Promise<unknown> {
  const ids = async (list: PromiseLike<unknown>): Promise<number[]> =>
    ((await list) as readonly { id: number }[]).map(({ id }) => id)
  const bestsellers = await shop.bestsellers(new Date('2026-01-01T00:00:00Z'))
  return {
    bestsellers: bestsellers.map(({ productId }) => productId),
    newProducts: await ids(shop.newProducts()),
    inCategory: await ids(shop.categoryProducts('kitchen', 0, 20)),
    nextInCategory: await ids(shop.categoryProducts('living-room', 2, 20)),
    stock: await shop.categoryStock('kitchen'),
    found: await ids(shop.search('Lamp', 20)),
    orders: await ids(shop.latestOrders(1)),
  }
}

/** All are as the first one. */
function expectAlike(given: readonly unknown[]): void {
  const [first, ...others] = given
  expect(others).toHaveLength(2 * examples.length - 1)
  for (const other of others) expect(other).toEqual(first)
}

describe('the storefronts', { timeout: 120_000 }, () => {
  it('leave the same rows behind, whatever their ORM and with and without the cache', async () => {
    const left = await inEveryShop(async (seeded, shop, file) => {
      await visit(seeded, shop)
      return readTables(file)
    })
    expect(left[0]?.['Order']?.length).toBeGreaterThan(200)
    expectAlike(left)
  })

  it('list the same things after the same changes', async () => {
    const lists = await inEveryShop(async (seeded, shop) => {
      const before = await listsOf(shop)
      await visit(seeded, shop)
      const after = await listsOf(shop)
      expect(after).not.toEqual(before)
      return [before, after]
    })
    expectAlike(lists)
  })
})
