import { randomBytes } from 'node:crypto'
import type { CacheOptions } from '@freshet/core'
import { createCache } from '@freshet/core'
import { redisStore, type RedisStoreOptions } from '@freshet/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sharedRedis } from '../../../test/services/shared.js'
import { createKeys } from '../src/keys.js'
import { connectTo, type TestClient } from './support/clients.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

let client: TestClient
let watched: TrackedClient
let prefix: string
beforeAll(async () => {
  client = await connectTo(await sharedRedis())
  watched = tracked(client)
})
beforeEach(() => {
  prefix = `compression:${randomBytes(6).toString('hex')}:`
})
afterAll(() => client.disconnect())

function process(store: RedisStoreOptions = {}, options: CacheOptions = {}) {
  const cache = createCache({
    near: false,
    ...options,
    store: redisStore(watched, { advice: false, prefix, ...store }),
  })
  const failures: unknown[] = []
  cache.on('failure', ({ cause }) => failures.push(cause))
  return { cache, failures }
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, name: `Person number ${id}`, at: new Date(id) }))
const keyOf = (key: string) => createKeys(prefix).entry(`s:${key}`)
const stored = async () => (await client.callBuffer('get', keyOf('k'))) as Buffer
/** Where the value begins, and what it is if it is not compressed. */
const bodyAt = (bytes: Buffer) => 13 + bytes.readUInt32BE(9)
const plain = 1

async function put({ cache }: ReturnType<typeof process>, value: unknown, options = {}) {
  await cache.set('k', value, options)
  await watched.idle()
  const bytes = await stored()
  return { bytes, kind: bytes[bodyAt(bytes)] }
}

describe('a large value', () => {
  test.each([200, 20_000])('of %i rows is stored compressed, and comes back', async (count) => {
    const one = process()
    const { bytes, kind } = await put(one, rows(count))
    expect(kind).not.toBe(plain)
    expect(bytes.length).toBeLessThan(JSON.stringify(rows(count)).length / 2)
    expect(await process().cache.get('k')).toStrictEqual(rows(count))
    expect(one.failures).toEqual([])
  })

  test('is read whatever it was compressed with, also by who compresses nothing', async () => {
    for (const algorithm of ['gzip', 'brotli'] as const) {
      await put(process({ compression: { algorithm } }), rows(200))
      expect(await process({ compression: false }).cache.get('k')).toStrictEqual(rows(200))
    }
  })

  test('is signed as it is stored', async () => {
    const secret = 'a secret of enough bytes'
    await put(process({ secret }), rows(200))
    expect(await process({ secret }).cache.get('k')).toStrictEqual(rows(200))
    expect(await process({ secret: 'another secret of enough bytes' }).cache.get('k')).toBeUndefined()
  })
})

describe('nothing is compressed', () => {
  test('that is small', async () => {
    expect((await put(process(), rows(3))).kind).toBe(plain)
  })

  test.each([
    ['the store', { compression: false }, {}, {}],
    ['the cache', {}, { compression: false }, {}],
    ['the call', {}, {}, { compression: false }],
    ['the size that the store was given', { compression: { above: 1_000_000 } }, {}, {}],
  ] as const)('by the will of %s', async (_, store, options, call) => {
    expect((await put(process(store, options), rows(200), call)).kind).toBe(plain)
  })

  test('unless the narrower one wants it', async () => {
    const compression = { above: 10 }
    const one = process({ compression: false }, { compression: false })
    expect((await put(one, rows(10), { compression })).kind).not.toBe(plain)
  })
})

describe('an entry', () => {
  test.each([200, 20_000])(
    'of %i rows whose compressed value is damaged is a miss and deleted',
    async (count) => {
      const { bytes } = await put(process({ compression: { algorithm: 'gzip' } }), rows(count))
      const damaged = Buffer.from(bytes)
      damaged[bytes.length - 20]! ^= 0xff
      await client.call('set', keyOf('k'), damaged)
      const one = process()
      expect(await one.cache.get('k')).toBeUndefined()
      await watched.idle()
      expect(one.failures).toHaveLength(1)
      expect(await client.call('exists', keyOf('k'))).toBe(0)
    },
  )

  test('that says that more comes out than maxEntryBytes allows is a miss, counted, and stays for others', async () => {
    const told: number[] = []
    await put(process(), rows(5_000))
    const one = process({}, { maxEntryBytes: 50_000 })
    one.cache.on('too-large', ({ bytes }) => told.push(bytes))
    expect(await one.cache.get('k')).toBeUndefined()
    expect(one.cache.stats()).toMatchObject({ tooLarge: 1, failures: 0 })
    expect(told).toHaveLength(1)
    expect(await process().cache.get('k')).toBeDefined()
  })

  test('of an unknown way of compressing is a miss that is counted, no failure, and stays for others', async () => {
    const { bytes } = await put(process(), rows(200))
    const other = Buffer.from(bytes)
    other[bodyAt(bytes)] = 0xc3
    await client.call('set', keyOf('k'), other)
    const one = process()
    if (globalThis.process.versions['zstd'] !== undefined) return
    const warnings: string[] = []
    one.cache.on('warning', ({ code }) => warnings.push(code))
    expect(await one.cache.getOrSet('k', () => 'loaded')).toBe('loaded')
    expect(one.cache.stats()).toMatchObject({ unreadable: 1, failures: 0, misses: 1 })
    expect(warnings).toEqual(['COMPRESSION_NOT_SUPPORTED'])
    await watched.idle()
    expect(await process().cache.get('k')).toBe('loaded')
  })
})

test('puts of one key take effect in their order, also when the first is still being compressed', async () => {
  const { cache } = process()
  await Promise.all([cache.set('k', rows(20_000)), cache.set('k', 'small')])
  expect(await cache.get('k')).toBe('small')
})
