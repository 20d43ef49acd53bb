import { describe, expect, test } from 'vitest'
import { createCache } from '../../src/create-cache.js'
import { failover } from '../../src/failover/failover.js'
import { memoryStore } from '../../src/memory-store.js'
import type { StoreFactory } from '../../src/store.js'

const stores = { primary: memoryStore(), backup: memoryStore() }

describe('failover()', () => {
  test('refuses a cache that is to be strong, which is the default', () => {
    for (const options of [{}, { consistency: 'strong' }] as const)
      expect(() => createCache({ store: failover(stores), ...options })).toThrow(
        expect.objectContaining({
          code: 'UNSUPPORTED_CONSISTENCY',
          message: expect.stringContaining('maxStaleness'),
        }),
      )
  })

  test('refuses a primary that cannot be as fresh as the cache is to be', () => {
    const primary: StoreFactory = (context) =>
      Object.defineProperty(memoryStore()(context), 'modes', { value: ['strong'] })
    expect(() => createCache({ store: failover({ ...stores, primary }), consistency: 'eventual' })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_CONSISTENCY' }),
    )
  })

  test.each([
    [{}, 'INVALID_OPTION'],
    [{ primary: memoryStore() }, 'INVALID_OPTION'],
    [{ ...stores, backup: {} }, 'INVALID_OPTION'],
    [{ ...stores, probes: '1s' }, 'INVALID_OPTION'],
    [{ ...stores, after: 'soon' }, 'INVALID_DURATION'],
    [{ ...stores, after: '10ms' }, 'INVALID_DURATION'],
    [{ ...stores, probe: 0 }, 'INVALID_DURATION'],
    [{ ...stores, maxAge: 0 }, 'INVALID_DURATION'],
  ])('refuses %j', (options, code) => {
    expect(() => failover(options as never)).toThrow(expect.objectContaining({ code }))
  })

  test('refuses answers of the backup that are older than the cache allows', () => {
    const store = failover({ ...stores, maxAge: '3s' })
    expect(() => createCache({ store, consistency: { maxStaleness: '2s' } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('2000 ms') }),
    )
    createCache({ store, consistency: { maxStaleness: '3s' } })
    createCache({ store, consistency: 'eventual' })
  })
})
