import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import type { TestClient } from '../support/clients.js'
import { keysUnder } from '../support/time-machine.js'
import { connectAdmin, names, prefix, Replicas, spoilEntries, type TestReplica, until } from './support.js'

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

const listeners = async (): Promise<readonly string[]> =>
  Array.from(
    String(await admin.call('client', 'list', 'type', 'pubsub')).matchAll(/\bid=(\d+)/g),
    ([, id]) => id!,
  )

const lists = async () => (await keysUnder(admin, `${prefix}r:`)) as readonly [string]

async function servesAll(replica: TestReplica, rows: readonly string[]) {
  await spoilEntries(admin)
  const { loads } = replicas.rows
  expect(await replica.readAll(rows)).toEqual(rows.map((row) => `${row} v0`))
  expect(replicas.rows.loads).toBe(loads)
  expect(replica.failures).toEqual([])
}

describe('joining', () => {
  test('what is stored before a process listens is loaded when it does', async () => {
    const first = await replicas.start()
    const second = await replicas.start()
    second.feedProxy.stall()
    await second.read('second')
    await second.watched.idle()
    await first.readAll(names(20))
    await first.watched.idle()
    second.feedProxy.resume()
    await second.has(21)
    await servesAll(second, names(20))
  })

  test('what is stored while a process loads is not missed', async () => {
    const first = await replicas.start()
    await first.readAll(names(700))
    await first.watched.idle()
    const second = await replicas.start()
    await second.read('second')
    const more = Array.from({ length: 300 }, (_, index) => `more${index}`)
    for (const row of more) await first.read(row)
    await second.has(1_001)
    await servesAll(second, [...names(700), ...more])
  })

  test('a process whose messages were lost loads what it missed, and only that', async () => {
    const [first, second] = await replicas.pair()
    await first.readAll(names(20))
    await second.has(22)
    await spoilEntries(admin)
    second.feedProxy.stall()
    await first.readAll(['lost', 'lost too'])
    await first.watched.idle()
    second.feedProxy.cut()
    second.feedProxy.resume()
    await second.has(24)
    expect(second.failures).toEqual([])
    await servesAll(second, [...names(20), 'lost', 'lost too'])
  })

  test('a listener that the server gives up comes back, and has everything', async () => {
    const [first, second] = await replicas.pair()
    const before = await listeners()
    await admin.call('client', 'kill', 'type', 'pubsub')
    await first.readAll(names(20))
    await until(async () => (await listeners()).filter((id) => !before.includes(id)).length === 2)
    await second.has(22)
    await servesAll(second, names(20))
  })

  test('a connection that is half open is noticed by what the process tells itself', async () => {
    const [, second] = await replicas.pair()
    const before = await listeners()
    second.feedProxy.stall()
    for (let seconds = 0; seconds < 5; seconds++) {
      second.clock.advance(1_000)
      await second.watched.idle()
    }
    second.feedProxy.resume()
    await until(async () => (await listeners()).some((id) => !before.includes(id)))
    await until(async () => (await listeners()).length === 2)
  })

  test('while it is heard, a connection is kept', async () => {
    const [first, second] = await replicas.pair()
    const before = await listeners()
    for (let seconds = 0; seconds < 20; seconds++) {
      second.clock.advance(1_000)
      await second.watched.idle()
      await first.read(`at ${seconds}`)
      await second.has(3 + seconds)
    }
    expect(await listeners()).toEqual(before)
  })

  test('a load that fails is tried again', async () => {
    const first = await replicas.start()
    await first.readAll(names(20))
    await first.watched.idle()
    const second = await replicas.start()
    second.dataProxy.stallAnswers()
    const reading = second.read('row1')
    await until(async () => (await listeners()).length === 2)
    await until(() => second.watched.sent.length >= 2)
    second.clock.advance(1_500)
    expect(await reading).toBe('row1 v0')
    await until(() => second.failures.some((failure) => failure.startsWith('load namespace')))
    second.dataProxy.resume()
    await second.watched.idle()
    second.clock.advance(1_000)
    await second.has(20)
  })
})

