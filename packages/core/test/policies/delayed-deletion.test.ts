import { settled } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { asyncStore } from '../support/async-store.js'
import { scene, stores, tags } from '../support/loads.js'

const options = { consistency: 'eventual', delayedDeletion: '2s' } as const

describe.each(stores)('delayed deletion, %s', (_, store) => {
  test('after an invalidation the old value is served while one reader loads the new one', async () => {
    const { ask, write, row, cache } = scene({ store: store(), ...options })
    await ask()
    row.hold()
    await write('v1')
    const answers = await Promise.all([ask(), ask(), ask()])
    for (const answer of answers)
      expect(answer).toMatchObject({ answer: 'v0', info: { status: 'stale', reason: 'invalidated' } })
    expect(row.asked).toBe(2)
    await row.release()
    await cache.settled()
    expect(await ask()).toMatchObject({ answer: 'v1', info: { status: 'hit' } })
    expect(cache.stats()).toMatchObject({ stale: 3, refreshes: 1 })
  })

  test('it is not served longer than its limit after the invalidation', async () => {
    const { read, write, row, clock } = scene({ store: store(), ...options })
    await read()
    await settled()
    await write('v1')
    clock.advance(1_999)
    row.hold()
    expect(await read()).toBe('v0')
    clock.advance(1)
    const late = read()
    await row.release()
    expect(await late).toBe('v1')
  })

  test('a tag that is written all the time does not keep an old value alive', async () => {
    const { read, write, row, cache } = scene({ store: store(), ...options })
    await read()
    row.hold()
    await write('v1')
    expect(await read()).toBe('v0')
    await write('v2')
    // What was loaded for the first write cannot be stored any more.
    await row.release()
    await cache.settled()
    expect(await read()).toBe('v2')
  })

  test('nor does it while what replaces it is slow to load', async () => {
    const { read, write, row, clock } = scene({ store: store(), ...options })
    await read()
    await settled()
    row.hold()
    await write('v1')
    expect(await read()).toBe('v0')
    clock.advance(1_500)
    await write('v2')
    expect(await read()).toBe('v0')
    clock.advance(500)
    const late = read()
    await settled()
    await row.release()
    expect(await late).toBe('v2')
  })

  test('it is not served any more when what replaces it could not be loaded', async () => {
    const { read, write, row, cache } = scene({ store: store(), ...options })
    await read()
    await write('v1')
    row.failure = new Error('down')
    expect(await read()).toBe('v0')
    await cache.settled()
    await expect(read()).rejects.toBe(row.failure)
  })

  test('where nothing can be loaded in the background, the old value is not served', async () => {
    const { cache, row } = scene({ store: store(), ...options, maxBackgroundLoads: 1 })
    const keys = ['a', 'b']
    const readAll = () => keys.map((key) => cache.getOrSet(key, row.load, { tags }))
    await Promise.all(readAll())
    row.hold()
    row.value = 'v1'
    await cache.invalidate(tags)
    const [a, b] = readAll()
    expect(await a).toBe('v0')
    await row.release()
    expect(await b).toBe('v1')
  })

  test('what has expired, was deleted or belongs to a cleared namespace is not served', async () => {
    const { read, write, row, clock, cache } = scene({ store: store(), namespace: 'shop', ...options })
    await read()
    await settled()
    clock.advance(10_000)
    await write('v1')
    expect(await read()).toBe('v1')
    row.value = 'v2'
    await cache.clear()
    expect(await read()).toBe('v2')
    await write('v3')
    await cache.delete('k')
    expect(await read()).toBe('v3')
  })

  test('while nobody knows how a write ended it is not served', async () => {
    const { read, row, cache } = scene({ store: store(), ...options })
    await read()
    row.value = 'v1'
    await expect(cache.write(tags, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    expect(await read()).toBe('v1')
  })

  test('one call may ask for it, and another may not', async () => {
    const { read, write, row, cache } = scene({ store: store(), consistency: 'eventual' })
    await read()
    row.hold()
    await write('v1')
    expect(await read({ delayedDeletion: '2s' })).toBe('v0')
    const strict = read()
    await settled()
    await row.release()
    expect(await strict).toBe('v1')
    await cache.settled()
    expect(row.asked).toBe(2)
  })
})

test('a clock that was set back makes nothing of it', async () => {
  const { read, write, clock } = scene({ store: asyncStore(), ...options })
  await read()
  await write('v1')
  clock.advance(-500)
  expect(await read()).toBe('v1')
})
