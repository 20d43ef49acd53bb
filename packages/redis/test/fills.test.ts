import { type Cache, createCache } from '@freshet/core'
import { engineOf } from '@freshet/core/adapter'
import { FakeClock, type Held, held } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type RedisServer,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from '../../../test/services/index.js'
import { until } from '../../../test/services/until.js'
import { type FillOptions, redisStore } from '../src/index.js'
import { connectTo, loadScripts, type TestClient } from './support/clients.js'
import { TestDatabase } from './support/process.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

let server: RedisServer
let proxy: TcpProxy
let clients: TestClient[]
let caches: Cache[]
beforeAll(async () => {
  server = await startRedisServer()
})
beforeEach(async () => {
  clients = []
  caches = []
  proxy = await startTcpProxy(server)
  const admin = await connect()
  await admin.call('flushall')
  await loadScripts(admin)
})
afterEach(async () => {
  await Promise.all(caches.map(async (cache) => await cache.close()))
  for (const client of clients) client.disconnect()
  await proxy.stop()
})
afterAll(async () => await server.stop())

async function connect(to: { host: string; port: number } = server): Promise<TestClient> {
  const client = await connectTo(to)
  clients.push(client)
  return client
}

const readers = 20
const options = { tags: ['User'] }

interface Process {
  readonly cache: Cache
  readonly client: TrackedClient
  readonly loads: Held<string>[]
  /** Many readers of one row. */
  readMany(): Promise<readonly unknown[]>
  /** When it has asked whether another process loads, and has been told so, some times. */
  waits(): Promise<void>
}

interface StartOptions {
  readonly fill?: FillOptions | false
  /** In place of the server itself. */
  readonly to?: { readonly host: string; readonly port: number }
  /** What the process's pauses go by. */
  readonly clock?: FakeClock | undefined
  /** A server that is only slow, as is everything on a busy machine, counts as there. */
  readonly timeout?: string
}

const maxPauseMs = 50

async function start({
  fill = { from: 0, lease: '10m', wait: '10m' },
  to,
  clock,
  timeout = '1m',
}: StartOptions = {}): Promise<Process> {
  const client = tracked(await connect(to))
  const store = redisStore(client, { prefix: 'fills:', advice: false, fill, timeout })
  const cache = createCache({ store, ttl: '1h', near: false, ...(clock && { clock }) })
  caches.push(cache)
  const loads: Held<string>[] = []
  const load = async () => {
    const next = held<string>()
    loads.push(next)
    return await next.promise
  }
  return {
    cache,
    client,
    loads,
    readMany: async () =>
      await Promise.all(
        Array.from({ length: readers }, async () => await cache.getOrSet('k', load, options)),
      ),
    async waits() {
      const before = client.sent.length
      await until('it has looked several times', async () => {
        clock?.advance(maxPauseMs)
        return client.sent.length > before + 6
      })
    },
  }
}

/** A second process waits for the first one's load. */
async function startWaiting(options: StartOptions = {}) {
  const [one, other] = [await start(), await start(options)]
  const first = one.readMany()
  await until('one process loads', async () => one.loads.length === 1)
  const second = other.readMany()
  await other.waits()
  expect(other.loads).toHaveLength(0)
  return { one, other, first, second }
}

test('of all who miss one entry in several processes, one reader loads it, and the others are given it', async () => {
  const { one, other, first, second } = await startWaiting()
  one.loads[0]!.resolve('v0')
  expect(new Set([...(await first), ...(await second)])).toEqual(new Set(['v0']))
  expect([one.loads.length, other.loads.length]).toEqual([1, 0])
  expect(one.cache.stats()).toMatchObject({ misses: readers, loads: 1, joined: readers - 1, awaited: 0 })
  expect(other.cache.stats()).toMatchObject({ hits: 0, misses: readers, loads: 0, awaited: readers })
})

