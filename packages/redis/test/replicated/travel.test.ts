import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import { type TestClient, versions } from '../support/clients.js'
import { connectAdmin, names, Replicas, spoilEntries, type TestReplica, until } from './support.js'

let server: RedisServer
let admin: TestClient
let replicas: Replicas
beforeAll(async () => {
  server = await startRedisServer()
  admin = await connectAdmin(server)
})
afterAll(async () => {
  admin.disconnect()
  await server.stop()
})
beforeEach(async () => {
  await admin.call('flushall')
  replicas = new Replicas(server)
})
afterEach(async () => await replicas.stop())

const v0 = (rows: readonly string[]) => rows.map((row) => `${row} v0`)

/** That all rows are served by a process from what it has: nothing is loaded, and nothing fetched. */
async function servesAll(replica: TestReplica, rows: readonly string[]) {
  await spoilEntries(admin)
  const { loads } = replicas.rows
  expect(await replica.readAll(rows)).toEqual(v0(rows))
  expect(replicas.rows.loads).toBe(loads)
  expect(replica.failures).toEqual([])
}

describe.each(['strong', { maxStaleness: '2s' }, 'eventual'] as const)('%j', (consistency) => {
  const options = { cache: { consistency } }

  test('what one process loads is in every other before it is asked for', async () => {
    const [first, second] = await replicas.pair(options)
    const there = second.entries
    await first.readAll(names(40))
    await second.has(there + 40)
    await servesAll(second, names(40))
  })

  test('a process that joins loads what is there', async () => {
    const first = await replicas.start(options)
    await first.readAll(names(1_300))
    await first.has(1_300)
    const second = await replicas.start(options)
    await second.read('row7')
    await second.has(1_300)
    await servesAll(second, names(1_300))
  })

  test('what was written and loaded again by one process is in the other before it is asked for', async () => {
    const [first, second] = await replicas.pair(options)
    await first.readAll(names(10))
    await second.has(12)
    await first.write('row3', 'row3 v1')
    expect(await first.read('row3')).toBe('row3 v1')
    const { loads } = replicas.rows
    await until(async () => {
      await second.watched.idle()
      return (await second.read('row3')) === 'row3 v1'
    })
    await spoilEntries(admin)
    expect(await second.read('row3')).toBe('row3 v1')
    expect(replicas.rows.loads).toBe(loads)
    expect(second.failures).toEqual([])
  })
})

test.each(['eventual', { maxStaleness: '2s' }] as const)(
  '%j: a hit takes no request',
  async (consistency) => {
    const [first, second] = await replicas.pair({ cache: { consistency } })
    await first.readAll(names(20))
    await second.has(22)
    // Until the connection that changes are pushed on is there, what has come is asked for.
    await until(async () => (await second.requests(async () => await second.readAll(names(20)))) === 0)
    await spoilEntries(admin)
    expect(await second.requests(async () => await second.readAll(names(20)))).toBe(0)
    expect(await second.readAll(names(20))).toEqual(v0(names(20)))
  },
)

test('strong: hits take one batched check, and no value travels', async () => {
  const [first, second] = await replicas.pair()
  await first.readAll(names(20))
  await second.has(22)
  await spoilEntries(admin)
  const requests = await second.requests(async () => await second.readAll(names(20)))
  expect(requests).toBeLessThanOrEqual(2)
  expect(second.cache.stats()).toMatchObject({ hits: 20 })
  expect(second.failures).toEqual([])
})

test.each(versions)('%s: entries travel, and are there for who joins', async (version) => {
  const [first, second] = await replicas.pair({ version })
  const there = second.entries
  await first.readAll(names(30))
  await second.has(there + 30)
  const third = await replicas.start({ version, cache: { consistency: 'eventual' } })
  await third.read('row1')
  await third.has(second.entries)
  await servesAll(third, names(30))
})

test('what is read in a namespace inside travels too, and what is in another does not', async () => {
  const [first, second] = await replicas.pair()
  const there = second.entries
  const inside = first.cache.namespace('inside')
  await first.read('a', inside)
  await second.has(there + 1)
  const other = await replicas.start({ cache: { namespace: 'other' } })
  await other.read('b')
  await other.watched.idle()
  await first.read('c', inside)
  await second.has(there + 2)
  const third = await replicas.start()
  await third.read('a', third.cache.namespace('inside'))
  await third.has(there + 2)
  expect(other.entries).toBe(1)
  await inside.clear()
  replicas.rows.versions.set('a', 'a v1')
  expect(await third.read('a', third.cache.namespace('inside'))).toBe('a v1')
})

test('what a process stores is sent once, and does not come back to it', async () => {
  const [replica] = await replicas.pair()
  for (let i = 0; i < 50; i++) await replica.watched.idle()
  const before = replica.watched.sent.length
  await replica.read('row9')
  for (let i = 0; i < 50; i++) await replica.watched.idle()
  // Look-up, fresh generations, list and store.
  expect(replica.watched.sent.slice(before).flat()).toEqual(['evalsha', 'evalsha', 'evalsha', 'evalsha'])
})
