import { checksOf } from '../check.js'

export const whatWasStoredChecks = checksOf('store', 'what was stored', {
  'what was put is found, with the times that it was put with': async ({ newProcess, grainMs, expect }) => {
    const store = newProcess()
    const value = { list: [1, null, 'ä'], at: new Date(7), big: 2n ** 64n }
    const given = store.record(value, ['a'])
    await store.fill('k', value, ['a'])
    const found = await store.lookup('k', ['a'])
    if (found.status === 'absent') return expect(found.reason).toBe('found')
    expect(found.copy.master).toEqual(value)
    expect(found.loadMs).toBe(given.loadMs)
    for (const time of ['storedAt', 'expiresAt'] as const)
      expect(Math.abs(found[time] - given[time]) < grainMs).toBe(true)
  },

  'what was never put is missing, and comes with a vector to load under': async ({ newProcess, expect }) => {
    const store = newProcess()
    const looked = await store.lookup('k', ['a'])
    expect(looked).toMatchObject({ status: 'absent', reason: 'missing', vector: { usable: true } })
    if (looked.status === 'absent') await store.put('k', 'loaded', ['a'], looked.vector)
    expect(await store.find('k', ['a'])).toBe('loaded')
  },

  'what was deleted is not found, and nothing else is gone': async ({ newProcess, expect, kept }) => {
    const store = newProcess()
    await store.fill('k', 1, ['a'])
    await store.fill('other', 2, ['a'])
    kept(await store.delete('k')).toBe(true)
    kept(await store.delete('k')).toBe(false)
    expect(await store.find('k', ['a'])).toBeUndefined()
    expect(await store.find('other', ['a'])).toBe(2)
  },

  'each namespace has a key of its own': async ({ newProcess, expect }) => {
    const store = newProcess()
    await store.fill('k', 'outside', [])
    expect(await store.find('k', [], store.inner)).toBeUndefined()
    await store.fill('k', 'inside', [], store.inner)
    expect(await store.find('k')).toBe('outside')
    expect(await store.find('k', [], store.inner)).toBe('inside')
  },
})
