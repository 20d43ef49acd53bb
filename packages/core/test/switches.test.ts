import { createCache, failover, memoryStore } from '@freshet/core'
import { engineOf } from '@freshet/core/adapter'
import { HeldLoader, record, settled, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'

const loaded = (value: string) => () => value

/** A cache that an adapter has told of its models. */
function withModels() {
  const { cache } = testCache()
  const { tagNames } = engineOf(cache)!
  tagNames.addAlias('Post', 'posts')
  tagNames.addAlias('User', 'users')
  return cache
}

describe('reads off', () => {
  test('go to their loaders, and nothing is looked up or stored', async () => {
    const { cache } = testCache()
    await cache.set('k', 'stored')
    await cache.switch({ reads: false })
    expect(await cache.getOrSet('k', loaded('loaded'))).toBe('loaded')
    expect(await cache.getOrSet('l', loaded('loaded'))).toBe('loaded')
    expect(await cache.getOrSetMany(['k', 'l'], (keys) => keys)).toEqual(['k', 'l'])
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.has('k')).toBe(false)
    expect(cache.stats()).toMatchObject({ hits: 0, bypasses: 4, entries: 1 })
    await cache.switch({ reads: true })
    expect(await cache.get('k')).toBe('stored')
    expect(await cache.get('l')).toBeUndefined()
  })

  test('join no load, and nobody joins theirs', async () => {
    const { cache } = testCache()
    const before = new HeldLoader<string>()
    const first = cache.getOrSet('k', before.load)
    await cache.switch({ reads: false })
    expect(await cache.getOrSet('k', loaded('own'))).toBe('own')
    before.land('first')
    expect(await first).toBe('first')
    expect(cache.stats().entries).toBe(0)
  })

  test('say so in the event and in what is told of them', async () => {
    const { cache } = testCache()
    const bypasses = record(cache, 'bypass')
    await cache.switch({ reads: false })
    await cache.getOrSet('k', loaded('loaded'))
    expect(bypasses).toMatchObject([{ reason: 'switched off' }])
  })

  test('and on again: what was invalidated meanwhile is not served', async () => {
    const { cache } = testCache()
    await cache.set('k', 'old', { tags: ['User'] })
    await cache.set('l', 'kept', { tags: ['Post'] })
    await cache.switch({ reads: false })
    await cache.invalidate(['User'])
    await cache.write(['Tag'], () => undefined)
    await cache.switch({ reads: true })
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.get('l')).toBe('kept')
  })

  test('and on again: a load from before a write that came meanwhile is neither joined nor kept', async () => {
    const { cache } = testCache()
    const old = new HeldLoader<string>()
    const reading = cache.getOrSet('k', old.load, { tags: ['User'] })
    await cache.switch({ reads: false })
    await cache.invalidate(['User'])
    await cache.switch({ reads: true })
    const next = new HeldLoader<string>()
    const reader = cache.getOrSet('k', next.load, { tags: ['User'] })
    await settled()
    expect(next.count).toBe(1)
    old.land('old')
    next.land('new')
    expect(await reading).toBe('old')
    expect(await reader).toBe('new')
    expect(await cache.get('k')).toBe('new')
  })

  test('a value that is set meanwhile takes the place of what was there, which is not served again', async () => {
    const { cache } = testCache()
    await cache.set('k', 'old')
    await cache.switch({ reads: false })
    await cache.set('k', 'new')
    await cache.switch({ reads: true })
    expect(await cache.get('k')).toBeUndefined()
  })

  test('a key that is deleted meanwhile is gone', async () => {
    const { cache } = testCache()
    await cache.set('k', 'old')
    await cache.switch({ reads: false })
    expect(await cache.delete('k')).toBe(true)
    await cache.switch({ reads: true })
    expect(await cache.get('k')).toBeUndefined()
  })
})

