import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../test/services/index.js'
import { sharedRedisCluster } from '../../../test/services/shared.js'
import { connectTo, connectToCluster, loadScripts, type TestClient, versions } from './support/clients.js'
import { TestDatabase, type TestProcess } from './support/process.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const options = { tags: ['User', 'Post'] }

describe.each(versions)('on one server, %s', (version) => {
  let server: RedisServer
  let client: TestClient
  let watched: TrackedClient
  let process: TestProcess
  beforeAll(async () => {
    server = await startRedisServer()
    client = await connectTo(server, version)
    await loadScripts(client)
    watched = tracked(client)
  })
  beforeEach(async () => {
    await client.call('flushall')
    process = new TestDatabase().connect(watched, { prefix: 'trips:' })
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })

  /** Requests that `action` takes until all that it began is done, as the client hands them over and as the server counts. */
  async function requests(action: () => Promise<unknown>): Promise<readonly string[][]> {
    await watched.idle()
    await client.call('config', 'resetstat')
    const before = watched.sent.length
    await action()
    await watched.idle()
    const sent = watched.sent.slice(before)
    const stats = String(await client.call('info', 'commandstats'))
    const count = (name: string) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
    expect(count('evalsha')).toBe(sent.flat().filter((name) => name === 'evalsha').length)
    expect(count('eval')).toBe(0)
    return sent
  }

  const read = async () => await process.cache.getOrSet('k', () => 'v', options)

  test('a hit takes one', async () => {
    await read()
    expect(await requests(read)).toEqual([['evalsha']])
    expect(process.cache.stats().hits).toBe(1)
  })

  test('a miss takes two, and one more if a tag was never seen before', async () => {
    expect(await requests(read)).toEqual([['evalsha'], ['evalsha'], ['evalsha']])
    await process.cache.invalidate(['User'])
    expect(await requests(read)).toEqual([['evalsha'], ['evalsha']])
  })

  test('a write takes two, whatever the number of its tags', async () => {
    const tags = Array.from({ length: 20 }, (_, index) => `User#${index}`)
    expect(await requests(async () => await process.cache.write(tags, () => 'done'))).toEqual([
      ['evalsha'],
      ['evalsha'],
    ])
  })

  test('an invalidation takes one', async () => {
    expect(await requests(async () => await process.cache.invalidate(['User', 'Post']))).toEqual([
      ['evalsha'],
    ])
  })

  test('a hit by a key alone takes one more for the tags that only the entry names', async () => {
    await read()
    expect(await requests(async () => await process.cache.get('k'))).toEqual([['evalsha'], ['evalsha']])
  })

  test('a hundred reads at once take one', async () => {
    const readAll = async () =>
      await Promise.all(
        Array.from({ length: 100 }, async (_, key) => await process.cache.getOrSet(key, () => key, options)),
      )
    await readAll()
    expect(await requests(readAll)).toEqual([['evalsha']])
    expect(process.cache.stats().hits).toBe(100)
  })

  test('reads that begin in different turns of one tick are asked together', async () => {
    await read()
    const later = async (turns: number) => {
      for (let i = 0; i < turns; i++) await Promise.resolve()
      return await read()
    }
    expect(await requests(async () => await Promise.all([later(0), later(3), later(9)]))).toEqual([
      ['evalsha'],
    ])
  })

  test('more keys than a script can take at once are asked in several runs, together', async () => {
    const readAll = async () =>
      await Promise.all(
        Array.from(
          { length: 1_200 },
          async (_, key) => await process.cache.getOrSet(key, () => key, options),
        ),
      )
    await readAll()
    expect(await requests(readAll)).toEqual([['evalsha', 'evalsha', 'evalsha']])
    expect(process.cache.stats().hits).toBe(1_200)
  })

  test('a server that has forgotten the scripts is given them', async () => {
    await client.call('script', 'flush')
    expect(await read()).toBe('v')
    await watched.idle()
    expect(await read()).toBe('v')
    expect(process.cache.stats().hits).toBe(1)
    expect(process.failures).toEqual([])
    await requests(read)
  })
})

describe.each(versions)('in a cluster, %s', (version) => {
  let client: TestClient
  let watched: TrackedClient
  beforeAll(async () => {
    client = await connectToCluster((await sharedRedisCluster()).addresses, version)
    await loadScripts(client)
    watched = tracked(client)
  })
  afterAll(() => client.disconnect())

  test('a read and a write take one request per node at most, whatever the number of tags', async () => {
    const prefix = `trips:${randomBytes(6).toString('hex')}:`
    const { cache } = new TestDatabase().connect(watched, { prefix })
    const tags = Array.from({ length: 30 }, (_, index) => `User#${index}`)
    const read = async () => await cache.getOrSet('k', () => 'v', { tags })
    await read()
    await watched.idle()
    let before = watched.sent.length
    await read()
    expect(watched.sent.length - before).toBe(3)
    expect(cache.stats().hits).toBe(1)
    before = watched.sent.length
    await cache.write(tags, () => 'done')
    expect(watched.sent.length - before).toBe(6)
  })
})
