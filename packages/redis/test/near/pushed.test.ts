import { type CacheOptions, createCache } from '@freshet/core'
import { held, HeldLoader } from '@freshet/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { redisStore } from '../../src/index.js'
import { createKeys } from '../../src/keys.js'
import { changesChannel } from '../../src/push/publishing.js'
import { connectTo, versions } from '../support/clients.js'
import { keysOf } from '../support/keys.js'
import { type NearProcesses, prefix, startNearProcesses } from '../support/near-processes.js'

const turn = async () => await new Promise((resolve) => setImmediate(resolve))
const silenceMs = 3_000

const permissions = ['+evalsha', '+eval', '+get', '+mget', '+set', '+getrange', '+del', '+time', '+info']
/** To hear what is published, but not to track. */
const listener = [...permissions, '+client', '-client|tracking', '+subscribe', '+publish', '+pubsub']

const told = [
  ...versions.map((version) => ({ version, way: 'tracked' })),
  ...(['ioredis 5', 'iovalkey', 'node-redis 4', 'node-redis 5'] as const).map((version) => ({
    version,
    way: 'published',
  })),
] as const

describe.each(told)('eventual, $version, $way', ({ version, way }) => {
  let all: NearProcesses
  beforeEach(async () => {
    const restricted = way === 'published' ? listener : undefined
    all = await startNearProcesses(version, { consistency: 'eventual' }, restricted)
    await all.listening()
  })
  afterEach(async () => await all.close())

  const write = async (row: string) => {
    await all.writer.cache.write(['User'], all.database.set(row))
  }
  const entries = () => all.near.cache.stats().entries

  test('a hit takes no request, at once and for as long as heartbeats come back', async () => {
    const { loads } = all.database
    for (let second = 0; second < 10; second++) {
      expect(await all.read()).toEqual({ row: 'v0', requests: 0 })
      const before = all.watched.sent.length
      all.near.clock.advance(1_000)
      // The heartbeat, and nothing but the heartbeat, on the connection that carries the writes.
      expect(all.watched.sent.slice(before)).toEqual([['evalsha']])
      await heard()
    }
    expect(all.database.loads).toBe(loads)
  })

  /** Until the echo of a heartbeat has arrived: what is pushed behind it has as well, by then. */
  async function heard() {
    const asked = all.near.cache.stats().hits
    while (all.near.cache.stats().hits < asked + 5) {
      await all.watched.idle()
      await all.near.read()
    }
  }

  test('what another process writes is seen when the push arrives', async () => {
    for (const row of ['v1', 'v2', 'v3']) {
      await write(row)
      await all.sees(row)
      await all.listening()
    }
  })

  test('what a writer marks is asked for at once, so that nobody waits for one that dies', async () => {
    const commit = held()
    const writing = all.writer.cache.write(['User'], async () => {
      all.database.row = 'v1'
      await commit.promise
    })
    await all.sees('v1')
    commit.resolve()
    await writing
  })

  test('a process sees its own writes at once, and a write takes one request', async () => {
    all.pushProxy.stall()
    for (const row of ['v1', 'v2', 'v3']) {
      const before = all.watched.sent.length
      await all.near.cache.write(['User'], all.database.set(row))
      expect(all.watched.sent.length).toBe(before + 1)
      expect((await all.read()).row).toBe(row)
    }
  })

  test('a load from before an own write leaves nothing that is served', async () => {
    await all.near.cache.delete('k')
    const loader = new HeldLoader<string>()
    const loading = all.near.cache.getOrSet('k', loader.load, { tags: ['User'] })
    await all.watched.idle()
    // Nobody but the write itself tells of it.
    all.pushProxy.stall()
    await all.near.cache.write(['User'], all.database.set('v1'))
    loader.land('v0')
    expect(await loading).toBe('v0')
    expect((await all.read()).row).toBe('v1')
    expect((await all.read()).row).toBe('v1')
  })

  test('a question that was answered before an own write confirms nothing after it', async () => {
    all.near.clock.advance(1)
    await all.server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    while (entries() > 0) await turn()
    all.pushProxy.stall()
    await all.read()
    all.dataProxy.stallAnswers()
    const before = all.near.read()
    await turn()
    const writing = all.near.cache.write(['User'], all.database.set('v1'))
    await turn()
    all.dataProxy.resume()
    await Promise.all([before, writing])
    expect((await all.read()).row).toBe('v1')
  })

  test('a push connection that says nothing is not trusted for longer than the silence', async () => {
    all.pushProxy.stall()
    await write('v1')
    for (let passed = 0; passed <= silenceMs; passed += 500) {
      all.near.clock.advance(500)
      await all.watched.idle()
    }
    expect((await all.read()).row).toBe('v1')
    expect(entries()).toBeLessThanOrEqual(1)
  })

  test('also when only its heartbeats are answered, on the connection that they are sent on', async () => {
    all.pushProxy.stall()
    await write('v1')
    all.near.clock.advance(1_000)
    await all.watched.idle()
    all.near.clock.advance(1_000)
    await all.watched.idle()
    all.near.clock.advance(1_001)
    await all.watched.idle()
    expect((await all.read()).row).toBe('v1')
  })

  test('a push connection that is killed takes all copies along, and comes back', async () => {
    expect(entries()).toBe(1)
    all.pushProxy.stall()
    all.pushProxy.cut()
    while (entries() > 0) await turn()
    await write('v1')
    expect((await all.read()).row).toBe('v1')
    all.pushProxy.resume()
    await all.listening()
    expect((await all.read()).row).toBe('v1')
  })

  test('a load from before a gap leaves nothing that is served after it', async () => {
    await all.near.cache.delete('k')
    const loader = new HeldLoader<string>()
    const loading = all.near.cache.getOrSet('k', loader.load, { tags: ['User'] })
    const other = async () => await all.near.cache.getOrSet('other', () => 'there', { tags: ['User'] })
    await other()
    await all.watched.idle()
    all.pushProxy.stall()
    all.pushProxy.cut()
    while (entries() > 0) await turn()
    await write('v1')
    loader.land('v0')
    expect(await loading).toBe('v0')
    expect((await all.read()).row).toBe('v1')
  })

  test('killed by the server it takes all copies along, and comes back', async () => {
    await all.server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    while (entries() > 0) await turn()
    await write('v1')
    expect((await all.read()).row).toBe('v1')
    await all.listening()
    await write('v2')
    await all.sees('v2')
  })

  test('a server that is stopped for a while serves nobody, and what is written after it is seen', async () => {
    await all.server.pause()
    try {
      all.database.row = 'v1'
      all.near.clock.advance(silenceMs + 1)
      const reading = all.near.read()
      await turn()
      all.near.clock.advance(1_500)
      expect(await reading).toBe('v1')
    } finally {
      await all.server.resume()
    }
    await write('v2')
    await all.sees('v2')
    await all.listening()
  })

  test('a flush of the server takes all copies along', async () => {
    await all.server.command('FLUSHALL')
    // Nobody publishes it, but the next heartbeat misses the mark of the last.
    if (way === 'published') all.near.clock.advance(1_000)
    while (entries() > 0) await turn()
    all.database.row = 'v1'
    expect((await all.read()).row).toBe('v1')
  })

  test('a server that is demoted and promoted again is asked anew', async () => {
    await all.server.command('REPLICAOF', '127.0.0.1', '1')
    await all.server.command('REPLICAOF', 'NO', 'ONE')
    all.near.clock.advance(1_000)
    while (entries() > 0) await turn()
    all.database.row = 'v1'
    await all.sees('v1')
    await all.listening()
  })

  test('a cache that is closed closes its connection', async () => {
    const subscribers = async () =>
      String(await all.server.command('CLIENT', 'LIST', 'TYPE', 'pubsub')).split('id=').length - 1
    expect(await subscribers()).toBe(1)
    await all.near.cache.close()
    while ((await subscribers()) > 0);
    all.near.clock.advance(60_000)
    expect(all.near.clock.pending).toBe(0)
  })
})