describe('stores off', () => {
  test('what is there is served, and what is loaded is not stored', async () => {
    const { cache } = testCache()
    await cache.set('k', 'stored')
    await cache.switch({ stores: false })
    expect(await cache.getOrSet('k', loaded('loaded'))).toBe('stored')
    expect(await cache.getOrSet('l', loaded('loaded'))).toBe('loaded')
    expect(await cache.getOrSet('l', loaded('again'))).toBe('again')
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 2, stored: 1, entries: 1 })
    await cache.switch({ stores: true })
    await cache.getOrSet('l', loaded('loaded'))
    expect(await cache.get('l')).toBe('loaded')
  })

  test('readers still share a load', async () => {
    const { cache } = testCache()
    await cache.switch({ stores: false })
    const loader = new HeldLoader<string>()
    const readers = [cache.getOrSet('k', loader.load), cache.getOrSet('k', loader.load)]
    await settled()
    loader.landAll('one')
    expect(await Promise.all(readers)).toEqual(['one', 'one'])
    expect(loader.count).toBe(1)
  })

  test('a load that was under way when it was switched off is not stored', async () => {
    const { cache } = testCache()
    const loader = new HeldLoader<string>()
    const reading = cache.getOrSet('k', loader.load)
    await cache.switch({ stores: false })
    loader.land('loaded')
    await reading
    expect(cache.stats()).toMatchObject({ stored: 0, entries: 0 })
  })

  test('a value that is set takes the place of what was there', async () => {
    const { cache } = testCache()
    await cache.set('k', 'old')
    await cache.switch({ stores: false })
    await cache.set('k', 'new')
    expect(await cache.get('k')).toBeUndefined()
  })

  test('what is written is invalidated all the same', async () => {
    const { cache } = testCache()
    await cache.set('k', 'old', { tags: ['User'] })
    await cache.switch({ stores: false })
    await cache.write(['User'], () => undefined)
    expect(await cache.get('k')).toBeUndefined()
  })
})

