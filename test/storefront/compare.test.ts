import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Question } from '../../examples/prisma-storefront/src/actions/action.js'
import type { Comparison } from '../../examples/prisma-storefront/src/visits/compare.js'

const EXAMPLE = fileURLToPath(new URL('../../examples/prisma-storefront', import.meta.url))
const silent = { start() {}, advance() {}, stop() {} }

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: EXAMPLE })
})

/** A small shop with its comparison, and a way to write to it that passes neither the cache nor the gate. */
async function withShop(
  use: (shop: { comparison: Comparison; renameUnseen(name: string): Promise<unknown> }) => Promise<void>,
) {
  // Imported here, because the client that these import has been generated only now.
  const { openSeededShop } = await import('../../examples/prisma-storefront/src/database.js')
  const { createCachedClient, createUncachedShop } =
    await import('../../examples/prisma-storefront/src/shop-client.js')
  const { createComparison } = await import('../../examples/prisma-storefront/src/visits/compare.js')
  const seeded = await openSeededShop(0.01, silent)
  await seeded.withCopy(async (file) => {
    const { prisma, cache } = createCachedClient({ file, overlapping: true })
    const direct = createUncachedShop({ file })
    const renameUnseen = (name: string) => direct.product.update({ where: { id: 1 }, data: { name } })
    await use({ comparison: createComparison(prisma, direct), renameUnseen })
    await Promise.all([prisma.$disconnect(), direct.$disconnect()])
    await cache.close()
  })
}

const product: Question<{ name: string } | null> = (shop) => shop.product.findUnique({ where: { id: 1 } })

describe('the comparison of cached with direct answers', () => {
  it('compares what the cache answers, and nothing else', () =>
    withShop(async ({ comparison }) => {
      await comparison.visitor.ask('product', product)
      expect(comparison.compared()).toBe(0)
      await comparison.visitor.ask('product', product)
      await comparison.visitor.ask('product', product)
      expect(comparison.compared()).toBe(2)
      expect(comparison.stale()).toEqual([])
    }))

  it('finds an answer stale when a write has passed the cache by', () =>
    withShop(async ({ comparison, renameUnseen }) => {
      await comparison.visitor.ask('product', product)
      await renameUnseen('Renamed')
      await comparison.visitor.ask('product', product)
      expect(comparison.stale()).toMatchObject([{ name: 'product', direct: { name: 'Renamed' } }])
    }))

  it('asks again when a change ran beside the question, so that it judges an answer from after the change', () =>
    withShop(async ({ comparison }) => {
      await comparison.visitor.ask('product', product)
      const change = comparison.visitor.change('rename', (shop) =>
        shop.product.update({ where: { id: 1 }, data: { name: 'Renamed' } }),
      )
      const answers = await Promise.all([1, 2, 3].map(() => comparison.visitor.ask('product', product)))
      await change
      expect(answers.map((answer) => answer?.name)).toEqual(['Renamed', 'Renamed', 'Renamed'])
      expect(comparison.stale()).toEqual([])
    }))
})
