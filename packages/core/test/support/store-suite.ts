import { describe, expect, test } from 'vitest'
import { engineOf } from '../../src/engine.js'
import type { StoreFactory } from '../../src/store.js'
import { record, testCache } from './caches.js'
import type { FakeClock } from './fake-clock.js'
import { held, HeldLoader, settled as turned, stateOf } from './held.js'

/** What a store under test must be able to make. */
export interface StoreUnderTest {
  readonly name: string
  /** A factory of empty stores. */
  readonly create: () => StoreFactory
  /** Waits until nothing is under way any more. Default: until the event loop has turned, after all microtasks. */
  readonly settled?: () => Promise<void>
  /** Lets time pass for the cache, and for a store that has a clock of its own. Default: for the cache. */
  readonly pass?: (clock: FakeClock, ms: number) => Promise<void>
  /** How far a store's own clock goes on by itself during a test, at most, in ms. Default 1: it has none. */
  readonly grainMs?: number
  /** Timers that a store has set while it is in use, whatever it is asked. Default 0. */
  readonly timers?: number
}

const advance = async (clock: FakeClock, ms: number): Promise<void> => clock.advance(ms)

/**
 * What every store must keep, seen through a cache: the promises, with loads, writes and look-ups that
 * overtake one another. Every store runs it, whether it answers at once or by promises.
 */
