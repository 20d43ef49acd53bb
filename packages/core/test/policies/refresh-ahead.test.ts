import { settled } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import type { CacheOptions } from '../../src/create-cache.js'
import { scene, stores } from '../support/loads.js'

/** As a random number: the load's time is taken that many times. */
const times = (factor: number) => Math.exp(-factor)

/** A row whose load has taken half a second, and which expires in 10 s. */
async function loadedSlowly(options: CacheOptions) {
  const all = scene({ refreshAhead: true, ...options })
  all.row.hold()
  const first = all.read()
  await settled()
  all.clock.advance(500)
  await all.row.release()
  await first
  all.row.value = 'v1'
  return all
}

describe.each(stores)('refresh ahead, %s', (_, store) => {
  test('an entry is loaded again the earlier the longer its load takes, and by chance', async () => {
    const { read, row, clock, cache } = await loadedSlowly({ store: store(), random: () => times(2) })
    clock.advance(8_999)
    expect(await read()).toBe('v0')
    expect(row.asked).toBe(1)
    clock.advance(1)
    expect(await read()).toBe('v0')
    await cache.settled()
    expect(row.asked).toBe(2)
    expect(await read()).toBe('v1')
    expect(cache.stats()).toMatchObject({ hits: 3, misses: 1, refreshes: 1, stale: 0 })
  })

  test('β says how eagerly', async () => {
    const { read, row, clock, cache } = await loadedSlowly({
      store: store(),
      random: () => times(2),
      refreshAhead: 3,
    })
    clock.advance(6_999)
    await read()
    expect(row.asked).toBe(1)
    clock.advance(1)
    await read()
    await cache.settled()
    expect(row.asked).toBe(2)
  })

  test('as long as it is loaded again, nobody loads it a second time', async () => {
    const { read, row, clock } = await loadedSlowly({ store: store(), random: () => times(2) })
    clock.advance(9_000)
    row.hold()
    const answers = await Promise.all(Array.from({ length: 20 }, () => read()))
    expect(new Set(answers)).toEqual(new Set(['v0']))
    await settled()
    expect(row.asked).toBe(2)
    await row.release()
  })

  test('what a load in the background has read before a write is not served after it', async () => {
    const { read, row, clock, write, cache } = await loadedSlowly({ store: store(), random: () => times(2) })
    clock.advance(9_000)
    row.hold()
    await read()
    await settled()
    await write('v2')
    await row.release()
    await cache.settled()
    expect(await read()).toBe('v2')
  })
})

test('what was put by hand has no load, and is not loaded before it has expired', async () => {
  const { cache, clock, row } = scene({ refreshAhead: true, random: () => Number.MIN_VALUE })
  await cache.set('k', 'by hand')
  clock.advance(9_999)
  expect(await cache.getOrSet('k', row.load)).toBe('by hand')
  expect(row.asked).toBe(0)
})

test('without it an entry is loaded when it has expired', async () => {
  const { read, row, clock } = await loadedSlowly({ random: () => times(2), refreshAhead: false })
  clock.advance(9_999)
  await read()
  expect(row.asked).toBe(1)
})

test('of readers in one second, few load long before the end and one nearly surely does', async () => {
  let seed = 42
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return (seed + 1) / (2 ** 31 + 1)
  }
  const early: number[] = []
  for (let run = 0; run < 50; run++) {
    const { read, clock, row } = await loadedSlowly({ random })
    clock.advance(5_000)
    for (let ms = 0; ms < 5_000 && row.asked === 1; ms += 10) {
      clock.advance(10)
      await read()
    }
    if (row.asked === 2) early.push(clock.now())
  }
  expect(early.length).toBe(50)
  // Half a second's load, a hundred readers a second: some seconds early, not ten.
  expect(Math.min(...early)).toBeGreaterThan(1_500 + 5_000)
})
