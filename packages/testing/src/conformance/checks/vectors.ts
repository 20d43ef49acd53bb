import { checksOf } from '../check.js'

export const vectorsChecks = checksOf('cache', 'vectors', {
  'a vector older than a write never validates': async ({ newCache, expect }) => {
    const { cache } = newCache()
    const before = await cache.snapshot(['User'])
    await cache.write(['User'], () => 'done')
    await cache.set('k', 'read before', { vector: before })
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.getOrSet('k', () => 'read after', { tags: ['User'] })).toBe('read after')
  },

  'a vector that still stands does, and the value depends on all its tags': async ({
    newCache,
    kept,
    served,
    expect,
  }) => {
    const { cache } = newCache()
    const before = await cache.snapshot(['User', 'Post'])
    await cache.set('all', 1, { vector: before })
    await cache.set('some', 1, { vector: before, tags: ['User'] })
    served(await cache.getMany(['all', 'some'])).toEqual([1, 1])
    kept(await cache.getOrSet('all', () => 2, { tags: ['Post'] })).toBe(1)
    await cache.invalidate(['Post'])
    expect(await cache.getMany(['all', 'some'])).toEqual([undefined, undefined])
  },

  'clear and invalidate outdate a vector too': async ({ newCache, expect }) => {
    const { cache } = newCache()
    const inner = cache.namespace('inner')
    const vectors = [await inner.snapshot([]), await inner.snapshot(['User'])]
    await cache.clear()
    await inner.set(0, 1, { vector: vectors[0]! })
    await inner.set(1, 1, { vector: vectors[1]! })
    expect(await inner.getMany([0, 1])).toEqual([undefined, undefined])
  },

  'a value that is not kept takes the one it replaces with it': async ({ newCache, kept, expect }) => {
    const { cache } = newCache({ maxEntryBytes: 1_000 })
    const outdated = await cache.snapshot(['User'])
    await cache.invalidate(['User'])
    await cache.set('outdated', 'old')
    await cache.set('outdated', 'new', { vector: outdated })
    await cache.set('large', 'old')
    await cache.set('large', 'x'.repeat(2_000))
    const left = await cache.getMany(['outdated', 'large'])
    kept(left).toEqual([undefined, undefined])
    expect(left.includes('new')).toBe(false)
  },

  'a vector must be from this cache and namespace, and hold every tag that is named': async ({
    newCache,
    expect,
    kept,
  }) => {
    const { cache } = newCache()
    const refused = { code: 'INVALID_VECTOR' }
    const other = await newCache().cache.snapshot(['User'])
    await kept(cache.set('k', 1, { vector: other })).rejects.toMatchObject(refused)
    const inner = await cache.namespace('inner').snapshot(['User'])
    await kept(cache.set('k', 1, { vector: inner })).rejects.toMatchObject(refused)
    await cache.namespace('inner').set('k', 1, { vector: inner })
    const own = await cache.snapshot(['User'])
    await kept(cache.set('k', 1, { vector: own, tags: ['User', 'Post'] })).rejects.toMatchObject(refused)
    const made = { id: '1', usable: true } as const
    await expect(cache.set('k', 1, { vector: made })).rejects.toMatchObject(refused)
    await expect(cache.set('k', 1, { vector: null as never })).rejects.toMatchObject(refused)
    expect(await cache.has('k')).toBe(false)
  },
})
