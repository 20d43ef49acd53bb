import { checksOf } from '../check.js'
import { HeldLoader } from '../../held.js'

export const namespacesChecks = checksOf('cache', 'namespaces', {
  'a namespace has keys and tags of its own': async ({ newCache, served, expect }) => {
    const { cache } = newCache()
    const reports = cache.namespace('reports')
    await cache.set('k', 'outer', { tags: ['User'] })
    await reports.set('k', 'inner', { tags: ['User'] })
    served([await cache.get('k'), await reports.get('k')]).toEqual(['outer', 'inner'])
    served(await cache.namespace('reports').get('k')).toBe('inner')
    expect(await cache.namespace('other').get('k')).toBeUndefined()
    await reports.invalidate(['User'])
    served([await cache.get('k'), await reports.get('k')]).toEqual(['outer', undefined])
  },

  'what is invalidated outside is invalidated inside, at any depth': async ({ newCache, served, expect }) => {
    const { cache } = newCache({ namespace: 'shop' })
    const inner = cache.namespace('a').namespace('b')
    await inner.set('tagged', 1, { tags: ['User'] })
    await inner.set('plain', 1)
    await cache.invalidate(['User'])
    served(await inner.getMany(['tagged', 'plain'])).toEqual([undefined, 1])
    await cache.namespace('a').clear()
    expect(await inner.get('plain')).toBeUndefined()
  },

  'clearing a namespace leaves the one around it': async ({ newCache, served, expect }) => {
    const { cache } = newCache()
    await cache.set('k', 1)
    await cache.namespace('a').set('k', 1)
    await cache.namespace('b').set('k', 1)
    await cache.namespace('a').clear()
    served(await cache.get('k')).toBe(1)
    expect(await cache.namespace('a').get('k')).toBeUndefined()
    served(await cache.namespace('b').get('k')).toBe(1)
    await cache.clear()
    expect(await cache.namespace('b').get('k')).toBeUndefined()
  },

  'a load inside is not stored if the tag was written outside meanwhile': async ({
    newCache,
    settled,
    expect,
  }) => {
    const { cache } = newCache()
    const inner = cache.namespace('a')
    const loader = new HeldLoader<string>()
    const reading = inner.getOrSet('k', loader.load, { tags: ['User'] })
    await settled()
    await cache.invalidate(['User'])
    loader.landAll('old')
    expect(await reading).toBe('old')
    await settled()
    expect(await inner.get('k')).toBeUndefined()
  },
})
