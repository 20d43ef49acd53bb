import { settled } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { engineOf } from '../../src/engine.js'
import { scene, stores } from '../support/loads.js'

const options = { staleWhileRevalidate: '60s' }

describe.each(stores)('stale while revalidate, %s', (_, store) => {
  test('what has expired is served at once, and loaded again behind it', async () => {
    const { read, row, clock, cache } = scene({ store: store(), ...options })
    await read()
    row.value = 'v1'
    clock.advance(10_000)
    row.hold()
    expect(await read()).toBe('v0')
    expect(row.asked).toBe(2)
    await row.release()
    await cache.settled()
    expect(await read()).toBe('v1')
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 1, stale: 1, refreshes: 1, loads: 2 })
  })

  test('as long as it is loaded again, nobody loads it a second time', async () => {
    const { read, row, clock } = scene({ store: store(), ...options })
    await read()
    clock.advance(10_000)
    row.hold()
    const answers = await Promise.all(Array.from({ length: 20 }, () => read()))
    expect(new Set(answers)).toEqual(new Set(['v0']))
    expect(row.asked).toBe(2)
    await row.release()
  })

  test('beyond its limit it is not served', async () => {
    const { read, row, clock, stale } = scene({ store: store(), ...options })
    await read()
    row.value = 'v1'
    clock.advance(69_999)
    row.hold()
    expect(await read()).toBe('v0')
    clock.advance(1)
    const late = read()
    await row.release()
    expect(await late).toBe('v1')
    expect(stale).toHaveLength(1)
  })

  test('what was invalidated is not served, whether it has expired or not', async () => {
    const { read, write, clock, stale } = scene({ store: store(), ...options })
    await read()
    await write('v1')
    expect(await read()).toBe('v1')
    clock.advance(10_000)
    await write('v2')
    expect(await read()).toBe('v2')
    expect(stale).toEqual([])
  })

  test('what a load in the background has read before a write is not served after it', async () => {
    const { read, write, row, clock, cache } = scene({ store: store(), ...options })
    await read()
    clock.advance(10_000)
    row.hold()
    expect(await read()).toBe('v0')
    await write('v1')
    await row.release()
    await cache.settled()
    expect(await read()).toBe('v1')
  })

  test('nobody else is served it than those who ask for it', async () => {
    const { read, row, clock } = scene({ store: store() })
    await read(options)
    row.value = 'v1'
    clock.advance(10_000)
    row.hold()
    const strict = read()
    expect(await read(options)).toBe('v0')
    await row.release()
    expect(await strict).toBe('v1')
    expect(row.asked).toBe(2)
  })

  test('says so of the answer', async () => {
    const { ask, clock, cache, stale } = scene({ store: store(), ...options })
    await ask()
    clock.advance(12_000)
    expect(await ask()).toMatchObject({
      answer: 'v0',
      info: { status: 'stale', reason: 'expired', ageMs: 12_000, expiresInMs: -2_000 },
    })
    expect(stale).toEqual([{ key: 's:k', source: undefined, reason: 'expired' }])
    await cache.settled()
  })

  test('a load that fails in the background is told, and tried again by a later reader', async () => {
    const { read, row, clock, cache } = scene({ store: store(), ...options })
    const failures: unknown[] = []
    cache.on('failure', ({ action, cause }) => void failures.push([action, cause]))
    await read()
    await settled()
    clock.advance(10_000)
    row.failure = new Error('down')
    expect(await read()).toBe('v0')
    await cache.settled()
    expect(failures).toEqual([['refresh s:k', row.failure]])
    row.failure = undefined
    row.value = 'v1'
    expect(await read()).toBe('v0')
    await cache.settled()
    expect(await read()).toBe('v1')
  })

  test('no more is loaded in the background at once than is allowed', async () => {
    const { cache, clock, row } = scene({ store: store(), maxBackgroundLoads: 2, ...options })
    const keys = ['a', 'b', 'c', 'd']
    const readAll = () => Promise.all(keys.map((key) => cache.getOrSet(key, row.load)))
    await readAll()
    clock.advance(10_000)
    row.hold()
    expect(await readAll()).toEqual(['v0', 'v0', 'v0', 'v0'])
    await settled()
    expect(row.asked).toBe(6)
    await row.release()
    await cache.settled()
    await readAll()
    await settled()
    expect(row.asked).toBe(8)
  })

  test('however many read one entry, its load takes up one place', async () => {
    const { cache, clock, row } = scene({ store: store(), maxBackgroundLoads: 2, ...options })
    // What depends on tags of its own is asked for them before it is loaded.
    const read = (key: string) => cache.getOrSet(key, ({ setTags }) => (setTags([key]), row.load()))
    for (let time = 0; time < 2; time++) await Promise.all([read('a'), read('b')])
    await settled()
    const { asked } = row
    clock.advance(10_000)
    row.hold()
    await Promise.all(['a', 'a', 'a', 'b'].map(read))
    await settled()
    expect(row.asked - asked).toBe(2)
    await row.release()
  })

  test('a load in the background that never ends keeps others away for a while only', async () => {
    const { read, row, clock, cache } = scene({
      store: store(),
      maxBackgroundLoads: 1,
      joinTimeout: '5s',
      ...options,
    })
    await read()
    clock.advance(10_000)
    row.hold()
    await read()
    const all = cache.settled()
    await settled()
    clock.advance(5_000)
    await all
    await settled()
    expect(cache.stats()).toMatchObject({ timeouts: 1 })
    await read()
    await settled()
    expect(row.asked).toBe(3)
  })

  test('settled() waits for what is loaded in the background, also for what is begun meanwhile', async () => {
    const { read, row, clock, cache } = scene({ store: store(), ...options })
    await cache.settled()
    await read()
    clock.advance(10_000)
    row.hold()
    await read()
    let isSettled = false
    const waiting = cache.settled().then(() => (isSettled = true))
    await settled()
    expect(isSettled).toBe(false)
    await row.release()
    await waiting
  })

  test('peeking brings only what is fresh', async () => {
    const { read, clock, cache } = scene({ store: store(), ...options })
    await read()
    clock.advance(10_000)
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.has('k')).toBe(false)
  })

  test('the loads of many keys go on in the background as well', async () => {
    const { cache, clock } = scene({ store: store(), ...options })
    const asked: string[][] = []
    const loadMissing = async (keys: string[]) => {
      asked.push([...keys])
      return keys.map((key) => key + asked.length)
    }
    const read = () => cache.getOrSetMany(['a', 'b'], loadMissing)
    expect(await read()).toEqual(['a1', 'b1'])
    clock.advance(10_000)
    expect(await read()).toEqual(['a1', 'b1'])
    await cache.settled()
    expect(await read()).toEqual(['a2', 'b2'])
    expect(asked.flat()).toEqual(['a', 'b', 'a', 'b'])
  })

  test('a load that begins after the answer is told so while the caller still waits', async () => {
    const { cache, clock, row } = scene({ store: store(), ...options })
    const { reader, space, policy } = engineOf(cache)!
    let kept = 0
    const read = () =>
      reader.read({
        space,
        key: 'p:k',
        dependencies: { tags: [] },
        policy,
        load: row.load,
        keepArguments: () => void kept++,
      })
    await read()
    await read()
    expect(kept).toBe(0)
    clock.advance(10_000)
    await read()
    expect(kept).toBe(1)
    await cache.settled()
  })

  test('a namespace has it as its own', async () => {
    const { cache, clock } = scene({ store: store() })
    const inner = cache.namespace('inner', options)
    await inner.getOrSet('k', () => 'v0')
    clock.advance(10_000)
    expect(await inner.getOrSet('k', () => 'v1')).toBe('v0')
    await cache.settled()
    expect(await inner.getOrSet('k', () => 'v2')).toBe('v1')
  })
})
