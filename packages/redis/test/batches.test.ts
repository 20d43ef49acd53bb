import { createCache } from '@freshet/core'
import { FakeClock, held } from '@freshet/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sharedRedis } from '../../../test/services/shared.js'
import { redisStore, type RedisStoreOptions } from '../src/index.js'
import { connectTo, loadScripts, type TestClient } from './support/clients.js'
import { tracked } from './support/tracked-client.js'

let clients: TestClient[]
let prefix: string
let runs = 0
beforeEach(() => {
  clients = []
  prefix = `batches:${process.pid}:${runs++}:`
})
afterEach(() => clients.forEach((client) => client.disconnect()))

/** A process that loads many keys at once, and what it was asked for. */
async function start(options: RedisStoreOptions = {}, clock?: FakeClock) {
  const connected = await connectTo(await sharedRedis())
  clients.push(connected)
  await loadScripts(connected)
  const client = tracked(connected)
  const cache = createCache({
    store: redisStore(client, { prefix, advice: false, ...options }),
    jitter: 0,
    ...(clock && { clock }),
  })
  const asked: number[][] = []
  const read = (keys: number[], until?: Promise<void>) =>
    cache.getOrSetMany(keys, async (missing) => {
      asked.push(missing)
      await until
      return missing.map((key) => `${key}`)
    })
  return { cache, asked, read, client }
}

const many = Array.from({ length: 300 }, (_, index) => index)

describe.each([
  ['every process loads for itself', { fill: false }],
  ['one process loads for all', { fill: { from: 0 } }],
] as const)('a batch where %s', (_, options) => {
  test('is asked for once, for what is missing, in the order that was given', async () => {
    const { read, asked, cache } = await start(options)
    await read([5, 7])
    expect(await read(many)).toEqual(many.map(String))
    expect(asked).toEqual([[5, 7], many.filter((key) => key !== 5 && key !== 7)])
    await cache.close()
  })

  test('shares its keys with another one of the same process', async () => {
    const { read, asked, cache } = await start(options)
    const end = held()
    const first = read([1, 2, 3], end.promise)
    while (asked.length < 1) await new Promise(setImmediate)
    const second = read([4, 3, 2, 5])
    while (asked.length < 2) await new Promise(setImmediate)
    end.resolve()
    expect(await first).toEqual(['1', '2', '3'])
    expect(await second).toEqual(['4', '3', '2', '5'])
    expect(asked).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
    await cache.close()
  })
})

test('a batch loads what no other process is loading, and waits for the others', async () => {
  const [one, other] = [await start({ fill: { from: 0 } }), await start({ fill: { from: 0 } })]
  const end = held()
  const first = one.read([1, 2, 3], end.promise)
  while (one.asked.length < 1) await new Promise(setImmediate)
  const second = other.read([4, 3, 2, 5])
  while (other.asked.length < 1) await new Promise(setImmediate)
  end.resolve()
  expect(await first).toEqual(['1', '2', '3'])
  expect(await second).toEqual(['4', '3', '2', '5'])
  expect([one.asked, other.asked]).toEqual([[[1, 2, 3]], [[4, 5]]])
  await Promise.all([one.cache.close(), other.cache.close()])
})

test('of a batch, those that are known to be slow do not come after the others', async () => {
  const clock = new FakeClock()
  const other = await start({ fill: { from: '1ms' } }, clock)
  await other.cache.getOrSet(2, () => (clock.advance(5), '2'))
  await other.client.idle()
  await other.cache.delete(2)
  expect(await other.read([1, 2, 3])).toEqual(['1', '2', '3'])
  expect(other.asked).toEqual([[1, 2, 3]])
  await other.cache.close()
})
