import { describe, expect, test } from 'vitest'
import type { CacheOptions } from '../../src/create-cache.js'
import { createCache } from '../../src/create-cache.js'
import type { PolicyOptions } from '../../src/policy.js'

const contradictions: readonly (readonly [string, CacheOptions & PolicyOptions, readonly string[]])[] = [
  ['softTimeout without staleIfError', { softTimeout: 100 }, ['softTimeout', 'staleIfError']],
  [
    'softTimeout with another stale policy alone',
    { softTimeout: 100, staleWhileRevalidate: '1m' },
    ['softTimeout', 'staleIfError'],
  ],
  [
    'hardTimeout shorter than softTimeout',
    { staleIfError: '1h', softTimeout: 100, hardTimeout: 99 },
    ['hardTimeout', 'softTimeout'],
  ],
  [
    'hardTimeout as long as softTimeout',
    { staleIfError: '1h', softTimeout: 100, hardTimeout: 100 },
    ['hardTimeout', 'softTimeout'],
  ],
  ['delayedDeletion with strong', { delayedDeletion: '2s' }, ['delayedDeletion', 'consistency']],
  [
    'delayedDeletion with a bound',
    { delayedDeletion: '2s', consistency: { maxStaleness: '10s' } },
    ['delayedDeletion', 'consistency'],
  ],
]

describe('options that contradict each other', () => {
  test.each(contradictions)('%s: the error names both', (_, options, names) => {
    const create = () => createCache(options)
    expect(create).toThrow(expect.objectContaining({ code: 'CONTRADICTORY_OPTIONS' }))
    for (const name of names) expect(create).toThrow(`'${name}'`)
  })

  test('of a namespace and of a call are refused as well', async () => {
    const cache = createCache()
    const error = expect.objectContaining({ code: 'CONTRADICTORY_OPTIONS' })
    expect(() => cache.namespace('n', { softTimeout: 100 })).toThrow(error)
    const load = () => 1
    await expect(cache.getOrSet('k', load, { delayedDeletion: '1s' })).rejects.toEqual(error)
    await expect(cache.getOrSetMany(['k'], () => [1], { softTimeout: '1s' })).rejects.toEqual(error)
    await expect(cache.set('k', 1, { softTimeout: '1s' })).rejects.toEqual(error)
    await expect(cache.memoize(load, { name: 'm', softTimeout: '1s' })()).rejects.toEqual(error)
  })

  test('a narrower option may turn off what a wider one needs', async () => {
    const cache = createCache({ staleIfError: '1h', softTimeout: 100, hardTimeout: '1s' })
    expect(await cache.getOrSet('k', () => 1, { staleIfError: false })).toBe(1)
    expect(await cache.getOrSet('l', () => 1, { hardTimeout: 0 })).toBe(1)
    await expect(cache.getOrSet('m', () => 1, { hardTimeout: 100 })).rejects.toMatchObject({
      code: 'CONTRADICTORY_OPTIONS',
    })
  })
})

test.each<[PolicyOptions | object, string]>([
  [{ staleWhileRevalidate: -1 }, 'INVALID_DURATION'],
  [{ staleIfError: 'long' }, 'INVALID_DURATION'],
  [{ staleIfError: true }, 'INVALID_DURATION'],
  [{ hardTimeout: '30d' }, 'INVALID_DURATION'],
  [{ errorCooldown: Number.NaN }, 'INVALID_DURATION'],
  [{ refreshAhead: -1 }, 'INVALID_OPTION'],
  [{ refreshAhead: 101 }, 'INVALID_OPTION'],
  [{ refreshAhead: '1' }, 'INVALID_OPTION'],
  [{ isFailure: true }, 'INVALID_OPTION'],
  [{ maxBackgroundLoads: 0 }, 'INVALID_OPTION'],
  [{ staleIfErrors: '1h' }, 'INVALID_OPTION'],
])('%o is refused', (options, code) => {
  expect(() => createCache(options as CacheOptions)).toThrow(expect.objectContaining({ code }))
})
