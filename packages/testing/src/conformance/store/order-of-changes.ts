import { checksOf } from '../check.js'

export const orderOfChangesChecks = checksOf('store', 'order of changes', {
  'what is deleted while it is being put is gone': async ({ newProcess, kept }) => {
    const store = newProcess()
    const vector = await store.snapshot(['a'])
    await Promise.all([store.put('k', 1, ['a'], vector), store.delete('k')])
    kept(await store.find('k', ['a'])).toBeUndefined()
  },

  'what is put while another value is being deleted is there': async ({ newProcess, kept }) => {
    const store = newProcess()
    await store.fill('k', 'old', ['a'])
    const vector = await store.snapshot(['a'])
    await Promise.all([store.delete('k'), store.put('k', 'new', ['a'], vector)])
    kept(await store.find('k', ['a'])).toBe('new')
  },

  'of two values that are put at once the later one stays': async ({ newProcess, kept }) => {
    const store = newProcess()
    const vector = await store.snapshot(['a'])
    const puts = ['first', 'second', 'third'].map((value) => store.put('k', value, ['a'], vector))
    await Promise.all(puts)
    kept(await store.find('k', ['a'])).toBe('third')
  },
})
