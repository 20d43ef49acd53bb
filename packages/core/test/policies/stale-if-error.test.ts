import { settled, stateOf } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { scene, stores, tags } from '../support/loads.js'

const options = { staleIfError: '1h', errorCooldown: 0 }
const down = new Error('the database is down')

describe.each(stores)('stale if error, %s', (_, store) => {
  test('the last value is served when its load fails, and said to be stale', async () => {
    const { ask, row, clock, cache, stale } = scene({ store: store(), ...options })
    await ask()
    clock.advance(11_000)
    row.failure = down
    expect(await ask()).toMatchObject({
      answer: 'v0',
      info: { status: 'stale', reason: 'error', ageMs: 11_000, expiresInMs: -1_000 },
    })
    expect(stale).toEqual([{ key: 's:k', source: undefined, reason: 'error' }])
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 2, stale: 1 })
  })

  test('it is served after an invalidation too, as long as nothing else can be', async () => {
    const { read, write, row } = scene({ store: store(), ...options })
    await read()
    row.failure = down
    await write('v1')
    expect(await read()).toBe('v0')
    row.failure = undefined
    expect(await read()).toBe('v1')
    row.failure = down
    expect(await read()).toBe('v1')
  })

  test('it is not served longer than its limit after its time to live', async () => {
    const { read, write, row, clock } = scene({ store: store(), ...options })
    await read()
    await write('v1')
    row.failure = down
    clock.advance(3_609_999)
    expect(await read()).toBe('v0')
    clock.advance(1)
    await expect(read()).rejects.toBe(down)
  })

  test('a load that fails after the limit has passed is not covered by it', async () => {
    const { read, row, clock } = scene({ store: store(), ...options })
    await read()
    clock.advance(3_609_999)
    row.failure = down
    row.hold()
    const reading = read()
    await settled()
    clock.advance(1)
    await Promise.all([expect(reading).rejects.toBe(down), row.release()])
  })

  test('without an earlier value the error comes through', async () => {
    const { read, row } = scene({ store: store(), ...options })
    row.failure = down
    await expect(read()).rejects.toBe(down)
  })

  test('nobody else is served it than those who ask for it', async () => {
    const { read, row, clock } = scene({ store: store() })
    await read(options)
    clock.advance(10_000)
    row.failure = down
    await expect(read()).rejects.toBe(down)
    expect(await read(options)).toBe('v0')
  })

  test('readers who join a load that fails are served it as well', async () => {
    const { read, row, clock } = scene({ store: store(), ...options })
    await read()
    clock.advance(10_000)
    row.failure = down
    row.hold()
    const readers = [read(), read({ staleIfError: false }), read()]
    const ended = Promise.allSettled(readers)
    await settled()
    await row.release()
    expect((await ended).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(row.asked).toBe(2)
  })

  test('what was deleted while its load ran is not served', async () => {
    const { read, row, clock, cache } = scene({ store: store(), ...options })
    await read()
    clock.advance(10_000)
    row.failure = down
    row.hold()
    const reading = read()
    await settled()
    await cache.delete('k')
    await Promise.all([expect(reading).rejects.toBe(down), row.release()])
  })

  test('what was set while its load ran is served in its place', async () => {
    const { ask, row, clock, cache } = scene({ store: store(), ...options })
    await ask()
    clock.advance(10_000)
    row.failure = down
    row.hold()
    const reading = ask()
    await settled()
    await cache.set('k', 'by hand', { tags })
    await row.release()
    expect(await reading).toMatchObject({ answer: 'by hand', info: { status: 'joined' } })
  })

  test('what a cleared cache held is not served', async () => {
    const { read, row, cache } = scene({ store: store(), namespace: 'shop', ...options })
    const inner = cache.namespace('inner')
    const readInner = () => inner.getOrSet('k', row.load, { tags })
    await Promise.all([read(), readInner()])
    await cache.clear()
    row.failure = down
    await expect(read()).rejects.toBe(down)
    await expect(readInner()).rejects.toBe(down)
  })

  test('an error that is an answer is not replaced by one', async () => {
    const gone = new Error('there is no such row')
    const isFailure = (error: unknown) => error !== gone
    const { read, write, row } = scene({ store: store(), ...options, isFailure })
    await read()
    row.failure = gone
    await write('deleted')
    await expect(read()).rejects.toBe(gone)
    row.failure = down
    expect(await read()).toBe('v0')
  })

  test('a judge that fails has not said that it is an answer', async () => {
    const isFailure = () => {
      throw new Error('a bug')
    }
    const { read, row, clock } = scene({ store: store(), ...options, isFailure })
    await read()
    clock.advance(10_000)
    row.failure = down
    expect(await read()).toBe('v0')
  })

  test('while a write is under way it is served as well', async () => {
    const { read, row, cache } = scene({ store: store(), ...options })
    await read()
    await expect(cache.write(tags, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    row.failure = down
    expect(await read()).toBe('v0')
  })

  test('an answer belongs to its reader alone', async () => {
    const { cache, clock } = scene({ store: store(), ...options })
    const load = { now: () => ({ list: [1] }) }
    const read = () => cache.getOrSet('o', () => load.now())
    await read()
    clock.advance(10_000)
    load.now = () => {
      throw down
    }
    ;(await read()).list.push(2)
    expect(await read()).toEqual({ list: [1] })
  })

  test('a loader that throws at once is one that fails', async () => {
    const { cache, clock } = scene({ store: store(), ...options })
    const throwing = (): string => {
      throw down
    }
    await cache.getOrSet('k', () => 'v0')
    clock.advance(10_000)
    expect(await cache.getOrSet('k', throwing)).toBe('v0')
    await expect(cache.getOrSet('other', throwing)).rejects.toBe(down)
  })
})

describe('soft timeout', () => {
  const soft = { ...options, softTimeout: 100 }

  test.each(stores)('a slow load goes on behind the last value, %s', async (_, store) => {
    const { ask, write, row, clock, cache } = scene({ store: store(), ...soft })
    await ask()
    await write('v1')
    row.hold()
    const reading = ask()
    await settled()
    clock.advance(99)
    expect(await stateOf(reading)).toBe('pending')
    clock.advance(1)
    expect(await reading).toMatchObject({ answer: 'v0', info: { status: 'stale', reason: 'slow' } })
    await row.release()
    await cache.settled()
    expect(await ask()).toMatchObject({ answer: 'v1', info: { status: 'hit' } })
    expect(row.asked).toBe(2)
  })

  test('a load that is quick enough is waited for', async () => {
    const { ask, write } = scene(soft)
    await ask()
    await write('v1')
    expect(await ask()).toMatchObject({ answer: 'v1', info: { status: 'miss' } })
  })

  test('without an earlier value it is waited for however long it takes', async () => {
    const { read, row, clock } = scene(soft)
    row.hold()
    const reading = read()
    clock.advance(60_000)
    expect(await stateOf(reading)).toBe('pending')
    await row.release()
    expect(await reading).toBe('v0')
  })

  test('a load that fails behind its answer fails nobody', async () => {
    const { read, row, clock, cache } = scene(soft)
    await read()
    clock.advance(10_000)
    row.failure = down
    row.hold()
    const reading = read()
    clock.advance(100)
    expect(await reading).toBe('v0')
    await row.release()
    await cache.settled()
  })

  test('where there is no room in the background, the load is waited for', async () => {
    const { cache, clock, row } = scene({ ...soft, maxBackgroundLoads: 1 })
    const keys = ['a', 'b']
    await Promise.all(keys.map((key) => cache.getOrSet(key, row.load)))
    row.value = 'v1'
    clock.advance(10_000)
    row.hold()
    const readers = keys.map((key) => cache.getOrSet(key, row.load))
    clock.advance(100)
    expect(await readers[0]).toBe('v0')
    expect(await stateOf(readers[1]!)).toBe('pending')
    await row.release()
    expect(await readers[1]).toBe('v1')
  })

  test('a load that never ends takes up room in the background for a while only', async () => {
    const { read, row, clock, cache } = scene({ ...soft, maxBackgroundLoads: 1, joinTimeout: '5s' })
    await read()
    clock.advance(10_000)
    row.hold()
    const first = read()
    clock.advance(100)
    await first
    const all = cache.settled()
    clock.advance(5_000)
    await all
    await settled()
    const second = read()
    clock.advance(5_000)
    expect(await second).toBe('v0')
  })

  test('what the load has to say comes too late for the answer', async () => {
    const { ask, row, clock, cache } = scene(soft)
    await ask()
    clock.advance(10_000)
    row.hold()
    const reading = ask()
    clock.advance(100)
    const { info } = await reading
    await row.release()
    await cache.settled()
    expect(info).toMatchObject({ status: 'stale', reason: 'slow' })
  })
})
