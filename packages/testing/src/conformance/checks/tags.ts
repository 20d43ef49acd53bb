import { engineOf } from '@freshet/core/adapter'
import { checksOf } from '../check.js'

export const tagsChecks = checksOf('cache', 'tags', {
  'invalidate stops exactly what depends on a tag, whatever its case': async ({ newCache, served }) => {
    const { cache } = newCache()
    await cache.set('user', 1, { tags: ['User'] })
    await cache.set('both', 1, { tags: ['Post', 'USER'] })
    await cache.set('post', 1, { tags: ['Post'] })
    await cache.set('none', 1)
    await cache.invalidate(['user', 'nobody'])
    served(await cache.getMany(['user', 'both', 'post', 'none'])).toEqual([undefined, undefined, 1, 1])
    await cache.invalidate([])
    served(await cache.get('post')).toBe(1)
  },

  'a reader that names a tag which the entry was stored without is not given it': async ({
    newCache,
    expect,
  }) => {
    const { cache } = newCache()
    await cache.set('k', 'old', { tags: ['User'] })
    // Known to the store, so that it is not for want of a generation that nothing is served.
    await cache.snapshot(['Post'])
    expect(await cache.getOrSet('k', () => 'new', { tags: ['User', 'Post'] })).toBe('new')
    await cache.invalidate(['Post'])
    expect(await cache.getOrSet('k', () => 'newest', { tags: ['Post', 'User'] })).toBe('newest')
  },

  'a reader that names fewer tags is given it, as long as all of them stand': async ({
    newCache,
    kept,
    expect,
  }) => {
    const { cache } = newCache()
    await cache.set('k', 'stored', { tags: ['User', 'Post'] })
    kept(await cache.getOrSet('k', () => 'new', { tags: ['User'] })).toBe('stored')
    await cache.invalidate(['Post'])
    expect(await cache.getOrSet('k', () => 'new', { tags: ['User'] })).toBe('new')
  },

  'tags that a loader sets count from the next load of its key': async ({ newCache, kept, expect }) => {
    const { cache } = newCache()
    let loads = 0
    const read = () =>
      cache.getOrSet('k', ({ setTags }) => (setTags(['User#7']), ++loads), { tags: ['Post'] })
    kept([await read(), await read(), await read()]).toEqual([1, 2, 2])
    await cache.invalidate(['User#8'])
    kept(await read()).toBe(2)
    for (const tag of ['user#7', 'Post']) {
      const before = loads
      await cache.invalidate([tag])
      expect(await read()).toBe(before + 1)
      kept(await read()).toBe(before + 1)
    }
  },

  'tags that a loader sets differently each time are never stored under the wrong ones': async ({
    newCache,
    expect,
  }) => {
    const { cache } = newCache()
    let loads = 0
    const read = () => cache.getOrSet('k', ({ setTags }) => (setTags([`User#${++loads}`]), loads))
    expect([await read(), await read(), await read()]).toEqual([1, 2, 3])
    expect(cache.stats().stored).toBe(0)
  },

  'skip returns the value and stores nothing': async ({ newCache, expect }) => {
    const { cache } = newCache()
    let loads = 0
    const read = () => cache.getOrSet('k', ({ skip }) => (skip(), ++loads))
    expect([await read(), await read()]).toEqual([1, 2])
  },

  'clear stops everything, once': async ({ newCache, served, expect }) => {
    const { cache } = newCache()
    await cache.set('a', 1)
    await cache.set('b', 1, { tags: ['User'] })
    await cache.clear()
    expect(await cache.getMany(['a', 'b'])).toEqual([undefined, undefined])
    await cache.set('a', 2)
    served(await cache.get('a')).toBe(2)
  },

  "an alias carries the user's word to the table, whatever follows it": async ({
    newCache,
    served,
    expect,
  }) => {
    const { cache } = newCache()
    engineOf(cache)!.tagNames.addAlias('User', 'users')
    await cache.set('table', 1, { tags: ['users'] })
    await cache.set('row', 1, { tags: ['users#7'] })
    await cache.set('word', 1, { tags: ['User'] })
    await cache.invalidate(['User#7'])
    served(await cache.getMany(['table', 'row', 'word'])).toEqual([1, undefined, 1])
    await cache.invalidate(['User'])
    expect(await cache.getMany(['table', 'word'])).toEqual([undefined, undefined])
  },

  "what a write to the table changes is what was read under the user's word, also if a loader said it":
    async ({ newCache, kept, expect }) => {
      const { cache } = newCache()
      engineOf(cache)!.tagNames.addAlias('User', 'users')
      let loads = 0
      const byOption = () => cache.getOrSet('option', () => ++loads, { tags: ['User'] })
      const byLoader = () => cache.getOrSet('loader', ({ setTags }) => (setTags(['User']), ++loads))
      await byOption()
      await byLoader()
      await byLoader()
      kept([await byOption(), await byLoader()]).toEqual([1, 3])
      const before = loads
      await cache.invalidate(['users'])
      expect([await byOption(), await byLoader()]).toEqual([before + 1, before + 2])
    },

  'what names a table depends on every write to it, also on one that tells its rows': async ({
    newCache,
    kept,
    expect,
  }) => {
    const { cache } = newCache()
    engineOf(cache)!.tagNames.addAlias('User', 'users')
    engineOf(cache)!.tagNames.addTable('legacy')
    let loads = 0
    const byWord = () => cache.getOrSet('word', () => ++loads, { tags: ['User'] })
    const byLoader = () => cache.getOrSet('loader', ({ setTags }) => (setTags(['legacy']), ++loads))
    await byWord()
    await byLoader()
    await byLoader()
    kept([await byWord(), await byLoader()]).toEqual([1, 3])
    const before = loads
    await cache.invalidate(['users~', 'users#7'])
    expect(await byWord()).toBe(before + 1)
    await cache.invalidate(['legacy~'])
    expect(await byLoader()).toBe(before + 2)
  },

  'an alias counts from when it is known, also for tags that have been used before': async ({
    newCache,
    expect,
  }) => {
    const { cache } = newCache()
    await cache.invalidate(['User'])
    engineOf(cache)!.tagNames.addAlias('User', 'users')
    await cache.set('k', 1, { tags: ['users'] })
    await cache.invalidate(['User'])
    expect(await cache.has('k')).toBe(false)
    // What was stored before it was known is not taken for something that depends on the table.
    await cache.set('k', 1, { tags: ['Account'] })
    engineOf(cache)!.tagNames.addAlias('Account', 'accounts')
    expect(await cache.getOrSet('k', () => 2, { tags: ['Account'] })).toBe(2)
  },

  'two tables that share an alias are both reached by it': async ({ newCache, expect }) => {
    const { cache } = newCache()
    const { tagNames } = engineOf(cache)!
    tagNames.addAlias('User', 'users')
    tagNames.addAlias('User', 'crm:users')
    await cache.set('one', 1, { tags: ['users'] })
    await cache.set('two', 1, { tags: ['crm:users'] })
    await cache.invalidate(['User'])
    expect(await cache.getMany(['one', 'two'])).toEqual([undefined, undefined])
  },
})
