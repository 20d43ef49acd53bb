import { createCache, memoryStore } from '@freshet/core'
import type { StoreContext, StoreFactory } from '@freshet/core'
import { engineOf, prepareCopy } from '@freshet/core/adapter'
import { faultKinds, faultyStore, record, stateOf, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { underTest } from './reference-store/index.js'
import { ReferenceStore } from './reference-store/reference-store.js'

const options = { tags: ['User'] }

function withStore(seed: number) {
  const factory = faultyStore(memoryStore(), { seed })
  const { cache, clock } = testCache({ store: factory })
  const { store, space } = engineOf(cache)!
  return { faults: factory.faults, store, space, clock }
}

const recordOf = (value: unknown) => ({
  copy: prepareCopy(value)!,
  tags: [],
  storedAt: 0,
  expiresAt: Infinity,
  loadMs: 0,
})

test('without faults it is as good as what is behind it', async () => {
  const store = faultyStore(memoryStore())
  const { cache } = testCache({ store })
  await cache.set('k', 1, options)
  expect(await cache.get('k')).toBe(1)
  await cache.invalidate(['User'])
  expect(await cache.get('k')).toBeUndefined()
  expect(store.faults.injected).toBe(0)
})

describe('alwaysFail', () => {
  test('fails every call until it is healed, at run time', async () => {
    const store = faultyStore(memoryStore())
    const { cache } = testCache({ store })
    const failures = record(cache, 'failure')
    await cache.set('k', 1)
    store.faults.alwaysFail()
    expect(await cache.get('k')).toBeUndefined()
    expect(failures).toMatchObject([{ action: 'lookup', cause: { operation: 'lookup' } }])
    store.faults.heal()
    expect(await cache.get('k')).toBe(1)
    expect(store.faults.injected).toBe(1)
  })

  test('of some calls leaves the others', async () => {
    const store = faultyStore(memoryStore())
    const { cache } = testCache({ store })
    store.faults.alwaysFail('throws', ['put'])
    await cache.set('k', 1)
    expect(await cache.get('k')).toBeUndefined()
    expect(store.faults.injectedInto(['put'])).toBe(1)
    expect(store.faults.injectedInto(['lookup'])).toBe(0)
  })

  test('by losing the answer has done what was asked', async () => {
    const store = faultyStore(memoryStore())
    const { cache } = testCache({ store })
    const failures = record(cache, 'failure')
    store.faults.alwaysFail('loses the answer', ['put'])
    await cache.set('k', 1)
    expect(failures).toMatchObject([{ action: 'put' }])
    expect(await cache.get('k')).toBe(1)
  })

  test('to open an intent whose answer is lost leaves no mark that nobody could take away', async () => {
    const store = faultyStore(underTest(ReferenceStore, 'strong').create())
    const { cache } = testCache({ store })
    store.faults.alwaysFail('loses the answer', ['openIntent'])
    await cache.write(['User'], () => 'done')
    expect(await cache.snapshot(['User'])).toMatchObject({ usable: true })
  })

  test('by never answering ends at the deadline, on the cache’s clock', async () => {
    const store = faultyStore(memoryStore())
    const { cache, clock } = testCache({ store })
    store.faults.alwaysFail('never answers')
    const reading = cache.getOrSet('k', () => 'loaded')
    expect(await stateOf(reading)).toBe('pending')
    clock.advance(2_000)
    expect(await reading).toBe('loaded')
  })
})

describe('failSometimes', () => {
  const failuresOf = async (seed: number, probability: number) => {
    const store = faultyStore(memoryStore(), { seed })
    const { cache } = testCache({ store })
    store.faults.failSometimes(probability)
    const failed: boolean[] = []
    for (let i = 0; i < 200; i++) {
      const before = store.faults.injected
      await cache.get(i)
      failed.push(store.faults.injected > before)
    }
    return failed
  }

  test('fails about as often as it is told', async () => {
    const count = (await failuresOf(1, 0.1)).filter(Boolean).length
    expect(count).toBeGreaterThan(5)
    expect(count).toBeLessThan(45)
    expect(await failuresOf(1, 0)).not.toContain(true)
    expect(await failuresOf(1, 1)).not.toContain(false)
  })

  test('fails at the same calls for the same seed, at others for another', async () => {
    expect(await failuresOf(7, 0.1)).toEqual(await failuresOf(7, 0.1))
    expect(await failuresOf(7, 0.1)).not.toEqual(await failuresOf(8, 0.1))
  })

  test.each([-0.1, 1.1, NaN, '0.1' as never])('refuses %s as a probability', (probability) => {
    const { faults } = faultyStore(memoryStore())
    expect(() => faults.failSometimes(probability)).toThrow(/from 0 to 1/)
  })
})

describe('delay', () => {
  test('lets calls arrive later, on the cache’s clock', async () => {
    const store = faultyStore(memoryStore())
    const { cache, clock } = testCache({ store })
    await cache.set('k', 1)
    store.faults.delay(10, 20)
    const reading = cache.get('k')
    clock.advance(9)
    expect(await stateOf(reading)).toBe('pending')
    clock.advance(11)
    expect(await reading).toBe(1)
  })

  test('keeps the changes of one key in order, however late each is', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { faults, store, space, clock } = withStore(seed)
      const vector = await store.snapshot(space, [])
      const put = async (value: number) => await store.put(space, 'k', recordOf(value), vector)
      const remove = async () => await store.delete(space, 'k')
      faults.delay(1, 100)
      const changes = [put(1), remove(), put(2), put(3)]
      await clock.pass(1_000)
      await Promise.all(changes)
      faults.heal()
      expect(await store.lookup(space, 'k', { tags: [] })).toMatchObject({ copy: { master: 3 } })
    }
  })

  test.each([
    [-1, 1],
    [2, 1],
    [0, Infinity],
  ])('refuses from %s to %s', (min, max) => {
    const { faults } = faultyStore(memoryStore())
    expect(() => faults.delay(min, max)).toThrow(/milliseconds/)
  })
})

test('dropPushes loses what arrives while it lasts, and nothing of it comes later', () => {
  let pushed!: NonNullable<StoreContext['pushed']>
  const listening: StoreFactory = (context) => {
    pushed = context.pushed!
    return memoryStore()(context)
  }
  const store = faultyStore(listening)
  createCache({ store })
  const heard: number[] = []
  const push = (message: number) => pushed(() => heard.push(message))
  push(1)
  store.faults.dropPushes()
  push(2)
  store.faults.heal()
  push(3)
  expect(heard).toEqual([1, 3])
  expect(store.faults.dropped).toBe(1)
})

test('every kind of failure leaves the queries as they are', async () => {
  for (const kind of faultKinds) {
    const store = faultyStore(memoryStore())
    const { cache, clock } = testCache({ store })
    store.faults.alwaysFail(kind)
    const reading = cache.getOrSet('k', () => 'loaded')
    await clock.pass(10_000)
    expect(await reading).toBe('loaded')
  }
})
