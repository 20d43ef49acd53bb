import { beforeAll, describe, expect, it } from 'vitest'
import type { Question } from '../../examples/storefront/src/actions/action.js'
import { openSeededShop } from '../../examples/storefront/src/database.js'
import type { Example } from '../../examples/storefront/src/example.js'
import { type Comparison, createComparison } from '../../examples/storefront/src/visits/compare.js'
import { examples, silent } from './examples.js'

interface Compared {
  readonly comparison: Comparison
  /** A write that passes neither the cache nor the gate. */
  repriceUnseen(price: string): PromiseLike<unknown>
}

/** A small shop with its comparison. */
async function withShop(example: Example, use: (compared: Compared) => Promise<void>): Promise<void> {
  const seeded = await openSeededShop(example, 0.01, silent)
  await seeded.withCopy(async (file) => {
    const cached = await example.openCached({ file, overlapping: true })
    const direct = await example.openUncached({ file })
    const repriceUnseen = (price: string) => direct.shop.changePrice(1, price)
    await use({ comparison: createComparison(cached, direct.shop), repriceUnseen })
    await Promise.all([cached.close(), direct.close()])
  })
}

interface Priced {
  readonly price: unknown
}

const product: Question<Priced> = (shop) => shop.productPage(1) as PromiseLike<Priced>
const priceOf = ({ price }: Priced): string => String(price)

describe.each(examples)('the comparison of cached with direct answers on %s', (_orm, load) => {
  let example: Example

  beforeAll(async () => {
    example = await load()
  })

  it('compares what the cache answers, and nothing else', () =>
    withShop(example, async ({ comparison }) => {
      await comparison.visitor.ask('product', product)
      expect(comparison.compared()).toBe(0)
      await comparison.visitor.ask('product', product)
      await comparison.visitor.ask('product', product)
      expect(comparison.compared()).toBe(2)
      expect(comparison.stale()).toEqual([])
    }))

  it('compares an answer that another one’s load has brought', () =>
    withShop(example, async ({ comparison }) => {
      await Promise.all([1, 2, 3].map(() => comparison.visitor.ask('product', product)))
      expect(comparison.compared()).toBe(2)
    }))

  it('finds an answer stale when a write has passed the cache by', () =>
    withShop(example, async ({ comparison, repriceUnseen }) => {
      await comparison.visitor.ask('product', product)
      await repriceUnseen('1.25')
      await comparison.visitor.ask('product', product)
      expect(comparison.stale()).toMatchObject([{ name: 'product' }])
      expect(priceOf(comparison.stale()[0]?.direct as Priced)).toBe('1.25')
    }))

  it('asks again when a change ran beside the question, so that it judges an answer from after the change', () =>
    withShop(example, async ({ comparison }) => {
      await comparison.visitor.ask('product', product)
      const change = comparison.visitor.change('reprice', (shop) => shop.changePrice(1, '1.25'))
      const answers = await Promise.all([1, 2, 3].map(() => comparison.visitor.ask('product', product)))
      await change
      expect(answers.map(priceOf)).toEqual(['1.25', '1.25', '1.25'])
      expect(comparison.stale()).toEqual([])
    }))
})
