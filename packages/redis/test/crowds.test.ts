import { createCache, type Cache } from '@freshet/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type RedisServer,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from '../../../test/services/index.js'
import { redisStore } from '../src/index.js'
import { toShare } from '../src/to-share.js'
import { connectTo, loadScripts, type TestClient } from './support/clients.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const readers = 100
const rows = () => [{ name: 'Ada', born: new Date(1815, 11, 10) }]

interface Process {
  readonly cache: Cache
  readonly client: TrackedClient
}

describe.each([
  ['without copies', false],
  ['with copies', {}],
] as const)('readers of one moment, %s', (_, near) => {
  let server: RedisServer
  let proxy: TcpProxy
  let admin: TestClient
  let clients: TestClient[]
  let caches: Cache[]
  let one: Process
  let other: Process
  beforeEach(async () => {
    server = await startRedisServer()
    proxy = await startTcpProxy(server)
    clients = []
    caches = []
    admin = await connect(server)
    await loadScripts(admin)
    one = await start(proxy)
    other = await start(server)
  })
  afterEach(async () => {
    await Promise.all(caches.map(async (cache) => await cache.close()))
    for (const client of clients) client.disconnect()
    await proxy.stop()
    await server.stop()
  })

  async function connect(to: { host: string; port: number }): Promise<TestClient> {
    const client = await connectTo(to)
    clients.push(client)
    return client
  }

  async function start(to: { host: string; port: number }): Promise<Process> {
    const client = tracked(await connect(to))
    const cache = createCache({
      store: redisStore(client, { advice: false, timeout: '10s' }),
      jitter: 0,
      near,
    })
    caches.push(cache)
    return { cache, client }
  }

  const read = async ({ cache }: Process, tags: readonly string[] = ['User'], load: () => unknown = rows) =>
    (await cache.getOrSet('k', load, { tags })) as ReturnType<typeof rows>

  /** What all of them are given, each of which changes it. */
  async function changeAll(process: Process): Promise<readonly (readonly string[])[]> {
    const answers = await Promise.all(Array.from({ length: readers }, async () => await read(process)))
    return answers.map((answer) => {
      const names = answer.map(({ name, born }) => `${name} ${born.getFullYear()}`)
      answer[0]!.name = 'changed'
      answer.push(answer[0]!)
      return names
    })
  }

  const everyones = Array.from({ length: readers }, () => ['Ada 1815'])

  async function stored(process: Process): Promise<void> {
    await read(process)
    await process.client.idle()
  }

  test('take one request for an entry of another process, and are given a value each', async () => {
    await stored(other)
    const before = one.client.sent.length
    expect(await changeAll(one)).toEqual(everyones)
    expect(one.client.sent.length).toBe(before + 1)
    expect(one.cache.stats()).toMatchObject({ hits: readers, loads: 0 })
  })

  test('are given a value each of an entry that another process has loaded again', async () => {
    await stored(one)
    await other.cache.invalidate(['User'])
    await stored(other)
    expect(await changeAll(one)).toEqual(everyones)
    expect(one.cache.stats()).toMatchObject({ hits: readers, loads: 1 })
  })

  test('are looked up apart if they do not name the same tags', async () => {
    await stored(other)
    const answers = [read(one, ['User'], () => 'loaded'), read(one, ['Post'], () => 'loaded'), read(one)]
    expect(await Promise.all(answers)).toEqual([rows(), 'loaded', rows()])
  })

  test('do not wait for the answer to a request that was sent before they came', async () => {
    await stored(one)
    proxy.stallAnswers()
    const early = read(one)
    await turns()
    await other.cache.write(['User'], () => undefined)
    const late = read(one, ['User'], () => 'loaded again')
    await turns()
    proxy.resume()
    expect([await early, await late]).toEqual([rows(), 'loaded again'])
  })
})

test('what cannot be copied for several is not there for them', () => {
  const vector = { id: 'v', usable: true }
  const copy = { master: () => 'no data', plan: { kind: 'primitive' } as const, bytes: 1 }
  const found = { status: 'found', copy, vector, storedAt: 0, expiresAt: 1, loadMs: 7 } as const
  expect(toShare(found)).toEqual({ status: 'absent', reason: 'missing', vector, loadMs: 7 })
})

/** Enough for what is ready to be sent, and to have arrived at a server that answers to others. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}
