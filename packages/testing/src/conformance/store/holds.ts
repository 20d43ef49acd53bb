import { checksOf } from '../check.js'

const holdMs = 60_000

export const holdsChecks = checksOf('store', 'holds', {
  'under a hold nothing is found or stored, and what was there is gone after it': async ({
    newProcess,
    pass,
    grainMs,
    expect,
  }) => {
    const store = newProcess()
    await store.fill('k', 'old', ['a'])
    await store.hold(await store.openIntent(['a']), ['a'], holdMs)
    expect(await store.lookup('k', ['a'])).toMatchObject({ status: 'absent', vector: { usable: false } })
    await pass(store.clock, holdMs - grainMs)
    expect((await store.snapshot(['a'])).usable).toBe(false)
    await pass(store.clock, grainMs)
    expect((await store.snapshot(['a'])).usable).toBe(true)
    expect(await store.find('k', ['a'])).toBeUndefined()
  },

  'what was read under a hold is not found after it': async ({ newProcess, pass, expect }) => {
    const store = newProcess()
    await store.hold(await store.openIntent(['a']), ['a'], holdMs)
    const under = await store.snapshot(['a'])
    await store.put('early', 'old', ['a'], under)
    await pass(store.clock, holdMs)
    await store.put('late', 'old', ['a'], under)
    expect(await store.find('early', ['a'])).toBeUndefined()
    expect(await store.find('late', ['a'])).toBeUndefined()
  },

  'a hold concerns its own tags only': async ({ newProcess, expect }) => {
    const store = newProcess()
    await store.fill('k', 1, ['b'])
    await store.hold(await store.openIntent(['a']), ['a'], holdMs)
    expect(await store.find('k', ['b'])).toBe(1)
  },

  'a write whose mark could not be placed can be held as well': async ({ newProcess, pass, expect }) => {
    const store = newProcess()
    await store.fill('k', 'old', ['a'])
    await store.hold({ space: store.space, tags: ['a'] }, ['a'], holdMs)
    expect((await store.snapshot(['a'])).usable).toBe(false)
    await pass(store.clock, holdMs)
    expect((await store.snapshot(['a'])).usable).toBe(true)
    expect(await store.find('k', ['a'])).toBeUndefined()
  },

  'another write does not end a hold': async ({ newProcess, pass, expect }) => {
    const store = newProcess()
    await store.hold(await store.openIntent(['a']), ['a'], holdMs)
    await store.change('a')
    await store.bump(['a'])
    expect((await store.snapshot(['a'])).usable).toBe(false)
    await pass(store.clock, holdMs)
    expect((await store.snapshot(['a'])).usable).toBe(true)
  },
})
