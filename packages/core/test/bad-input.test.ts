import { testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import type { Cache } from '../src/cache.js'
import { createCache } from '../src/create-cache.js'
import { isFreshetError } from '../src/errors.js'
import { memoryStore } from '../src/memory-store.js'

/** Calls that the types forbid: JavaScript allows them. */
type Untyped = (...args: unknown[]) => unknown

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isFreshetError(error)) return error.code
    throw error
  }
  return 'accepted'
}

describe('createCache refuses at once', () => {
  test.each<[string, unknown, string]>([
    ['an unknown option', { tll: '5m' }, 'INVALID_OPTION'],
    ['options that are no object', 'fast', 'INVALID_OPTION'],
    ['null', null, 'INVALID_OPTION'],
    ['an array', [], 'INVALID_OPTION'],
    ['a negative ttl', { ttl: -1 }, 'INVALID_DURATION'],
    ['a ttl of nothing', { ttl: 0 }, 'INVALID_DURATION'],
    ['a ttl of no number', { ttl: NaN }, 'INVALID_DURATION'],
    ['an endless ttl', { ttl: Infinity }, 'INVALID_DURATION'],
    ['an absurd ttl', { ttl: '4000d' }, 'INVALID_DURATION'],
    ['a ttl in words', { ttl: 'soon' }, 'INVALID_DURATION'],
    ['a null ttl', { ttl: null }, 'INVALID_DURATION'],
    ['a bad negative ttl', { negativeTtl: '-1s' }, 'INVALID_DURATION'],
    ['a jitter above 1', { jitter: 1.1 }, 'INVALID_OPTION'],
    ['a negative jitter', { jitter: -0.1 }, 'INVALID_OPTION'],
    ['a jitter of no number', { jitter: NaN }, 'INVALID_OPTION'],
    ['a bad hold', { unknownOutcomeHold: 'x' }, 'INVALID_DURATION'],
    ['a join timeout that no timer can wait', { joinTimeout: '30d' }, 'INVALID_DURATION'],
    ['an entry size of nothing', { maxEntryBytes: 0 }, 'INVALID_OPTION'],
    ['an entry size in words', { maxEntryBytes: '4 MiB' }, 'INVALID_OPTION'],
    ['a consistency it does not know', { consistency: 'weak' }, 'INVALID_OPTION'],
    ['a consistency without a bound', { consistency: {} }, 'INVALID_DURATION'],
    ['a consistency with another option', { consistency: { staleness: '1s' } }, 'INVALID_OPTION'],
    ['a store that is none', { store: {} }, 'INVALID_OPTION'],
    ['memoryStore without its call', { store: memoryStore }, 'INVALID_OPTION'],
    ['a clock that is none', { clock: Date }, 'INVALID_OPTION'],
    ['a random that is none', { random: 0.5 }, 'INVALID_OPTION'],
    ['an empty namespace', { namespace: '' }, 'INVALID_OPTION'],
    ['a namespace with control characters', { namespace: 'a\nb' }, 'INVALID_OPTION'],
    ['a namespace that is no string', { namespace: 7 }, 'INVALID_OPTION'],
  ])('%s', (_, options, code) => {
    expect(codeOf(() => (createCache as Untyped)(options))).toBe(code)
  })

  test('and names what was most likely meant', () => {
    expect(() => (createCache as Untyped)({ joinTimeOut: 1 })).toThrow("Did you mean 'joinTimeout'?")
  })

  test.each<[string, unknown]>([
    ['an unknown option', { max: 1 }],
    ['no room for entries', { maxEntries: 0 }],
    ['half an entry', { maxEntries: 1.5 }],
    ['more entries than a Map can hold', { maxEntries: 2 ** 40 }],
    ['negative bytes', { maxBytes: -1 }],
    ['bytes in words', { maxBytes: '64 MiB' }],
  ])('memoryStore refuses %s', (_, options) => {
    expect(codeOf(() => (memoryStore as Untyped)(options))).toBe('INVALID_OPTION')
  })

  test('what is valid, however unusual, is accepted', () => {
    const options = { ttl: 1, jitter: 1, negativeTtl: '10d', consistency: { maxStaleness: '2s' } } as const
    expect(codeOf(() => createCache({ ...options, joinTimeout: '24d', namespace: 'ä b' }))).toBe('accepted')
  })
})

