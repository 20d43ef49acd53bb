import { wholeSpaceTag } from '@freshet/core/store'
import { checksOf } from '../check.js'

const holdMs = 60_000

const changes = checksOf('store', 'late puts', {
  'what is stored under a vector from before a change is not found': async ({ newProcess, expect }) => {
    const store = newProcess()
    const before = await store.snapshot(['a', 'b'])
    await store.change('b')
    await store.put('k', 'old', ['a', 'b'], before)
    expect(await store.find('k', ['a', 'b'])).toBeUndefined()
  },

  'nor what is stored under one that a look-up brought': async ({ newProcess, expect }) => {
    const store = newProcess()
    const looked = await store.lookup('k', ['a'])
    await store.change('a')
    if (looked.status === 'absent') await store.put('k', 'old', ['a'], looked.vector)
    expect(await store.find('k', ['a'])).toBeUndefined()
  },

  'nor under one from before its namespace was cleared': async ({ newProcess, expect }) => {
    const store = newProcess()
    const before = await store.snapshot([])
    await store.change(wholeSpaceTag)
    await store.put('k', 'old', [], before)
    expect(await store.find('k')).toBeUndefined()
  },

  'nor after any number of changes, or when it was stored before': async ({ newProcess, expect }) => {
    const store = newProcess()
    const before = await store.snapshot(['a'])
    for (let i = 0; i < 3; i++) {
      await store.change('a')
      await store.put('k', 'old', ['a'], before)
      expect(await store.find('k', ['a'])).toBeUndefined()
    }
  },

  'nor under one from before a hold': async ({ newProcess, pass, expect }) => {
    const store = newProcess()
    const before = await store.snapshot(['a'])
    await store.hold(await store.openIntent(['a']), ['a'], holdMs)
    await pass(store.clock, holdMs)
    await store.put('k', 'old', ['a'], before)
    expect(await store.find('k', ['a'])).toBeUndefined()
  },
})

const others = checksOf(
  'store',
  'late puts',
  {
    'nor under one from before a change by another process': async ({ newProcesses, expect }) => {
      const [writer, reader] = newProcesses()
      const before = await reader.snapshot(['a'])
      await writer.change('a')
      await reader.put('k', 'old', ['a'], before)
      expect(await writer.find('k', ['a'])).toBeUndefined()
    },
  },
  ({ isShared }) => isShared === true,
)

export const latePutsChecks = [...changes, ...others]
