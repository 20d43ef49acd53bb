import { settled } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { scene, stores, tags } from '../support/loads.js'

const down = new Error('the database is down')

/** Reads twice while the database is down. */
async function failTwice(options: Parameters<typeof scene>[0] = {}) {
  const all = scene(options)
  all.row.failure = down
  for (let time = 0; time < 2; time++) await expect(all.read()).rejects.toBe(down)
  return all
}

describe.each(stores)('the cool-down of errors, %s', (_, store) => {
  test('after two failures in a row the error is shared for a short time, and nothing is loaded', async () => {
    const { read, row, clock, cache } = await failTwice({ store: store() })
    clock.advance(99)
    await expect(Promise.all([read(), read()])).rejects.toBe(down)
    expect(row.asked).toBe(2)
    expect(cache.stats()).toMatchObject({ cooled: 2, misses: 4 })
    row.failure = undefined
    clock.advance(1)
    expect(await read()).toBe('v0')
  })

  test('one failure may be an accident: the next reader tries again at once', async () => {
    const { read, row } = scene({ store: store() })
    row.failure = down
    await expect(read()).rejects.toBe(down)
    row.failure = undefined
    expect(await read()).toBe('v0')
  })

  test('readers who ask together share one failure', async () => {
    const { read, row } = scene({ store: store() })
    row.failure = down
    row.hold()
    const readers = Promise.allSettled([read(), read(), read()])
    await settled()
    await row.release()
    expect(await readers).toMatchObject([{ reason: down }, { reason: down }, { reason: down }])
    expect(row.asked).toBe(1)
    row.failure = undefined
    expect(await read()).toBe('v0')
  })

  test('a write ends it: it may have mended what failed', async () => {
    const { read, row, write } = await failTwice({ store: store() })
    row.failure = undefined
    await write('v1')
    expect(await read()).toBe('v1')
  })

  test('other keys are not concerned', async () => {
    const { cache, row } = await failTwice({ store: store() })
    row.failure = undefined
    expect(await cache.getOrSet('other', row.load, { tags })).toBe('v0')
  })

  test('success ends it', async () => {
    const { read, row, clock, cache } = await failTwice({ store: store() })
    clock.advance(100)
    row.failure = undefined
    await read()
    await settled()
    await cache.delete('k')
    row.failure = down
    await expect(read()).rejects.toBe(down)
    row.failure = undefined
    expect(await read()).toBe('v0')
  })

  test('keys that fail together with others are not concerned, because one of those may be why', async () => {
    const { cache } = scene({ store: store() })
    const bad = new Error('bad argument')
    const load = async (keys: string[]) => {
      if (keys.includes('bad')) throw bad
      return keys
    }
    for (let time = 0; time < 3; time++)
      await expect(cache.getOrSetMany(['good', 'bad'], load)).rejects.toBe(bad)
    expect(await cache.getOrSetMany(['good'], load)).toEqual(['good'])
  })

  test('errors that are answers are not shared for a time', async () => {
    const { read, row } = scene({ store: store(), isFailure: (error) => error !== down })
    row.failure = down
    for (let time = 0; time < 3; time++) await expect(read()).rejects.toBe(down)
    expect(row.asked).toBe(3)
  })

  test('it can be longer, and it can be off', async () => {
    const long = await failTwice({ store: store(), errorCooldown: '5s' })
    long.clock.advance(4_999)
    await expect(long.read()).rejects.toBe(down)
    expect(long.row.asked).toBe(2)
    const off = await failTwice({ store: store(), errorCooldown: 0 })
    await expect(off.read()).rejects.toBe(down)
    expect(off.row.asked).toBe(3)
    await expect(long.read({ errorCooldown: 0 })).rejects.toBe(down)
    expect(long.row.asked).toBe(3)
  })

  test('a loader that takes too long twice in a row is left alone for that time', async () => {
    const { read, row, clock } = scene({ store: store(), hardTimeout: '1s' })
    row.hold()
    for (let time = 0; time < 2; time++) {
      const reading = read()
      const ended = Promise.allSettled([reading])
      await settled()
      clock.advance(1_000)
      expect(await ended).toMatchObject([{ reason: { code: 'LOAD_TIMEOUT' } }])
    }
    await expect(read()).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' })
    expect(row.asked).toBe(2)
    await row.release()
    expect(await read()).toBe('v0')
  })

  test('the last value is served without a load, where that is wanted', async () => {
    const { read, row, clock } = scene({ store: store(), staleIfError: '1h' })
    await read()
    await settled()
    clock.advance(10_000)
    row.failure = down
    for (let time = 0; time < 5; time++) expect(await read()).toBe('v0')
    expect(row.asked).toBe(3)
  })

  test('a clock that is set back does not make it longer', async () => {
    const { read, row, clock } = await failTwice({ store: store() })
    clock.advance(-500)
    row.failure = undefined
    expect(await read()).toBe('v0')
  })
})
