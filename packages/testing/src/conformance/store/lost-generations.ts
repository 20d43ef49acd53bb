import { checksOf } from '../check.js'

// With copies in the process, and another consistency than strong, a loss is seen when it is pushed.
const appliesTo: Parameters<typeof checksOf>[3] = ({ forget, cacheOptions }) =>
  forget !== undefined && (cacheOptions?.consistency ?? 'strong') === 'strong'

export const lostGenerationsChecks = checksOf(
  'store',
  'lost generations',
  {
    'when all generations are lost, nothing that was stored under them is found': async ({
      newProcess,
      store: { forget },
      expect,
    }) => {
      const store = newProcess()
      await store.fill('k', 'old', ['a'])
      await forget!()
      expect(await store.find('k', ['a'])).toBeUndefined()
      expect(await store.find('k', ['a'])).toBeUndefined()
    },

    'nor when they had changed before, or change after': async ({
      newProcess,
      store: { forget },
      expect,
    }) => {
      const store = newProcess()
      await store.fill('k', 'old', ['a'])
      await store.change('a')
      await forget!()
      expect(await store.find('k', ['a'])).toBeUndefined()
      await store.change('a')
      expect(await store.find('k', ['a'])).toBeUndefined()
    },

    'no generation comes back': async ({ newProcess, store: { forget }, expect }) => {
      const store = newProcess()
      const ids: string[] = []
      for (let i = 0; i < 3; i++) {
        ids.push((await store.snapshot(['a'])).id)
        await store.change('a')
        ids.push((await store.snapshot(['a'])).id)
        await forget!()
      }
      expect(new Set(ids).size).toBe(ids.length)
    },

    'after a loss everything is kept again': async ({ newProcess, store: { forget }, expect }) => {
      const store = newProcess()
      await store.fill('k', 'old', ['a'])
      await forget!()
      await store.fill('k', 'new', ['a'])
      expect(await store.find('k', ['a'])).toBe('new')
    },
  },
  appliesTo,
)
