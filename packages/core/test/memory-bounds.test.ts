import type { Cache } from '@freshet/core'
import { HeldLoader, settled, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import type { ShownRows } from '../src/conditions.js'
import { engineOf } from '../src/engine.js'
import { memoryStore } from '../src/memory-store.js'
import { tagTexts } from '../src/precision/tag-texts.js'

// The least number of tags that a memory store remembers, whatever its other bounds.
const fewestTags = 10_000
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

describe('a memory store is bounded', () => {
  test('by entries: the least recently used go first', async () => {
    const { cache } = testCache({ store: memoryStore({ maxEntries: 3 }) })
    for (const key of ['a', 'b', 'c']) await cache.set(key, key)
    await cache.get('a')
    await cache.set('d', 'd')
    expect(await cache.getMany(['a', 'b', 'c', 'd'])).toEqual(['a', undefined, 'c', 'd'])
    expect(cache.stats().entries).toBe(3)
  })

  test('by bytes, of values and keys', async () => {
    const maxBytes = 50_000
    const { cache } = testCache({ store: memoryStore({ maxBytes }) })
    for (let i = 0; i < 100; i++) await cache.set(i, 'x'.repeat(2_000))
    const { entries, bytes } = cache.stats()
    expect(bytes).toBeLessThanOrEqual(maxBytes)
    expect(entries).toBeGreaterThan(5)
    expect(entries).toBeLessThan(25)
    expect(await cache.get(99)).toBe('x'.repeat(2_000))
    await cache.set('y'.repeat(60_000), 1)
    expect(await cache.has('y'.repeat(60_000))).toBe(false)
  })

  test('a value larger than the store takes none of the others along, and leaves no older one under its key', async () => {
    const { cache } = testCache({ store: memoryStore({ maxBytes: 10_000 }) })
    await cache.set('small', 1)
    await cache.set('large', 'old')
    await cache.set('large', 'x'.repeat(20_000))
    expect(await cache.getMany(['small', 'large'])).toEqual([1, undefined])
  })

  test('by bytes, of tags as well: entries make room for them', async () => {
    const maxBytes = 200_000
    const { cache } = testCache({ store: memoryStore({ maxBytes }) })
    for (const key of names('key', 2_000)) await cache.set(key, key)
    const { entries } = cache.stats()
    for (const tag of names('tag', 600)) await cache.set('k', 1, { tags: [tag] })
    expect(cache.stats().bytes).toBeLessThanOrEqual(maxBytes)
    expect(cache.stats().entries).toBeLessThan(entries)
  })

  test('by bytes, of which tags take half at most', async () => {
    const { cache } = testCache({ store: memoryStore({ maxBytes: 200_000 }) })
    for (const key of names('key', 2_000)) await cache.set(key, key)
    const { entries } = cache.stats()
    for (const tag of names('tag', 5_000)) await cache.set('k', 1, { tags: [tag] })
    expect(cache.stats().entries).toBeGreaterThan(entries / 3)
    expect(await cache.get('k')).toBe(1)
  })

  test('by bytes, of what is known of rows as well: entries make room for an eighth of it at most', async () => {
    const maxBytes = 400_000
    const { cache } = testCache({ store: memoryStore({ maxBytes }) })
    for (const key of names('key', 2_000)) await cache.set(key, key)
    const { entries } = cache.stats()
    const table = { texts: tagTexts('', 'item'), rowKey: { columns: ['id'] } }
    const { reader, space, policy } = engineOf(cache)!
    for (let i = 0; i < 2_000; i++) {
      const shown: ShownRows = {
        areExcluded: () => false,
        tracked: () => [{ table, key: [String(i)], values: [['stock', 1n]] }],
        seenSets: () => [{ table, key: ['teamId'], values: [String(i)], rows: [], normal: String }],
      }
      const dependencies = { tags: ['item'], shown }
      await reader.read({ space, key: 's:row', dependencies, policy, load: () => [i] })
      await cache.delete('row')
    }
    await cache.set('k', 1)
    const { bytes, entries: left } = cache.stats()
    expect(bytes).toBeLessThanOrEqual(maxBytes)
    expect(left).toBeLessThan(entries * 0.97)
    expect(left).toBeGreaterThan(entries * 0.8)
  })

  test('by tags, however many there ever were', async () => {
    const { cache } = testCache({ store: memoryStore({ maxEntries: 10 }) })
    for (const tag of names('tag', fewestTags * 3)) await cache.snapshot([tag])
    expect(cache.stats().tags).toBeLessThanOrEqual(fewestTags)
  })

  test('by tags, also if each was held once', async () => {
    const { cache, clock } = testCache({ store: memoryStore({ maxEntries: 10 }), unknownOutcomeHold: '1s' })
    for (let round = 0; round < 3; round++) {
      const tags = names(`round ${round} row `, fewestTags)
      await cache.write(tags, () => Promise.reject(new Error('lost'))).catch(() => undefined)
      clock.advance(1_000)
    }
    for (const tag of names('tag', fewestTags)) await cache.snapshot([tag])
    expect(cache.stats().tags).toBeLessThanOrEqual(fewestTags + 1)
  })
})

describe('forgetting a tag never revives an entry', () => {
  const forgetAll = async (cache: Cache) => {
    // Tags of entries are forgotten last, unless hardly any others are left.
    await cache.set('most tags', 1, { tags: names('most', fewestTags * 0.99) })
    for (const round of ['a', 'b', 'c'])
      for (const tag of names(round, fewestTags)) await cache.snapshot([tag])
  }

  test('an entry whose tag is forgotten is gone, before and after the tag is written', async () => {
    const { cache } = testCache({ store: memoryStore({ maxEntries: 10 }) })
    await cache.set('k', 'old', { tags: ['User'] })
    await forgetAll(cache)
    expect(await cache.get('k')).toBeUndefined()
    await cache.set('k', 'old', { tags: ['User'] })
    await forgetAll(cache)
    await cache.invalidate(['User'])
    expect(await cache.getOrSet('k', () => 'new', { tags: ['User'] })).toBe('new')
  })

  test('an invalidated entry stays so when its tag is forgotten and named again', async () => {
    const { cache } = testCache({ store: memoryStore({ maxEntries: 10 }) })
    await cache.set('k', 'old', { tags: ['User'] })
    await cache.invalidate(['User'])
    await forgetAll(cache)
    await cache.snapshot(['User'])
    expect(await cache.get('k')).toBeUndefined()
  })

  test('a vector from before never validates, nor does a load land under it, nor is it joined', async () => {
    const { cache } = testCache({ store: memoryStore({ maxEntries: 10 }) })
    const before = await cache.snapshot(['User'])
    const loader = new HeldLoader<string>()
    const reading = cache.getOrSet('loaded', loader.load, { tags: ['User'] })
    await settled()
    await forgetAll(cache)
    await cache.invalidate(['User'])
    const after = cache.getOrSet('loaded', loader.load, { tags: ['User'] })
    await settled()
    expect(loader.count).toBe(2)
    loader.land('old', 0)
    await reading
    await cache.set('set', 'old', { vector: before })
    expect(await cache.getMany(['loaded', 'set'])).toEqual([undefined, undefined])
    loader.land('new', 1)
    expect(await after).toBe('new')
  })

  test('a vector of more tags than the store remembers is of no use, and does no harm', async () => {
    const { cache } = testCache({ store: memoryStore({ maxEntries: 10 }) })
    const tags = names('row', fewestTags * 2)
    expect((await cache.snapshot(tags)).usable).toBe(false)
    expect(await cache.getOrSet('k', () => 'loaded', { tags })).toBe('loaded')
    expect(await cache.has('k')).toBe(false)
    expect(await cache.getOrSet('other', () => 'loaded')).toBe('loaded')
    expect(await cache.has('other')).toBe(true)
  })

  test('a hold outlives the forgetting of tags', async () => {
    const { cache, clock } = testCache({ store: memoryStore({ maxEntries: 10 }) })
    await cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined)
    await forgetAll(cache)
    await cache.getOrSet('k', () => 'not sure', { tags: ['User'] })
    expect(await cache.has('k')).toBe(false)
    clock.advance(60_000)
    await cache.getOrSet('k', () => 'sure', { tags: ['User'] })
    expect(await cache.has('k')).toBe(true)
  })

  test('tags that are asked for again and again survive those that are not', async () => {
    const { cache } = testCache({ store: memoryStore({ maxEntries: 1_000 }) })
    await cache.set('k', 1, { tags: ['User'] })
    for (const tag of names('row', fewestTags * 5)) {
      await cache.snapshot([tag])
      if (tag.endsWith('00')) await cache.getOrSet(tag, () => 1, { tags: ['User'] })
    }
    expect(await cache.get('k')).toBe(1)
  })
})
