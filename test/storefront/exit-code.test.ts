import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Example } from '../../examples/storefront/src/example.js'
import { run } from '../../examples/storefront/src/run-example.js'
import type { Shop } from '../../examples/storefront/src/shop.js'
import { examples } from './examples.js'

const SHORT_RUN = ['--json', '--scale', '0.01', '--actions', '150', '--visitors', '4', '--writes', '30']

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** A shop that changes behind the cache's back. */
function changedUnseen(example: Example): Example {
  return {
    ...example,
    async openCached(options) {
      const [cached, unseen] = await Promise.all([example.openCached(options), example.openUncached(options)])
      Object.assign(cached.shop, changesOf(unseen.shop))
      return {
        ...cached,
        async close() {
          await Promise.all([cached.close(), unseen.close()])
        },
      }
    },
  }
}

/** All of them: SQLite has one writer at a time. */
function changesOf(shop: Shop): Partial<Shop> {
  const {
    buy,
    cancelOrder,
    moveHouse,
    review,
    changePrice,
    restock,
    recategorise,
    shipOrders,
    eraseCustomer,
  } = shop
  return {
    buy,
    cancelOrder,
    moveHouse,
    review,
    changePrice,
    restock,
    recategorise,
    shipOrders,
    eraseCustomer,
  }
}

describe.each(examples)('the exit code on %s', { timeout: 120_000 }, (_orm, load) => {
  it('is 0 if no answer was stale', async () => {
    expect(await run(await load(), SHORT_RUN)).toBe(0)
  })

  it('is 1 if writes have passed the cache by, and the stale answers are shown', async () => {
    expect(await run(changedUnseen(await load()), SHORT_RUN)).toBe(1)
    const shown = vi
      .mocked(process.stderr.write)
      .mock.calls.map(([text]) => String(text))
      .join('')
    expect(shown).toContain('Stale answer to ')
  })
})
