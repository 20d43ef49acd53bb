import { testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { PutLater } from '../src/put-later.js'

const batchSize = 4

function recorded() {
  const put: string[] = []
  const later = new PutLater<number>((key, entry) => put.push(`${key}=${entry}`), batchSize)
  const add = (count: number) => {
    for (let i = 0; i < count; i++) later.add(`k${i}`, i)
  }
  return { later, put, add }
}

const turn = async () => await new Promise((resolve) => setImmediate(resolve))

describe('what is put later', () => {
  test('is put at the turn of the event loop after a batch of it has come', async () => {
    const { put, add } = recorded()
    add(batchSize)
    expect(put).toEqual([])
    await turn()
    expect(put).toEqual(['k0=0', 'k1=1', 'k2=2', 'k3=3'])
  })

  test('is no more than two batches, if the event loop never turns', () => {
    const { put, add } = recorded()
    add(2 * batchSize)
    expect(put).toHaveLength(2 * batchSize)
  })

  test('is put when its key is asked for, and not again', async () => {
    const { later, put, add } = recorded()
    add(batchSize)
    later.flushKey('k2')
    expect(put).toEqual(['k2=2'])
    await turn()
    expect(put).toEqual(['k2=2', 'k0=0', 'k1=1', 'k3=3'])
  })
})

describe('a load that is still to be put into the memory store', () => {
  test('is served', async () => {
    const { cache } = testCache()
    await cache.getOrSet('k', () => 'loaded')
    expect(await cache.getOrSet('k', () => 'loaded again')).toBe('loaded')
    expect(await cache.has('k')).toBe(true)
  })

  test('counts among the entries', async () => {
    const { cache } = testCache()
    await cache.getOrSet('k', () => 'loaded')
    expect(cache.stats().entries).toBe(1)
  })

  test('is replaced by what is set by hand', async () => {
    const { cache } = testCache()
    await cache.getOrSet('k', () => 'loaded')
    await cache.set('k', 'set')
    cache.stats()
    expect(await cache.get('k')).toBe('set')
  })

  test('is gone when its key is deleted', async () => {
    const { cache } = testCache()
    await cache.getOrSet('k', () => 'loaded')
    expect(await cache.delete('k')).toBe(true)
    cache.stats()
    expect(await cache.get('k')).toBeUndefined()
  })

  test('takes no room when everything is cleared', async () => {
    const { cache } = testCache()
    await cache.getOrSet('k', () => 'loaded')
    await cache.clear()
    expect(cache.stats().entries).toBe(0)
  })
})
