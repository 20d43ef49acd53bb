import { createCache } from '@freshet/core'
import { createClientPool, createCluster, createSentinel } from 'redis'
import { createClient as createClient4 } from 'redis4'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../test/services/index.js'
import { sharedRedisCluster, sharedRedisSentinel } from '../../../test/services/shared.js'
import { redisStore } from '../src/index.js'
import { fromNodeRedis } from '../src/node-redis/from-node-redis.js'
import { clientWire } from '../src/wire.js'
import { connectTo, connectToCluster, ioredisVersions, nodeRedisVersions } from './support/clients.js'
import { rawNodeRedis } from './support/node-redis.js'
import { TestDatabase } from './support/process.js'

let server: RedisServer
beforeAll(async () => void (server = await startRedisServer()))
afterAll(async () => await server.stop())

const unsupported = expect.objectContaining({ code: 'UNSUPPORTED_CONSISTENCY' })
const invalid = expect.objectContaining({ code: 'INVALID_OPTION' })
const uses = { tags: ['User'] }

describe.each(nodeRedisVersions)('a client of %s, as its user makes it', (version) => {
  test('is taken, keeps its own reply types, and is left open', async () => {
    const client = await rawNodeRedis(version, server)
    try {
      const cache = createCache({
        store: redisStore(client, { prefix: `${version}:` }),
        consistency: 'eventual',
      })
      expect(await cache.getOrSet('k', () => 'v', uses)).toBe('v')
      await cache.invalidate(['User'])
      await cache.close()
      expect(client.isReady).toBe(true)
      await client.sendCommand(['SET', 'text', 'as ever'])
      expect(await client.sendCommand(['GET', 'text'])).toBe('as ever')
    } finally {
      end(client)
    }
  })

  test('is listened to once, however many caches share it', async () => {
    const client = await rawNodeRedis(version, server)
    const count = () => (client as unknown as NodeJS.EventEmitter).listenerCount('reconnecting')
    try {
      const stores = Array.from({ length: 20 }, () => redisStore(client))
      await Promise.all(
        stores.map(async (store) => await createCache({ store }).getOrSet('k', () => 'v', uses)),
      )
      expect(count()).toBe(1)
    } finally {
      end(client)
    }
  })

  test('whose server is away keeps nothing in its queue', async () => {
    const away = await startRedisServer()
    const client = await rawNodeRedis(version, away)
    try {
      await away.kill()
      while (client.isReady) await new Promise((resolve) => setImmediate(resolve))
      expect(client.isOpen).toBe(true)
      const process = new TestDatabase().connect(client, {})
      // Its clock stands still: nothing ends a command that waits.
      expect(await process.read()).toBe('v0')
      expect(process.failures[0]).toMatch(/not connected/)
    } finally {
      end(client)
      await away.stop()
    }
  })

  test('that has been closed is not connected again', async () => {
    const client = await rawNodeRedis(version, server)
    end(client)
    const process = new TestDatabase().connect(client, {})
    expect(await process.read()).toBe('v0')
    expect(client.isOpen).toBe(false)
    expect(process.failures[0]).toMatch(/not connected/)
  })
})

describe.each(ioredisVersions)(
  'a client of %s that gathers the commands of a tick (enableAutoPipelining)',
  (version) => {
    const options = { enableAutoPipelining: true }

    test.each(['one server', 'a cluster'])('is carried as any other, with %s', async (servers) => {
      const client =
        servers === 'one server'
          ? await connectTo(server, version, options)
          : await connectToCluster((await sharedRedisCluster()).addresses, version, options)
      try {
        const prefix = `gathering ${version} ${servers}:`
        const database = new TestDatabase()
        const [reader, writer] = [1, 2].map(() => database.connect(client, { prefix }, { near: {} }))
        for (let i = 0; i < 3; i++) expect(await reader!.read()).toBe('v0')
        await writer!.cache.write(['User'], database.set('v1'))
        expect(await reader!.read()).toBe('v1')
        expect([...reader!.failures, ...writer!.failures]).toEqual([])
        expect(reader!.cache.stats()).toMatchObject({ hits: 2, loads: 2 })
        await reader!.cache.close()
        await writer!.cache.close()
      } finally {
        client.disconnect()
      }
    })

    test('has changes pushed to it by the server', async () => {
      const client = await connectTo(server, version, options)
      const store = redisStore(client, { prefix: `gathering pushes ${version}:` })
      const cache = createCache({ store, consistency: 'eventual' })
      // Of a connection to which the server broadcasts what changes.
      const broadcasts = / flags=\w*B/
      try {
        while (!broadcasts.test(String(await server.command('CLIENT', 'LIST'))))
          await cache.getOrSet('k', () => 'v', uses)
      } finally {
        await cache.close()
        client.disconnect()
      }
    })
  },
)

describe('what node-redis makes and cannot be carried', () => {
  test('a pool is refused', () => {
    expect(() => redisStore(createClientPool() as never)).toThrow(invalid)
  })

  test('a client whose commands take callbacks is refused', () => {
    expect(() => redisStore(createClient4({ legacyMode: true }) as never)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('legacyMode') as string }),
    )
  })

  test('a client of sentinels is strong, and nothing is pushed to it', async () => {
    const { name, sentinels } = await sharedRedisSentinel()
    const client = createSentinel({ name, sentinelRootNodes: [...sentinels] })
    client.on('error', () => undefined)
    await client.connect()
    try {
      const prefix = 'node-redis sentinel:'
      expect(() => createCache({ store: redisStore(client), consistency: 'eventual' })).toThrow(unsupported)
      const database = new TestDatabase()
      const process = database.connect(client, { prefix }, { near: {} })
      for (let i = 0; i < 3; i++) expect(await process.read()).toBe('v0')
      await process.cache.write(['User'], database.set('v1'))
      expect(await process.read()).toBe('v1')
      expect(process.failures).toEqual([])
      expect(process.cache.stats().hits).toBeGreaterThan(0)
      await process.cache.close()
      // It changes servers as it likes: two replies of its are not known to be of one.
      expect(clientWire(fromNodeRedis(client)!).hasOneConnection).toBe(false)
    } finally {
      await client.close()
    }
  })

  test('a cluster that has not been connected is not connected by its use', async () => {
    const { addresses } = await sharedRedisCluster()
    const client = createCluster({ rootNodes: addresses.map((socket) => ({ socket })) })
    const process = new TestDatabase().connect(client, {})
    expect(await process.read()).toBe('v0')
    expect(client.isOpen).toBe(false)
  })
})

function end(client: Awaited<ReturnType<typeof rawNodeRedis>>): void {
  if (client.destroy === undefined) void client.disconnect!()
  else client.destroy()
}
