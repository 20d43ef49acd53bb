import { testCache } from '@freshet/testing'
import { expect, test } from 'vitest'

const large = 'x'.repeat(2_000)

test('a value above the maxEntryBytes of one call is returned, told, counted and not stored', async () => {
  const { cache } = testCache()
  const told: unknown[] = []
  cache.on('too-large', ({ key, bytes }) => told.push(key, bytes > 2_000))
  expect(await cache.getOrSet('k', () => large, { maxEntryBytes: 1_000 })).toBe(large)
  expect(await cache.has('k')).toBe(false)
  expect(told).toEqual(['s:k', true])
  expect(cache.stats()).toMatchObject({ stored: 0, tooLarge: 1 })
  await cache.getOrSet('k', () => large)
  expect(cache.stats()).toMatchObject({ stored: 1, tooLarge: 1 })
})

test('one that is set by hand is counted once, and takes the place of nothing', async () => {
  const { cache } = testCache({ maxEntryBytes: 1_000 })
  await cache.set('k', 'old')
  await cache.set('k', large)
  expect(await cache.get('k')).toBeUndefined()
  expect(cache.stats()).toMatchObject({ stored: 1, tooLarge: 1 })
})

test('a call cannot ask for more than its cache allows', async () => {
  const { cache } = testCache({ maxEntryBytes: 1_000 })
  await cache.getOrSet('k', () => large, { maxEntryBytes: 1_000_000 })
  expect(await cache.has('k')).toBe(false)
})

test('a cache may allow more than the default', async () => {
  const { cache } = testCache({ maxEntryBytes: 16 * 2 ** 20 })
  await cache.set('k', 'x'.repeat(6 * 2 ** 20))
  expect(await cache.has('k')).toBe(true)
})
