import { wholeSpaceTag } from '@freshet/core/store'
import { checksOf } from '../check.js'
import type { StoreProcess } from '../store-process.js'

const tags = ['a', 'b', 'c'] as const

async function fillAll(store: StoreProcess): Promise<void> {
  for (const tag of tags) await store.fill(tag, 'old', [tag])
}

async function findAll(store: StoreProcess): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for (const tag of tags) found.push(await store.find(tag, [tag]))
  return found
}

const nothing = tags.map(() => undefined)

export const freshAfterAChangeChecks = checksOf('store', 'fresh after a change', {
  'after new generations nothing is found that depends on any of the tags': async ({
    newProcess,
    expect,
  }) => {
    const store = newProcess()
    await fillAll(store)
    await store.bump(tags)
    expect(await findAll(store)).toEqual(nothing)
  },

  'after a write nothing is found that depends on any of the tags': async ({ newProcess, expect }) => {
    const store = newProcess()
    await fillAll(store)
    await store.closeIntent(await store.openIntent(tags), tags)
    expect(await findAll(store)).toEqual(nothing)
  },

  'a write may have changed more than it had marked': async ({ newProcess, expect }) => {
    const store = newProcess()
    await fillAll(store)
    await store.closeIntent(await store.openIntent(['a']), tags)
    expect(await findAll(store)).toEqual(nothing)
  },

  'a write whose mark could not be placed changes its tags all the same': async ({ newProcess, expect }) => {
    const store = newProcess()
    await fillAll(store)
    await store.closeIntent({ space: store.space, tags }, tags)
    expect(await findAll(store)).toEqual(nothing)
  },

  'after a whole namespace has new generations nothing is found in it': async ({ newProcess, expect }) => {
    const store = newProcess()
    await fillAll(store)
    await store.bump([wholeSpaceTag])
    expect(await findAll(store)).toEqual(nothing)
    await store.fill('a', 'new', ['a'])
    expect(await store.find('a', ['a'])).toBe('new')
  },

  'what is stored after a change is found': async ({ newProcess, expect }) => {
    const store = newProcess()
    await store.fill('k', 'old', ['a'])
    await store.bump(['a'])
    await store.fill('k', 'new', ['a'])
    expect(await store.find('k', ['a'])).toBe('new')
  },
})
