import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import type { TestClient } from '../support/clients.js'
import { connectAdmin, names, Rows, spoilEntries, TestReplica, until } from './support.js'

let server: RedisServer
let admin: TestClient
let rows: Rows
let started: TestReplica[]
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
  rows = new Rows()
  started = []
})
afterEach(async () => {
  await Promise.all(started.map(async (replica) => await replica.stop()))
})

describe.each(['strong', { maxStaleness: '2s' }, 'eventual'] as const)('%j', (consistency) => {
  async function start(): Promise<TestReplica> {
    const replica = await TestReplica.start(server, rows, { cache: { consistency } })
    started.push(replica)
    return replica
  }

  /** A process that listens: the first entry has come to it. */
  async function pair() {
    const [first, second] = [await start(), await start()]
    await first.read('first')
    await second.read('first')
    await Promise.all([first.has(1), second.has(1)])
    await Promise.all([listening(first), listening(second)])
    return { first, second }
  }

  async function listening(replica: TestReplica) {
    const wanted = consistency === 'strong' ? 1 : 0
    await until(async () => (await admin.call('pubsub', 'numpat')) === 0)
    await until(async () => (await subscribers()) >= started.length * (1 + Number(consistency !== 'strong')))
    await until(async () => (await replica.requests(async () => await replica.read('first'))) <= wanted + 1)
  }

  const subscribers = async () =>
    String(await admin.call('client', 'list', 'type', 'pubsub')).split('id=').length - 1

  test('what one process loads is in every other before it is asked for', async () => {
    const { first, second } = await pair()
    await first.readAll(names(40))
    await second.has(41)
    await spoilEntries(admin)
    const { loads } = rows
    expect(await second.readAll(names(40))).toEqual(names(40).map((row) => `${row} v0`))
    expect(rows.loads).toBe(loads)
    expect(second.failures).toEqual([])
  })

  test('a process that joins loads what is there', async () => {
    const first = await start()
    await first.readAll(names(1_300))
    await first.has(1_300)
    const second = await start()
    await second.read('row7')
    await second.has(1_300)
    await spoilEntries(admin)
    const { loads } = rows
    expect(await second.readAll(names(1_300))).toEqual(names(1_300).map((row) => `${row} v0`))
    expect(rows.loads).toBe(loads)
    expect(second.failures).toEqual([])
  })
})
