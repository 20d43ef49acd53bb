import { randomBytes } from 'node:crypto'
import { type CacheOptions, createCache } from '@freshet/core'
import { FakeClock, held, type Held } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sharedRedis } from '../../../test/services/shared.js'
import { until } from '../../../test/services/until.js'
import { redisStore } from '../src/index.js'
import { connectTo, loadScripts, type TestClient } from './support/clients.js'
import { age, keysUnder } from './support/time-machine.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const down = new Error('the database is down')
const tags = ['User']

let admin: TestClient
let watched: TrackedClient
let prefix: string
const cleanUp: (() => unknown)[] = []

beforeAll(async () => {
  admin = await connectTo(await sharedRedis())
  await loadScripts(admin)
  watched = tracked(admin)
})
beforeEach(() => {
  prefix = `policies:${randomBytes(6).toString('hex')}:`
})
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
  await watched.idle()
  for (const key of await keysUnder(admin, prefix)) await admin.call('del', key)
})
afterAll(() => admin.disconnect())

/** One database that all processes read, which a test slows down and takes away. */
class Database {
  row = 'v0'
  isDown = false
  loads = 0
  holds: Held<void> | undefined

  readonly load = async (): Promise<string> => {
    this.loads++
    const { row, isDown, holds } = this
    await holds?.promise
    if (isDown) throw down
    return row
  }
}

function start(database: Database, options: CacheOptions = {}) {
  const clock = new FakeClock()
  const store = redisStore(watched, { prefix, advice: false, fill: { from: 0, lease: '1m', wait: '1m' } })
  const cache = createCache({
    store,
    clock,
    jitter: 0,
    ttl: '20s',
    near: false,
    errorCooldown: 0,
    ...options,
  })
  cleanUp.push(() => cache.close())
  const stale: string[] = []
  cache.on('stale', ({ reason }) => void stale.push(reason))
  const read = async () => {
    const row = await cache.getOrSet('k', database.load, { tags })
    await watched.idle()
    return row
  }
  return { cache, clock, stale, read }
}

/** As if that had gone by on the server. */
const pass = (ms: number): Promise<void> => age(admin, prefix, ms)

async function entryTtlMs(): Promise<number> {
  const [key] = await keysUnder(admin, `${prefix}e:`)
  return Number(await admin.call('pttl', key!))
}

test('an entry stays in Redis as long as a stale policy may want it, and not longer', async () => {
  const plain = start(new Database())
  await plain.read()
  expect(await entryTtlMs()).toBeLessThanOrEqual(20_000)
  await plain.cache.delete('k')
  const sturdy = start(new Database(), { staleIfError: '1m', staleWhileRevalidate: '40s' })
  await sturdy.read()
  const ttlMs = await entryTtlMs()
  expect(ttlMs > 60_000 && ttlMs <= 80_000).toBe(true)
})

describe.each<[string, CacheOptions]>([
  ['without near copies', { near: false }],
  ['with near copies', { near: {} }],
  ['eventual', { near: {}, consistency: 'eventual' }],
])('%s', (_, own) => {
  test('what one process has loaded is served by another one, when the database is down', async () => {
    const database = new Database()
    const options = { ...own, staleIfError: '1h' }
    const one = start(database, options)
    const other = start(database, options)
    await one.read()
    await one.cache.write(tags, () => 'done')
    database.isDown = true
    expect([await one.read(), await other.read()]).toEqual(['v0', 'v0'])
    await pass(25_000)
    expect([await one.read(), await other.read()]).toEqual(['v0', 'v0'])
    expect([...one.stale, ...other.stale]).toEqual(['error', 'error', 'error', 'error'])
    await pass(3_600_000)
    await expect(other.read()).rejects.toBe(down)
  })

  test('what was cleared by another process is served by nobody', async () => {
    const database = new Database()
    const options = { ...own, namespace: 'shop', staleIfError: '1h' }
    const one = start(database, options)
    const other = start(database, options)
    await one.read()
    await other.cache.clear()
    database.isDown = true
    await expect(other.read()).rejects.toBe(down)
  })

  test('of all processes one loads again what has expired, and all serve it meanwhile', async () => {
    const database = new Database()
    const options = { ...own, staleWhileRevalidate: '1h' }
    const one = start(database, options)
    const other = start(database, options)
    await one.read()
    await pass(25_000)
    one.clock.advance(25_000)
    other.clock.advance(25_000)
    database.holds = held()
    database.row = 'v1'
    const answers = await Promise.all([
      one.cache.getOrSet('k', database.load, { tags }),
      one.cache.getOrSet('k', database.load, { tags }),
      other.cache.getOrSet('k', database.load, { tags }),
    ])
    expect(answers).toEqual(['v0', 'v0', 'v0'])
    await until('one of them loads', async () => database.loads === 2)
    await watched.idle()
    database.holds.resolve()
    await Promise.all([one.cache.settled(), other.cache.settled()])
    await watched.idle()
    expect([await one.read(), await other.read()]).toEqual(['v1', 'v1'])
    expect(database.loads).toBe(2)
  })

  test('what a load in the background has read before a write of another process is not served after it', async () => {
    const database = new Database()
    const one = start(database, { ...own, consistency: 'strong', staleWhileRevalidate: '1h' })
    const other = start(database)
    await one.read()
    await pass(25_000)
    one.clock.advance(25_000)
    database.holds = held()
    expect(await one.cache.getOrSet('k', database.load, { tags })).toBe('v0')
    await until('it loads', async () => database.loads === 2)
    const { holds } = database
    database.holds = undefined
    await other.cache.write(tags, () => (database.row = 'v1'))
    holds.resolve()
    await one.cache.settled()
    expect(await one.read()).toBe('v1')
  })
})

