import { HeldLoader, settled, testCache } from '@freshet/testing'
import { expect, test } from 'vitest'
import { engineOf, type ReadRequest } from '../src/adapter.js'

function start() {
  const { cache } = testCache()
  const { reader, space, policy } = engineOf(cache)!
  const loader = new HeldLoader<string>()
  const { load } = loader
  const read = async (own: Partial<ReadRequest> = {}) =>
    await reader.read({ space, key: 'k', dependencies: { tags: ['User'] }, policy, load, ...own })
  return { cache, loader, read }
}

test('who holds what others wait for loads itself, though a load is under way', async () => {
  const { cache, loader, read } = start()
  const first = read()
  await settled()
  const holder = read({ waitsForNobody: true })
  await settled()
  loader.land('its own', 1)
  expect(await holder).toBe('its own')
  expect(await read()).toBe('its own')
  loader.land('the first', 0)
  expect(await first).toBe('the first')
  // What began before does not take the place of what came after.
  expect(await read()).toBe('its own')
  expect(cache.stats()).toMatchObject({ loads: 2, joined: 0, stored: 1 })
})

test('the load of who holds what others wait for is joined', async () => {
  const { cache, loader, read } = start()
  const first = read()
  const holder = read({ waitsForNobody: true })
  await settled()
  const later = read()
  await settled()
  expect(loader.count).toBe(2)
  loader.land('its own', 1)
  expect(await Promise.all([holder, later])).toEqual(['its own', 'its own'])
  expect(cache.stats()).toMatchObject({ loads: 2, joined: 1 })
  loader.land('the first', 0)
  await first
})
