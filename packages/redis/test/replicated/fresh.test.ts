import { HeldLoader } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import type { TestClient } from '../support/clients.js'
import { connectAdmin, names, Replicas, spoilEntries, type TestReplica, turn, until } from './support.js'

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

/** Until a replica answers without asking anybody. */
async function servesAlone(replica: TestReplica, row: string) {
  await until(async () => (await replica.requests(async () => await replica.read(row))) === 0)
}

describe.each(['strong', 'eventual'] as const)('%s', (consistency) => {
  const options = { cache: { consistency } }

  test('an entry that was on its way during a write is not served after it', async () => {
    const [first, second] = await replicas.pair(options)
    second.feedProxy.stall()
    expect(await first.read('row')).toBe('row v0')
    await first.watched.idle()
    await second.write('row', 'row v1')
    const there = second.entries
    second.feedProxy.resume()
    // What comes after it has been looked at.
    await first.read('later')
    await until(() => second.entries > there)
    expect(await second.read('row')).toBe('row v1')
  })

  test('a process sees its own writes at once, whatever travels', async () => {
    const [first, second] = await replicas.pair(options)
    for (let version = 1; version < 30; version++) {
      await first.read('row')
      await second.read('row')
      await second.write('row', `row v${version}`)
      expect(await second.read('row')).toBe(`row v${version}`)
    }
  })

  test('clear() empties every process', async () => {
    const [first, second] = await replicas.pair(options)
    await first.readAll(names(10))
    await second.has(12)
    for (const row of names(10)) replicas.rows.versions.set(row, 'new')
    await second.cache.clear()
    expect(await second.readAll(names(10))).toEqual(names(10).map(() => 'new'))
    await until(async () => (await first.readAll(names(10))).every((row) => row === 'new'))
  })

  test('what is put or deleted by hand in one process is so in the other', async () => {
    const [first, second] = await replicas.pair(options)
    for (const value of ['one', 'two']) {
      await first.read('row')
      await first.cache.set('row', value, { tags: ['rows', 'row'] })
      await until(async () => (await second.read('row')) === value)
    }
    await first.cache.delete('row')
    await until(async () => (await second.read('row')) === 'row v0')
  })

  test('an entry that was on its way while it was put by hand does not come back', async () => {
    const [first, second] = await replicas.pair(options)
    second.feedProxy.stall()
    await first.read('row')
    await first.watched.idle()
    await second.cache.set('row', 'by hand', { tags: ['rows', 'row'] })
    const there = second.entries
    second.feedProxy.resume()
    await first.read('later')
    await until(() => second.entries > there)
    expect(await second.read('row')).toBe('by hand')
  })

  test('what was changed by hand comes after a while, and all the rest is confirmed', async () => {
    const [first, second] = await replicas.pair(options)
    await first.readAll(names(10))
    await second.has(12)
    const there = second.entries
    for (const row of ['row3', 'row20']) await first.cache.set(row, 'by hand', { tags: ['rows', row] })
    await until(async () => (await second.read('row3')) === 'by hand')
    await until(async () => {
      second.clock.advance(1_000)
      for (let i = 0; i < 10; i++) await second.watched.idle()
      return second.entries === there + 1
    })
    await spoilEntries(admin)
    const rows = [...names(10), 'row20']
    const expected = rows.map((row) => (['row3', 'row20'].includes(row) ? 'by hand' : `${row} v0`))
    expect(await second.readAll(rows)).toEqual(expected)
    expect(second.failures).toEqual([])
  })

  test('a server that was restarted from an old file brings nothing back', async () => {
    const [first, second] = await replicas.pair(options)
    await first.read('row')
    await second.has(3)
    const saved = await server.save()
    await first.write('row', 'row v1')
    await server.restart(saved)
    for (const { client } of [first, second]) await until(() => client.status === 'ready')
    await until(() => admin.status === 'ready')
    expect(await second.read('row')).toBe('row v1')
    const third = await replicas.start(options)
    expect(await third.read('row')).toBe('row v1')
  })

  test('a server that is demoted and promoted again is asked anew, and the entries come back', async () => {
    const [first, second] = await replicas.pair(options)
    await first.readAll(names(10))
    await second.has(12)
    await server.command('REPLICAOF', '127.0.0.1', '1')
    replicas.rows.versions.set('row3', 'row3 v1')
    await server.command('REPLICAOF', 'NO', 'ONE')
    second.clock.advance(1_000)
    await until(async () => (await second.read('row3')) === 'row3 v1')
    await first.readAll(names(10))
    await until(async () => {
      first.clock.advance(1_000)
      second.clock.advance(1_000)
      await first.readAll(names(10))
      return (await second.requests(async () => await second.readAll(names(10)))) <= 2
    })
  })

  test('a writer that has marked a tag keeps copies from being served', async () => {
    const [first, second] = await replicas.pair(options)
    await first.read('row')
    await second.has(3)
    await second.read('row')
    const commit = new HeldLoader<void>()
    const writing = (await replicas.start()).cache.write(['row'], commit.load)
    await until(async () => {
      const { bypasses } = second.cache.stats()
      await second.read('row')
      return second.cache.stats().bypasses > bypasses
    })
    commit.land(undefined)
    await writing
  })

  test('copies whose tag was marked and not changed are served again, and are not fetched', async () => {
    const [first, second] = await replicas.pair(options)
    await first.read('row')
    await second.has(3)
    if (consistency === 'eventual') await servesAlone(second, 'row')
    await spoilEntries(admin)
    const before = second.watched.sent.length
    const strong = await replicas.start()
    const giveUp = async () => await Promise.reject(new Error('rolled back'))
    await expect(strong.cache.write(['row'], giveUp, { isRolledBack: () => true })).rejects.toThrow(
      'rolled back',
    )
    // It has heard of both, and has asked.
    if (consistency === 'eventual') await until(() => second.watched.sent.length >= before + 2)
    await second.watched.idle()
    expect(await second.read('row')).toBe('row v0')
    expect(second.failures).toEqual([])
    if (consistency === 'eventual') await servesAlone(second, 'row')
  })
})

