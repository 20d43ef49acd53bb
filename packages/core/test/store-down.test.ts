import type { CacheOptions } from '@freshet/core'
import { faultyStore, record, settled, testCache } from '@freshet/testing'
import type { Faults, TestCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../src/memory-store.js'

const replayMs = 200

interface Cut extends TestCache {
  readonly faults: Faults
  /** The store cannot be reached from now on. */
  cut(): void
  /** It can be again, and what was kept is delivered. */
  back(): Promise<void>
  readonly downs: unknown[]
  readonly ups: unknown[]
  /** Reads the row through the cache: what the database has, unless something is served. */
  read(row: string): Promise<unknown>
}

function cuttable(options: CacheOptions = {}): Cut {
  const store = faultyStore(memoryStore())
  const { faults } = store
  const { cache, clock } = testCache({ store, ...options })
  return {
    cache,
    clock,
    faults,
    cut: () => void faults.alwaysFail(),
    back: async () => {
      faults.heal()
      clock.advance(replayMs)
      await settled()
    },
    downs: record(cache, 'store-down'),
    ups: record(cache, 'store-up'),
    read: async (row) => cache.getOrSet('k', () => row, { tags: ['User'] }),
  }
}

describe('a write that the store cannot be told of', () => {
  test('goes on, and the event and the statistics say so', async () => {
    const { cache, cut, downs } = cuttable()
    cut()
    expect(await cache.write(['User'], () => 'done')).toBe('done')
    expect(downs).toEqual([{ tags: ['user'], cause: expect.any(Error) as Error }])
    expect(cache.stats().undelivered).toBe(1)
  })

  test.each<[string, (cut: Cut) => Promise<unknown>]>([
    ['a write', ({ cache }) => cache.write(['User'], () => 'done')],
    ['invalidate()', ({ cache }) => cache.invalidate(['User'])],
    ['clear()', ({ cache }) => cache.clear()],
  ])('%s: nothing from before it is served once the store is back', async (_, write) => {
    const down = cuttable()
    await down.read('old')
    down.cut()
    await write(down)
    await down.back()
    expect(await down.read('new')).toBe('new')
    expect(down.cache.stats().undelivered).toBe(0)
    expect(down.ups).toEqual([{ tags: 1, downMs: replayMs }])
    expect(await down.read('newer')).toBe('new')
  })

  test('until it has been told, this process reads past the store, however well it answers', async () => {
    const { cache, cut, faults, read } = cuttable()
    await read('old')
    cut()
    await cache.write(['User'], () => 'done')
    faults.heal()
    const snapshot = await cache.snapshot(['User'])
    expect(snapshot.usable).toBe(false)
    expect(await read('new')).toBe('new')
    expect(await cache.get('k')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ bypasses: 1, undelivered: 1 })
  })

  test('is told at each attempt until one succeeds, and what came meanwhile with it', async () => {
    const { cache, clock, cut, back, ups } = cuttable()
    cut()
    await cache.write(['User'], () => 'done')
    for (let i = 0; i < 3; i++) await clock.pass(replayMs)
    await cache.write(['Post'], () => 'done')
    expect(cache.stats().undelivered).toBe(2)
    await back()
    expect(cache.stats().undelivered).toBe(0)
    expect(ups).toEqual([{ tags: 2, downMs: 4 * replayMs }])
    clock.advance(2_000)
    expect(clock.pending).toBe(0)
  })

  test('while it is told, reads still go past the store', async () => {
    const { cache, clock, cut, faults, read } = cuttable()
    await read('old')
    cut()
    await cache.write(['User'], () => 'done')
    faults.heal()
    faults.alwaysFail('never answers', ['bump'])
    await clock.pass(replayMs)
    expect(await read('new')).toBe('new')
    faults.heal()
    await clock.pass(2_000 + replayMs)
    expect(cache.stats().undelivered).toBe(0)
  })

  test('many tags become the namespace’s own, and do not grow any more', async () => {
    const { cache, cut, back, ups } = cuttable()
    const inner = cache.namespace('inner')
    await cache.set('outer', 1)
    await inner.set('inner', 1)
    cut()
    await cache.invalidate(Array.from({ length: 9_999 }, (_, i) => `User#${i}`))
    expect(cache.stats().undelivered).toBe(9_999)
    await inner.invalidate(['a', 'b'])
    expect(cache.stats().undelivered).toBe(10_000)
    await inner.invalidate(['c'])
    expect(cache.stats().undelivered).toBe(10_000)
    await back()
    expect(ups).toHaveLength(1)
    expect(await inner.get('inner')).toBeUndefined()
    expect(await cache.get('outer')).toBe(1)
  })

  test('tags of many namespaces become the outermost one’s', async () => {
    const { cache, cut, back } = cuttable()
    await cache.set('outer', 1)
    await cache.namespace('n1').set('inner', 1)
    cut()
    for (let i = 0; i <= 10_000; i++) await cache.namespace(`n${i}`).invalidate(['User'])
    expect(cache.stats().undelivered).toBe(1)
    await back()
    expect(await cache.get('outer')).toBeUndefined()
    expect(await cache.namespace('n1').get('inner')).toBeUndefined()
  })

  test('a write of unknown outcome is held for the rest of its time when the store is back', async () => {
    const { cache, clock, cut, back, read } = cuttable({ unknownOutcomeHold: '60s' })
    cut()
    await expect(cache.write(['User'], () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    await clock.pass(30_000)
    await back()
    await read('old')
    await clock.pass(29_000)
    expect(await read('new')).toBe('new')
    await clock.pass(1_000)
    await read('new')
    expect(await read('newer')).toBe('new')
  })
})

describe('a cache that is closed', () => {
  test('tells what it has kept', async () => {
    const warnings: unknown[] = []
    const { cache, cut, faults, ups } = cuttable()
    cache.on('warning', (event) => void warnings.push(event))
    cut()
    await cache.write(['User'], () => 'done')
    faults.heal()
    await cache.close()
    expect(ups).toHaveLength(1)
    expect(warnings).toEqual([])
  })

  test('says so if that cannot be told', async () => {
    const { cache, clock, cut } = cuttable()
    const warnings = record(cache, 'warning')
    cut()
    await cache.write(['User', 'Post'], () => 'done')
    await cache.close()
    expect(warnings).toEqual([
      { code: 'UNDELIVERED_AT_CLOSE', message: expect.stringContaining('2 tags') as string },
    ])
    clock.advance(2_000)
    expect(clock.pending).toBe(0)
  })
})

describe("with onStoreDown: 'reject'", () => {
  test('a write is refused before it begins, with what the store failed with', async () => {
    const { cache, cut, downs } = cuttable({ onStoreDown: 'reject' })
    cut()
    let ran = false
    const writing = cache.write(['User'], () => (ran = true))
    await expect(writing).rejects.toMatchObject({ code: 'WRITE_REFUSED', cause: expect.any(Error) as Error })
    expect(ran).toBe(false)
    expect(downs).toEqual([])
    expect(cache.stats().undelivered).toBe(0)
  })

  test('a write that committed when the store went away is not reported as failed, and is told later', async () => {
    const { cache, cut, back, read } = cuttable({ onStoreDown: 'reject' })
    await read('old')
    const written = await cache.write(['User'], () => {
      cut()
      return 'done'
    })
    expect(written).toBe('done')
    expect(cache.stats().undelivered).toBe(1)
    await back()
    expect(await read('new')).toBe('new')
  })

  test('what has been changed already is told later', async () => {
    const { cache, cut } = cuttable({ onStoreDown: 'reject' })
    cut()
    await cache.invalidate(['User'])
    expect(cache.stats().undelivered).toBe(1)
  })
})

test('an onStoreDown that is not known is refused', () => {
  expect(() => testCache({ onStoreDown: 'wait' as 'reject' })).toThrow(/onStoreDown.*"wait"/)
})
