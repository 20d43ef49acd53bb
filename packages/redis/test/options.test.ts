import { describe, expect, test } from 'vitest'
import type { RedisClient } from '../src/client.js'
import { redisStore, type RedisStoreOptions } from '../src/index.js'

const client: RedisClient = {
  status: 'end',
  options: {},
  connect: async () => await Promise.reject(new Error('not to be connected')),
  callBuffer: async () => await Promise.reject(new Error('not connected')),
  pipeline: () => ({ callBuffer: () => undefined, exec: async () => await Promise.resolve(null) }),
  on: () => undefined,
  off: () => undefined,
}

describe('redisStore', () => {
  test.each<[RedisStoreOptions, string]>([
    [{ prefix: '' }, 'prefix'],
    [{ prefix: 'a\u0000b' }, 'prefix'],
    [{ timeout: 0 }, 'timeout'],
    [{ writeTimeout: '-1s' }, 'writeTimeout'],
    [{ lease: '10ms' }, 'lease'],
    [{ tagTtl: 'long' }, 'tagTtl'],
    [{ maxWriteTime: -1 }, 'maxWriteTime'],
    [{ breaker: { failures: 0 } }, 'breaker.failures'],
    [{ breaker: { retryAfter: 'x' } }, 'breaker.retryAfter'],
    [{ breaker: { retries: 1 } as object }, 'breaker'],
    [{ secret: 'short' }, 'secret'],
    [{ timeOut: 5 } as object, 'timeout'],
  ])('refuses %j', (options, named) => {
    expect(() => redisStore(client, options)).toThrow(named)
  })

  test.each([undefined, null, 'redis://localhost', {}, { status: 'ready' }])(
    'refuses %j as a client',
    (given) => {
      expect(() => redisStore(given as never)).toThrow(/takes a client of ioredis/)
    },
  )

  test('takes what has the shape of a client, and does not touch it', () => {
    expect(redisStore(client)).toBeTypeOf('function')
  })
})