describe('a gap of the pushed changes', () => {
  const options = { cache: { consistency: 'eventual' } } as const

  test('is bridged by asking: nothing old is served, and what is still valid is not fetched again', async () => {
    const [first, second] = await replicas.pair(options)
    await first.readAll(names(10))
    await second.has(12)
    await servesAlone(second, 'row1')
    second.feedProxy.stall()
    second.feedProxy.cut()
    await until(async () => (await second.requests(async () => await second.read('row1'))) > 0)
    await first.write('row3', 'row3 v1')
    await first.read('row3')
    await first.read('row20')
    await first.watched.idle()
    expect(await second.read('row3')).toBe('row3 v1')
    const { loads } = replicas.rows
    second.feedProxy.resume()
    await until(async () => {
      await turn()
      return (await second.requests(async () => await second.readAll([...names(10), 'row20']))) === 0
    })
    expect(await second.read('row3')).toBe('row3 v1')
    expect(replicas.rows.loads).toBe(loads)
  })

  test('the copies are confirmed when it is over, before they are asked for', async () => {
    const [first, second] = await replicas.pair(options)
    await first.readAll(names(10))
    await second.has(12)
    await servesAlone(second, 'row1')
    const before = second.watched.sent.length
    // The connection that changes are pushed on, and not the one that entries come on.
    for (const line of String(await admin.call('client', 'list', 'type', 'pubsub')).split('\n')) {
      const [, id] = /\bid=(\d+) .*\bflags=\w*t/.exec(line) ?? []
      if (id !== undefined) await admin.call('client', 'kill', 'id', id)
    }
    await until(() => second.watched.sent.length > before)
    await second.watched.idle()
    await until(async () => (await second.requests(async () => await second.read('row1'))) === 0)
    await spoilEntries(admin)
    expect(await second.requests(async () => await second.readAll(names(10)))).toBe(0)
    expect(second.failures).toEqual([])
  })

  test('what was written while nothing is heard is not served for longer than the silence', async () => {
    const [first, second] = await replicas.pair(options)
    await first.read('row')
    await second.has(3)
    await servesAlone(second, 'row')
    second.feedProxy.stall()
    await first.write('row', 'row v1')
    for (let passed = 0; passed <= 3_000; passed += 500) {
      second.clock.advance(500)
      await second.watched.idle()
    }
    expect(await second.read('row')).toBe('row v1')
  })
})
