import { engineOf } from '@freshet/core/adapter'
import { checksOf } from '../check.js'
import { HeldLoader } from '../../held.js'
import { record } from '../../test-cache.js'

const options = { tags: ['User'] }
const serverError = Object.assign(new Error('duplicate key'), { code: '23505', severity: 'ERROR' })

export const failedWritesChecks = checksOf('cache', 'writes that fail', {
  'an error that the database sent: invalidated, as something may have been written before it': async ({
    newCache,
    served,
    expect,
  }) => {
    const { cache } = newCache()
    await cache.set('k', 'old', options)
    await expect(cache.write(['User'], () => Promise.reject(serverError))).rejects.toBe(serverError)
    expect(await cache.get('k')).toBeUndefined()
    await cache.getOrSet('k', () => 'new', options)
    served(await cache.get('k')).toBe('new')
  },

  'an error that proves that nothing was written leaves everything as it is': async ({
    newCache,
    served,
    expect,
  }) => {
    const { cache } = newCache()
    await cache.set('k', 'old', options)
    const failing = cache.write(['User'], () => Promise.reject(serverError), { isRolledBack: () => true })
    await expect(failing).rejects.toBe(serverError)
    served(await cache.get('k')).toBe('old')
  },

  'an outcome that nobody knows: not served and not stored until the hold ends, and fresh from then on':
    async ({ newCache, pass, grainMs, kept, served, expect }) => {
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
      served(await cache.get('other')).toBe('not held')
      await pass(clock, 60_000 - grainMs)
      expect(await read()).toBe(3)
      expect(await cache.has('k')).toBe(false)
      await pass(clock, grainMs)
      expect(await read()).toBe(4)
      kept(await read()).toBe(4)
    },

  'a load that began under a hold and landed after it is not stored': async ({
    newCache,
    settled,
    pass,
    served,
  }) => {
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
    served(await cache.getMany(['k', 'by hand', 'other'])).toEqual([undefined, undefined, 1])
  },

  'readers under a hold do not share a load': async ({ newCache, settled, expect }) => {
    const { cache } = newCache()
    await cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined)
    const loader = new HeldLoader<string>()
    const readers = [1, 2].map(() => cache.getOrSet('k', loader.load, options))
    await settled()
    expect(loader.count).toBe(2)
    loader.land('a', 0)
    loader.landAll('b')
    // Whose look-up fails may be the first to load.
    expect((await Promise.all(readers)).toSorted()).toEqual(['a', 'b'])
  },

  'a longer hold is not cut short by a later one or by a write': async ({
    newCache,
    pass,
    grainMs,
    kept,
    expect,
  }) => {
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
    kept(await cache.has('k')).toBe(true)
  },

  'a shorter hold does not cut a longer one short': async ({
    newCache,
    pass,
    grainMs,
    kept,
    insist,
    expect,
  }) => {
    const { cache, clock } = newCache()
    const { store, space } = engineOf(cache)!
    const intent = await insist(() => store.openIntent(space, ['user']))
    await insist(() => store.hold(intent, ['user'], 60_000))
    await insist(() => store.hold(intent, ['user'], 10_000))
    await pass(clock, 60_000 - grainMs)
    expect(await cache.snapshot(['User'])).toMatchObject({ usable: false })
    await pass(clock, grainMs)
    kept(await cache.snapshot(['User'])).toMatchObject({ usable: true })
  },

  'when a hold ends the tag has another generation than the one that it was held with': async ({
    newCache,
    pass,
    kept,
  }) => {
    const { cache, clock } = newCache({ unknownOutcomeHold: '1s' })
    const before = await cache.snapshot(['User'])
    await cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined)
    const under = await cache.snapshot(['User'])
    await pass(clock, 1_000)
    const after = await cache.snapshot(['User'])
    kept(new Set([before.id, under.id, after.id]).size).toBe(3)
  },

  'a judge that fails has proven nothing': async ({ newCache, expect }) => {
    const { cache } = newCache()
    await cache.set('k', 'old', options)
    const isRolledBack = (): never => {
      throw new Error('bug in the judge')
    }
    const lost = new Error('lost')
    await expect(cache.write(['User'], () => Promise.reject(lost), { isRolledBack })).rejects.toBe(lost)
    expect(await cache.get('k')).toBeUndefined()
  },

  'a write that throws before it returns a promise is a failed write like any other': async ({
    newCache,
    expect,
  }) => {
    const { cache } = newCache()
    await cache.set('k', 'old', options)
    const bug = new Error('bug')
    const run = (): never => {
      throw bug
    }
    await expect(cache.write(['User'], run)).rejects.toBe(bug)
    expect(await cache.get('k')).toBeUndefined()
  },
})
