import { HeldLoader, settled, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'

/** More than a store remembers of tags that it has nothing else to tell of. */
const manyWrites = 3 * 2048

async function writeOthers(cache: ReturnType<typeof testCache>['cache']): Promise<void> {
  for (let i = 0; i < manyWrites; i++) await cache.invalidate([`other ${i}`])
}

describe('a load in memory, whose tags are looked at when it is stored', () => {
  test('is stored, however much else is written while it runs', async () => {
    const { cache } = testCache()
    const loader = new HeldLoader<string>()
    const reading = cache.getOrSet('k', loader.load, { tags: ['User'] })
    await settled()
    await writeOthers(cache)
    loader.land('loaded', 0)
    await reading
    expect(await cache.get('k')).toBe('loaded')
  })

  test('is served, however much else is written before it is put among the others', async () => {
    const { cache } = testCache()
    await cache.getOrSet('k', () => 'loaded', { tags: ['User'] })
    await writeOthers(cache)
    expect(await cache.get('k')).toBe('loaded')
  })

  test.each(['at once', 'long after'])(
    'is not stored if a tag was written meanwhile, asked for %s',
    async (when) => {
      const { cache } = testCache()
      const loader = new HeldLoader<string>()
      const reading = cache.getOrSet('k', loader.load, { tags: ['User'] })
      await settled()
      await cache.invalidate(['User'])
      if (when === 'long after') await writeOthers(cache)
      loader.land('old', 0)
      await reading
      expect(await cache.get('k')).toBeUndefined()
    },
  )

  test('is not served if a tag was written before it is put among the others', async () => {
    const { cache } = testCache()
    await cache.getOrSet('k', () => 'old', { tags: ['User'] })
    await cache.invalidate(['User'])
    expect(await cache.get('k')).toBeUndefined()
  })

  test('is not joined by who comes after a write', async () => {
    const { cache } = testCache()
    const loader = new HeldLoader<string>()
    const first = cache.getOrSet('k', loader.load, { tags: ['User'] })
    const joined = cache.getOrSet('k', loader.load, { tags: ['User'] })
    await settled()
    await cache.invalidate(['User'])
    const second = cache.getOrSet('k', loader.load, { tags: ['User'] })
    await settled()
    loader.land('old', 0)
    loader.land('new', 1)
    expect(await Promise.all([first, joined, second])).toEqual(['old', 'old', 'new'])
  })

  test('is joined by who comes after a write of something else', async () => {
    const { cache } = testCache()
    const loader = new HeldLoader<string>()
    const first = cache.getOrSet('k', loader.load, { tags: ['User'] })
    await settled()
    await cache.invalidate(['Post'])
    const second = cache.getOrSet('k', loader.load, { tags: ['User'] })
    await settled()
    loader.land('loaded', 0)
    expect(await Promise.all([first, second])).toEqual(['loaded', 'loaded'])
    expect(loader.count).toBe(1)
  })
})
