import { createCache } from '@freshet/core'
import { FakeClock } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../../../../test/services/index.js'
import { redisStore } from '../../src/index.js'
import { connectToCluster, loadScripts, mastersOf, type TestClient } from '../support/clients.js'
import { keysUnder } from '../support/time-machine.js'
import { tracked, type TrackedClient } from '../support/tracked-client.js'
import { names, prefix, Rows, spoilEntries, until } from './support.js'

let cluster: RedisCluster
let clients: readonly TestClient[]
let rows: Rows
let processes: Process[]
beforeAll(async () => {
  cluster = await startRedisCluster()
  clients = await Promise.all([0, 1, 2].map(async () => await connectToCluster(cluster.addresses)))
  await loadScripts(clients[0]!)
})
beforeEach(async () => {
  for (const key of await keysUnder(clients[0]!, prefix)) await clients[0]!.call('del', key)
  rows = new Rows()
  processes = []
})
afterEach(async () => {
  for (const { cache } of processes) await cache.close()
})
afterAll(async () => {
  for (const client of clients) client.disconnect()
  await cluster.stop()
})

/** A process with a client of the cluster of its own. */
class Process {
  readonly clock = new FakeClock()
  readonly failures: string[] = []
  readonly watched: TrackedClient
  readonly cache

  constructor(client: TestClient, consistency: 'strong' | 'eventual') {
    this.watched = tracked(client)
    const store = redisStore(this.watched, { prefix, topology: 'replicated' })
    this.cache = createCache({ store, clock: this.clock, consistency, jitter: 0, ttl: '1h' })
    this.cache.on('failure', ({ action }) => this.failures.push(action))
    processes.push(this)
  }

  async read(row: string) {
    return await this.cache.getOrSet(row, rows.load(row), { tags: ['rows', row] })
  }

  async readAll(all: readonly string[]) {
    return await Promise.all(all.map(async (row) => await this.read(row)))
  }

  async write(row: string, version: string) {
    await this.cache.write([row], rows.set(row, version))
  }

  async has(entries: number) {
    await until(() => this.cache.stats().entries === entries)
    await this.watched.idle()
  }
}

test.each(['strong', 'eventual'] as const)(
  '%s: entries of all servers are in every process, also in one that joins',
  async (consistency) => {
    const [first, second] = [new Process(clients[0]!, consistency), new Process(clients[1]!, consistency)]
    await first.read('first')
    await second.read('first')
    await first.readAll(names(60))
    await second.has(61)
    const third = new Process(clients[2]!, consistency)
    await third.read('first')
    await third.has(61)
    await spoilEntries(clients[0]!)
    const { loads } = rows
    for (const process of [second, third]) {
      expect(await process.readAll(names(60))).toEqual(names(60).map((row) => `${row} v0`))
      expect(process.failures).toEqual([])
    }
    expect(rows.loads).toBe(loads)
  },
)

test('what one process writes, the others see', async () => {
  const [first, second] = [new Process(clients[0]!, 'strong'), new Process(clients[1]!, 'strong')]
  await first.readAll(names(20))
  await second.readAll(names(20))
  for (const row of names(20)) {
    await first.write(row, `${row} v1`)
    expect(await second.read(row)).toBe(`${row} v1`)
  }
})

test('a process whose server has gone listens to another', async () => {
  const [first, second] = [new Process(clients[0]!, 'strong'), new Process(clients[1]!, 'strong')]
  await first.read('first')
  await second.read('first')
  await Promise.all([first.has(1), second.has(1)])
  const listening = async () => {
    const all = await Promise.all(
      mastersOf(clients[2]!).map(async (node) => String(await node.call('client', 'list', 'type', 'pubsub'))),
    )
    return all.map((list) => list.split('id=').length - 1)
  }
  await until(async () => (await listening()).reduce((sum, count) => sum + count) === 2)
  const slot = [0, 8_000, 16_383][(await listening()).findIndex((count) => count > 0)]!
  const from = await cluster.masterOf(slot)
  await from.kill()
  await cluster.takenOver(slot, from)
  let probe = 0
  await until(async () => {
    for (const { clock } of [first, second]) clock.advance(1_000)
    const before = second.cache.stats().entries
    await first.read(`probe ${probe++}`)
    await first.watched.idle()
    await second.watched.idle()
    return second.cache.stats().entries > before
  })
})
