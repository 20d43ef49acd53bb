import { checksOf } from '../check.js'
import type { StoreUnderTest } from '../store-under-test.js'

const options = { tags: ['User'] }
const down = new Error('the database is down')

/** What a read comes to; `undefined` if there was nothing to serve in place of the error of its load. */
async function valueOr(reading: Promise<unknown>): Promise<unknown> {
  try {
    return await reading
  } catch (error) {
    if (error !== down) throw error
    return undefined
  }
}

const fails = (): never => {
  throw down
}

const keepsOutdated = (store: StoreUnderTest): boolean => store.keepsOutdated !== false

export const staleAnswersChecks = checksOf(
  'cache',
  'stale answers',
  {
    'what has expired is served while it is loaded again, as long as that is wanted, and not longer': async ({
      newCache,
      settled,
      pass,
      grainMs,
      served,
      expect,
    }) => {
      const { cache, clock } = newCache({ ttl: '20s', staleWhileRevalidate: '60s', errorCooldown: 0 })
      await cache.getOrSet('k', () => 'first', options)
      await settled()
      await pass(clock, 40_000)
      served(await valueOr(cache.getOrSet('k', fails, options))).toBe('first')
      await cache.settled()
      await pass(clock, 40_000 + grainMs)
      expect(await valueOr(cache.getOrSet('k', fails, options))).toBeUndefined()
    },

    'what is loaded in the background is stored': async ({ newCache, settled, pass, served, expect }) => {
      const { cache, clock } = newCache({ ttl: '20s', staleWhileRevalidate: '1h' })
      await cache.getOrSet('k', () => 'first', options)
      await settled()
      await pass(clock, 21_000)
      const value = await cache.getOrSet('k', () => 'second', options)
      expect(['first', 'second'].includes(value)).toBe(true)
      await cache.settled()
      await settled()
      served(await cache.get('k')).toBe('second')
    },

    'what was invalidated is not served while it is loaded again': async ({
      newCache,
      settled,
      pass,
      expect,
    }) => {
      const { cache, clock } = newCache({ ttl: '20s', staleWhileRevalidate: '1h' })
      await cache.getOrSet('k', () => 'old', options)
      await settled()
      await cache.invalidate(['User'])
      expect(await cache.getOrSet('k', () => 'new', options)).toBe('new')
      await settled()
      await pass(clock, 21_000)
      await cache.write(['User'], () => 'done')
      expect(await cache.getOrSet('k', () => 'newer', options)).toBe('newer')
    },

    'a load in the background from before a write is not served after it': async ({
      newCache,
      settled,
      pass,
      expect,
    }) => {
      const { cache, clock } = newCache({ ttl: '20s', staleWhileRevalidate: '1h' })
      let row = 'old'
      const load = async () => {
        const value = row
        await settled()
        return value
      }
      await cache.getOrSet('k', load, options)
      await settled()
      await pass(clock, 21_000)
      await cache.getOrSet('k', load, options)
      row = 'new'
      await cache.write(['User'], () => 'done')
      await cache.settled()
      await settled()
      expect(await cache.getOrSet('k', load, options)).toBe('new')
    },

    'the last value is served when its load fails, also after a write, and not beyond its limit': async ({
      newCache,
      settled,
      pass,
      grainMs,
      served,
      expect,
    }) => {
      const { cache, clock } = newCache({ ttl: '20s', staleIfError: '60s', errorCooldown: 0 })
      const read = (load: () => string) => valueOr(cache.getOrSet('k', load, options))
      await read(() => 'last')
      await settled()
      await cache.write(['User'], () => 'done')
      served(await read(fails)).toBe('last')
      await pass(clock, 40_000)
      served(await read(fails)).toBe('last')
      await pass(clock, 40_000 + grainMs)
      expect(await read(fails)).toBeUndefined()
      expect(await read(() => 'new')).toBe('new')
    },

    'what was deleted, or was in a namespace that was cleared, is served in place of no error': async ({
      newCache,
      settled,
      kept,
    }) => {
      const { cache } = newCache({ namespace: 'outer', staleIfError: '1h', errorCooldown: 0 })
      const inner = cache.namespace('inner')
      await inner.getOrSet('k', () => 'inner', options)
      await cache.getOrSet('k', () => 'deleted', options)
      await settled()
      await cache.delete('k')
      kept(await valueOr(cache.getOrSet('k', fails, options))).toBeUndefined()
      await cache.clear()
      kept(await valueOr(inner.getOrSet('k', fails, options))).toBeUndefined()
    },
  },
  keepsOutdated,
)
