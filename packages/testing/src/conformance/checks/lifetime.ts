import { checksOf } from '../check.js'

export const lifetimeChecks = checksOf('cache', 'lifetime', {
  'an entry lives for its ttl, and not longer': async ({
    newCache,
    settled,
    pass,
    grainMs,
    served,
    expect,
  }) => {
    const { cache, clock } = newCache({ ttl: '100s' })
    await cache.set('default', 1)
    await cache.set('own', 1, { ttl: 20_000 })
    await cache.getOrSet('loaded', () => 1, { ttl: '40s' })
    await cache.getOrSet('by the loader', ({ setTtl }) => (setTtl('60s'), 1))
    await settled()
    const there = () => cache.getMany(['own', 'loaded', 'by the loader', 'default'])
    await pass(clock, 20_000 - grainMs)
    served(await there()).toEqual([1, 1, 1, 1])
    await pass(clock, grainMs)
    served(await there()).toEqual([undefined, 1, 1, 1])
    await pass(clock, 20_000)
    served(await there()).toEqual([undefined, undefined, 1, 1])
    await pass(clock, 20_000)
    served(await there()).toEqual([undefined, undefined, undefined, 1])
    await pass(clock, 40_000)
    served(await there()).toEqual([undefined, undefined, undefined, undefined])
    expect(await cache.has('default')).toBe(false)
  },

  'what has expired is loaded again and stored again': async ({ newCache, settled, pass, kept, expect }) => {
    const { cache, clock } = newCache({ ttl: '1s' })
    let loads = 0
    const load = () => ++loads
    const options = { tags: ['User'] }
    await cache.getOrSet('k', load, options)
    await pass(clock, 1_000)
    expect(await cache.getOrSet('k', load, options)).toBe(2)
    await settled()
    kept(await cache.getOrSet('k', load, options)).toBe(2)
    const before = loads
    await cache.invalidate(['User'])
    expect(await cache.getOrSet('k', load, options)).toBe(before + 1)
  },

  'jitter spreads the time to live either way': async ({ newCache, pass, grainMs, served, expect }) => {
    let random = 0
    const { cache, clock } = newCache({ ttl: 100_000, jitter: 0.1, random: () => random })
    await cache.set('short', 1)
    random = 0.999_999
    await cache.set('long', 1)
    await pass(clock, 90_000 - grainMs)
    served(await cache.getMany(['short', 'long'])).toEqual([1, 1])
    await pass(clock, grainMs)
    served(await cache.getMany(['short', 'long'])).toEqual([undefined, 1])
    await pass(clock, 20_000 - grainMs)
    served(await cache.get('long')).toBe(1)
    await pass(clock, grainMs)
    expect(await cache.get('long')).toBeUndefined()
  },

  'null and empty arrays live for the negative ttl': async ({ newCache, pass, served, expect }) => {
    const { cache, clock } = newCache({ ttl: '100s', negativeTtl: '1s' })
    const values = [null, [], 0, '', false, {}]
    await cache.setMany(values.map((value, key) => ({ key, value })))
    await cache.getOrSet('null', () => null)
    await pass(clock, 1_000)
    expect(await cache.getMany([0, 1, 'null'])).toEqual([undefined, undefined, undefined])
    served(await cache.getMany([2, 3, 4, 5])).toEqual([0, '', false, {}])
  },

  'a ttl below the default negative ttl is the negative ttl too': async ({
    newCache,
    pass,
    grainMs,
    kept,
    expect,
  }) => {
    const { cache, clock } = newCache({ ttl: '1h' })
    await cache.set('default', null)
    await cache.set('shorter', null, { ttl: '1s' })
    await cache.set('longer', null, { ttl: '2h' })
    await pass(clock, 1_000)
    expect(await cache.has('shorter')).toBe(false)
    await pass(clock, 29_000 - grainMs)
    kept([await cache.has('default'), await cache.has('longer')]).toEqual([true, true])
    await pass(clock, grainMs)
    expect([await cache.has('default'), await cache.has('longer')]).toEqual([false, false])
  },
})
