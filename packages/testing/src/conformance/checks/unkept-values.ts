import { checksOf } from '../check.js'
import { HeldLoader } from '../../held.js'
import { record } from '../../test-cache.js'

export const unkeptValuesChecks = checksOf('cache', 'values that cannot be kept', {
  'a value that cannot be copied is returned, not stored, and told': async ({ newCache, kept, expect }) => {
    const { cache } = newCache()
    const failures = record(cache, 'failure')
    const value = { call: () => 1 }
    expect(await cache.getOrSet('k', () => value)).toBe(value)
    expect(await cache.has('k')).toBe(false)
    kept(failures).toMatchObject([{ action: 'copy', cause: { code: 'NOT_ENCODABLE' } }])
  },

  'it is not shared either: who joined loads a value of its own': async ({
    newCache,
    settled,
    expect,
    kept,
  }) => {
    const { cache } = newCache()
    const loader = new HeldLoader<() => number>()
    const readers = [1, 2].map(() => cache.getOrSet('k', loader.load))
    await settled()
    const values = [() => 1, () => 2]
    loader.land(values[0]!, 0)
    await settled()
    loader.land(values[1]!, 1)
    const [first, second] = await Promise.all(readers)
    kept(first).toBe(values[0])
    kept(second).toBe(values[1])
    expect(first === second).toBe(false)
  },

  'set refuses it, and leaves what is there': async ({ newCache, served, expect }) => {
    const { cache } = newCache()
    await cache.set('k', 'old')
    await expect(cache.set('k', { call: () => 1 })).rejects.toMatchObject({ code: 'NOT_ENCODABLE' })
    served(await cache.get('k')).toBe('old')
  },

  'a value above maxEntryBytes is returned and not stored': async ({ newCache, expect }) => {
    const { cache } = newCache({ maxEntryBytes: 1_000 })
    const large = 'x'.repeat(2_000)
    expect(await cache.getOrSet('k', () => large)).toBe(large)
    expect(await cache.has('k')).toBe(false)
    expect(cache.stats()).toMatchObject({ entries: 0, stored: 0 })
  },
})
