import { wholeSpaceTag } from '@freshet/core/store'
import { checksOf } from '../check.js'

export const completeVectorsChecks = checksOf('store', 'complete vectors', {
  'what an entry depends on counts, whether the look-up names it or not': async ({ newProcess, expect }) => {
    const store = newProcess()
    await store.fill('k', 1, ['a', 'b'])
    await store.change('b')
    expect(await store.find('k', ['a'])).toBeUndefined()
    expect(await store.find('k')).toBeUndefined()
  },

  'what the look-up names counts, also if the entry does not depend on it': async ({
    newProcess,
    expect,
  }) => {
    const store = newProcess()
    // Known to the store, so that it is not for want of a generation that nothing is found.
    await store.snapshot(['b'])
    await store.fill('k', 1, ['a'])
    expect(await store.find('k', ['a', 'b'])).toBeUndefined()
    expect(await store.find('k', ['a'])).toBe(1)
  },

  'a tag of a namespace counts in the ones inside it, not the other way round': async ({
    newProcess,
    expect,
  }) => {
    const store = newProcess()
    await store.fill('outside', 1, ['a'])
    await store.fill('inside', 2, ['a'], store.inner)
    await store.change('a', store.inner)
    expect(await store.find('inside', ['a'], store.inner)).toBeUndefined()
    expect(await store.find('outside', ['a'])).toBe(1)
    await store.fill('inside', 2, ['a'], store.inner)
    await store.change('a')
    expect(await store.find('inside', ['a'], store.inner)).toBeUndefined()
  },

  'a namespace that is cleared is cleared with all inside it': async ({ newProcess, expect }) => {
    const store = newProcess()
    await store.fill('outside', 1, ['a'])
    await store.fill('inside', 2, [], store.inner)
    await store.change(wholeSpaceTag)
    expect(await store.find('outside', ['a'])).toBeUndefined()
    expect(await store.find('inside', [], store.inner)).toBeUndefined()
  },

  'what no entry depends on leaves all of them': async ({ newProcess, expect }) => {
    const store = newProcess()
    await store.fill('k', 1, ['a'])
    await store.change('b')
    expect(await store.find('k', ['a'])).toBe(1)
  },

  'two vectors of the same tags are equal exactly if nothing has changed between them': async ({
    newProcess,
    expect,
  }) => {
    const store = newProcess()
    const first = await store.snapshot(['a', 'b'])
    const second = await store.snapshot(['a', 'b'])
    await store.change('b')
    const third = await store.snapshot(['a', 'b'])
    expect(second.id).toBe(first.id)
    expect(third.id === first.id).toBe(false)
  },

  'a mark that is taken away without a change leaves what was there': async ({ newProcess, expect }) => {
    const store = newProcess()
    await store.fill('k', 1, ['a'])
    await store.closeIntent(await store.openIntent(['a']), [])
    expect(await store.find('k', ['a'])).toBe(1)
  },
})
