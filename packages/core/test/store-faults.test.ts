import { faultKinds, faultyStore, record, settled, stateOf, testCache } from '@freshet/testing'
import type { FaultKind, Faults, StoreOperation, TestCache } from '@freshet/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { memoryStore } from '../src/memory-store.js'

const unhandled: unknown[] = []
const onUnhandled = (reason: unknown) => void unhandled.push(reason)
process.on('unhandledRejection', onUnhandled)

afterEach(async () => {
  await settled()
  const [reason] = unhandled.splice(0)
  if (reason !== undefined) throw new Error('A rejection was not handled.', { cause: reason })
})

interface Sick extends TestCache {
  readonly faults: Faults
  readonly failures: unknown[]
}

function sickCache(kind: FaultKind): Sick {
  const store = faultyStore(memoryStore())
  const { cache, clock } = testCache({ store })
  return { cache, clock, faults: store.faults.alwaysFail(kind), failures: record(cache, 'failure') }
}

/** Moves time on until `promise` has settled: past every deadline, were there one or five. */
async function inTime<T>({ clock }: TestCache, promise: Promise<T>): Promise<T> {
  for (let i = 0; i < 10 && (await stateOf(promise)) === 'pending'; i++) clock.advance(2_000)
  expect(await stateOf(promise)).not.toBe('pending')
  return promise
}

describe.each(faultKinds)('a store that %s', (kind) => {
  test('never fails or blocks a read', async () => {
    const sick = sickCache(kind)
    const { cache } = sick
    expect(
      await inTime(
        sick,
        cache.getOrSet('k', () => 'loaded', { tags: ['User'] }),
      ),
    ).toBe('loaded')
    expect(
      await inTime(
        sick,
        cache.getOrSetMany(['a', 'b'], (keys) => keys),
      ),
    ).toEqual(['a', 'b'])
    expect(await inTime(sick, cache.get('k'))).toBeUndefined()
    expect(await inTime(sick, cache.getMany(['k', 'l']))).toEqual([undefined, undefined])
    expect(await inTime(sick, cache.has('k'))).toBe(false)
    expect(await inTime(sick, cache.memoize(() => 'loaded', { name: 'f' })())).toBe('loaded')
    expect((await inTime(sick, cache.snapshot(['User']))).usable).toBe(false)
    expect(cache.stats().failures).toBe(sick.failures.length)
    expect(sick.failures).toContainEqual(expect.objectContaining({ action: 'lookup' }))
  })

  test('never fails set or delete either, and says so', async () => {
    const sick = sickCache(kind)
    await inTime(sick, sick.cache.set('k', 1, { tags: ['User'] }))
    await inTime(sick, sick.cache.setMany([{ key: 'k', value: 1 }]))
    expect(await inTime(sick, sick.cache.delete('k'))).toBe(false)
    expect(sick.failures.length).toBeGreaterThanOrEqual(3)
  })

  test('never turns a write that was committed into one that failed', async () => {
    const sick = sickCache(kind)
    expect(
      await inTime(
        sick,
        sick.cache.write(['User'], () => 'committed'),
      ),
    ).toBe('committed')
    await inTime(sick, sick.cache.invalidate(['User']))
    await inTime(sick, sick.cache.clear())
    expect(sick.failures).toMatchObject([
      { action: 'open intent' },
      { action: 'close intent' },
      { action: 'invalidate' },
      { action: 'invalidate' },
    ])
  })

  test('never replaces the error of a write that failed', async () => {
    const sick = sickCache(kind)
    const lost = new Error('lost')
    const failing = sick.cache.write(['User'], () => Promise.reject(lost))
    await expect(inTime(sick, failing)).rejects.toBe(lost)
    const certain = sick.cache.write(['User'], () => Promise.reject(lost), { isRolledBack: () => true })
    await expect(inTime(sick, certain)).rejects.toBe(lost)
    expect(sick.failures.at(-1)).toMatchObject({ action: 'close intent' })
  })

  test('does not fail a read that can only not store what it loaded', async () => {
    const { cache, clock, faults } = testSick(kind, 'put')
    expect(await cache.getOrSet('k', () => 'loaded')).toBe('loaded')
    await settled()
    clock.advance(2_000)
    await settled()
    expect(cache.stats().failures).toBe(1)
    faults.heal()
    const found = kind === 'loses the answer' ? 'loaded' : 'loaded again'
    expect(await cache.getOrSet('k', () => 'loaded again')).toBe(found)
    expect(await cache.get('k')).toBe(found)
  })

  test('does not fail a read whose loader has named tags of its own', async () => {
    const sick = testSick(kind, 'snapshot')
    const read = () => sick.cache.getOrSet('k', ({ setTags }) => (setTags(['User']), 'loaded'))
    expect(await read()).toBe('loaded')
    expect(await inTime(sick, read())).toBe('loaded')
    sick.faults.heal()
    await read()
    expect(await sick.cache.get('k')).toBe('loaded')
  })

  test('does not keep the database from being written when only the mark cannot be placed', async () => {
    const sick = testSick(kind, 'openIntent')
    await sick.cache.set('k', 'old', { tags: ['User'] })
    expect(
      await inTime(
        sick,
        sick.cache.write(['User'], () => 'committed'),
      ),
    ).toBe('committed')
    expect(await sick.cache.get('k')).toBeUndefined()
  })

  test('leaves no timer behind', async () => {
    const sick = sickCache(kind)
    await inTime(
      sick,
      sick.cache.getOrSet('k', () => 'loaded'),
    )
    await inTime(
      sick,
      sick.cache.write(['User'], () => 'committed'),
    )
    sick.clock.advance(2_000)
    await settled()
    await inTime(sick, sick.cache.close())
    sick.clock.advance(2_000)
    expect(sick.clock.pending).toBe(0)
  })
})

test('a read that goes past a store which does not answer is a bypass, and the event names the deadline', async () => {
  const sick = sickCache('never answers')
  await inTime(
    sick,
    sick.cache.getOrSet('k', () => 'loaded'),
  )
  expect(sick.cache.stats()).toMatchObject({ bypasses: 1, misses: 0, hits: 0 })
  expect(sick.failures).toMatchObject([{ action: 'lookup', cause: { code: 'STORE_TIMEOUT' } }])
})

/** A cache with one method of its store out of order. */
function testSick(kind: FaultKind, operation: StoreOperation): Sick {
  const store = faultyStore(memoryStore())
  const { cache, clock } = testCache({ store })
  return {
    cache,
    clock,
    faults: store.faults.alwaysFail(kind, [operation]),
    failures: record(cache, 'failure'),
  }
}
