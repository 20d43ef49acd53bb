import { checksOf } from '../check.js'
import { held } from '../../held.js'

export const closedCacheChecks = checksOf('cache', 'a closed cache', {
  'reads go to their loaders, everything else does nothing, and no call fails': async ({
    newCache,
    expect,
  }) => {
    const { cache } = newCache()
    const inner = cache.namespace('inner')
    await cache.set('k', 'cached')
    await cache.close()
    const read = () => cache.getOrSet('k', () => 'loaded')
    expect([await read(), await read()]).toEqual(['loaded', 'loaded'])
    expect(await cache.getOrSetMany(['k', 'l'], (keys) => keys)).toEqual(['k', 'l'])
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.has('k')).toBe(false)
    await cache.set('k', 'set')
    expect(await cache.has('k')).toBe(false)
    expect(await cache.delete('k')).toBe(false)
    expect(await cache.write(['User'], () => 'written')).toBe('written')
    await cache.invalidate(['User'])
    await cache.clear()
    await cache.set('k', 1, { vector: await cache.snapshot(['User']) })
    expect(await inner.getOrSet('k', () => 'loaded')).toBe('loaded')
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 })
  },

  'a load that is under way is told, and not stored': async ({ newCache, settled, expect }) => {
    const { cache } = newCache()
    const loaded = held<string>()
    let signal: AbortSignal | undefined
    const reading = cache.getOrSet('k', (context) => {
      signal = context.signal
      return loaded.promise
    })
    await settled()
    expect(signal?.aborted).toBe(false)
    await cache.close()
    expect(signal?.aborted).toBe(true)
    loaded.resolve('late')
    expect(await reading).toBe('late')
    await settled()
    expect(cache.stats().entries).toBe(0)
  },

  'closing twice is closing once': async ({ newCache, expect }) => {
    const { cache } = newCache()
    const first = cache.close()
    expect(cache.close()).toBe(first)
    await first
    await cache.close()
  },
})