describe('bounded', () => {
  let all: NearProcesses
  beforeEach(async () => {
    all = await startNearProcesses('ioredis 5', { consistency: { maxStaleness: '1s' } })
    all.pushProxy.stall()
    await all.read()
  })
  afterEach(async () => await all.close())
  const write = async (row: string) => {
    await all.writer.cache.write(['User'], all.database.set(row))
  }

  test('a hit takes no request until the bound has passed, whatever is pushed', async () => {
    await write('v1')
    all.near.clock.advance(1_000)
    expect(await all.read()).toEqual({ row: 'v0', requests: 0 })
    all.near.clock.advance(1)
    expect((await all.read()).row).toBe('v1')
  })

  test('the bound counts from before the question, not from the answer', async () => {
    all.near.clock.advance(1_001)
    all.dataProxy.stallAnswers()
    const reading = all.near.read()
    for (let i = 0; i < 20; i++) await turn()
    await write('v1')
    all.near.clock.advance(1_001)
    all.dataProxy.resume()
    expect(await reading).toBe('v0')
    expect((await all.read()).row).toBe('v1')
  })

  test('a copy counts from the question as well, not from when it was stored', async () => {
    await all.near.cache.delete('k')
    const loader = new HeldLoader<string>()
    const loading = all.near.cache.getOrSet('k', loader.load, { tags: ['User'] })
    await all.watched.idle()
    all.near.clock.advance(900)
    loader.land('v0')
    await loading
    await write('v1')
    all.near.clock.advance(101)
    expect((await all.read()).row).toBe('v1')
  })

  test('a write takes two requests', async () => {
    const before = all.watched.sent.length
    await all.near.cache.write(['User'], all.database.set('v1'))
    expect(all.watched.sent.length).toBe(before + 2)
    expect((await all.read()).row).toBe('v1')
  })
})