describe('a namespace', () => {
  test('is switched with those inside it, and not the ones around it', async () => {
    const { cache: shop } = testCache({ namespace: 'shop' })
    const reports = shop.namespace('reports')
    const yearly = reports.namespace('yearly')
    for (const cache of [shop, reports, yearly]) await cache.set('k', 'stored')
    await reports.switch({ reads: false })
    expect(await shop.get('k')).toBe('stored')
    expect(await reports.get('k')).toBeUndefined()
    expect(await yearly.get('k')).toBeUndefined()
    expect(shop.switches.reads).toBe(true)
    expect(yearly.switches.reads).toBe(false)
  })

  test('inside one that is off stays off, whatever itself is switched to', async () => {
    const { cache } = testCache()
    const reports = cache.namespace('reports')
    await cache.switch({ reads: false })
    await reports.switch({ reads: true })
    expect(reports.switches.reads).toBe(false)
    await reports.switch({ stores: false })
    await cache.switch({ reads: true })
    expect(reports.switches).toEqual({ reads: true, stores: false, consistency: 'strong', models: {} })
  })

  test('has no consistency of its own', async () => {
    const { cache } = testCache()
    await expect(cache.namespace('reports').switch({ consistency: 'strong' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('whole cache') as string,
    })
  })
})

describe('a model', () => {
  const of = (tags: string[]) => ({ tags })

  test('is off for whatever depends on its table, by whatever name', async () => {
    const cache = withModels()
    await cache.switch({ models: { Post: { reads: false } } })
    for (const [key, tags] of [
      ['model', ['Post']],
      ['table', ['posts']],
      ['row', ['Post#7']],
      ['set', ['posts[author_id=5]']],
      ['with another', ['User', 'posts']],
      ['anything', ['*']],
    ] as const)
      await cache.getOrSet(key, loaded('loaded'), of([...tags]))
    await cache.getOrSet('user', loaded('loaded'), of(['User']))
    await cache.getOrSet('similar', loaded('loaded'), of(['postscript', 'users.posts']))
    expect(cache.stats()).toMatchObject({ bypasses: 6, misses: 2, entries: 2 })
  })

  test('may have its stores off, and is served', async () => {
    const cache = withModels()
    await cache.set('k', 'stored', of(['Post']))
    await cache.switch({ models: { Post: { stores: false } } })
    expect(await cache.getOrSet('k', loaded('loaded'), of(['Post']))).toBe('stored')
    await cache.getOrSet('l', loaded('loaded'), of(['Post']))
    await cache.getOrSet('m', loaded('loaded'), of(['User']))
    expect(cache.stats()).toMatchObject({ hits: 1, entries: 2 })
  })

  test('is named as the adapter knows it, and a name that nobody knows is refused', async () => {
    await expect(withModels().switch({ models: { Psot: { reads: false } } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining("Did you mean 'Post'?") as string,
    })
    await expect(testCache().cache.switch({ models: { Post: {} } })).rejects.toMatchObject({
      message: expect.stringContaining('add freshet() first') as string,
    })
  })
})

describe('the state', () => {
  test('is told, and what was named before stays as it was', async () => {
    const cache = withModels()
    expect(cache.switches).toEqual({ reads: true, stores: true, consistency: 'strong', models: {} })
    await cache.switch({ stores: false, models: { Post: { reads: false }, User: { stores: false } } })
    await cache.switch({ models: { Post: { stores: false }, User: { stores: true } } })
    expect(cache.switches).toEqual({
      reads: true,
      stores: false,
      consistency: 'strong',
      models: { Post: { reads: false, stores: false } },
    })
    expect(Object.isFrozen(cache.switches)).toBe(true)
  })

  test('is told in an event when something has changed, and only then', async () => {
    const cache = withModels()
    const reports = cache.namespace('shop').namespace('reports')
    const events = record(cache, 'switch')
    await cache.switch({})
    await cache.switch({ reads: true })
    await cache.switch({ reads: false })
    await cache.switch({ reads: false })
    await reports.switch({ stores: false })
    expect(events).toMatchObject([
      { namespace: '', switches: { reads: false, stores: true } },
      { namespace: 'shop/reports', switches: { reads: false, stores: false } },
    ])
  })
})

describe('bad input', () => {
  test.each([
    ['nothing', undefined, 'INVALID_OPTION'],
    ['an unknown name', { read: false }, 'INVALID_OPTION'],
    ['writes, which are never off', { writes: false }, 'INVALID_OPTION'],
    ['a word', { reads: 'off' }, 'INVALID_OPTION'],
    ['null', { stores: null }, 'INVALID_OPTION'],
    ['an array of models', { models: ['Post'] }, 'INVALID_OPTION'],
    ['models that are null', { models: null }, 'INVALID_OPTION'],
    ['a model that is false', { models: { Post: false } }, 'INVALID_OPTION'],
    ['an unknown name of a model', { models: { Post: { consistency: 'strong' } } }, 'INVALID_OPTION'],
    ['a number for a model', { models: { Post: { reads: 1 } } }, 'INVALID_OPTION'],
    ['an unknown consistency', { consistency: 'weak' }, 'INVALID_OPTION'],
    ['a bound that is no time', { consistency: { maxStaleness: 'soon' } }, 'INVALID_DURATION'],
  ])('%s is refused, and changes nothing', async (_, options, code) => {
    const cache = withModels()
    await expect(cache.switch(options as never)).rejects.toMatchObject({ code })
    await expect(cache.switch({ reads: false, ...(options as object), other: 1 } as never)).rejects.toThrow()
    expect(cache.switches).toEqual({ reads: true, stores: true, consistency: 'strong', models: {} })
  })

  test('memory has no other consistency than the one that it has, and an error says so', async () => {
    const { cache } = testCache()
    await cache.switch({ consistency: 'strong' })
    await expect(cache.switch({ reads: false, consistency: 'eventual' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_CONSISTENCY',
      message: expect.stringContaining("'memory'") as string,
    })
    expect(cache.switches.reads).toBe(true)
  })

  test('a fail-over cannot be strong, and an error says so', async () => {
    const store = failover({ primary: memoryStore(), backup: memoryStore() })
    const cache = createCache({ store, consistency: 'eventual' })
    await expect(cache.switch({ consistency: 'strong' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_CONSISTENCY',
      message: expect.stringContaining(
        "'failover' cannot be strong; it can be eventual or bounded",
      ) as string,
    })
    await expect(cache.switch({ consistency: { maxStaleness: '1s' } })).rejects.toMatchObject({
      code: 'UNSUPPORTED_CONSISTENCY',
      message: expect.stringContaining("'failover' stays as it was made") as string,
    })
    await cache.close()
  })
})
