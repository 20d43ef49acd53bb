import type { CacheOptions, StoreContext } from '@freshet/core'
import { held, stateOf } from '@freshet/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type RedisServer,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from '../../../test/services/index.js'
import { redisStore } from '../src/index.js'
import { connectTo, loadScripts, type TestClient } from './support/clients.js'
import { keysOf } from './support/keys.js'
import { TestDatabase, type TestProcess } from './support/process.js'
import { age } from './support/time-machine.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const prefix = 'down:'
const keys = keysOf(prefix)

let server: RedisServer
let proxy: TcpProxy
let farClient: TestClient
let farWatched: TrackedClient
let nearClient: TestClient
let nearWatched: TrackedClient
let database: TestDatabase
/** Behind a wire that a test can disturb. */
let far: TestProcess
let near: TestProcess

const connectFar = (options: CacheOptions = {}): TestProcess =>
  database.connect(farWatched, { prefix }, options)

beforeEach(async () => {
  server = await startRedisServer()
  proxy = await startTcpProxy(server)
  farClient = await connectTo(proxy, 'ioredis 6', { retryStrategy: () => 10 })
  nearClient = await connectTo(server, 'ioredis 6')
  await loadScripts(nearClient)
  farWatched = tracked(farClient)
  nearWatched = tracked(nearClient)
  database = new TestDatabase()
  far = connectFar()
  near = database.connect(nearWatched, { prefix })
})
afterEach(async () => {
  farClient.disconnect()
  nearClient.disconnect()
  await proxy.stop()
  await server.stop()
})

/** What a process reads by a hit. */
const fill = async (process: TestProcess, watched: TrackedClient) => {
  await process.read()
  await watched.idle()
}
/** A write whose mark is placed, and which commits when the wire has been stalled. Not awaited: it waits for the store. */
const writeThatIsCutOff = async () => {
  const commit = held()
  const writing = far.cache.write(['User'], async () => await commit.promise)
  await farWatched.idle()
  database.row = 'v1'
  proxy.stall()
  commit.resolve()
  await turns()
  return { writing }
}
/** Lets time pass for the process behind the wire, in steps short enough for what each brings about. */
const time = async (ms: number) => {
  for (let passed = 0; passed < ms; passed += 50) {
    far.clock.advance(50)
    await turns()
  }
}
const undelivered = () => far.cache.stats().undelivered
/** Lets time pass for the process behind the wire until it has told everything. */
const delivered = async () => {
  while (undelivered() > 0) {
    far.clock.advance(200)
    await farWatched.idle()
  }
}

describe("a writer that alone is cut off, with 'proceed'", () => {
  test('goes on and sees its own write; others may be served what was before, until it is told', async () => {
    await fill(near, nearWatched)
    await fill(far, farWatched)
    proxy.stall()
    await passing(far, far.cache.write(['User'], database.set('v1')))
    expect(undelivered()).toBe(1)
    expect(await near.read()).toBe('v0')

    proxy.resume()
    await farWatched.idle()
    expect(await far.read()).toBe('v1')
    await delivered()
    expect(await near.read()).toBe('v1')
    await nearWatched.idle()
    await fill(far, farWatched)
    const { hits } = far.cache.stats()
    expect(await far.read()).toBe('v1')
    expect(far.cache.stats().hits).toBe(hits + 1)
  })

  test('reads past a store that it can reach again, until it has told it everything', async () => {
    await fill(near, nearWatched)
    const ended = new Promise<void>((resolve) => void farClient.once('end', resolve))
    farClient.disconnect()
    await ended
    await passing(far, far.cache.write(['User'], database.set('v1')))
    await farClient.connect()
    while (farClient.status !== 'ready') await turns()
    expect(await near.read()).toBe('v0')
    expect(await far.read()).toBe('v1')
    expect(far.cache.stats()).toMatchObject({ hits: 0, bypasses: 1 })
    await delivered()
    await nearWatched.idle()
    expect(await near.read()).toBe('v1')
  })

  test('is acknowledged as soon as the wire is whole again, and then nothing is kept', async () => {
    await fill(near, nearWatched)
    const { writing } = await writeThatIsCutOff()
    await time(1_000)
    expect(await stateOf(writing, turns)).toBe('pending')
    proxy.resume()
    await farWatched.idle()
    await writing
    expect(undelivered()).toBe(0)
    expect(await near.read()).toBe('v1')
  })

  test('waits as long as writeTimeout says, and not longer', async () => {
    far = database.connect(farWatched, { prefix, writeTimeout: '5s' })
    const { writing } = await writeThatIsCutOff()
    await time(4_500)
    expect(await stateOf(writing, turns)).toBe('pending')
    await passing(far, writing)
    await writing
    expect(undelivered()).toBe(1)
  })

  test('tells a server that was killed and is back what it has missed, and only then uses it', async () => {
    await fill(near, nearWatched)
    const old = await server.save()
    await server.kill()
    while (farClient.status === 'ready') await turns()
    await passing(far, far.cache.write(['User'], database.set('v1')))
    await server.start(old)
    while (farClient.status !== 'ready' || nearClient.status !== 'ready') await turns()
    const { hits } = far.cache.stats()
    expect(await far.read()).toBe('v1')
    expect(far.cache.stats()).toMatchObject({ hits, undelivered: 1 })
    await delivered()
    expect(await near.read()).toBe('v1')
  })
})

