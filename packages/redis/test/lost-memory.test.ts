import { held, HeldLoader } from '@freshet/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../test/services/index.js'
import { connectTo, type TestClient, versions } from './support/clients.js'
import { keysOf } from './support/keys.js'
import { TestDatabase, type TestProcess } from './support/process.js'
import { age } from './support/time-machine.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const prefix = 'lost:'
const keys = keysOf(prefix)

describe.each(versions)('%s', (version) => {
  let server: RedisServer
  let client: TestClient
  let watched: TrackedClient
  let database: TestDatabase
  let reader: TestProcess
  let writer: TestProcess

  beforeAll(async () => {
    server = await startRedisServer()
    client = await connectTo(server, version)
    watched = tracked(client)
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })
  beforeEach(async () => {
    await client.call('flushall')
    database = new TestDatabase()
    reader = database.connect(watched, { prefix })
    writer = database.connect(watched, { prefix })
  })

  const write = async (row: string) => await writer.cache.write(['User'], database.set(row))

  /** Reads, and waits until what was loaded is stored. */
  const read = async () => {
    const row = await reader.read()
    await watched.idle()
    return row
  }

  const restart = async (rdb?: Buffer) => {
    const back = new Promise<void>((resolve) => void client.once('ready', resolve))
    await server.restart(rdb)
    await back
  }

  test('restarted empty, it is filled anew', async () => {
    await read()
    await restart()
    await write('v1')
    expect(await read()).toBe('v1')
    expect(await read()).toBe('v1')
    expect(database.loads).toBe(2)
  })

  test('a load from before a restart is stored after it and never served', async () => {
    const loader = new HeldLoader<string>()
    const loading = reader.cache.getOrSet('k', loader.load, { tags: ['User'] })
    await watched.idle()
    await restart()
    await write('v1')
    loader.land('v0')
    expect(await loading).toBe('v0')
    await watched.idle()
    expect(await client.call('exists', keys.entry)).toBe(1)
    expect(await read()).toBe('v1')
  })

  test('restarted from an old file, it does not bring back what was invalidated since', async () => {
    await read()
    const saved = await server.save()
    await write('v1')
    expect(await read()).toBe('v1')
    await restart(saved)
    expect(await client.call('exists', keys.entry)).toBe(1)
    expect(await read()).toBe('v1')
  })

  test('flushed while a load is under way, what it loaded is never served', async () => {
    const loader = new HeldLoader<string>()
    const loading = reader.cache.getOrSet('k', loader.load, { tags: ['User'] })
    await watched.idle()
    await write('v1')
    await client.call('flushall')
    await writer.cache.snapshot(['User'])
    loader.land('v0')
    expect(await loading).toBe('v0')
    await watched.idle()
    expect(await client.call('exists', keys.entry)).toBe(1)
    expect(await read()).toBe('v1')
  })

  test.each([keys.user, keys.whole])(
    'with the generation %j deleted nothing from before is served',
    async (key) => {
      await read()
      await write('v1')
      await client.call('del', key)
      expect(await read()).toBe('v1')
      await client.call('del', key)
      expect(await read()).toBe('v1')
      expect(database.loads).toBe(3)
    },
  )

  test('when memory is short and generations are evicted, readers miss and never see old rows', async () => {
    await read()
    await write('v1')
    const used = Number(/used_memory:(\d+)/.exec(String(await client.call('info', 'memory')))?.[1])
    await client.call('config', 'set', 'maxmemory-policy', 'allkeys-lru')
    await client.call('config', 'set', 'maxmemory', used + 200_000)
    try {
      for (let i = 0; (await client.call('exists', keys.user)) === 1; i++)
        await client.call('set', `filling:${i}`, 'x'.repeat(10_000))
    } finally {
      await client.call('config', 'set', 'maxmemory', 0)
    }
    expect(await read()).toBe('v1')
  })

  test('while memory is out a write still invalidates, and reads go to the database', async () => {
    await read()
    await client.call('config', 'set', 'maxmemory-policy', 'noeviction')
    await client.call('config', 'set', 'maxmemory', 1)
    try {
      await write('v1')
      expect([await read(), await read()]).toEqual(['v1', 'v1'])
    } finally {
      await client.call('config', 'set', 'maxmemory', 0)
    }
    expect([await read(), await read()]).toEqual(['v1', 'v1'])
    expect(database.loads).toBe(4)
  })

  test('a server that is demoted and promoted again has lost what it was told', async () => {
    await read()
    await client.call('replicaof', '127.0.0.1', '1')
    database.row = 'v1'
    expect(await read()).toBe('v1')
    expect(reader.warnings).toEqual(['REDIS_NOT_MASTER'])
    await client.call('replicaof', 'no', 'one')
    expect(await read()).toBe('v1')
  })

  describe('a writer that dies', () => {
    test('after its commit: readers go to the database until the lease ends, and miss then', async () => {
      await read()
      await new Promise<void>((dead) => {
        void writer.cache.write(['User'], () => {
          database.row = 'v1'
          dead()
          return new Promise(() => undefined)
        })
      })
      expect([await read(), await read()]).toEqual(['v1', 'v1'])
      expect(database.loads).toBe(3)
      // Its clock stands still, so nothing renews its mark.
      await age(client, prefix, 30_000)
      expect([await read(), await read()]).toEqual(['v1', 'v1'])
      expect(database.loads).toBe(4)
    })

    test('beside a writer that lives: the mark of the dead ends in a new generation', async () => {
      await read()
      await new Promise<void>((dead) => {
        void writer.cache.write(['User'], () => {
          database.row = 'v1'
          dead()
          return new Promise(() => undefined)
        })
      })
      const other = database.connect(watched, { prefix, lease: '10m' })
      const { resolve, promise } = held()
      const rolledBack = { isRolledBack: () => true }
      const failing = other.cache.write(['User'], async () => await promise.then(fail), rolledBack)
      await watched.idle()
      await age(client, prefix, 30_000)
      resolve()
      await expect(failing).rejects.toThrow('rolled back')
      expect(await read()).toBe('v1')
    })
  })

  test('a writer that is stopped past its lease and goes on still invalidates', async () => {
    const commit = held()
    const writing = writer.cache.write(['User'], async () => {
      await commit.promise
      database.row = 'v1'
    })
    await watched.idle()
    await age(client, prefix, 30_000)
    expect([await read(), await read()]).toEqual(['v0', 'v0'])
    expect(database.loads).toBe(1)
    commit.resolve()
    await writing
    expect(await read()).toBe('v1')
  })

  test('the mark of a writer that lives is renewed, and placed again when it was lost', async () => {
    const commit = held()
    const writing = writer.cache.write(['User'], async () => await commit.promise)
    await watched.idle()
    await client.call('del', keys.user)
    writer.clock.advance(10_000)
    await watched.idle()
    expect([await read(), await read()]).toEqual(['v0', 'v0'])
    expect(database.loads).toBe(2)
    commit.resolve()
    await writing
    // Closed, it is renewed no more.
    const before = watched.sent.length
    writer.clock.advance(100_000)
    await watched.idle()
    expect(watched.sent.length).toBe(before)
  })

  test('a mark whose writer never ends is given up after the longest time of a write', async () => {
    void writer.cache.write(['User'], async () => await new Promise(() => undefined))
    await watched.idle()
    writer.clock.advance(10 * 60_000)
    await watched.idle()
    const before = watched.sent.length
    writer.clock.advance(10 * 60_000)
    await watched.idle()
    expect(watched.sent.length).toBe(before)
  })

  test('a hold survives the loss of its marks, and ends in a new generation', async () => {
    await read()
    await expect(
      writer.cache.write(['User'], () => Promise.reject(new Error('connection lost'))),
    ).rejects.toThrow('connection lost')
    await client.call('flushall')
    // Stored between the loss and the next renewal, and the database commits later.
    await read()
    database.row = 'v1'
    writer.clock.advance(10_000)
    await watched.idle()
    expect(await read()).toBe('v1')
    writer.clock.advance(50_000)
    await watched.idle()
    expect([await read(), await read()]).toEqual(['v1', 'v1'])
    expect(database.loads).toBe(4)
  })
})

function fail(): never {
  throw new Error('rolled back')
}
