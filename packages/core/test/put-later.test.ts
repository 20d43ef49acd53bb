import { testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { Later } from '../src/later.js'
import { memoryStore } from '../src/memory-store.js'
import { createSpace } from '../src/space.js'
import type { StoreContext } from '../src/store.js'
import { writesUnderWay } from '../src/under-way.js'

const batchSize = 4

function recorded() {
  const put: string[] = []
  const later = new Later({ batchSize, bump: ({ tags }) => void put.push(...(tags as string[])) })
  const add = (count: number) => {
    for (let i = 0; i < count; i++) later.addPut(`k${i}`, () => void put.push(`k${i}=${i}`))
  }
  return { later, put, add }
}

const turn = async () => await new Promise((resolve) => setImmediate(resolve))

describe('what is put later', () => {
  test('is put when there is time, if a batch of it has come', () => {
    const { later, put, add } = recorded()
    add(batchSize - 1)
    later.flushBatch()
    expect(put).toEqual([])
    add(batchSize)
    later.flushBatch()
    expect(put).toEqual(['k0=0', 'k1=1', 'k2=2', 'k3=3'])
  })

  test('is put at the turn of the event loop, if nobody has had time after two batches', async () => {
    const { put, add } = recorded()
    add(2 * batchSize)
    expect(put).toEqual([])
    await turn()
    expect(put).toHaveLength(2 * batchSize)
  })

  test('is no more than four batches, if the event loop never turns', () => {
    const { put, add } = recorded()
    add(4 * batchSize)
    expect(put).toHaveLength(4 * batchSize)
  })

  test('is put when its key is asked for, and not again', () => {
    const { later, put, add } = recorded()
    add(batchSize)
    later.flushKey('k2')
    expect(put).toEqual(['k2=2'])
    later.flush()
    expect(put).toEqual(['k2=2', 'k0=0', 'k1=1', 'k3=3'])
  })
})

describe('what is put later, beside tags that get new generations later', () => {
  const bump = (tag: string) => ({ space: createSpace(undefined), tags: [tag], at: 0, next: undefined })

  test('is put before those that came after it', () => {
    const { later, put, add } = recorded()
    add(2)
    later.addBump(bump('a'))
    later.flush()
    expect(put).toEqual(['k0=0', 'k1=1', 'a'])
  })

  test('does not wait behind those that came before it', () => {
    const { later, put, add } = recorded()
    later.addBump(bump('a'))
    add(1)
    expect(put).toEqual(['a'])
  })

  test('does not see those that came after it while it is put', () => {
    const { later } = recorded()
    const seen: boolean[] = []
    later.addPut('k', () => void seen.push(later.hasBumps))
    later.addBump(bump('a'))
    later.flush()
    expect(seen).toEqual([false])
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

  test('is put at once while a write is under way, of which nobody could tell later whether the answer holds it', () => {
    const store = memoryStore()({ now: () => 0 } as StoreContext)
    const write = { mayConcern: () => false }
    const put = () => store.putLater!(createSpace(undefined), 'k', 8, () => undefined)
    writesUnderWay.begin(write)
    expect(put()).toBe(false)
    writesUnderWay.end(write)
    expect(put()).toBe(true)
  })

  test('takes no room when everything is cleared', async () => {
    const { cache } = testCache()
    await cache.getOrSet('k', () => 'loaded')
    await cache.clear()
    expect(cache.stats().entries).toBe(0)
  })
})