test('who is pushed changes is told that the load has ended, and does not wait until it would ask again', async () => {
  const clock = new FakeClock()
  const fill = { from: 0, lease: '1m', wait: '1m' }
  const connected = async () => redisStore(await connect(), { prefix: 'fills:', advice: false, fill })
  const one = createCache({ store: await connected(), ttl: '1h' })
  const other = createCache({ store: await connected(), ttl: '1h', consistency: 'eventual', clock })
  caches.push(one, other)
  const admin = await connect()
  const listeners = async () => Number(((await admin.call('pubsub', 'numsub', 'fills:f:')) as unknown[])[1])
  await other.getOrSet('another', () => 'v', options)
  await until('it listens', async () => (await listeners()) === 1)
  const load = held<string>()
  const first = one.getOrSet('k', async () => await load.promise, options)
  const claims = async () => {
    const found = (await admin.call('keys', 'fills:f:*')) as string[]
    return await Promise.all(found.map(async (key) => String(await admin.call('get', key))))
  }
  await until('one process loads', async () => (await claims()).length === 1)
  const second = other.getOrSet('k', () => 'its own', options)
  await until('the other one waits', async () => (await claims()).every((claim) => claim.endsWith('|')))
  load.resolve('v0')
  expect(await second).toBe('v0')
  await first
})

test('who holds what a load of another process may be waiting for does not wait for it', async () => {
  const { one, other, first, second } = await startWaiting()
  const { reader, space, policy, tagNames } = engineOf(other.cache)!
  const own = await reader.read({
    space,
    key: 's:k',
    dependencies: { tags: tagNames.resolveRead(options.tags) },
    policy,
    load: async () => 'its own',
    waitsForNobody: true,
  })
  expect(own).toBe('its own')
  await second
  expect([one.loads.length, other.loads.length]).toEqual([1, 0])
  one.loads[0]!.resolve('v0')
  await first
})

test('every process loads for itself if that is wanted', async () => {
  const [one, other] = [await start({ fill: false }), await start({ fill: false })]
  const all = [one.readMany(), other.readMany()]
  await until('both load', async () => one.loads.length === 1 && other.loads.length === 1)
  for (const { loads } of [one, other]) loads[0]!.resolve('v0')
  await Promise.all(all)
})

test('a load that fails lets the next process load at once, and fails for nobody else', async () => {
  const { one, other, first, second } = await startWaiting()
  one.loads[0]!.reject(new Error('no such table'))
  await expect(first).rejects.toThrow('no such table')
  await until('the other process loads', async () => other.loads.length === 1)
  other.loads[0]!.resolve('v0')
  expect(new Set(await second)).toEqual(new Set(['v0']))
})

test('a load whose answer is not kept lets the next process load at once', async () => {
  const [one, other] = [await start(), await start()]
  const answer = held<string>()
  let loading = false
  const load = async ({ skip }: { skip(): void }) => {
    loading = true
    skip()
    return await answer.promise
  }
  const skipping = one.cache.getOrSet('k', load, options)
  await until('it loads', async () => loading)
  const second = other.readMany()
  await other.waits()
  answer.resolve('v0')
  expect(await skipping).toBe('v0')
  await until('the other process loads', async () => other.loads.length === 1)
  other.loads[0]!.resolve('v1')
  expect(new Set(await second)).toEqual(new Set(['v1']))
})

test('a process that never says that it has ended is waited for no longer than its lease', async () => {
  const fill = { from: 0, lease: '300ms', wait: '10m' }
  const [one, other] = [await start({ fill }), await start({ fill })]
  const first = one.readMany()
  await until('one process loads', async () => one.loads.length === 1)
  const second = other.readMany()
  await until('the other process loads', async () => other.loads.length === 1)
  other.loads[0]!.resolve('v1')
  expect(new Set(await second)).toEqual(new Set(['v1']))
  one.loads[0]!.resolve('v0')
  await first
})

test('nobody waits longer than is wanted', async () => {
  const clock = new FakeClock()
  const { one, other, first, second } = await startWaiting({ clock })
  clock.advance(600_000)
  await until('the other process loads', async () => other.loads.length === 1)
  other.loads[0]!.resolve('v1')
  expect(new Set(await second)).toEqual(new Set(['v1']))
  one.loads[0]!.resolve('v0')
  await first
})

