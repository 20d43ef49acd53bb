import { checksOf } from '../check.js'
import { held, HeldLoader, stateOf } from '../../held.js'

const options = { tags: ['User'] }

export const racesChecks = checksOf('cache', 'races', {
  'a write during a load: the value is returned and never served': async ({
    newCache,
    settled,
    served,
    expect,
  }) => {
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
    served(await cache.get('k')).toBe('from after')
  },

  'a reader that starts after an acknowledged write never joins an older load': async ({
    newCache,
    settled,
    served,
    expect,
  }) => {
    const { cache } = newCache()
    const loader = new HeldLoader<string>()
    const before = cache.getOrSet('k', loader.load, options)
    await settled()
    await cache.write(['User'], () => 'done')
    const after = cache.getOrSet('k', loader.load, options)
    await settled()
    expect(loader.count).toBe(2)
    loader.land('from after', loader.count - 1)
    expect(await after).toBe('from after')
    loader.land('from before', 0)
    expect(await before).toBe('from before')
    await settled()
    served(await cache.get('k')).toBe('from after')
  },

  'readers that miss together share one load': async ({ newCache, settled, kept, expect }) => {
    const { cache } = newCache()
    const loader = new HeldLoader<string>()
    const readers = [1, 2, 3].map(() => cache.getOrSet('k', loader.load, options))
    await settled()
    loader.landAll('shared')
    expect(await Promise.all(readers)).toEqual(['shared', 'shared', 'shared'])
    kept(loader.count).toBe(1)
    kept(cache.stats()).toMatchObject({ misses: 3, joined: 2, loads: 1 })
  },

  'until a write has been acknowledged readers may have the old value, afterwards none does': async ({
    newCache,
    settled,
    expect,
  }) => {
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
  },

  'a load that begins while a write runs is not served after it': async ({ newCache, settled, expect }) => {
    const { cache } = newCache()
    const commit = held()
    const writing = cache.write(['User'], () => commit.promise)
    await settled()
    expect(await cache.getOrSet('k', () => 'old', options)).toBe('old')
    commit.resolve()
    await writing
    expect(await cache.getOrSet('k', () => 'new', options)).toBe('new')
  },

  'delete during a load: the value is returned, not stored and not joined': async ({
    newCache,
    settled,
    served,
    expect,
  }) => {
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
    served(await cache.get('k')).toBe('new')
  },

  'set during a load: what was set stays': async ({ newCache, settled, kept, expect }) => {
    const { cache } = newCache()
    const loader = new HeldLoader<string>()
    const reading = cache.getOrSet('k', loader.load)
    await settled()
    await cache.set('k', 'set')
    kept(await cache.getOrSet('k', () => 'loaded beside it')).toBe('set')
    loader.land('old')
    expect(await reading).toBe('old')
    await settled()
    kept(await cache.get('k')).toBe('set')
  },

  'delete reaches a load that its joiners have given up': async ({
    newCache,
    settled,
    pass,
    kept,
    expect,
  }) => {
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
    const left = await cache.get('k')
    kept(left).toBeUndefined()
    expect(left === 'old').toBe(false)
  },

  'who joined a load that names a tag of its own is not given it, as that tag may have been written': async ({
    newCache,
    settled,
    kept,
    served,
    expect,
  }) => {
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
    kept(loads).toBe(2)
    await settled()
    served(await cache.get('k')).toBe('new')
  },

  'a rejected load is shared by those who joined, and not kept': async ({ newCache, settled, expect }) => {
    const { cache } = newCache()
    const loader = new HeldLoader<string>()
    const readers = [1, 2].map(() => cache.getOrSet('k', loader.load))
    await settled()
    const failure = new Error('no database')
    for (const call of loader.calls) call.reject(failure)
    expect(await Promise.allSettled(readers)).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ])
    expect(await cache.getOrSet('k', () => 'there again')).toBe('there again')
  },

  'a loader that throws rejects the read': async ({ newCache, expect }) => {
    const { cache } = newCache()
    const failure = new Error('at once')
    const load = (): never => {
      throw failure
    }
    await expect(cache.getOrSet('k', load)).rejects.toBe(failure)
    await expect(cache.getOrSetMany(['k'], load)).rejects.toBe(failure)
    expect(await cache.has('k')).toBe(false)
  },

  'a loader that never settles hangs only its own caller': async ({
    newCache,
    settled,
    pass,
    grainMs,
    kept,
    expect,
  }) => {
    const { cache, clock } = newCache({ joinTimeout: '5s' })
    // A store may keep a timer for whatever it is asked next.
    await cache.get('other')
    const timers = clock.pending
    const loader = new HeldLoader<string>()
    const stuck = cache.getOrSet('k', loader.load)
    await settled()
    const joined = cache.getOrSet('k', loader.load)
    await settled()
    await pass(clock, 4_999)
    await settled()
    kept(loader.count).toBe(1)
    await pass(clock, grainMs)
    await settled()
    loader.land('second', 1)
    expect(await joined).toBe('second')
    // Nobody waits for the stuck one any more, so this reader starts at once and leaves a value.
    const third = cache.getOrSet('k', () => 'third')
    const state = await stateOf(third, settled)
    kept(state).toBe('fulfilled')
    // If a call failed, the second reader may have waited for nobody, and then this one waits in its place.
    if (state !== 'fulfilled') await pass(clock, 5_000 + grainMs)
    kept(await third).toBe('third')
    kept(await cache.get('k')).toBe('third')
    expect(await stateOf(stuck, settled)).toBe('pending')
    kept(clock.pending).toBe(timers)
  },

  'invalidate, clear and write return what they must, and only when it is done': async ({
    newCache,
    expect,
  }) => {
    const { cache } = newCache()
    expect(await cache.write(['User'], () => 'result')).toBe('result')
    expect(await cache.write(['User'], async () => 'result')).toBe('result')
    expect(await cache.invalidate(['User'])).toBeUndefined()
    expect(await cache.clear()).toBeUndefined()
  },
})
