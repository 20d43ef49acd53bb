import { checksOf } from '../check.js'
import { HeldLoader } from '../../held.js'

export const valuesChecks = checksOf('cache', 'values', {
  'get gives what set stored, has knows of it, delete takes it away': async ({
    newCache,
    kept,
    served,
    expect,
  }) => {
    const { cache } = newCache()
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.has('k')).toBe(false)
    await cache.set('k', { a: 1 })
    served(await cache.get('k')).toEqual({ a: 1 })
    kept(await cache.has('k')).toBe(true)
    kept(await cache.delete('k')).toBe(true)
    kept(await cache.delete('k')).toBe(false)
    kept(await cache.get('k')).toBeUndefined()
    kept(await cache.has('k')).toBe(false)
  },

  'null is a value, undefined is not there': async ({ newCache, kept, served, expect }) => {
    const { cache } = newCache()
    await cache.set('null', null)
    served(await cache.get('null')).toBeNull()
    kept(await cache.has('null')).toBe(true)
    await expect(cache.set('undefined', undefined)).rejects.toMatchObject({ code: 'NOT_ENCODABLE' })

    let loads = 0
    const load = () => void loads++
    expect(await cache.getOrSet('none', load)).toBeUndefined()
    expect(await cache.getOrSet('none', load)).toBeUndefined()
    expect(loads).toBe(2)
    expect(await cache.has('none')).toBe(false)

    kept(await cache.getOrSet('null', () => 'loaded')).toBeNull()
  },

  'getOrSet loads once, then serves': async ({ newCache, kept }) => {
    const { cache } = newCache()
    let loads = 0
    const load = () => ({ load: ++loads })
    kept(await cache.getOrSet(['user', 7], load)).toEqual({ load: 1 })
    kept(await cache.getOrSet(['user', 7], load)).toEqual({ load: 1 })
    kept(await cache.getOrSet(['user', 8], load)).toEqual({ load: 2 })
    kept(cache.stats()).toMatchObject({ hits: 1, misses: 2, loads: 2, stored: 2, bypasses: 0 })
  },

  'getMany and setMany keep the order of their keys': async ({ newCache, served }) => {
    const { cache } = newCache()
    await cache.setMany([
      { key: 'a', value: 1, tags: ['T'] },
      { key: 'b', value: 2 },
    ])
    served(await cache.getMany(['b', 'none', 'a', 'b'])).toEqual([2, undefined, 1, 2])
    await cache.invalidate(['T'])
    served(await cache.getMany(['a', 'b'])).toEqual([undefined, 2])
  },

  'getOrSetMany asks once, for what is missing only, and each key once': async ({
    newCache,
    kept,
    expect,
  }) => {
    const { cache } = newCache()
    await cache.set(2, 'two')
    const asked: number[][] = []
    const load = (missing: number[]) => {
      asked.push(missing)
      return missing.map((key) => `loaded ${key}`)
    }
    kept(await cache.getOrSetMany([3, 2, 1, 3], load)).toEqual(['loaded 3', 'two', 'loaded 1', 'loaded 3'])
    kept(asked).toEqual([[3, 1]])
    kept(await cache.getOrSetMany([1, 2, 3], load)).toEqual(['loaded 1', 'two', 'loaded 3'])
    expect(await cache.getOrSetMany([], load)).toEqual([])
    kept(asked).toHaveLength(1)
  },

  'getOrSetMany joins what others are loading': async ({ newCache, settled, kept, expect }) => {
    const { cache } = newCache()
    const loader = new HeldLoader<string>()
    const single = cache.getOrSet('a', loader.load)
    await settled()
    const asked: string[][] = []
    const many = cache.getOrSetMany(['a', 'b'], (missing) => {
      asked.push(missing)
      return missing
    })
    await settled()
    loader.landAll('from the other')
    kept(await many).toEqual(['from the other', 'b'])
    expect(await single).toBe('from the other')
    kept(asked).toEqual([['b']])
  },

  'getOrSetMany asks for those that are known to be missing late as well': async ({
    newCache,
    settled,
    pass,
    expect,
  }) => {
    const { cache, clock } = newCache({ joinTimeout: '1s' })
    await cache.getOrSet('named', ({ setTags }) => (setTags(['User']), 1))
    const stuck = new HeldLoader<string>()
    void cache.getOrSet('stuck', stuck.load)
    await settled()
    const many = cache.getOrSetMany(['named', 'a', 'stuck'], (missing) => missing.map((key) => `${key}!`))
    await settled()
    await pass(clock, 1_000)
    expect(await many).toEqual(['named!', 'a!', 'stuck!'])
  },

  'a scope keeps equal keys apart': async ({ newCache, kept, served, expect }) => {
    const { cache } = newCache()
    await cache.set('k', 'nobody')
    await cache.set('k', 'a', { scope: 'a' })
    await cache.set('k', 'empty', { scope: '' })
    expect(await cache.getOrSet('k', () => 'b', { scope: 'b' })).toBe('b')
    served(await cache.get('k')).toBe('nobody')
    served(await cache.get('k', { scope: 'a' })).toBe('a')
    served(await cache.get('k', { scope: '' })).toBe('empty')
    served(await cache.getMany(['k'], { scope: 'b' })).toEqual(['b'])
    expect(await cache.has('k', { scope: 'c' })).toBe(false)
    kept(await cache.delete('k', { scope: 'a' })).toBe(true)
    served(await cache.get('k')).toBe('nobody')
  },

  'a scope cannot be made to look like a part of a key': async ({ newCache, served, expect }) => {
    const { cache } = newCache()
    await cache.set('s:b', 'one', { scope: 'a' })
    await cache.set('b', 'two', { scope: 'as:' })
    await cache.set('1@as:b', 'three')
    served(await cache.get('s:b', { scope: 'a' })).toBe('one')
    served(await cache.get('b', { scope: 'as:' })).toBe('two')
    expect(await cache.get('b', { scope: 'a' })).toBeUndefined()
  },

  'memoize caches a function by its arguments': async ({ newCache, kept, expect }) => {
    const { cache } = newCache()
    let calls = 0
    const add = cache.memoize(async (a: number, b: number) => (calls++, a + b), {
      name: 'add',
      tags: ['Numbers'],
    })
    expect([await add(1, 2), await add(1, 2), await add(2, 2)]).toEqual([3, 3, 4])
    kept(calls).toBe(2)
    const before = calls
    await cache.invalidate(['numbers'])
    await add(1, 2)
    expect(calls).toBe(before + 1)
  },

  'memoize makes the key of what its option says': async ({ newCache, kept, expect }) => {
    const { cache } = newCache()
    const greet = cache.memoize((user: { id: number; seen: number }) => `${user.id} at ${user.seen}`, {
      name: 'greet',
      key: ({ id }) => id,
    })
    expect(await greet({ id: 1, seen: 1 })).toBe('1 at 1')
    kept(await greet({ id: 1, seen: 2 })).toBe('1 at 1')
  },
})
