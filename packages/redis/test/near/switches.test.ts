import { createCache } from '@freshet/core'
import { engineOf } from '@freshet/core/adapter'
import { held, stateOf } from '@freshet/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { redisStore } from '../../src/index.js'
import { type NearProcesses, startNearProcesses } from '../support/near-processes.js'

const turn = async () => await new Promise((resolve) => setImmediate(resolve))
const beatMs = 1_000
const errorOf = async (promise: Promise<unknown>) => await promise.catch((error: unknown) => error)

const permissions = ['+evalsha', '+eval', '+get', '+mget', '+set', '+getrange', '+del', '+time', '+info']
const listener = [...permissions, '+client', '-client|tracking', '+subscribe', '+publish', '+pubsub']

/** How fresh answers are, changed while the cache works: what each change must never let through. */
describe.each([
  ['tracked', undefined],
  ['published', listener],
] as const)('changes told by what is %s', (way, permitted) => {
  let all: NearProcesses
  const start = async (consistency: 'strong' | 'eventual') => {
    all = await startNearProcesses('ioredis 5', { consistency }, permitted)
  }
  afterEach(async () => await all.close())

  const write = async (row: string) => {
    await all.writer.cache.write(['User'], all.database.set(row))
  }
  const requestsOfWrite = async () => {
    const before = all.watched.sent.length
    await all.near.cache.write(['User'], () => undefined)
    return all.watched.sent.length - before
  }
  /** Until it is done, in as little of the cache's time as can be: what is old must not pass for what has run out. */
  async function through(switching: Promise<unknown>) {
    while ((await stateOf(switching)) === 'pending') {
      while ((await pushConnections()) === 0) await turn()
      for (let quiet = 0; quiet < 20; quiet++) await all.watched.idle()
      if ((await stateOf(switching)) === 'pending') all.near.clock.advance(beatMs)
    }
    await switching
  }
  const toEventual = () => through(all.near.cache.switch({ consistency: 'eventual' }))
  const pushConnections = async () =>
    String(await all.admin.call('client', 'list'))
      .split('\n')
      .filter((line) => / sub=[1-9]/.test(line)).length

  describe('strong to eventual', () => {
    beforeEach(async () => {
      await start('strong')
      await all.read()
    })

    test('a hit takes no request, and a write places no mark, once it is done', async () => {
      expect(await requestsOfWrite()).toBe(2)
      await toEventual()
      expect(all.near.cache.switches.consistency).toBe('eventual')
      await all.listening()
      expect(await all.read()).toEqual({ row: 'v0', requests: 0 })
      expect(await requestsOfWrite()).toBe(1)
    })

    test('until the push connection is heard it is as strong as before, marks included', async () => {
      all.pushProxy.stall()
      const switching = all.near.cache.switch({ consistency: 'eventual' })
      for (const row of ['v1', 'v2']) {
        await write(row)
        all.near.clock.advance(beatMs)
        expect((await all.read()).row).toBe(row)
        expect((await all.read()).requests).toBe(1)
      }
      expect(await requestsOfWrite()).toBe(2)
      expect(await stateOf(switching)).toBe('pending')
      expect(all.near.cache.switches.consistency).toBe('strong')
      // Entities that are loaded now may be served when it is done.
      expect(engineOf(all.near.cache)!.switches.mayBeStale).toBe(true)
      all.pushProxy.resume()
      await through(switching)
      await all.listening()
    })

    test('what was asked for over a push connection that has ended since is asked for again', async () => {
      const switching = all.near.cache.switch({ consistency: 'eventual' })
      while ((await pushConnections()) === 0) await turn()
      // Its heartbeat is to come, and this is asked for while it is up.
      await all.read()
      all.pushProxy.stall()
      all.pushProxy.cut()
      await write('v1')
      all.pushProxy.resume()
      await through(switching)
      expect((await all.read()).row).toBe('v1')
    })

    test('what another process writes from then on is seen when the push arrives', async () => {
      await toEventual()
      await all.listening()
      for (const row of ['v1', 'v2']) {
        await write(row)
        await all.sees(row)
        await all.listening()
      }
    })

    test('copies are kept over the change', async () => {
      expect(all.near.cache.stats().entries).toBe(1)
      await toEventual()
      expect(all.near.cache.stats().entries).toBe(1)
    })

    test('if Redis cannot be heard it fails, and all is as it was', async () => {
      all.pushProxy.stall()
      const switching = all.near.cache.switch({ consistency: 'eventual', reads: false })
      const failure = errorOf(switching)
      await all.near.clock.pass(16_000)
      expect(await failure).toMatchObject({
        code: 'SWITCH_FAILED',
        message: expect.stringContaining('15 s') as string,
      })
      expect(all.near.cache.switches).toMatchObject({ consistency: 'strong', reads: true })
      expect(engineOf(all.near.cache)!.switches.mayBeStale).toBe(false)
      await write('v1')
      expect((await all.read()).row).toBe('v1')
      expect(await requestsOfWrite()).toBe(2)
      all.pushProxy.resume()
      while ((await pushConnections()) > 0) await turn()
      await toEventual()
      await all.listening()
    })

    test('another change meanwhile ends it', async () => {
      all.pushProxy.stall()
      const first = all.near.cache.switch({ consistency: 'eventual' })
      const failure = errorOf(first)
      await all.near.cache.switch({ consistency: 'strong' })
      expect(await failure).toMatchObject({ code: 'SWITCH_FAILED' })
      expect(all.near.cache.switches.consistency).toBe('strong')
      expect(engineOf(all.near.cache)!.switches.mayBeStale).toBe(false)
      all.pushProxy.resume()
      await all.near.clock.pass(5 * beatMs)
      await write('v1')
      expect((await all.read()).row).toBe('v1')
      expect((await all.read()).requests).toBe(1)
    })
  })

  test('a bound that is asked for meanwhile is not undone when the push connection is heard', async () => {
    await start('strong')
    await all.read()
    all.pushProxy.stall()
    const first = all.near.cache.switch({ consistency: 'eventual' })
    const failure = errorOf(first)
    await all.near.cache.switch({ consistency: { maxStaleness: '2s' } })
    all.pushProxy.resume()
    await through(failure)
    expect(await failure).toMatchObject({ code: 'SWITCH_FAILED' })
    expect(all.near.cache.switches.consistency).toEqual({ maxStaleness: '2s' })
    // As a bound has it: writers mark.
    expect(await requestsOfWrite()).toBe(2)
  })

  describe('eventual to strong', () => {
    beforeEach(async () => {
      await start('eventual')
      await all.listening()
    })

    test('from when it is done every hit is confirmed, whatever was pushed', async () => {
      all.pushProxy.stall()
      await write('v1')
      expect(await all.read()).toEqual({ row: 'v0', requests: 0 })
      await all.near.cache.switch({ consistency: 'strong' })
      expect((await all.read()).row).toBe('v1')
      expect((await all.read()).requests).toBe(1)
      expect(await requestsOfWrite()).toBe(2)
    })

    test('it needs nobody: nothing is asked, and it is done at once', async () => {
      all.dataProxy.stall()
      await all.near.cache.switch({ consistency: 'strong' })
      expect(all.near.cache.switches.consistency).toBe('strong')
      all.dataProxy.resume()
    })

    test('the push connection is given up', async () => {
      expect(await pushConnections()).toBe(1)
      await all.near.cache.switch({ consistency: 'strong' })
      while ((await pushConnections()) > 0) await turn()
    })

    test('a write that began without a mark is seen as soon as it is acknowledged', async () => {
      const commit = held()
      const writing = all.near.cache.write(['User'], async () => {
        await commit.promise
        all.database.row = 'v1'
      })
      await turn()
      await all.near.cache.switch({ consistency: 'strong' })
      expect((await all.read()).row).toBe('v0')
      commit.resolve()
      await writing
      expect((await all.read()).row).toBe('v1')
      expect(await all.writer.read()).toBe('v1')
    })

    test('and back: what an earlier push connection told of counts for nothing', async () => {
      all.pushProxy.stall()
      await all.near.cache.switch({ consistency: 'strong' })
      await write('v1')
      all.pushProxy.cut()
      all.pushProxy.resume()
      await toEventual()
      expect((await all.read()).row).toBe('v1')
    })
  })

  describe('to a bound and back', () => {
    const bound = { maxStaleness: '2s' } as const

    test('from strong it is done at once, and what others write is seen within the bound', async () => {
      await start('strong')
      await all.read()
      await all.near.cache.switch({ consistency: bound })
      all.pushProxy.stall()
      await all.read()
      expect(await all.read()).toEqual({ row: 'v0', requests: 0 })
      await write('v1')
      all.near.clock.advance(2_001)
      expect((await all.read()).row).toBe('v1')
    })

    test('from eventual: what is older than the bound is asked for, however long the silence may be', async () => {
      await start('eventual')
      await all.listening()
      all.pushProxy.stall()
      await write('v1')
      all.near.clock.advance(2_001)
      await all.near.cache.switch({ consistency: bound })
      expect((await all.read()).row).toBe('v1')
    })

    test.runIf(way === 'published')(
      'from eventual: what writers tell makes nothing younger any more',
      async () => {
        await start('eventual')
        await all.listening()
        await all.near.cache.switch({ consistency: bound })
        await all.near.clock.pass(1_500, () => all.watched.idle())
        await all.near.clock.pass(600, () => all.watched.idle())
        expect((await all.read()).requests).toBeGreaterThan(0)
      },
    )

    test('and from a bound to eventual when its connection is heard', async () => {
      await start('strong')
      await all.near.cache.switch({ consistency: bound })
      await all.read()
      await toEventual()
      await all.listening()
      expect(all.near.cache.switches.consistency).toBe('eventual')
      await write('v1')
      await all.sees('v1')
    })
  })
})

test('a store without copies cannot change, and an error says so', async () => {
  const all = await startNearProcesses('ioredis 5', { consistency: 'strong' })
  const cache = createCache({ store: redisStore(all.client), near: false })
  await expect(cache.switch({ consistency: 'eventual' })).rejects.toMatchObject({
    code: 'UNSUPPORTED_CONSISTENCY',
    message: expect.stringContaining("'near' on") as string,
  })
  await cache.switch({ consistency: 'strong' })
  await cache.close()
  await all.close()
})