describe('a user of Redis that may not track', () => {
  let all: NearProcesses
  afterEach(async () => await all.close())
  const start = async (consistency: CacheOptions['consistency'] & {}, allowed: readonly string[]) => {
    all = await startNearProcesses('ioredis 5', { consistency }, allowed)
    await all.read()
  }
  const warned = async () => {
    while (all.near.warnings.length === 0) await turn()
    return all.near.warnings
  }
  /** Lets time pass, with a heartbeat each second. */
  const passing = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      all.near.clock.advance(1_000)
      for (let i = 0; i < 10; i++) await all.watched.idle()
    }
  }

  test('nor listen to what is published is warned, and asks for what nobody tells', async () => {
    await start('eventual', permissions)
    expect(await warned()).toEqual(['REDIS_WITHOUT_PUSH'])
    for (const row of ['v1', 'v2']) {
      await all.writer.cache.write(['User'], all.database.set(row))
      expect((await all.read()).row).toBe(row)
    }
    expect((await all.read()).requests).toBe(1)
  })

  test('nor publish heartbeats is warned, and asks', async () => {
    await start('eventual', [...listener, '-publish'])
    expect(await warned()).toEqual(['REDIS_WITHOUT_PUSH'])
    expect((await all.read()).requests).toBe(1)
  })

  test('is warned once, and asks again after some seconds, as not everybody who changes something publishes it', async () => {
    await start('eventual', listener)
    await all.listening()
    expect(await warned()).toEqual(['REDIS_WITHOUT_TRACKING'])
    await all.server.command('DEL', keysOf(prefix).user)
    all.database.row = 'v1'
    await passing(5)
    expect(await all.read()).toEqual({ row: 'v0', requests: 0 })
    await passing(10)
    expect((await all.read()).row).toBe('v1')
    expect(all.near.warnings).toEqual(['REDIS_WITHOUT_TRACKING'])
  })

  test('keeps the bound that was asked for, whoever publishes what', async () => {
    await start({ maxStaleness: '3s' }, listener)
    await warned()
    await all.listening()
    await all.server.command('SET', keysOf(prefix).user, 'unpublished')
    all.database.row = 'v1'
    await passing(2)
    expect(await all.read()).toEqual({ row: 'v0', requests: 0 })
    await passing(2)
    expect((await all.read()).row).toBe('v1')
  })

  test('is told by writers who may publish, and those who may not are warned', async () => {
    await start('eventual', listener)
    await all.listening()
    await all.admin.call('acl', 'setuser', 'mute', 'on', 'nopass', '~*', ...permissions, '+pubsub')
    const login = { username: 'mute', password: 'any', enableReadyCheck: false }
    const client = await connectTo(all.server, 'ioredis 5', login)
    try {
      const mute = all.database.connect(client, { prefix })
      await mute.cache.write(['User'], all.database.set('v1'))
      expect(mute.warnings).toEqual(['REDIS_CHANGES_NOT_TOLD'])
      expect(mute.failures).toEqual([])
      await all.near.cache.close()
      while (String(await all.server.command('PUBSUB', 'CHANNELS')) !== '') await turn()
      const later = all.database.connect(client, { prefix })
      await later.cache.write(['User'], all.database.set('v2'))
      expect(later.warnings).toEqual([])
    } finally {
      client.disconnect()
    }
  })
})

test('what is stored is not told to anybody, only what is written', async () => {
  const all = await startNearProcesses('ioredis 5', { consistency: 'eventual' }, listener)
  try {
    await all.listening()
    const heard: string[] = []
    const ear = await connectTo(all.server)
    ear.on('message', (...[, keys]: unknown[]) => void heard.push(String(keys)))
    await ear.call('subscribe', changesChannel('', `${prefix}g:`))
    for (let i = 0; i < 5; i++) await all.writer.cache.getOrSet(`k${i}`, () => i, { tags: [`New${i}`] })
    await all.writing.idle()
    await all.writer.cache.write(['User', 'Post'], all.database.set('v1'))
    while (heard.length < 2) await turn()
    const tags = [keysOf(prefix).user, createKeys(prefix).generation('post')].join('\n')
    // Once when they are marked, and once when they are changed.
    expect(heard).toEqual([tags, tags])
    ear.disconnect()
  } finally {
    await all.close()
  }
})

describe('what cannot be', () => {
  let all: NearProcesses
  beforeEach(async () => void (all = await startNearProcesses('ioredis 5', {})))
  afterEach(async () => await all.close())
  const unsupported = expect.objectContaining({ code: 'UNSUPPORTED_CONSISTENCY' })

  test.each(['eventual', { maxStaleness: '1s' }] as const)('%j without copies is refused', (consistency) => {
    expect(() => createCache({ store: redisStore(all.client), near: false, consistency })).toThrow(
      unsupported,
    )
  })

  test('a client that cannot make connections can only be strong', async () => {
    const client = { ...all.watched, status: 'ready', duplicate: undefined }
    const store = redisStore(client as never)
    expect(() => createCache({ store, consistency: 'eventual' })).toThrow(unsupported)
    await createCache({ store }).close()
  })
})
