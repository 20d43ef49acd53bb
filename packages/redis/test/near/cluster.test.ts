import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../../../../test/services/index.js'
import { createKeys } from '../../src/keys.js'
import { slotOf } from '../../src/slot.js'
import { connectToCluster, loadScripts, type TestClient } from '../support/clients.js'
import { TestDatabase, type TestProcess } from '../support/process.js'
import { tracked, type TrackedClient } from '../support/tracked-client.js'

const prefix = 'near cluster:'
const tags = Array.from({ length: 12 }, (_, index) => `row#${index}`)
let cluster: RedisCluster
beforeAll(async () => void (cluster = await startRedisCluster()))
afterAll(async () => await cluster.stop())

describe.each([
  { client: 'ioredis 5', way: 'tracked' },
  { client: 'ioredis 5', way: 'published' },
  { client: 'node-redis 4', way: 'tracked' },
  { client: 'node-redis 5', way: 'tracked' },
  { client: 'node-redis 5', way: 'published' },
] as const)('$client, $way', ({ client: library, way }) => {
  let client: TestClient
  let watched: TrackedClient
  let reader: TestProcess
  let writer: TestProcess
  let version: number
  beforeAll(async () => {
    for (const node of cluster.nodes)
      await node.command('ACL', 'SETUSER', 'default', way === 'tracked' ? '+@all' : '-client|tracking')
    client = await connectToCluster(cluster.addresses, library)
    await loadScripts(client)
  })
  beforeEach(() => {
    version = 0
    watched = tracked(client)
    const database = new TestDatabase()
    reader = database.connect(watched, { prefix }, { near: {}, consistency: 'eventual' })
    writer = database.connect(client, { prefix })
  })
  afterEach(async () => await reader.cache.close())
  afterAll(() => client.disconnect())

  /** Reads entries of all the tags, which are spread over the servers; tells how many requests that took. */
  async function readAll() {
    await watched.idle()
    const before = watched.sent.length
    const rows = await Promise.all(
      tags.map(async (tag) => await reader.cache.getOrSet(tag, () => version, { tags: [tag] })),
    )
    return { rows, requests: watched.sent.length - before }
  }
  async function listening() {
    while ((await readAll()).requests > 0);
  }
  async function write(row: number) {
    await writer.cache.write(tags, () => void (version = row))
  }
  async function sees(row: number) {
    while ((await readAll()).rows.some((seen) => seen !== row));
  }

  test('hits of tags on all servers take no request for as long as each server is heard', async () => {
    await listening()
    for (let second = 0; second < 10; second++) {
      expect((await readAll()).requests).toBe(0)
      const before = watched.sent.length
      reader.clock.advance(1_000)
      expect(watched.sent.length - before).toBe(3)
      for (let i = 0; i < 50; i++) await watched.idle()
    }
  })

  test('what another process writes is seen when the push of each server arrives', async () => {
    for (const row of [1, 2, 3]) {
      await listening()
      await write(row)
      await sees(row)
    }
  })

  test('a process sees its own writes at once', async () => {
    for (const row of [1, 2, 3]) {
      await listening()
      await reader.cache.write(tags, () => void (version = row))
      expect((await readAll()).rows).toEqual(tags.map(() => row))
    }
  })

  test('a tag that has moved to another server is followed there', async () => {
    const slot = slotOf(createKeys(prefix).generation('row#3'))
    await listening()
    const from = await cluster.masterOf(slot)
    const others = await Promise.all([0, 8_000, 16_383].map(async (other) => await cluster.masterOf(other)))
    await cluster.moveSlot(
      slot,
      others.find((node) => node !== from)!,
    )
    await write(1)
    await sees(1)
    await listening()
    await write(2)
    await sees(2)
  })

  test('a push connection that is killed takes all copies along, those of other servers as well', async () => {
    await listening()
    const node = await cluster.masterOf(0)
    await node.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    while (reader.cache.stats().entries > 0) await new Promise((resolve) => setImmediate(resolve))
    await write(1)
    await sees(1)
    await listening()
  })
})
