import { settled, stateOf } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { engineOf } from '../../src/engine.js'
import type { ReadInfo } from '../../src/read-request.js'
import { scene, stores, tags } from '../support/loads.js'

const options = { hardTimeout: 1_000, errorCooldown: 0 }
const timeout = { name: 'FreshetError', code: 'LOAD_TIMEOUT' }

describe.each(stores)('hard timeout, %s', (_, store) => {
  test('a loader that never settles is given up', async () => {
    const { read, row, clock, cache } = scene({ store: store(), ...options })
    row.hold()
    const reading = read()
    await settled()
    clock.advance(999)
    expect(await stateOf(reading)).toBe('pending')
    clock.advance(1)
    await expect(reading).rejects.toMatchObject(timeout)
    expect(cache.stats()).toMatchObject({ timeouts: 1 })
  })

  test('who asks after that loads anew', async () => {
    const { read, row, clock } = scene({ store: store(), ...options })
    row.hold()
    const given = read()
    await settled()
    clock.advance(1_000)
    await expect(given).rejects.toMatchObject(timeout)
    const next = read()
    await settled()
    expect(row.asked).toBe(2)
    await row.release()
    expect(await next).toBe('v0')
  })

  test('what comes late is stored, and answers nobody a second time', async () => {
    const { read, row, clock, cache } = scene({ store: store(), ...options })
    row.hold()
    const given = read()
    await settled()
    clock.advance(1_000)
    await expect(given).rejects.toMatchObject(timeout)
    await row.release()
    row.value = 'v1'
    expect(await read()).toBe('v0')
    expect(cache.stats()).toMatchObject({ stored: 1, hits: 1 })
    await expect(given).rejects.toMatchObject(timeout)
  })

  test('what comes late is not stored when it has been written over', async () => {
    const { read, row, clock, write } = scene({ store: store(), ...options })
    row.hold()
    const given = read()
    await settled()
    clock.advance(1_000)
    await expect(given).rejects.toMatchObject(timeout)
    await write('v1')
    await row.release()
    expect(await read()).toBe('v1')
  })

  test('what comes late does not take the place of what was loaded after it', async () => {
    const { cache, clock, row } = scene({ store: store(), ...options })
    const read = () => cache.getOrSet('untagged', row.load)
    row.hold()
    const given = read()
    await settled()
    clock.advance(1_000)
    await expect(given).rejects.toMatchObject(timeout)
    row.value = 'v1'
    const next = read()
    await settled()
    await row.releaseSecond()
    expect(await next).toBe('v1')
    await row.release()
    expect(await read()).toBe('v1')
    expect(row.asked).toBe(2)
  })

  test('readers who wait for a load that is given up are told so', async () => {
    const { read, row, clock } = scene({ store: store(), ...options })
    row.hold()
    const readers = [read(), read()]
    const ended = Promise.allSettled(readers)
    await settled()
    clock.advance(1_000)
    expect(await ended).toMatchObject([{ reason: timeout }, { reason: timeout }])
    expect(row.asked).toBe(1)
  })

  test("who waits for somebody else's load gives up at their own time, and leaves the load to others", async () => {
    const { read, row, clock } = scene({ store: store() })
    row.hold()
    const patient = read()
    await settled()
    const hasty = read(options)
    const ended = Promise.allSettled([hasty])
    await settled()
    clock.advance(1_000)
    expect(await ended).toMatchObject([{ reason: timeout }])
    const third = read()
    await settled()
    expect(row.asked).toBe(1)
    await row.release()
    expect(await Promise.all([patient, third])).toEqual(['v0', 'v0'])
  })

  test('who waits without a limit for a load that is given up loads for themselves, at once', async () => {
    const { read, row, clock } = scene({ store: store() })
    row.hold()
    const hasty = Promise.allSettled([read(options)])
    await settled()
    const patient = read()
    await settled()
    expect(row.asked).toBe(1)
    clock.advance(1_000)
    expect(await hasty).toMatchObject([{ reason: timeout }])
    await settled()
    expect(row.asked).toBe(2)
    await row.release()
    expect(await patient).toBe('v0')
  })

  test('the last value is served in place of the error, where that is wanted', async () => {
    const { ask, row, clock } = scene({ store: store(), ...options, staleIfError: '1h' })
    await ask()
    await settled()
    clock.advance(10_000)
    row.hold()
    const reading = ask()
    await settled()
    clock.advance(1_000)
    expect(await reading).toMatchObject({ answer: 'v0', info: { status: 'stale', reason: 'error' } })
    await row.release()
  })

  test('a load that is neither shared nor stored is given up as well', async () => {
    const { read, row, clock, cache } = scene({ store: store(), ...options })
    await expect(cache.write(tags, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    row.hold()
    const reading = read()
    const ended = Promise.allSettled([reading])
    await settled()
    clock.advance(1_000)
    expect(await ended).toMatchObject([{ reason: timeout }])
  })

  test('a load that is quick enough leaves no timer behind', async () => {
    const { read, clock } = scene({ store: store(), ...options })
    await read()
    await settled()
    const { pending } = clock
    await read()
    expect(clock.pending).toBe(pending)
  })
})

describe('a query of an adapter', () => {
  function query(own = {}) {
    const all = scene({ ...options, ...own })
    const { reader, space, policy } = engineOf(all.cache)!
    const read = async () => {
      const info: ReadInfo = { status: 'bypass' }
      const answer = await reader.read({
        space,
        key: 'p:k',
        dependencies: { tags },
        policy,
        load: all.row.load,
        info,
      })
      return { answer, info }
    }
    return { ...all, read }
  }

  test('ends as the database ends it', async () => {
    const { read, row, clock } = query()
    row.hold()
    const reading = read()
    await settled()
    clock.advance(60_000)
    expect(await stateOf(reading)).toBe('pending')
    await row.release()
    expect(await reading).toMatchObject({ answer: 'v0' })
  })

  test('is answered by the last value after that time, where that is wanted', async () => {
    const { read, row, clock, cache } = query({ staleIfError: '1h' })
    await read()
    clock.advance(10_000)
    row.value = 'v1'
    row.hold()
    const reading = read()
    await settled()
    clock.advance(1_000)
    expect(await reading).toMatchObject({ answer: 'v0', info: { status: 'stale', reason: 'slow' } })
    await row.release()
    await cache.settled()
    expect(await read()).toMatchObject({ answer: 'v1', info: { status: 'hit' } })
  })
})
