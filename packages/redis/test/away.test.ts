import { createCache, type Cache } from '@freshet/core'
import { FakeClock } from '@freshet/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type RedisServer,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from '../../../test/services/index.js'
import { until } from '../../../test/services/until.js'
import { redisStore } from '../src/index.js'
import { connectTo, loadScripts, type TestClient } from './support/clients.js'

describe.each([
  ['without copies', false],
  ['with copies', {}],
] as const)('while Redis is away, %s', (_, near) => {
  let server: RedisServer
  let proxy: TcpProxy
  let client: TestClient
  let clock: FakeClock
  let cache: Cache
  let loads: number
  beforeEach(async () => {
    server = await startRedisServer()
    proxy = await startTcpProxy(server)
    client = await connectTo(proxy, 'ioredis 5', { retryStrategy: () => 10 })
    await loadScripts(client)
    clock = new FakeClock()
    loads = 0
    const breaker = { failures: 1, retryAfter: '1s' }
    cache = createCache({ store: redisStore(client, { advice: false, breaker }), clock, near, jitter: 0 })
    await read()
  })
  afterEach(async () => {
    await cache.close()
    client.disconnect()
    await proxy.stop()
    await server.stop()
  })

  const read = async () => await cache.getOrSet('k', () => ++loads, { tags: ['User'] })

  /** Whether the loader is called at once: nobody is asked, and nothing is waited for. */
  function loadsAtOnce(): boolean {
    const before = loads
    void read()
    return loads === before + 1
  }

  test('a client that is not connected delays no reader, and is used again when it is', async () => {
    await server.kill()
    await until('the client knows', async () => client.status !== 'ready')
    const { failures } = cache.stats()
    expect([loadsAtOnce(), loadsAtOnce()]).toEqual([true, true])
    expect(cache.stats()).toMatchObject({ failures: failures + 2, bypasses: 2 })
    await server.start()
    await until('an answer is kept', async () => {
      await read()
      return cache.stats().hits > 0
    })
  })

  test('a server that does not answer delays no reader once that is known, and is asked again after a while', async () => {
    proxy.stall()
    const waiting = read()
    await new Promise(setImmediate)
    clock.advance(500)
    await waiting
    expect([loadsAtOnce(), loadsAtOnce()]).toEqual([true, true])
    proxy.resume()
    clock.advance(1_000)
    expect(loadsAtOnce()).toBe(true)
    await until('an answer is kept', async () => {
      await read()
      return cache.stats().hits > 0
    })
  })
})
