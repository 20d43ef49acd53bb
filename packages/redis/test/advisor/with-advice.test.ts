import { createCache, type CacheOptions } from '@freshet/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import { redisStore, type RedisStoreOptions } from '../../src/index.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { tracked } from '../support/tracked-client.js'

let server: RedisServer
let client: TestClient
const caches: ReturnType<typeof createCache>[] = []
beforeAll(async () => {
  server = await startRedisServer(['--maxmemory', '100mb', '--maxmemory-policy', 'volatile-lru'])
  client = await connectTo(server)
})
afterEach(async () => {
  for (const cache of caches.splice(0)) await cache.close()
})
afterAll(async () => {
  client.disconnect()
  await server.stop()
})

const cacheOn = (
  on: Parameters<typeof redisStore>[0],
  options: RedisStoreOptions,
  more: CacheOptions = {},
) => {
  const cache = createCache({ store: redisStore(on, options), ...more })
  caches.push(cache)
  const warned: string[] = []
  const failures: unknown[] = []
  const next = () => new Promise<string>((resolve) => void cache.on('warning', ({ code }) => resolve(code)))
  cache.on('warning', ({ code }) => warned.push(code))
  cache.on('failure', ({ cause }) => failures.push(cause))
  return { cache, warned, failures, next }
}

const connections = async () =>
  String(await client.call('client', 'list'))
    .trim()
    .split('\n').length

describe('a store in Redis', () => {
  test('warns by an event, some time after it was made', async () => {
    const { next } = cacheOn(client, { advice: { after: '1ms' } })
    expect(await next()).toBe('REDIS_EVICTION')
  })

  test('warns by an event with copies and without, and with a full copy', async () => {
    for (const [options, more] of [
      [{}, { near: false }],
      [{}, { consistency: { maxStaleness: '1s' } }],
      [{ topology: 'replicated' }, {}],
    ] as const) {
      const { next } = cacheOn(client, { ...options, advice: { after: '1ms' } }, more)
      expect(await next()).toBe('REDIS_EVICTION')
    }
  })

  test('warns once, and is silent when told to be', async () => {
    const told = cacheOn(client, { advice: { after: '1ms', every: '1ms' } })
    const silent = cacheOn(client, { advice: false })
    await told.next()
    const later = cacheOn(client, { advice: { after: '1ms' } })
    await later.next()
    expect(told.warned).toEqual(['REDIS_EVICTION'])
    expect(silent.warned).toEqual([])
  })

  test('asks nothing on the connection of queries until then', async () => {
    const watched = tracked(client)
    const { cache } = cacheOn(watched, {}, { near: false })
    await cache.getOrSet('k', () => 1)
    await watched.idle()
    await cache.getOrSet('k', () => 1)
    expect(watched.sent.flat().filter((command) => !/^(?:evalsha|eval|mget|info)$/i.test(command))).toEqual(
      [],
    )
    expect(watched.sent.flat()).not.toContain('time')
  })

  test('does not connect a client that nobody has used, and fails nothing when there is no server', async () => {
    const lazy = await connectTo(server, 'ioredis 5', { lazyConnect: true })
    const before = await connections()
    const waiting = cacheOn(lazy, { advice: { after: '1ms' } })
    const other = cacheOn(client, { advice: { after: '1ms' } })
    await other.next()
    expect(lazy.status).toBe('wait')
    expect([waiting.warned, waiting.failures]).toEqual([[], []])
    while ((await connections()) > before);
    lazy.disconnect()
  })

  test('looks no more once its cache is closed', async () => {
    const closed = cacheOn(client, { advice: { after: '1ms' } })
    await closed.cache.close()
    await cacheOn(client, { advice: { after: '1ms' } }).next()
    expect(closed.warned).toEqual([])
  })

  test('warns of entries that are to live longer than what they depend on is remembered', async () => {
    const { cache, warned } = cacheOn(client, { tagTtl: '1h', advice: {} }, { jitter: 0 })
    await cache.set('short', 1, { ttl: '1h' })
    expect(warned).toEqual([])
    await cache.set('long', 1, { ttl: '2h' })
    await cache.set('longer', 1, { ttl: '3h' })
    expect(warned).toEqual(['REDIS_TAG_TTL'])
  })

  test.each([
    [{ advice: true }, 'INVALID_OPTION'],
    [{ advice: { databaselimit: '1s' } }, 'INVALID_OPTION'],
    [{ advice: { after: 0 } }, 'INVALID_DURATION'],
    [{ advice: { every: '30d' } }, 'INVALID_DURATION'],
    [{ advice: { databaseLimit: 'long' } }, 'INVALID_DURATION'],
    [{ advice: { application: {} } }, 'INVALID_OPTION'],
    [{ advice: { application: { name: '' } } }, 'INVALID_OPTION'],
    [{ advice: { application: { name: 'shop', version: 7 } } }, 'INVALID_OPTION'],
    [{ advice: { application: 'shop' } }, 'INVALID_OPTION'],
  ])('refuses %j', (options, code) => {
    expect(() => redisStore(client, options as never)).toThrow(expect.objectContaining({ code }))
  })
})