describe("a writer that alone is cut off, with 'reject'", () => {
  beforeEach(() => {
    far = connectFar({ onStoreDown: 'reject' })
  })

  test('is refused before it reaches the database, so nobody is served what was before', async () => {
    await fill(near, nearWatched)
    proxy.stall()
    const writing = far.cache.write(['User'], database.set('v1'))
    await passing(
      far,
      writing.catch(() => undefined),
    )
    await expect(writing).rejects.toMatchObject({ code: 'WRITE_REFUSED', cause: { code: 'STORE_TIMEOUT' } })
    expect(database.row).toBe('v0')
    expect(undelivered()).toBe(0)
  })

  test('is not reported as failed when it had committed, and is told when the wire is whole again', async () => {
    await fill(near, nearWatched)
    const { writing } = await writeThatIsCutOff()
    await passing(far, writing)
    await writing
    expect(undelivered()).toBe(1)
    // It was marked, so others have not been served what was before meanwhile.
    expect(await near.read()).toBe('v1')
    proxy.resume()
    await delivered()
    expect(await near.read()).toBe('v1')
  })

  test('a slow server refuses nobody', async () => {
    proxy.delay(20)
    await far.cache.write(['User'], database.set('v1'))
    expect(database.row).toBe('v1')
    expect(undelivered()).toBe(0)
  })

  test("is refused in 'eventual' as well, where it is not marked otherwise", async () => {
    far = connectFar({ onStoreDown: 'reject', consistency: 'eventual', near: {} })
    proxy.stall()
    const writing = far.cache.write(['User'], database.set('v1'))
    await passing(
      far,
      writing.catch(() => undefined),
    )
    await expect(writing).rejects.toMatchObject({ code: 'WRITE_REFUSED' })
    expect(database.row).toBe('v0')
    await far.cache.close()
  })
})

describe('a mark', () => {
  // Time stands still, and timers do not run, as in a process that is stopped.
  let now: number
  const leaseMs = 30_000
  const store = () => {
    const context: StoreContext = {
      now: () => now,
      setTimer: () => () => undefined,
      failed: () => undefined,
      warn: () => undefined,
      switched: () => undefined,
      consistency: { mode: 'strong' },
      near: undefined,
      namespace: '',
    } as unknown as StoreContext
    return redisStore(farWatched, { prefix, lease: leaseMs })(context)
  }
  const space = { prefix: '', prefixes: [''] }
  const leftMs = async () => {
    const value = String(await nearClient.call('get', keys.user))
    const [seconds, micros] = (await nearClient.call('time')) as [string, string]
    return Number(value.split(':').at(-1)) - Number(seconds) * 1000 - Number(micros) / 1000
  }
  const passes = async (ms: number) => {
    now += ms
    await age(nearClient, prefix, ms)
  }

  beforeEach(() => {
    now = 0
  })

  test('of which half is left is good for the commit', async () => {
    const one = store()
    const intent = await one.openIntent(space, ['user'])
    await passes(leaseMs / 2)
    expect(one.renewIntent?.(intent)).toBeUndefined()
    expect(await leftMs()).toBeLessThanOrEqual(leaseMs / 2)
  })

  test('of which less is left is placed anew before the commit', async () => {
    const one = store()
    const intent = await one.openIntent(space, ['user'])
    await passes(leaseMs / 2 + 1)
    await one.renewIntent?.(intent)
    expect(await leftMs()).toBeGreaterThan(leaseMs / 2)
  })

  test('whose placing took half of its lease is placed anew at once', async () => {
    const one = store()
    proxy.stallAnswers()
    const opening = one.openIntent(space, ['user'])
    while (!String(await nearClient.call('get', keys.user)).includes('|'));
    await passes(leaseMs / 2 + 1)
    proxy.resume()
    await opening
    expect(await leftMs()).toBeGreaterThan(leaseMs / 2)
  })
})

test('a hold whose end cannot be told is told later', async () => {
  far = connectFar({ unknownOutcomeHold: '60s' })
  await fill(near, nearWatched)
  const lost = new Error('lost')
  await expect(far.cache.write(['User'], () => Promise.reject(lost))).rejects.toBe(lost)
  proxy.stall()
  while (undelivered() === 0) {
    far.clock.advance(1_000)
    await turns()
  }
  const generation = String(await nearClient.call('get', keys.user)).split('|')[0]
  proxy.resume()
  await delivered()
  expect(String(await nearClient.call('get', keys.user)).split('|')[0]).not.toBe(generation)
})

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets time pass for a process until what it does is done. */
async function passing(process: TestProcess, doing: Promise<unknown>): Promise<void> {
  while ((await stateOf(doing, turns)) === 'pending') process.clock.advance(50)
}
