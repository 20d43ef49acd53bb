import { held, HeldLoader, stateOf } from '@freshet/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type RedisServer,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from '../../../test/services/index.js'
import { connectTo, isIoredis, loadScripts, type TestClient, versions } from './support/clients.js'
import { keysOf } from './support/keys.js'
import { TestDatabase, type TestProcess } from './support/process.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const prefix = 'network:'
const keys = keysOf(prefix)

/** `far` is behind a wire that a test can disturb, `near` is not; each has a client of its own. */
describe.each(versions)('%s', (version) => {
  let server: RedisServer
  let proxy: TcpProxy
  let farClient: TestClient
  let farWatched: TrackedClient
  let nearClient: TestClient
  let nearWatched: TrackedClient
  let database: TestDatabase
  let far: TestProcess
  let near: TestProcess

  beforeEach(async () => {
    server = await startRedisServer()
    proxy = await startTcpProxy(server)
    farClient = await connectTo(proxy, version, { retryStrategy: () => 10 })
    nearClient = await connectTo(server, version)
    await loadScripts(nearClient)
    farWatched = tracked(farClient)
    nearWatched = tracked(nearClient)
    database = new TestDatabase()
    far = database.connect(farWatched, { prefix })
    near = database.connect(nearWatched, { prefix })
  })
  afterEach(async () => {
    farClient.disconnect()
    nearClient.disconnect()
    await proxy.stop()
    await server.stop()
  })

  /** Turns the event loop until the server has seen what was sent over the wire. */
  const arrived = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo()));
  }
  const userValue = async () => String(await nearClient.call('get', keys.user))
  const disconnected = async () => {
    const ended = new Promise<void>((resolve) => void farClient.once('end', resolve))
    farClient.disconnect()
    await ended
  }
  /** Breaks the connection. Not until the client is seen without one: it may have another before anybody looks. */
  const lost = async () => {
    const ended = new Promise<void>((resolve) => void farClient.on('close', resolve))
    proxy.cut()
    await ended
  }
  const ready = async () => {
    while (farClient.status !== 'ready') await new Promise((resolve) => setImmediate(resolve))
  }

  describe('a connection that is half open', () => {
    test('a read goes to the database when its time is up, not before and not later', async () => {
      proxy.stall()
      const reading = far.read()
      await turns()
      far.clock.advance(499)
      expect(await stateOf(reading)).toBe('pending')
      far.clock.advance(1)
      expect(await reading).toBe('v0')
      expect(far.failures).toEqual([
        expect.stringMatching(/^script READ: Redis did not answer within 500 ms/),
      ])
    })

    test('a write waits for its mark and goes on without it', async () => {
      proxy.stall()
      const writing = far.cache.write(['User'], database.set('v1'))
      await passing(far, writing)
      await writing
      expect(database.row).toBe('v1')
      expect(far.failures[0]).toMatch(/^open intent: /)
    })

    test('a write that committed waits until its invalidation must have arrived, and is not reported as failed', async () => {
      const commit = held()
      const writing = far.cache.write(['User'], async () => await commit.promise)
      await farWatched.idle()
      proxy.stall()
      commit.resolve()
      await turns()
      far.clock.advance(499)
      expect(await stateOf(writing)).toBe('pending')
      await passing(far, writing)
      await writing
      expect(far.failures.at(-1)).toMatch(/^close intent: /)
    })

    test('the first write after an outage is delivered, and the next one is insisted on again', async () => {
      proxy.stall()
      await passing(far, far.cache.write(['User'], database.set('v1')))
      proxy.resume()
      await farWatched.idle()
      far.clock.advance(1_000)
      await near.read()
      await nearWatched.idle()
      await far.cache.write(['User'], database.set('v2'))
      expect(await near.read()).toBe('v2')
      await nearWatched.idle()
      const failures = far.failures.length
      const writing = far.cache.write(['User'], async () => {
        database.row = 'v3'
        await lost()
      })
      await writing
      expect(await near.read()).toBe('v3')
      expect(far.failures.length).toBe(failures)
    })

    test('after five silences in a row nothing is sent any more, but for one attempt each second', async () => {
      proxy.stall()
      for (let i = 0; i < 5; i++) await passing(far, far.read())
      const sent = farWatched.sent.length
      for (let i = 0; i < 3; i++) expect(await far.read()).toBe('v0')
      expect(farWatched.sent.length).toBe(sent)
      expect(far.failures.at(-1)).toMatch(/left alone/)

      far.clock.advance(1_000)
      // Nobody waits for the answer to the attempt.
      for (let i = 0; i < 3; i++) expect(await far.read()).toBe('v0')
      expect(farWatched.sent.length).toBe(sent + 1)
      far.clock.advance(500)
      expect(await far.read()).toBe('v0')
      expect(farWatched.sent.length).toBe(sent + 1)

      proxy.resume()
      far.clock.advance(1_000)
      await far.read()
      await farWatched.idle()
      for (let i = 0; i < 2; i++) {
        await far.read()
        await farWatched.idle()
      }
      const { hits } = far.cache.stats()
      expect(hits).toBe(1)
    })

    test('a write says what it has to say although the server is left alone', async () => {
      const commit = held()
      const writing = far.cache.write(['User'], async () => await commit.promise)
      await farWatched.idle()
      await near.read()
      proxy.stall()
      for (let i = 0; i < 6; i++) await passing(far, far.cache.get('x'))
      proxy.resume()
      database.row = 'v1'
      commit.resolve()
      await writing
      expect(far.failures.filter((failure) => failure.startsWith('close'))).toEqual([])
      expect(await near.read()).toBe('v1')
    })
  })

  describe('answers that come late', () => {
    test('who starts after a write does not join a request that was sent before it', async () => {
      await near.read()
      await nearWatched.idle()
      proxy.stallAnswers()
      const before = far.read()
      await turns()
      await near.cache.write(['User'], database.set('v1'))
      const after = far.read()
      await turns()
      proxy.resume()
      await before
      expect(await after).toBe('v1')
    })

    test('a reader whose look-up was answered before a write leaves nothing that is served', async () => {
      await near.cache.snapshot(['User'])
      proxy.stallAnswers()
      const loader = new HeldLoader<string>()
      const reading = far.cache.getOrSet('k', loader.load, { tags: ['User'] })
      await turns()
      await near.cache.write(['User'], database.set('v1'))
      proxy.resume()
      await farWatched.idle()
      loader.land('v0')
      await reading
      await farWatched.idle()
      expect(await near.read()).toBe('v1')
    })

    test('a mark whose placing was not confirmed in time is taken away when it arrives', async () => {
      proxy.stallAnswers()
      const writing = far.cache.write(['User'], database.set('v1'))
      await arrived(async () => (await userValue()).includes('|'))
      await passing(far, writing)
      await writing
      proxy.resume()
      await farWatched.idle()
      await arrived(async () => !(await userValue()).includes('|'))
    })

    test('a slow server delays nobody beyond the limit, and what it answers later is used by nobody', async () => {
      await near.read()
      await nearWatched.idle()
      await server.pause()
      try {
        const reading = far.read()
        await passing(far, reading)
        expect(await reading).toBe('v0')
        expect(far.cache.stats().hits).toBe(0)
      } finally {
        await server.resume()
      }
      await farWatched.idle()
      expect(await far.read()).toBe('v0')
      expect(far.cache.stats().hits).toBe(1)
    })
  })

  describe('a connection that breaks before the reply', () => {
    test('what was carried out and is sent again brings no old entry back', async () => {
      const first = far.cache.write(['User'], () => {
        database.row = 'v1'
        proxy.stallAnswers()
      })
      // Carried out, but not answered: the mark is gone.
      await arrived(async () => {
        const value = await userValue()
        return database.row === 'v1' && value !== 'null' && !value.includes('|')
      })
      expect(await near.read()).toBe('v1')
      await nearWatched.idle()
      await near.cache.write(['User'], database.set('v2'))
      const generation = await userValue()
      proxy.cut()
      proxy.resume()
      await first
      expect(await userValue()).not.toBe(generation)
      expect(await near.read()).toBe('v2')
    })

    test('an invalidation that cannot be sent is sent when the connection is back, and acknowledged then', async () => {
      await near.read()
      await nearWatched.idle()
      const writing = far.cache.write(['User'], async () => {
        database.row = 'v1'
        await lost()
      })
      await writing
      expect(await near.read()).toBe('v1')
      expect(far.failures).toEqual([])
    })

    test('a client that reconnects is used again', async () => {
      await far.read()
      await farWatched.idle()
      proxy.cut()
      const down = far.read()
      await passing(far, down)
      expect(await down).toBe('v0')
      await ready()
      await far.read()
      await farWatched.idle()
      await far.read()
      expect(far.cache.stats().hits).toBeGreaterThan(0)
    })
  })

  describe('a client that is not connected', () => {
    test('reads go to the database at once, and nothing waits in a queue', async () => {
      await disconnected()
      const { sent } = farWatched
      const before = sent.length
      expect(await far.read()).toBe('v0')
      expect(await far.cache.get('k')).toBeUndefined()
      expect(sent.length).toBe(before)
      expect(far.failures[0]).toMatch(/not connected/)
    })

    test('a write goes on', async () => {
      await disconnected()
      const writing = far.cache.write(['User'], database.set('v1'))
      await passing(far, writing)
      await writing
      expect(database.row).toBe('v1')
      expect(far.failures.map((failure) => failure.split(':')[0])).toEqual(['open intent', 'close intent'])
    })

    test('only the first write of an outage waits', async () => {
      await disconnected()
      await passing(far, far.cache.write(['User'], database.set('v1')))
      const second = far.cache.write(['User'], database.set('v2'))
      expect(await stateOf(second, turns)).toBe('fulfilled')
    })

    test('however many writes wait for it, it is listened to once, and not at all when they are done', async () => {
      await disconnected()
      const before = farClient.listenerCount('ready')
      const writings = Array.from({ length: 20 }, async (_, index) => {
        await far.cache.write([`User#${index}`], database.set('v1'))
      })
      await turns()
      expect(farClient.listenerCount('ready')).toBe(before + 1)
      await passing(far, Promise.all(writings))
      expect(farClient.listenerCount('ready')).toBe(before)
    })

    test.runIf(isIoredis(version))('one that connects on its first use is connected by it', async () => {
      const lazy = await connectLazily(server, version)
      try {
        const process = database.connect(lazy, { prefix })
        expect(await process.read()).toBe('v0')
        while (lazy.status !== 'ready') await turns()
        await process.read()
        expect(process.failures.filter((failure) => failure.includes('not connected'))).toHaveLength(1)
      } finally {
        lazy.disconnect()
      }
    })
  })
})

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets time pass for a process until what it does is done. */
async function passing(process: TestProcess, doing: Promise<unknown>): Promise<void> {
  while ((await stateOf(doing, turns)) === 'pending') process.clock.advance(50)
}

async function connectLazily(server: RedisServer, version: (typeof versions)[number]): Promise<TestClient> {
  return await connectTo(server, version, { lazyConnect: true })
}