describe('a namespace that does not fit', () => {
  const options = { cache: { near: { maxEntries: 20 } } }

  test('is answered rightly, and warned of', async () => {
    const first = await replicas.start(options)
    expect(await first.readAll(names(50))).toEqual(names(50).map((row) => `${row} v0`))
    await first.watched.idle()
    expect(first.warnings).toEqual(['REPLICA_TOO_LARGE'])
    expect(first.entries).toBe(20)
    await first.write('row3', 'row3 v1')
    expect(await first.read('row3')).toBe('row3 v1')
    expect(await first.read('row4')).toBe('row4 v0')
  })

  test('is listed within its bounds', async () => {
    const first = await replicas.start(options)
    await first.readAll(names(50))
    await first.watched.idle()
    const [list] = await lists()
    expect(await admin.call('zcard', list)).toBe(20)
    expect(Number(await admin.call('pttl', list))).toBeGreaterThan(0)
  })

  test('is loaded as far as it fits', async () => {
    const first = await replicas.start()
    await first.readAll(names(1_200))
    await first.has(1_200)
    const second = await replicas.start(options)
    await second.read('row1')
    await until(() => second.warnings.length > 0)
    const before = second.watched.sent.length
    for (let i = 0; i < 50; i++) await second.watched.idle()
    expect(second.entries).toBe(20)
    // Not the other pages.
    expect(second.watched.sent.length - before).toBeLessThan(10)
  })

  test('what nobody could be served any more makes room without a warning', async () => {
    const first = await replicas.start(options)
    for (let round = 0; round < 5; round++) {
      await first.readAll(names(15).map((row) => `${round}:${row}`))
      await first.watched.idle()
      await first.cache.clear()
    }
    await first.readAll(names(15))
    await first.watched.idle()
    expect(first.warnings).toEqual([])
  })
})

describe('what is told by others', () => {
  const secret = 'a secret of sixteen bytes or more'

  async function channel() {
    const all = (await admin.call('pubsub', 'channels')) as readonly string[]
    return all.toSorted((a, b) => a.length - b.length)[0]!
  }

  test('is not believed without the signature', async () => {
    const first = await replicas.start({ store: { secret } })
    await first.read('row')
    await first.has(1)
    await until(async () => (await listeners()).length === 1)
    const [key] = (await keysUnder(admin, `${prefix}e:`)) as readonly [string]
    const payload = (await admin.callBuffer('get', key)) as Buffer
    payload[payload.length - 1]! ^= 1
    // Newer than what is there.
    payload.writeBigUInt64BE(payload.readBigUInt64BE(1) + 1_000n, 1)
    await admin.call('publish', await channel(), payload)
    await until(() => first.failures.length > 0)
    expect(first.failures[0]).toMatch(/^read published entry: .*signature/)
    expect(await first.read('row')).toBe('row v0')
  })

  test('is passed over if it is garbage', async () => {
    const [first, second] = await replicas.pair()
    for (const garbage of ['x', '\u0001'.repeat(40)]) await admin.call('publish', await channel(), garbage)
    await first.read('row')
    await second.has(3)
    expect(second.failures.filter((failure) => failure.startsWith('read published entry'))).toHaveLength(2)
  })

  test('is passed over if it is from another version, which has a channel of its own', async () => {
    const [first] = await replicas.pair({ store: { secret } })
    const other = await replicas.start()
    await other.read('third')
    await first.readAll(names(5))
    for (let i = 0; i < 20; i++) await other.watched.idle()
    expect(other.failures.filter((failure) => failure.startsWith('read published'))).toEqual([])
    expect(other.entries).toBe(1)
  })
})

describe('a user of Redis that may not', () => {
  async function threeReads(denied: string) {
    await admin.call('acl', 'setuser', 'app', 'reset', 'on', 'nopass', '~*', '&*', '+@all', denied)
    const login = { client: { username: 'app', password: 'any' } }
    const [first, second] = [await replicas.start(login), await replicas.start(login)]
    for (let version = 0; version < 3; version++) {
      replicas.rows.versions.set('row', `row v${version}`)
      await first.cache.invalidate(['row'])
      expect(await first.read('row')).toBe(`row v${version}`)
      await first.watched.idle()
      expect(await second.read('row')).toBe(`row v${version}`)
    }
    return { first, second }
  }

  test('publish keeps copies all the same, and is warned', async () => {
    const { first } = await threeReads('-publish')
    await until(() => first.warnings.length > 0)
    expect(first.warnings).toEqual(['REDIS_WITHOUT_PUBLISH'])
  })

  test('subscribe keeps copies all the same, and is warned', async () => {
    const { first, second } = await threeReads('-subscribe')
    await until(() => first.warnings.length > 0 && second.warnings.length > 0)
    expect(second.warnings).toEqual(['REDIS_WITHOUT_PUBLISH'])
  })
})

test('a cache that is closed leaves no connection and no timer', async () => {
  const [first, second] = await replicas.pair({ cache: { consistency: 'eventual' } })
  for (const { cache } of [first, second]) await cache.close()
  await until(async () => (await listeners()).length === 0)
  // What a command that was answered may have left ends by itself; what goes on for ever does not.
  for (const { clock } of [first, second]) clock.advance(10_000)
  expect([first.clock.pending, second.clock.pending]).toEqual([0, 0])
})
