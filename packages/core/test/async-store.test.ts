import { held, HeldLoader, settled, stateOf, testCache, type Held } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import type { Cache } from '../src/cache.js'
import { asyncStore } from './support/async-store.js'
import type { Delivery, Operation } from './support/async-store.js'

type Way = 'go' | 'back'

/** A wire on which a test can stop a kind of message, and let what has been stopped go on. */
class Wire {
  readonly #stopped = new Map<string, Held<void>[]>()

  readonly deliver: Delivery = (operation, way) => {
    const waiting = this.#stopped.get(`${operation} ${way}`)
    if (waiting === undefined) return Promise.resolve()
    const message = held()
    waiting.push(message)
    return message.promise
  }

  stop(operation: Operation, way: Way): void {
    this.#stopped.set(`${operation} ${way}`, [])
  }

  async release(operation: Operation, way: Way): Promise<void> {
    const waiting = this.#stopped.get(`${operation} ${way}`) ?? []
    this.#stopped.delete(`${operation} ${way}`)
    for (const message of waiting) message.resolve()
    await settled()
  }
}

function wiredCache(): { cache: Cache; wire: Wire } {
  const wire = new Wire()
  return { cache: testCache({ store: asyncStore({}, wire.deliver) }).cache, wire }
}

const options = { tags: ['User'] }

describe('a store that is far away', () => {
  test.each<[string, Operation, (cache: Cache) => Promise<unknown>]>([
    ['write', 'closeIntent', (cache) => cache.write(['User'], () => 'done')],
    ['invalidate', 'bump', (cache) => cache.invalidate(['User'])],
    ['clear', 'bump', (cache) => cache.clear()],
    ['delete', 'delete', (cache) => cache.delete('k')],
    ['set', 'put', (cache) => cache.set('k', 'new')],
  ])('%s is acknowledged only when the store has answered', async (_, operation, change) => {
    const { cache, wire } = wiredCache()
    wire.stop(operation, 'back')
    const changing = change(cache)
    expect(await stateOf(changing)).toBe('pending')
    await wire.release(operation, 'back')
    expect(await stateOf(changing)).toBe('fulfilled')
  })

  test('a write does not begin before its mark has been placed', async () => {
    const { cache, wire } = wiredCache()
    wire.stop('openIntent', 'back')
    let begun = false
    const writing = cache.write(['User'], () => (begun = true))
    await settled()
    expect(begun).toBe(false)
    await wire.release('openIntent', 'back')
    await writing
    expect(begun).toBe(true)
  })

  test('a write whose outcome is unknown rejects only when its tags are held', async () => {
    const { cache, wire } = wiredCache()
    wire.stop('hold', 'go')
    const writing = cache.write(['User'], () => Promise.reject(new Error('lost')))
    expect(await stateOf(writing)).toBe('pending')
    await wire.release('hold', 'go')
    expect(await stateOf(writing)).toBe('rejected')
  })

  test('a read does not wait until what it loaded is stored', async () => {
    const { cache, wire } = wiredCache()
    wire.stop('put', 'go')
    expect(await cache.getOrSet('k', () => 'loaded')).toBe('loaded')
    expect(await cache.has('k')).toBe(false)
    await wire.release('put', 'go')
    expect(await cache.get('k')).toBe('loaded')
  })

  test('what is stored late, after its tags were written, is never found', async () => {
    const { cache, wire } = wiredCache()
    wire.stop('put', 'go')
    await cache.getOrSet('k', () => 'old', options)
    await cache.write(['User'], () => 'done')
    await wire.release('put', 'go')
    expect(await cache.get('k')).toBeUndefined()
  })

  test('a reader whose look-up was answered before a write, and came after it, leaves nothing behind', async () => {
    const { cache, wire } = wiredCache()
    wire.stop('lookup', 'back')
    const reading = cache.getOrSet('k', () => 'old', options)
    await settled()
    await cache.write(['User'], () => 'done')
    await wire.release('lookup', 'back')
    expect(await reading).toBe('old')
    await settled()
    expect(await cache.get('k')).toBeUndefined()
  })

  test('a reader that starts after a write does not join one whose look-up was answered before it', async () => {
    const { cache, wire } = wiredCache()
    const loader = new HeldLoader<string>()
    wire.stop('lookup', 'back')
    const before = cache.getOrSet('k', loader.load, options)
    await settled()
    await cache.write(['User'], () => 'done')
    await wire.release('lookup', 'back')
    const after = cache.getOrSet('k', loader.load, options)
    await settled()
    expect(loader.count).toBe(2)
    loader.land('old', 0)
    loader.land('new', 1)
    expect([await before, await after]).toEqual(['old', 'new'])
    await settled()
    expect(await cache.get('k')).toBe('new')
  })

  test('a load that begins while set is on its way does not take its place', async () => {
    const { cache, wire } = wiredCache()
    const loader = new HeldLoader<string>()
    wire.stop('put', 'go')
    const setting = cache.set('k', 'set')
    await settled()
    const reading = cache.getOrSet('k', loader.load)
    await settled()
    expect(loader.count).toBe(1)
    await wire.release('put', 'go')
    await setting
    loader.land('loaded')
    expect(await reading).toBe('loaded')
    await settled()
    expect(await cache.get('k')).toBe('set')
  })

  test('a load that begins while delete is on its way is not stored after it', async () => {
    const { cache, wire } = wiredCache()
    const loader = new HeldLoader<string>()
    wire.stop('delete', 'go')
    const deleting = cache.delete('k')
    await settled()
    const reading = cache.getOrSet('k', loader.load)
    await settled()
    await wire.release('delete', 'go')
    await deleting
    loader.land('loaded')
    await reading
    await settled()
    expect(await cache.get('k')).toBeUndefined()
  })

  test('a set that waits for its vector when the cache is closed stores nothing', async () => {
    const { cache, wire } = wiredCache()
    wire.stop('snapshot', 'back')
    const setting = cache.set('k', 1)
    await settled()
    await cache.close()
    await wire.release('snapshot', 'back')
    await setting
    expect(cache.stats().entries).toBe(0)
  })

  test('getOrSetMany decides every look-up before it loads, and loads once', async () => {
    const { cache, wire } = wiredCache()
    wire.stop('lookup', 'back')
    const asked: string[][] = []
    const reading = cache.getOrSetMany(['a', 'b', 'c'], (missing) => (asked.push(missing), missing))
    await settled()
    expect(asked).toEqual([])
    await wire.release('lookup', 'back')
    expect(await reading).toEqual(['a', 'b', 'c'])
    expect(asked).toEqual([['a', 'b', 'c']])
  })
})