test('a value that is large, and travels compressed, is served like any other', async () => {
  const { cache } = start(new Database(), { staleIfError: '1h', compression: { above: 0 } })
  const large = { text: 'large '.repeat(50_000) }
  const read = (load: () => object) => cache.getOrSet('large', load, { tags })
  await read(() => large)
  // It is compressed before it is sent.
  await cache.settled()
  await cache.write(tags, () => 'done')
  const answer = await read(() => {
    throw down
  })
  expect(answer).toEqual(large)
})

test('an entry that cannot be read is told, and the error comes through', async () => {
  const database = new Database()
  const { cache, read } = start(database, { staleIfError: '1h' })
  const failures: string[] = []
  cache.on('failure', ({ action }) => void failures.push(action))
  await read()
  await cache.write(tags, () => 'done')
  database.isDown = true
  const [key] = await keysUnder(admin, `${prefix}e:`)
  const bytes = (await admin.callBuffer('get', key!)) as Buffer
  // The value stands at the end.
  await admin.call('set', key!, bytes.subarray(0, bytes.length - 1), 'keepttl')
  await expect(read()).rejects.toBe(down)
  expect(failures).toContain('read outdated entry')
})

test('how long a load takes is known to all processes that refresh ahead', async () => {
  const database = new Database()
  const one = start(database, { refreshAhead: true })
  const other = start(database, { refreshAhead: true, random: () => Math.exp(-2) })
  database.holds = held()
  const reading = one.read()
  await until('it loads', async () => database.loads === 1)
  one.clock.advance(2_000)
  database.holds.resolve()
  await reading
  database.row = 'v1'
  // It ends 22 s after it was begun, by the server's clock, which the load did not take with it; two loads are 4 s.
  await pass(10_000)
  expect(await other.read()).toBe('v0')
  await other.cache.settled()
  expect(database.loads).toBe(1)
  await pass(8_500)
  expect(await other.read()).toBe('v0')
  await other.cache.settled()
  expect(await other.read()).toBe('v1')
})

describe('delayed deletion', () => {
  const options = { near: {}, consistency: 'eventual', delayedDeletion: '1m' } as const

  test('the old value is served while one reader loads what another process has written', async () => {
    const database = new Database()
    const one = start(database, options)
    const other = start(database, options)
    await one.read()
    database.holds = held()
    await other.cache.write(tags, () => (database.row = 'v1'))
    expect(await other.cache.getOrSet('k', database.load, { tags })).toBe('v0')
    await until('it loads', async () => database.loads === 2)
    expect(await other.cache.getOrSet('k', database.load, { tags })).toBe('v0')
    database.holds.resolve()
    await other.cache.settled()
    await watched.idle()
    expect(await other.read()).toBe('v1')
    expect(database.loads).toBe(2)
    expect(other.stale).toEqual(['invalidated', 'invalidated'])
  })

  test('also of what depends on more than was asked for', async () => {
    const { cache } = start(new Database(), options)
    let row = 'v0'
    const read = async () => {
      const answer = await cache.getOrSet('k', ({ setTags }) => (setTags(['User#1']), row), { tags })
      await watched.idle()
      return answer
    }
    // Which tags a loader names counts from the next load on.
    await read()
    await read()
    await cache.write(['User#1'], () => (row = 'v1'))
    expect(await read()).toBe('v0')
    await cache.settled()
    expect(await read()).toBe('v1')
  })

  test('not longer than its limit after the write', async () => {
    const database = new Database()
    const one = start(database, options)
    await one.read()
    await one.cache.write(tags, () => (database.row = 'v1'))
    await makeGenerationsOlder(61_000)
    expect(await one.read()).toBe('v1')
    expect(one.stale).toEqual([])
  })
})

/** As if the last writes had been earlier: the end of a generation is the time at which it was made. */
async function makeGenerationsOlder(ms: number): Promise<void> {
  for (const key of await keysUnder(admin, `${prefix}g:`)) {
    const value = String(await admin.call('get', key))
    const older = value.replace(/\.(\d{16})$/, (_, micros) => `.${Number(micros) - ms * 1_000}`)
    if (key.includes('user')) await admin.call('set', key, older, 'keepttl')
  }
}
