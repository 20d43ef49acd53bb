import { HeldLoader, record, settled, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { createCache } from '../src/create-cache.js'
import { engineOf } from '../src/engine.js'
import { Events } from '../src/events.js'

describe('events', () => {
  test('tell of hits, misses with their reason, invalidations and bypasses', async () => {
    const { cache, clock } = testCache({ ttl: '1s' })
    const hits = record(cache, 'hit')
    const misses = record(cache, 'miss')
    const bypasses = record(cache, 'bypass')
    const invalidations = record(cache, 'invalidate')
    const read = () => cache.getOrSet('k', () => 1, { tags: ['User'] })
    await read()
    await read()
    await cache.invalidate(['User'])
    await read()
    clock.advance(1_000)
    await read()
    await cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined)
    await read()
    await cache.clear()
    await cache.close()
    await read()
    expect(hits).toEqual([{ key: 's:k', source: undefined }])
    expect(misses).toMatchObject([{ reason: 'missing' }, { reason: 'invalidated' }, { reason: 'expired' }])
    expect(bypasses).toMatchObject([{ reason: 'held' }, { reason: 'closed' }])
    expect(invalidations).toMatchObject([
      { tags: ['user'], source: 'invalidate()' },
      { tags: ['user'], source: 'unknown outcome' },
      { source: 'clear()' },
    ])
  })

  test('a listener that throws or rejects fails nobody', async () => {
    const { cache } = testCache()
    const unhandled: unknown[] = []
    const onUnhandled = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', onUnhandled)
    cache.on('miss', () => {
      throw new Error('bug in a listener')
    })
    // oxlint-disable-next-line no-misused-promises -- the types forbid it, JavaScript does not
    cache.on('miss', async () => Promise.reject(new Error('bug in an async listener')))
    const seen = record(cache, 'miss')
    expect(await cache.getOrSet('k', () => 1)).toBe(1)
    await settled()
    process.off('unhandledRejection', onUnhandled)
    expect(unhandled).toEqual([])
    expect(seen).toHaveLength(1)
  })

  test('a listener can be stopped, twice, without stopping those who came later', () => {
    const events = new Events()
    const seen: string[] = []
    const stop = events.on('widened', () => seen.push('first'))
    stop()
    expect(events.has('widened')).toBe(false)
    events.on('widened', () => seen.push('second'))
    stop()
    events.emit('widened', { reason: '', detail: '' })
    expect(seen).toEqual(['second'])
  })

  test('a listener may stop itself while it is told', () => {
    const events = new Events()
    const seen: string[] = []
    const stop = events.on('widened', () => {
      stop()
      seen.push('once')
    })
    events.on('widened', () => seen.push('always'))
    events.emit('widened', { reason: '', detail: '' })
    events.emit('widened', { reason: '', detail: '' })
    expect(seen).toEqual(['once', 'always', 'always'])
  })

  test('a warning is told once', () => {
    const events = new Events()
    const warnings: string[] = []
    events.on('warning', ({ code }) => warnings.push(code))
    const told: string[] = []
    const emitWarning = process.emitWarning
    process.emitWarning = (message: string | Error) => void told.push(String(message))
    try {
      events.warnOnce('A', 'message')
      events.warnOnce('A', 'message')
      events.warnOnce('B', 'another')
    } finally {
      process.emitWarning = emitWarning
    }
    expect(warnings).toEqual(['A', 'B'])
    expect(told).toEqual(['message', 'another'])
  })
})

describe('stats', () => {
  test('every read is exactly one of hit, miss and bypass', async () => {
    const { cache } = testCache()
    expect(cache.stats().hitRatio).toBe(0)
    const loader = new HeldLoader<number>()
    const readers = [cache.getOrSet('k', loader.load), cache.getOrSet('k', loader.load)]
    await settled()
    loader.land(1)
    await Promise.all(readers)
    await cache.getOrSet('k', loader.load)
    await cache.get('k')
    await cache.get('none')
    await cache.has('k')
    await cache.getOrSetMany(['k', 'l'], (keys) => keys)
    expect(cache.stats()).toEqual({
      hits: 3,
      misses: 4,
      bypasses: 0,
      loads: 2,
      joined: 1,
      awaited: 0,
      stale: 0,
      refreshes: 0,
      cooled: 0,
      timeouts: 0,
      stored: 2,
      unbound: 0,
      tooLarge: 0,
      unreadable: 0,
      invalidations: 0,
      failures: 0,
      undelivered: 0,
      hitRatio: 3 / 7,
      entries: 2,
      bytes: expect.any(Number) as number,
      tags: 1,
    })
    await cache.close()
    await cache.getOrSet('k', () => 1)
    expect(cache.stats().bypasses).toBe(1)
  })
})

test('a cache of many databases warns of no leak', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  process.on('warning', note)
  const { closing } = engineOf(createCache())!
  for (let database = 0; database < 20; database++) closing.addEventListener('abort', () => database)
  await settled()
  process.off('warning', note)
  expect(warnings).toEqual([])
})
