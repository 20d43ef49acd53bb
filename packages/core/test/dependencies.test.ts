import { settled } from '@freshet/testing'
import { expect, test } from 'vitest'
import { type Dependencies, engineOf } from '../src/adapter.js'
import { createCache } from '../src/index.js'

/** Reads one key as adapters do, and says whether it was loaded. */
function reading() {
  const { reader, space, policy } = engineOf(createCache())!
  return async (dependencies: Dependencies): Promise<'hit' | 'miss'> => {
    let isLoaded = false
    const load = () => {
      isLoaded = true
      return [1]
    }
    await reader.read({ space, key: 'k', dependencies, policy, load })
    await settled()
    return isLoaded ? 'miss' : 'hit'
  }
}

/** Counts how often it is asked. */
function lazy(toldBy: object, tags: readonly string[]) {
  const asked = { times: 0 }
  const dependencies: Dependencies = {
    toldBy,
    get tags() {
      asked.times++
      return tags
    },
    get late() {
      asked.times++
      return undefined
    },
  }
  return { asked, dependencies }
}

const client = {}

test('what a read depends on is not asked for on a hit, if the same has said it of the entry', async () => {
  const read = reading()
  expect(await read(lazy(client, ['user']).dependencies)).toBe('miss')
  const { asked, dependencies } = lazy(client, ['user'])
  expect(await read(dependencies)).toBe('hit')
  expect(asked.times).toBe(0)
})

test('nor before the load', async () => {
  const { reader, space, policy } = engineOf(createCache())!
  const { asked, dependencies } = lazy(client, ['user'])
  let before: number | undefined
  const load = () => {
    before = asked.times
    return [1]
  }
  await reader.read({ space, key: 'k', dependencies, policy, load })
  expect(before).toBe(0)
})

test('what another has said is held against it by its tags', async () => {
  const read = reading()
  await read(lazy(client, ['user']).dependencies)
  expect(await read(lazy({}, ['user']).dependencies)).toBe('hit')
  expect(await read(lazy({}, ['user', 'team']).dependencies)).toBe('miss')
  expect(await read({ tags: ['user', 'team'] })).toBe('hit')
  expect(await read({ tags: ['user', 'post'] })).toBe('miss')
})
