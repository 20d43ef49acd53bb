import { HeldLoader, settled, stateOf, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { stores } from '../support/loads.js'

describe.each(stores)('a loader that calls the cache, %s', (_, store) => {
  test('for the key that it loads goes straight to the loader that it names', async () => {
    const { cache } = testCache({ store: store() })
    expect(await cache.getOrSet('k', () => cache.getOrSet('k', () => 'inner'))).toBe('inner')
    expect(await cache.get('k')).toBe('inner')
  })

  test('for a key whose loader calls for the first one goes straight to the loader as well', async () => {
    const { cache } = testCache({ store: store() })
    const readA = (load: () => unknown) => cache.getOrSet('a', load)
    const readB = () => cache.getOrSet('b', () => readA(() => 'in b'))
    expect(await readA(readB)).toBe('in b')
  })

  test('for a key that another one loads waits for that', async () => {
    const { cache } = testCache({ store: store() })
    const loader = new HeldLoader<string>()
    const other = cache.getOrSet('b', loader.load)
    await settled()
    const outer = cache.getOrSet('a', () => cache.getOrSet('b', () => 'not shared'))
    await settled()
    loader.land('shared')
    expect(await Promise.all([other, outer])).toEqual(['shared', 'shared'])
    expect(loader.count).toBe(1)
  })

  test('and waits for one that waits for it: the second one loads for itself', async () => {
    const { cache } = testCache({ store: store() })
    const calls = (key: string, own: string) => () => cache.getOrSet(key, () => own)
    const both = Promise.all([
      cache.getOrSet('a', calls('b', 'b of a')),
      cache.getOrSet('b', calls('a', 'a of b')),
    ])
    await settled()
    expect(await stateOf(both)).toBe('fulfilled')
  })

  test('for many keys with its own among them gets that one by itself', async () => {
    const { cache } = testCache({ store: store() })
    const load = async (keys: string[]) => keys.map((key) => `inner ${key}`)
    const inner = () => cache.getOrSetMany(['a', 'b'], load)
    expect(await cache.getOrSet('a', inner)).toEqual(['inner a', 'inner b'])
  })

  test('after it has awaited something waits once for the limit, and from then on not at all', async () => {
    const { cache, clock } = testCache({ store: store(), joinTimeout: '5s' })
    const read = () =>
      cache.getOrSet('k', async () => {
        await settled()
        return cache.getOrSet('k', () => 'inner')
      })
    const first = read()
    await settled()
    await settled()
    expect(await stateOf(first)).toBe('pending')
    clock.advance(5_000)
    expect(await first).toBe('inner')
    await cache.delete('k')
    expect(await read()).toBe('inner')
    const cycle = cache.getOrSet('a', async () => {
      await settled()
      return cache.getOrSet('b', async () => {
        await settled()
        return cache.getOrSet('a', () => 'in b')
      })
    })
    expect(await cycle).toBe('in b')
  })

  test('is not taken for one that calls itself because it was called in the same moment', async () => {
    const { cache } = testCache({ store: store() })
    const loader = new HeldLoader<string>()
    const readers = [cache.getOrSet('k', loader.load), cache.getOrSet('k', loader.load)]
    await settled()
    expect(loader.count).toBe(1)
    loader.land('v')
    expect(await Promise.all(readers)).toEqual(['v', 'v'])
  })

  test('that throws at once leaves nothing behind', async () => {
    const { cache } = testCache({ store: store() })
    const throwing = () => {
      throw new Error('at once')
    }
    await expect(cache.getOrSet('k', throwing)).rejects.toThrow('at once')
    const loader = new HeldLoader<string>()
    const readers = [cache.getOrSet('k', loader.load), cache.getOrSet('k', loader.load)]
    await settled()
    expect(loader.count).toBe(1)
    loader.landAll('v')
    expect(await Promise.all(readers)).toEqual(['v', 'v'])
  })
})