export function storeSuite({
  name,
  create,
  settled = turned,
  pass = advance,
  grainMs = 1,
  timers = 0,
}: StoreUnderTest): void {
  const newCache = (options: Parameters<typeof testCache>[0] = {}) =>
    testCache({ store: create(), ...options })

  describe(`${name}: values`, () => {
    test('get gives what set stored, has knows of it, delete takes it away', async () => {
      const { cache } = newCache()
      expect(await cache.get('k')).toBeUndefined()
      expect(await cache.has('k')).toBe(false)
      await cache.set('k', { a: 1 })
      expect(await cache.get('k')).toEqual({ a: 1 })
      expect(await cache.has('k')).toBe(true)
      expect(await cache.delete('k')).toBe(true)
      expect(await cache.delete('k')).toBe(false)
      expect(await cache.get('k')).toBeUndefined()
      expect(await cache.has('k')).toBe(false)
    })

    test('null is a value, undefined is not there', async () => {
      const { cache } = newCache()
      await cache.set('null', null)
      expect(await cache.get('null')).toBeNull()
      expect(await cache.has('null')).toBe(true)
      await expect(cache.set('undefined', undefined)).rejects.toMatchObject({ code: 'NOT_ENCODABLE' })

      let loads = 0
      const load = () => void loads++
      expect(await cache.getOrSet('none', load)).toBeUndefined()
      expect(await cache.getOrSet('none', load)).toBeUndefined()
      expect(loads).toBe(2)
      expect(await cache.has('none')).toBe(false)

      expect(await cache.getOrSet('null', () => 'loaded')).toBeNull()
    })

    test('getOrSet loads once, then serves', async () => {
      const { cache } = newCache()
      let loads = 0
      const load = () => ({ load: ++loads })
      expect(await cache.getOrSet(['user', 7], load)).toEqual({ load: 1 })
      expect(await cache.getOrSet(['user', 7], load)).toEqual({ load: 1 })
      expect(await cache.getOrSet(['user', 8], load)).toEqual({ load: 2 })
      expect(cache.stats()).toMatchObject({ hits: 1, misses: 2, loads: 2, stored: 2, bypasses: 0 })
    })

    test('getMany and setMany keep the order of their keys', async () => {
      const { cache } = newCache()
      await cache.setMany([
        { key: 'a', value: 1, tags: ['T'] },
        { key: 'b', value: 2 },
      ])
      expect(await cache.getMany(['b', 'none', 'a', 'b'])).toEqual([2, undefined, 1, 2])
      await cache.invalidate(['T'])
      expect(await cache.getMany(['a', 'b'])).toEqual([undefined, 2])
    })

    test('getOrSetMany asks once, for what is missing only, and each key once', async () => {
      const { cache } = newCache()
      await cache.set(2, 'two')
      const asked: number[][] = []
      const load = (missing: number[]) => {
        asked.push(missing)
        return missing.map((key) => `loaded ${key}`)
      }
      expect(await cache.getOrSetMany([3, 2, 1, 3], load)).toEqual([
        'loaded 3',
        'two',
        'loaded 1',
        'loaded 3',
      ])
      expect(asked).toEqual([[3, 1]])
      expect(await cache.getOrSetMany([1, 2, 3], load)).toEqual(['loaded 1', 'two', 'loaded 3'])
      expect(await cache.getOrSetMany([], load)).toEqual([])
      expect(asked).toHaveLength(1)
    })

    test('getOrSetMany joins what others are loading', async () => {
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
      loader.land('from the other')
      expect(await many).toEqual(['from the other', 'b'])
      expect(await single).toBe('from the other')
      expect(asked).toEqual([['b']])
    })

    test('getOrSetMany asks for those that are known to be missing late as well', async () => {
      const { cache, clock } = newCache({ joinTimeout: '1s' })
      await cache.getOrSet('named', ({ setTags }) => (setTags(['User']), 1))
      const stuck = new HeldLoader<string>()
      void cache.getOrSet('stuck', stuck.load)
      await settled()
      const many = cache.getOrSetMany(['named', 'a', 'stuck'], (missing) => missing.map((key) => `${key}!`))
      await settled()
      await pass(clock, 1_000)
      expect(await many).toEqual(['named!', 'a!', 'stuck!'])
    })

    test('a scope keeps equal keys apart', async () => {
      const { cache } = newCache()
      await cache.set('k', 'nobody')
      await cache.set('k', 'a', { scope: 'a' })
      await cache.set('k', 'empty', { scope: '' })
      expect(await cache.getOrSet('k', () => 'b', { scope: 'b' })).toBe('b')
      expect(await cache.get('k')).toBe('nobody')
      expect(await cache.get('k', { scope: 'a' })).toBe('a')
      expect(await cache.get('k', { scope: '' })).toBe('empty')
      expect(await cache.getMany(['k'], { scope: 'b' })).toEqual(['b'])
      expect(await cache.has('k', { scope: 'c' })).toBe(false)
      expect(await cache.delete('k', { scope: 'a' })).toBe(true)
      expect(await cache.get('k')).toBe('nobody')
    })

    test('a scope cannot be made to look like a part of a key', async () => {
      const { cache } = newCache()
      await cache.set('s:b', 'one', { scope: 'a' })
      await cache.set('b', 'two', { scope: 'as:' })
      await cache.set('1@as:b', 'three')
      expect(await cache.get('s:b', { scope: 'a' })).toBe('one')
      expect(await cache.get('b', { scope: 'as:' })).toBe('two')
      expect(await cache.get('b', { scope: 'a' })).toBeUndefined()
    })

    test('memoize caches a function by its arguments', async () => {
      const { cache } = newCache()
      let calls = 0
      const add = cache.memoize(async (a: number, b: number) => (calls++, a + b), {
        name: 'add',
        tags: ['Numbers'],
      })
      expect([await add(1, 2), await add(1, 2), await add(2, 2)]).toEqual([3, 3, 4])
      expect(calls).toBe(2)
      await cache.invalidate(['numbers'])
      await add(1, 2)
      expect(calls).toBe(3)
    })

    test('memoize makes the key of what its option says', async () => {
      const { cache } = newCache()
      const greet = cache.memoize((user: { id: number; seen: number }) => `${user.id} at ${user.seen}`, {
        name: 'greet',
        key: ({ id }) => id,
      })
      expect(await greet({ id: 1, seen: 1 })).toBe('1 at 1')
      expect(await greet({ id: 1, seen: 2 })).toBe('1 at 1')
    })
  })

  describe(`${name}: isolation`, () => {
    test('what the loader kept, the first reader, those who joined and those who hit have copies of their own', async () => {
      const { cache } = newCache()
      const loader = new HeldLoader<{ list: number[] }>()
      const first = cache.getOrSet('k', loader.load)
      await settled()
      const joined = cache.getOrSet('k', loader.load)
      const joinedToo = cache.getOrSet('k', loader.load)
      await settled()
      const source = { list: [1] }
      loader.land(source)
      const answers = [await first, await joined, await joinedToo]
      answers.push(await cache.getOrSet('k', loader.load), (await cache.get<{ list: number[] }>('k'))!)
      source.list.push(0)
      answers.forEach((answer, index) => answer.list.push(index + 2))
      // The loader's object is the first reader's own.
      expect(answers.slice(1).map(({ list }) => list)).toEqual([
        [1, 3],
        [1, 4],
        [1, 5],
        [1, 6],
      ])
      expect(await cache.get('k')).toEqual({ list: [1] })
      expect(loader.count).toBe(1)
    })

    test('what set was given may be changed afterwards', async () => {
      const { cache } = newCache()
      const value = { a: { b: 1 } }
      const done = cache.set('k', value)
      value.a.b = 2
      await done
      value.a.b = 3
      expect(await cache.get('k')).toEqual({ a: { b: 1 } })
    })
  })

  describe(`${name}: lifetime`, () => {
    test('an entry lives for its ttl, and not longer', async () => {
      const { cache, clock } = newCache({ ttl: '100s' })
      await cache.set('default', 1)
      await cache.set('own', 1, { ttl: 20_000 })
      await cache.getOrSet('loaded', () => 1, { ttl: '40s' })
      await cache.getOrSet('by the loader', ({ setTtl }) => (setTtl('60s'), 1))
      await settled()
      const there = () => cache.getMany(['own', 'loaded', 'by the loader', 'default'])
      await pass(clock, 20_000 - grainMs)
      expect(await there()).toEqual([1, 1, 1, 1])
      await pass(clock, grainMs)
      expect(await there()).toEqual([undefined, 1, 1, 1])
      await pass(clock, 20_000)
      expect(await there()).toEqual([undefined, undefined, 1, 1])
      await pass(clock, 20_000)
      expect(await there()).toEqual([undefined, undefined, undefined, 1])
      await pass(clock, 40_000)
      expect(await there()).toEqual([undefined, undefined, undefined, undefined])
      expect(await cache.has('default')).toBe(false)
    })

    test('what has expired is loaded again and stored again', async () => {
      const { cache, clock } = newCache({ ttl: '1s' })
      let loads = 0
      const load = () => ++loads
      const options = { tags: ['User'] }
      await cache.getOrSet('k', load, options)
      await pass(clock, 1_000)
      expect(await cache.getOrSet('k', load, options)).toBe(2)
      expect(await cache.getOrSet('k', load, options)).toBe(2)
      await cache.invalidate(['User'])
      expect(await cache.getOrSet('k', load, options)).toBe(3)
    })

    test('jitter spreads the time to live either way', async () => {
      let random = 0
      const { cache, clock } = newCache({ ttl: 100_000, jitter: 0.1, random: () => random })
      await cache.set('short', 1)
      random = 0.999_999
      await cache.set('long', 1)
      await pass(clock, 90_000 - grainMs)
      expect(await cache.getMany(['short', 'long'])).toEqual([1, 1])
      await pass(clock, grainMs)
      expect(await cache.getMany(['short', 'long'])).toEqual([undefined, 1])
      await pass(clock, 20_000 - grainMs)
      expect(await cache.get('long')).toBe(1)
      await pass(clock, grainMs)
      expect(await cache.get('long')).toBeUndefined()
    })

    test('null and empty arrays live for the negative ttl', async () => {
      const { cache, clock } = newCache({ ttl: '100s', negativeTtl: '1s' })
      const values = [null, [], 0, '', false, {}]
      await cache.setMany(values.map((value, key) => ({ key, value })))
      await cache.getOrSet('null', () => null)
      await pass(clock, 1_000)
      expect(await cache.getMany([0, 1, 'null'])).toEqual([undefined, undefined, undefined])
      expect(await cache.getMany([2, 3, 4, 5])).toEqual([0, '', false, {}])
    })

    test('a ttl below the default negative ttl is the negative ttl too', async () => {
      const { cache, clock } = newCache({ ttl: '1h' })
      await cache.set('default', null)
      await cache.set('shorter', null, { ttl: '1s' })
      await cache.set('longer', null, { ttl: '2h' })
      await pass(clock, 1_000)
      expect(await cache.has('shorter')).toBe(false)
      await pass(clock, 29_000 - grainMs)
      expect([await cache.has('default'), await cache.has('longer')]).toEqual([true, true])
      await pass(clock, grainMs)
      expect([await cache.has('default'), await cache.has('longer')]).toEqual([false, false])
    })
  })

  describe(`${name}: tags`, () => {
    test('invalidate stops exactly what depends on a tag, whatever its case', async () => {
      const { cache } = newCache()
      await cache.set('user', 1, { tags: ['User'] })
      await cache.set('both', 1, { tags: ['Post', 'USER'] })
      await cache.set('post', 1, { tags: ['Post'] })
      await cache.set('none', 1)
      await cache.invalidate(['user', 'nobody'])
      expect(await cache.getMany(['user', 'both', 'post', 'none'])).toEqual([undefined, undefined, 1, 1])
      await cache.invalidate([])
      expect(await cache.get('post')).toBe(1)
    })

    test('a reader that names a tag which the entry was stored without is not given it', async () => {
      const { cache } = newCache()
      await cache.set('k', 'old', { tags: ['User'] })
      // Known to the store, so that it is not for want of a generation that nothing is served.
      await cache.snapshot(['Post'])
      expect(await cache.getOrSet('k', () => 'new', { tags: ['User', 'Post'] })).toBe('new')
      await cache.invalidate(['Post'])
      expect(await cache.getOrSet('k', () => 'newest', { tags: ['Post', 'User'] })).toBe('newest')
    })

    test('a reader that names fewer tags is given it, as long as all of them stand', async () => {
      const { cache } = newCache()
      await cache.set('k', 'stored', { tags: ['User', 'Post'] })
      expect(await cache.getOrSet('k', () => 'new', { tags: ['User'] })).toBe('stored')
      await cache.invalidate(['Post'])
      expect(await cache.getOrSet('k', () => 'new', { tags: ['User'] })).toBe('new')
    })

    test('tags that a loader sets count from the next load of its key', async () => {
      const { cache } = newCache()
      let loads = 0
      const read = () =>
        cache.getOrSet('k', ({ setTags }) => (setTags(['User#7']), ++loads), { tags: ['Post'] })
      expect([await read(), await read(), await read()]).toEqual([1, 2, 2])
      await cache.invalidate(['User#8'])
      expect(await read()).toBe(2)
      await cache.invalidate(['user#7'])
      expect([await read(), await read()]).toEqual([3, 3])
      await cache.invalidate(['Post'])
      expect([await read(), await read()]).toEqual([4, 4])
    })

    test('tags that a loader sets differently each time are never stored under the wrong ones', async () => {
      const { cache } = newCache()
      let loads = 0
      const read = () => cache.getOrSet('k', ({ setTags }) => (setTags([`User#${++loads}`]), loads))
      expect([await read(), await read(), await read()]).toEqual([1, 2, 3])
      expect(cache.stats().stored).toBe(0)
    })

    test('skip returns the value and stores nothing', async () => {
      const { cache } = newCache()
      let loads = 0
      const read = () => cache.getOrSet('k', ({ skip }) => (skip(), ++loads))
      expect([await read(), await read()]).toEqual([1, 2])
    })

    test('clear stops everything, once', async () => {
      const { cache } = newCache()
      await cache.set('a', 1)
      await cache.set('b', 1, { tags: ['User'] })
      await cache.clear()
      expect(await cache.getMany(['a', 'b'])).toEqual([undefined, undefined])
      await cache.set('a', 2)
      expect(await cache.get('a')).toBe(2)
    })

    test("an alias carries the user's word to the table, whatever follows it", async () => {
      const { cache } = newCache()
      engineOf(cache)!.tagNames.addAlias('User', 'users')
      await cache.set('table', 1, { tags: ['users'] })
      await cache.set('row', 1, { tags: ['users#7'] })
      await cache.set('word', 1, { tags: ['User'] })
      await cache.invalidate(['User#7'])
      expect(await cache.getMany(['table', 'row', 'word'])).toEqual([1, undefined, 1])
      await cache.invalidate(['User'])
      expect(await cache.getMany(['table', 'word'])).toEqual([undefined, undefined])
    })

    test("what a write to the table changes is what was read under the user's word, also if a loader said it", async () => {
      const { cache } = newCache()
      engineOf(cache)!.tagNames.addAlias('User', 'users')
      let loads = 0
      const byOption = () => cache.getOrSet('option', () => ++loads, { tags: ['User'] })
      const byLoader = () => cache.getOrSet('loader', ({ setTags }) => (setTags(['User']), ++loads))
      await byOption()
      await byLoader()
      await byLoader()
      expect([await byOption(), await byLoader()]).toEqual([1, 3])
      await cache.invalidate(['users'])
      expect([await byOption(), await byLoader()]).toEqual([4, 5])
    })

    test('an alias counts from when it is known, also for tags that have been used before', async () => {
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
    })

    test('two tables that share an alias are both reached by it', async () => {
      const { cache } = newCache()
      const { tagNames } = engineOf(cache)!
      tagNames.addAlias('User', 'users')
      tagNames.addAlias('User', 'crm:users')
      await cache.set('one', 1, { tags: ['users'] })
      await cache.set('two', 1, { tags: ['crm:users'] })
      await cache.invalidate(['User'])
      expect(await cache.getMany(['one', 'two'])).toEqual([undefined, undefined])
    })
  })

  describe(`${name}: namespaces`, () => {
    test('a namespace has keys and tags of its own', async () => {
      const { cache } = newCache()
      const reports = cache.namespace('reports')
      await cache.set('k', 'outer', { tags: ['User'] })
      await reports.set('k', 'inner', { tags: ['User'] })
      expect([await cache.get('k'), await reports.get('k')]).toEqual(['outer', 'inner'])
      expect(await cache.namespace('reports').get('k')).toBe('inner')
      expect(await cache.namespace('other').get('k')).toBeUndefined()
      await reports.invalidate(['User'])
      expect([await cache.get('k'), await reports.get('k')]).toEqual(['outer', undefined])
    })

    test('what is invalidated outside is invalidated inside, at any depth', async () => {
      const { cache } = newCache({ namespace: 'shop' })
      const inner = cache.namespace('a').namespace('b')
      await inner.set('tagged', 1, { tags: ['User'] })
      await inner.set('plain', 1)
      await cache.invalidate(['User'])
      expect(await inner.getMany(['tagged', 'plain'])).toEqual([undefined, 1])
      await cache.namespace('a').clear()
      expect(await inner.get('plain')).toBeUndefined()
    })

    test('clearing a namespace leaves the one around it', async () => {
      const { cache } = newCache()
      await cache.set('k', 1)
      await cache.namespace('a').set('k', 1)
      await cache.namespace('b').set('k', 1)
      await cache.namespace('a').clear()
      expect(await cache.get('k')).toBe(1)
      expect(await cache.namespace('a').get('k')).toBeUndefined()
      expect(await cache.namespace('b').get('k')).toBe(1)
      await cache.clear()
      expect(await cache.namespace('b').get('k')).toBeUndefined()
    })

    test('a load inside is not stored if the tag was written outside meanwhile', async () => {
      const { cache } = newCache()
      const inner = cache.namespace('a')
      const loader = new HeldLoader<string>()
      const reading = inner.getOrSet('k', loader.load, { tags: ['User'] })
      await settled()
      await cache.invalidate(['User'])
      loader.land('old')
      expect(await reading).toBe('old')
      await settled()
      expect(await inner.get('k')).toBeUndefined()
    })
  })

  describe(`${name}: races`, () => {
    const options = { tags: ['User'] }

    test('a write during a load: the value is returned and never served', async () => {
      const { cache } = newCache()
      const loader = new HeldLoader<string>()
      const reading = cache.getOrSet('k', loader.load, options)
      await settled()
      await cache.write(['User'], () => 'done')
      loader.land('from before')
      expect(await reading).toBe('from before')
      await settled()
      expect(await cache.get('k')).toBeUndefined()
      expect(await cache.getOrSet('k', () => 'from after', options)).toBe('from after')
      expect(await cache.get('k')).toBe('from after')
    })

    test('a reader that starts after an acknowledged write never joins an older load', async () => {
      const { cache } = newCache()
      const loader = new HeldLoader<string>()
      const before = cache.getOrSet('k', loader.load, options)
      await settled()
      await cache.write(['User'], () => 'done')
      const after = cache.getOrSet('k', loader.load, options)
      await settled()
      expect(loader.count).toBe(2)
      loader.land('from after', 1)
      expect(await after).toBe('from after')
      loader.land('from before', 0)
      expect(await before).toBe('from before')
      await settled()
      expect(await cache.get('k')).toBe('from after')
    })

    test('readers that miss together share one load', async () => {
      const { cache } = newCache()
      const loader = new HeldLoader<string>()
      const readers = [1, 2, 3].map(() => cache.getOrSet('k', loader.load, options))
      await settled()
      loader.land('shared')
      expect(await Promise.all(readers)).toEqual(['shared', 'shared', 'shared'])
      expect(loader.count).toBe(1)
      expect(cache.stats()).toMatchObject({ misses: 3, joined: 2, loads: 1 })
    })

    test('until a write has been acknowledged readers may have the old value, afterwards none does', async () => {
      const { cache } = newCache()
      await cache.set('k', 'old', options)
      const commit = held()
      const writing = cache.write(['User'], () => commit.promise)
      await settled()
      const during = await cache.getOrSet('k', () => 'old', options)
      expect(during).toBe('old')
      commit.resolve()
      await writing
      expect(await cache.get('k')).toBeUndefined()
    })

    test('a load that begins while a write runs is not served after it', async () => {
      const { cache } = newCache()
      const commit = held()
      const writing = cache.write(['User'], () => commit.promise)
      await settled()
      expect(await cache.getOrSet('k', () => 'old', options)).toBe('old')
      commit.resolve()
      await writing
      expect(await cache.getOrSet('k', () => 'new', options)).toBe('new')
    })

    test('delete during a load: the value is returned, not stored and not joined', async () => {
      const { cache } = newCache()
      const loader = new HeldLoader<string>()
      const reading = cache.getOrSet('k', loader.load)
      await settled()
      await cache.delete('k')
      const after = cache.getOrSet('k', loader.load)
      await settled()
      expect(loader.count).toBe(2)
      loader.land('old', 0)
      expect(await reading).toBe('old')
      await settled()
      expect(await cache.get('k')).toBeUndefined()
      loader.land('new', 1)
      expect(await after).toBe('new')
      await settled()
      expect(await cache.get('k')).toBe('new')
    })

    test('set during a load: what was set stays', async () => {
      const { cache } = newCache()
      const loader = new HeldLoader<string>()
      const reading = cache.getOrSet('k', loader.load)
      await settled()
      await cache.set('k', 'set')
      expect(await cache.getOrSet('k', loader.load)).toBe('set')
      loader.land('old')
      expect(await reading).toBe('old')
      await settled()
      expect(await cache.get('k')).toBe('set')
    })

    test('delete reaches a load that its joiners have given up', async () => {
      const { cache, clock } = newCache({ joinTimeout: '1s' })
      const loader = new HeldLoader<string>()
      const reading = cache.getOrSet('k', loader.load)
      await settled()
      const joining = cache.getOrSet('k', loader.load)
      await settled()
      await pass(clock, 1_000)
      await settled()
      loader.land('joiner', 1)
      expect(await joining).toBe('joiner')
      await cache.delete('k')
      loader.land('old', 0)
      expect(await reading).toBe('old')
      await settled()
      expect(await cache.get('k')).toBeUndefined()
    })

    test('who joined a load that names a tag of its own is not given it, as that tag may have been written', async () => {
      const { cache } = newCache()
      const first = held<string>()
      let row = 'old'
      let loads = 0
      const load = ({ setTags }: { setTags(tags: string[]): void }) => {
        setTags(['User#7'])
        return ++loads === 1 ? first.promise : row
      }
      const leading = cache.getOrSet('k', load)
      await settled()
      await cache.write(['User#7'], () => void (row = 'new'))
      const after = [cache.getOrSet('k', load), cache.getOrSet('k', load)]
      await settled()
      first.resolve('old')
      expect(await leading).toBe('old')
      expect(await Promise.all(after)).toEqual(['new', 'new'])
      // And they did not stampede.
      expect(loads).toBe(2)
      await settled()
      expect(await cache.get('k')).toBe('new')
    })

    test('a rejected load is shared by those who joined, and not kept', async () => {
      const { cache } = newCache()
      const loader = new HeldLoader<string>()
      const readers = [1, 2].map(() => cache.getOrSet('k', loader.load))
      await settled()
      const failure = new Error('no database')
      loader.calls[0]!.reject(failure)
      expect(await Promise.allSettled(readers)).toEqual([
        { status: 'rejected', reason: failure },
        { status: 'rejected', reason: failure },
      ])
      expect(await cache.getOrSet('k', () => 'there again')).toBe('there again')
    })

    test('a loader that throws rejects the read', async () => {
      const { cache } = newCache()
      const failure = new Error('at once')
      const load = (): never => {
        throw failure
      }
      await expect(cache.getOrSet('k', load)).rejects.toBe(failure)
      await expect(cache.getOrSetMany(['k'], load)).rejects.toBe(failure)
      expect(await cache.has('k')).toBe(false)
    })

    test('a loader that never settles hangs only its own caller', async () => {
      const { cache, clock } = newCache({ joinTimeout: '5s' })
      const loader = new HeldLoader<string>()
      const stuck = cache.getOrSet('k', loader.load)
      await settled()
      const joined = cache.getOrSet('k', loader.load)
      await settled()
      await pass(clock, 4_999)
      await settled()
      expect(loader.count).toBe(1)
      await pass(clock, grainMs)
      await settled()
      loader.land('second', 1)
      expect(await joined).toBe('second')
      // Nobody waits for the stuck one any more, so this reader starts at once and leaves a value.
      expect(await cache.getOrSet('k', () => 'third')).toBe('third')
      expect(await cache.get('k')).toBe('third')
      expect(await stateOf(stuck, settled)).toBe('pending')
      expect(clock.pending).toBe(timers)
    })

    test('invalidate, clear and write return what they must, and only when it is done', async () => {
      const { cache } = newCache()
      expect(await cache.write(['User'], () => 'result')).toBe('result')
      expect(await cache.write(['User'], async () => 'result')).toBe('result')
      expect(await cache.invalidate(['User'])).toBeUndefined()
      expect(await cache.clear()).toBeUndefined()
    })
  })

  describe(`${name}: writes that fail`, () => {
    const options = { tags: ['User'] }
    const serverError = Object.assign(new Error('duplicate key'), { code: '23505', severity: 'ERROR' })

    test('an error that the database sent: invalidated, as something may have been written before it', async () => {
      const { cache } = newCache()
      await cache.set('k', 'old', options)
      await expect(cache.write(['User'], () => Promise.reject(serverError))).rejects.toBe(serverError)
      expect(await cache.get('k')).toBeUndefined()
      await cache.getOrSet('k', () => 'new', options)
      expect(await cache.get('k')).toBe('new')
    })

    test('an error that proves that nothing was written leaves everything as it is', async () => {
      const { cache } = newCache()
      await cache.set('k', 'old', options)
      const failing = cache.write(['User'], () => Promise.reject(serverError), { isRolledBack: () => true })
      await expect(failing).rejects.toBe(serverError)
      expect(await cache.get('k')).toBe('old')
    })

    test('an outcome that nobody knows: not served and not stored until the hold ends, and fresh from then on', async () => {
      const { cache, clock } = newCache({ unknownOutcomeHold: '60s', ttl: '1h' })
      const told = record(cache, 'unknown-outcome')
      const lost = new Error('connection lost')
      await cache.set('k', 'old', options)
      await expect(cache.write(['User'], () => Promise.reject(lost))).rejects.toBe(lost)
      expect(told).toEqual([{ tags: ['user'], holdMs: 60_000, cause: lost }])

      let loads = 0
      const read = () => cache.getOrSet('k', () => ++loads, options)
      expect([await read(), await read()]).toEqual([1, 2])
      await cache.set('k', 'set by hand', options)
      expect(await cache.get('k')).toBeUndefined()
      expect(await cache.getOrSet('other', () => 'not held', { tags: ['Post'] })).toBe('not held')
      expect(await cache.get('other')).toBe('not held')
      await pass(clock, 60_000 - grainMs)
      expect(await read()).toBe(3)
      expect(await cache.has('k')).toBe(false)
      await pass(clock, grainMs)
      expect([await read(), await read()]).toEqual([4, 4])
    })

    test('a load that began under a hold and landed after it is not stored', async () => {
      const { cache, clock } = newCache({ unknownOutcomeHold: '60s' })
      await cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined)
      const loader = new HeldLoader<string>()
      const reading = cache.getOrSet('k', loader.load, options)
      await settled()
      const before = await cache.snapshot(['User'])
      await pass(clock, 60_000)
      await cache.getOrSet('other', () => 1, options)
      loader.land('read before the database had decided')
      await reading
      await cache.set('by hand', 'read before the database had decided', { vector: before })
      await settled()
      expect(await cache.getMany(['k', 'by hand', 'other'])).toEqual([undefined, undefined, 1])
    })

    test('readers under a hold do not share a load', async () => {
      const { cache } = newCache()
      await cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined)
      const loader = new HeldLoader<string>()
      const readers = [1, 2].map(() => cache.getOrSet('k', loader.load, options))
      await settled()
      expect(loader.count).toBe(2)
      loader.land('a', 0)
      loader.land('b', 1)
      expect(await Promise.all(readers)).toEqual(['a', 'b'])
    })

    test('a longer hold is not cut short by a later one or by a write', async () => {
      const { cache, clock } = newCache({ unknownOutcomeHold: '60s' })
      const lose = () => cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined)
      await lose()
      await pass(clock, 30_000)
      await lose()
      await cache.write(['User'], () => 'known')
      await pass(clock, 60_000 - grainMs)
      await cache.set('k', 1, options)
      expect(await cache.has('k')).toBe(false)
      await pass(clock, grainMs)
      await cache.set('k', 1, options)
      expect(await cache.has('k')).toBe(true)
    })

    test('a shorter hold does not cut a longer one short', async () => {
      const { cache, clock } = newCache()
      const { store, space } = engineOf(cache)!
      const intent = await store.openIntent(space, ['user'])
      await store.hold(intent, ['user'], 60_000)
      await store.hold(intent, ['user'], 10_000)
      await pass(clock, 60_000 - grainMs)
      expect(await cache.snapshot(['User'])).toMatchObject({ usable: false })
      await pass(clock, grainMs)
      expect(await cache.snapshot(['User'])).toMatchObject({ usable: true })
    })

    test('when a hold ends the tag has another generation than the one that it was held with', async () => {
      const { cache, clock } = newCache({ unknownOutcomeHold: '1s' })
      const before = await cache.snapshot(['User'])
      await cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined)
      const under = await cache.snapshot(['User'])
      await pass(clock, 1_000)
      const after = await cache.snapshot(['User'])
      expect(new Set([before.id, under.id, after.id]).size).toBe(3)
    })

    test('a judge that fails has proven nothing', async () => {
      const { cache } = newCache()
      await cache.set('k', 'old', options)
      const isRolledBack = (): never => {
        throw new Error('bug in the judge')
      }
      const lost = new Error('lost')
      await expect(cache.write(['User'], () => Promise.reject(lost), { isRolledBack })).rejects.toBe(lost)
      expect(await cache.get('k')).toBeUndefined()
    })

    test('a write that throws before it returns a promise is a failed write like any other', async () => {
      const { cache } = newCache()
      await cache.set('k', 'old', options)
      const bug = new Error('bug')
      const run = (): never => {
        throw bug
      }
      await expect(cache.write(['User'], run)).rejects.toBe(bug)
      expect(await cache.get('k')).toBeUndefined()
    })
  })

  describe(`${name}: vectors`, () => {
    test('a vector older than a write never validates', async () => {
      const { cache } = newCache()
      const before = await cache.snapshot(['User'])
      await cache.write(['User'], () => 'done')
      await cache.set('k', 'read before', { vector: before })
      expect(await cache.get('k')).toBeUndefined()
      expect(await cache.getOrSet('k', () => 'read after', { tags: ['User'] })).toBe('read after')
    })

    test('a vector that still stands does, and the value depends on all its tags', async () => {
      const { cache } = newCache()
      const before = await cache.snapshot(['User', 'Post'])
      await cache.set('all', 1, { vector: before })
      await cache.set('some', 1, { vector: before, tags: ['User'] })
      expect(await cache.getMany(['all', 'some'])).toEqual([1, 1])
      expect(await cache.getOrSet('all', () => 2, { tags: ['Post'] })).toBe(1)
      await cache.invalidate(['Post'])
      expect(await cache.getMany(['all', 'some'])).toEqual([undefined, undefined])
    })

    test('clear and invalidate outdate a vector too', async () => {
      const { cache } = newCache()
      const inner = cache.namespace('inner')
      const vectors = [await inner.snapshot([]), await inner.snapshot(['User'])]
      await cache.clear()
      await inner.set(0, 1, { vector: vectors[0]! })
      await inner.set(1, 1, { vector: vectors[1]! })
      expect(await inner.getMany([0, 1])).toEqual([undefined, undefined])
    })

    test('a value that is not kept takes the one it replaces with it', async () => {
      const { cache } = newCache({ maxEntryBytes: 1_000 })
      const outdated = await cache.snapshot(['User'])
      await cache.invalidate(['User'])
      await cache.set('outdated', 'old')
      await cache.set('outdated', 'new', { vector: outdated })
      await cache.set('large', 'old')
      await cache.set('large', 'x'.repeat(2_000))
      expect(await cache.getMany(['outdated', 'large'])).toEqual([undefined, undefined])
    })

    test('a vector must be from this cache and namespace, and hold every tag that is named', async () => {
      const { cache } = newCache()
      const refused = { code: 'INVALID_VECTOR' }
      const other = await newCache().cache.snapshot(['User'])
      await expect(cache.set('k', 1, { vector: other })).rejects.toMatchObject(refused)
      const inner = await cache.namespace('inner').snapshot(['User'])
      await expect(cache.set('k', 1, { vector: inner })).rejects.toMatchObject(refused)
      await cache.namespace('inner').set('k', 1, { vector: inner })
      const own = await cache.snapshot(['User'])
      await expect(cache.set('k', 1, { vector: own, tags: ['User', 'Post'] })).rejects.toMatchObject(refused)
      const made = { id: '1', usable: true } as const
      await expect(cache.set('k', 1, { vector: made })).rejects.toMatchObject(refused)
      await expect(cache.set('k', 1, { vector: null as never })).rejects.toMatchObject(refused)
      expect(await cache.has('k')).toBe(false)
    })
  })

  describe(`${name}: values that cannot be kept`, () => {
    test('a value that cannot be copied is returned, not stored, and told', async () => {
      const { cache } = newCache()
      const failures = record(cache, 'failure')
      const value = { call: () => 1 }
      expect(await cache.getOrSet('k', () => value)).toBe(value)
      expect(await cache.has('k')).toBe(false)
      expect(failures).toMatchObject([{ action: 'copy', cause: { code: 'NOT_ENCODABLE' } }])
    })

    test('it is not shared either: who joined loads a value of its own', async () => {
      const { cache } = newCache()
      const loader = new HeldLoader<() => number>()
      const readers = [1, 2].map(() => cache.getOrSet('k', loader.load))
      await settled()
      const values = [() => 1, () => 2]
      loader.land(values[0]!, 0)
      await settled()
      loader.land(values[1]!, 1)
      const [first, second] = await Promise.all(readers)
      expect(first).toBe(values[0])
      expect(second).toBe(values[1])
    })

    test('set refuses it, and leaves what is there', async () => {
      const { cache } = newCache()
      await cache.set('k', 'old')
      await expect(cache.set('k', { call: () => 1 })).rejects.toMatchObject({ code: 'NOT_ENCODABLE' })
      expect(await cache.get('k')).toBe('old')
    })

    test('a value above maxEntryBytes is returned and not stored', async () => {
      const { cache } = newCache({ maxEntryBytes: 1_000 })
      const large = 'x'.repeat(2_000)
      expect(await cache.getOrSet('k', () => large)).toBe(large)
      expect(await cache.has('k')).toBe(false)
      expect(cache.stats()).toMatchObject({ entries: 0, stored: 0 })
    })
  })

  describe(`${name}: a closed cache`, () => {
    test('reads go to their loaders, everything else does nothing, and no call fails', async () => {
      const { cache } = newCache()
      const inner = cache.namespace('inner')
      await cache.set('k', 'cached')
      await cache.close()
      const read = () => cache.getOrSet('k', () => 'loaded')
      expect([await read(), await read()]).toEqual(['loaded', 'loaded'])
      expect(await cache.getOrSetMany(['k', 'l'], (keys) => keys)).toEqual(['k', 'l'])
      expect(await cache.get('k')).toBeUndefined()
      expect(await cache.has('k')).toBe(false)
      await cache.set('k', 'set')
      expect(await cache.has('k')).toBe(false)
      expect(await cache.delete('k')).toBe(false)
      expect(await cache.write(['User'], () => 'written')).toBe('written')
      await cache.invalidate(['User'])
      await cache.clear()
      await cache.set('k', 1, { vector: await cache.snapshot(['User']) })
      expect(await inner.getOrSet('k', () => 'loaded')).toBe('loaded')
      expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 })
    })

    test('a load that is under way is told, and not stored', async () => {
      const { cache } = newCache()
      const loaded = held<string>()
      let signal: AbortSignal | undefined
      const reading = cache.getOrSet('k', (context) => {
        signal = context.signal
        return loaded.promise
      })
      await settled()
      expect(signal?.aborted).toBe(false)
      await cache.close()
      expect(signal?.aborted).toBe(true)
      loaded.resolve('late')
      expect(await reading).toBe('late')
      await settled()
      expect(cache.stats().entries).toBe(0)
    })

    test('closing twice is closing once', async () => {
      const { cache } = newCache()
      const first = cache.close()
      expect(cache.close()).toBe(first)
      await first
      await cache.close()
    })
  })
}
