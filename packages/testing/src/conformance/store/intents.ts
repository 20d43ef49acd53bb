import { checksOf } from '../check.js'

const marksWrites: Parameters<typeof checksOf>[3] = ({ marksWrites: marks = true }) => marks

export const intentsChecks = [
  ...checksOf(
    'store',
    'intents',
    {
      'under a mark nothing is found, and nothing may be stored': async ({ newProcess, expect }) => {
        const store = newProcess()
        await store.fill('k', 'old', ['a'])
        const intent = await store.openIntent(['a'])
        expect(await store.lookup('k', ['a'])).toMatchObject({ status: 'absent', vector: { usable: false } })
        expect(await store.lookup('other', ['a'])).toMatchObject({
          status: 'absent',
          vector: { usable: false },
        })
        expect((await store.snapshot(['a'])).usable).toBe(false)
        await store.closeIntent(intent, ['a'])
        expect((await store.snapshot(['a'])).usable).toBe(true)
      },

      'also if the look-up does not name the tag': async ({ newProcess, expect }) => {
        const store = newProcess()
        await store.fill('k', 'old', ['a'])
        const intent = await store.openIntent(['a'])
        expect(await store.find('k')).toBeUndefined()
        await store.closeIntent(intent, ['a'])
      },
    },
    // A copy that may be older than the last change may be older than a mark.
    (store) => marksWrites(store) && (store.cacheOptions?.consistency ?? 'strong') === 'strong',
  ),
  ...checksOf(
    'store',
    'intents',
    {
      'what was read under a mark is not found after it': async ({ newProcess, expect }) => {
        const store = newProcess()
        const intent = await store.openIntent(['a'])
        const under = await store.snapshot(['a'])
        await store.put('k', 'read under it', ['a'], under)
        await store.closeIntent(intent, [])
        await store.put('late', 'read under it', ['a'], under)
        expect(await store.find('k', ['a'])).toBeUndefined()
        expect(await store.find('late', ['a'])).toBeUndefined()
      },

      'of two marks on a tag each is taken away by its own writer only': async ({ newProcess, expect }) => {
        const store = newProcess()
        const [first, second] = [await store.openIntent(['a']), await store.openIntent(['a'])]
        await store.closeIntent(first, ['a'])
        expect((await store.snapshot(['a'])).usable).toBe(false)
        await store.closeIntent(second, [])
        expect((await store.snapshot(['a'])).usable).toBe(true)
      },

      'new generations leave the marks of writers': async ({ newProcess, expect }) => {
        const store = newProcess()
        const intent = await store.openIntent(['a'])
        await store.bump(['a'])
        expect((await store.snapshot(['a'])).usable).toBe(false)
        await store.closeIntent(intent, ['a'])
        expect((await store.snapshot(['a'])).usable).toBe(true)
      },

      'a mark concerns its own tags only, and all of them': async ({ newProcess, expect }) => {
        const store = newProcess()
        await store.fill('k', 1, ['c'])
        const intent = await store.openIntent(['a', 'b'])
        expect((await store.snapshot(['b'])).usable).toBe(false)
        expect(await store.find('k', ['c'])).toBe(1)
        await store.closeIntent(intent, ['a'])
        expect((await store.snapshot(['a', 'b'])).usable).toBe(true)
      },
    },
    marksWrites,
  ),
  ...checksOf(
    'store',
    'intents',
    {
      'a mark whose writer has died runs out, and its tag has a new generation then': async ({
        newProcessesApart,
        store: { leaseMs },
        pass,
        grainMs,
        expect,
      }) => {
        const [writer, reader] = newProcessesApart()
        const before = await reader.snapshot(['a'])
        // Its clock stands still from here on: nothing renews the mark.
        await writer.openIntent(['a'])
        await pass(reader.clock, leaseMs! + grainMs)
        const after = await reader.snapshot(['a'])
        expect(after.usable).toBe(true)
        expect(after.id === before.id).toBe(false)
      },
    },
    (store) => marksWrites(store) && store.isShared === true && store.leaseMs !== undefined,
  ),
]