describe('a call of the wrong shape rejects with a code and does nothing', () => {
  const load = () => 'loaded'
  test.each<[string, keyof Cache, unknown[], string]>([
    ['get without a key', 'get', [], 'INVALID_KEY'],
    ['get of null', 'get', [null], 'INVALID_KEY'],
    ['get of a symbol', 'get', [Symbol('k')], 'INVALID_KEY'],
    ['get with an unknown option', 'get', ['k', { scop: 'a' }], 'INVALID_OPTION'],
    ['get with a scope that is no string', 'get', ['k', { scope: 7 }], 'INVALID_OPTION'],
    ['get with a scope instead of options', 'get', ['k', 'tenant'], 'INVALID_OPTION'],
    ['has of a function', 'has', [load], 'INVALID_KEY'],
    ['delete of null', 'delete', [null], 'INVALID_KEY'],
    ['set with an unknown option', 'set', ['k', 1, { tag: 'User' }], 'INVALID_OPTION'],
    ['set with null options', 'set', ['k', 1, null], 'INVALID_OPTION'],
    ['set with a negative ttl', 'set', ['k', 1, { ttl: -5 }], 'INVALID_DURATION'],
    ['set with one tag instead of many', 'set', ['k', 1, { tags: 'User' }], 'INVALID_TAG'],
    ['set with an empty tag', 'set', ['k', 1, { tags: [''] }], 'INVALID_TAG'],
    ['set of nothing', 'set', ['k'], 'NOT_ENCODABLE'],
    ['set of a function', 'set', ['k', load], 'NOT_ENCODABLE'],
    ['getMany of no array', 'getMany', ['k'], 'INVALID_OPTION'],
    ['getMany with one bad key', 'getMany', [['k', null]], 'INVALID_KEY'],
    ['setMany of no array', 'setMany', [{ key: 'k', value: 1 }], 'INVALID_OPTION'],
    ['setMany of null', 'setMany', [[null]], 'INVALID_OPTION'],
    ['setMany with an unknown name', 'setMany', [[{ key: 'k', val: 1 }]], 'INVALID_OPTION'],
    ['getOrSet without a loader', 'getOrSet', ['k'], 'INVALID_OPTION'],
    ['getOrSet of a value', 'getOrSet', ['k', 'value'], 'INVALID_OPTION'],
    ['getOrSet with an unknown option', 'getOrSet', ['k', load, { tll: 1 }], 'INVALID_OPTION'],
    ['getOrSet with null options', 'getOrSet', ['k', load, null], 'INVALID_OPTION'],
    ['getOrSet with a vector', 'getOrSet', ['k', load, { vector: {} }], 'INVALID_OPTION'],
    ['getOrSet with an absurd ttl', 'getOrSet', ['k', load, { ttl: '99999d' }], 'INVALID_DURATION'],
    ['getOrSet with a bad jitter', 'getOrSet', ['k', load, { jitter: 2 }], 'INVALID_OPTION'],
    [
      'getOrSet with a tag of control characters',
      'getOrSet',
      ['k', load, { tags: ['a\u0000b'] }],
      'INVALID_TAG',
    ],
    ['getOrSetMany without a loader', 'getOrSetMany', [['k']], 'INVALID_OPTION'],
    ['getOrSetMany of no array', 'getOrSetMany', ['k', load], 'INVALID_OPTION'],
    ['getOrSetMany whose loader gives no array', 'getOrSetMany', [['k'], load], 'INVALID_LOADER_RESULT'],
    [
      'getOrSetMany whose loader gives too few',
      'getOrSetMany',
      [['k', 'l'], () => [1]],
      'INVALID_LOADER_RESULT',
    ],
    [
      'getOrSetMany whose loader gives too many',
      'getOrSetMany',
      [['k'], () => [1, 2]],
      'INVALID_LOADER_RESULT',
    ],
    ['invalidate of one tag instead of many', 'invalidate', ['User'], 'INVALID_TAG'],
    ['invalidate of nothing', 'invalidate', [], 'INVALID_TAG'],
    ['invalidate of a tag with a line break', 'invalidate', [['User\n']], 'INVALID_TAG'],
    ['invalidate of a tag that is too long', 'invalidate', [['x'.repeat(513)]], 'INVALID_TAG'],
    ['invalidate of a number', 'invalidate', [[7]], 'INVALID_TAG'],
    ['snapshot of one tag instead of many', 'snapshot', ['User'], 'INVALID_TAG'],
    ['write without a write', 'write', [['User']], 'INVALID_OPTION'],
    ['write without tags', 'write', [load], 'INVALID_OPTION'],
    ['write with bad tags', 'write', [[''], load], 'INVALID_TAG'],
    ['write with an unknown option', 'write', [['User'], load, { rollback: true }], 'INVALID_OPTION'],
    ['write with a judge that is none', 'write', [['User'], load, { isRolledBack: true }], 'INVALID_OPTION'],
  ])('%s', async (_, method, args, code) => {
    const { cache } = testCache()
    await cache.set('there', 1, { tags: ['User'] })
    await expect((cache[method] as Untyped)(...args)).rejects.toMatchObject({ code })
    expect(await cache.get('there')).toBe(1)
    expect(cache.stats().entries).toBe(1)
  })

  test.each<[string, keyof Cache, unknown[], string]>([
    ['memoize of no function', 'memoize', ['f'], 'INVALID_OPTION'],
    ['memoize of a function without a name', 'memoize', [() => 1], 'INVALID_OPTION'],
    ['memoize with an unknown option', 'memoize', [codeOf, { nam: 'f' }], 'INVALID_OPTION'],
    ['memoize with a key that is no function', 'memoize', [codeOf, { key: 'id' }], 'INVALID_OPTION'],
    ['namespace without a name', 'namespace', [], 'INVALID_OPTION'],
    ['namespace with an empty name', 'namespace', [''], 'INVALID_OPTION'],
  ])('%s throws at once', (_, method, args, code) => {
    const { cache } = testCache()
    expect(codeOf(() => (cache[method] as Untyped)(...args))).toBe(code)
  })

  test('a tag has 1 to 512 characters of any script', async () => {
    const { cache } = testCache()
    await cache.set('k', 1, { tags: ['x'.repeat(512), 'größe', '名前', '😀'] })
    await cache.invalidate(['GRÖSSE', 'größe'])
    expect(await cache.has('k')).toBe(false)
  })

  test('a loader that gives a bad ttl or bad tags is a loader that fails', async () => {
    const { cache } = testCache()
    const badTtl = cache.getOrSet('k', ({ setTtl }) => setTtl(-1))
    await expect(badTtl).rejects.toMatchObject({ code: 'INVALID_DURATION' })
    const badTags = cache.getOrSet('k', ({ setTags }) => setTags(['\u007f']))
    await expect(badTags).rejects.toMatchObject({ code: 'INVALID_TAG' })
  })
})