test('a write that is acknowledged while readers wait ends their waiting: they load what it has written', async () => {
  const clock = new FakeClock()
  const { one, other, first, second } = await startWaiting({ clock })
  const writer = await start()
  // Or it might look while the write is under way.
  await other.client.idle()
  await writer.cache.write(['User'], () => 'done')
  await until('the other process loads', async () => {
    clock.advance(maxPauseMs)
    return other.loads.length === 1
  })
  const third = one.readMany()
  other.loads[0]!.resolve('v1')
  expect(new Set(await second)).toEqual(new Set(['v1']))
  expect(new Set(await third)).toEqual(new Set(['v1']))
  one.loads[0]!.resolve('v0')
  expect(new Set(await first)).toEqual(new Set(['v0']))
  await one.client.idle()
  expect(new Set(await one.readMany())).toEqual(new Set(['v1']))
  expect(one.loads).toHaveLength(1)
})

test('readers who look while a write is under way load for themselves, each of them', async () => {
  const clock = new FakeClock()
  const { one, other, first, second } = await startWaiting({ clock })
  const writer = await start()
  const commit = held()
  let isMarked = false
  const writing = writer.cache.write(['User'], async () => {
    isMarked = true
    await commit.promise
  })
  await until('the write is marked', async () => isMarked)
  await until('each reader of the other process loads', async () => {
    clock.advance(maxPauseMs)
    return other.loads.length === readers
  })
  for (const load of other.loads) load.resolve('v1')
  expect(new Set(await second)).toEqual(new Set(['v1']))
  commit.resolve()
  await writing
  one.loads[0]!.resolve('v0')
  await first
})

test('readers whose Redis goes away while they wait load for themselves, once in their process', async () => {
  const { one, other, first, second } = await startWaiting({ to: proxy, timeout: '500ms' })
  await proxy.stop()
  await until('the other process loads', async () => other.loads.length > 0)
  other.loads[0]!.resolve('v1')
  expect(new Set(await second)).toEqual(new Set(['v1']))
  one.loads[0]!.resolve('v0')
  await first
})

describe('what is asked for', () => {
  let client: TrackedClient
  beforeEach(async () => void (client = tracked(await connect())))

  /** Requests that one miss takes after a load that took so long. */
  async function requestsAfter(loadMs: number, remember: boolean): Promise<number> {
    const clock = new FakeClock()
    const start = () => new TestDatabase().connect(client, { prefix: 'asked:' }, { clock })
    const cache = start().cache
    const load = () => {
      clock.advance(loadMs)
      return 'v'
    }
    const again = remember ? cache : start().cache
    await cache.getOrSet('k', load, options)
    await client.idle()
    await cache.invalidate(['User'])
    if (remember) await cache.delete('k')
    await again.getOrSet('x', load, options)
    await client.idle()
    const before = client.sent.length
    await again.getOrSet('k', load, options)
    await client.idle()
    return client.sent.length - before
  }

  test('what a copy that has expired says of its load is enough', async () => {
    const requestsAfterExpiry = async (loadMs: number) => {
      await client.callBuffer('flushall')
      const clock = new FakeClock()
      const start = () => new TestDatabase().connect(client, { prefix: 'asked:' }, { clock, near: {} }).cache
      const [one, other] = [start(), start()]
      const load = () => {
        clock.advance(loadMs)
        return 'v'
      }
      await one.getOrSet('k', load, options)
      await client.idle()
      await other.getOrSet('k', load, options)
      expect(other.stats().hits).toBe(1)
      clock.advance(2 * 3_600_000)
      await client.callBuffer('flushall')
      await client.idle()
      const before = client.sent.length
      await other.getOrSet('k', load, options)
      await client.idle()
      return client.sent.length - before
    }
    expect(await requestsAfterExpiry(500)).toBeGreaterThan(await requestsAfterExpiry(5))
  })

  test.each([true, false])(
    'a quick load takes no request more, and a slow one is claimed and released; remembered %s',
    async (remember) => {
      expect(await requestsAfter(5, remember)).toBe(2)
      await client.callBuffer('flushall')
      expect(await requestsAfter(500, remember)).toBeGreaterThan(2)
    },
  )
})
