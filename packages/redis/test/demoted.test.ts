import { stateOf } from '@freshet/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type RedisServer,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from '../../../test/services/index.js'
import {
  connectTo,
  ioredisVersions,
  loadScripts,
  nodeRedisVersions,
  type TestClient,
  versions,
} from './support/clients.js'
import { rawNodeRedis } from './support/node-redis.js'
import { TestDatabase, type TestProcess } from './support/process.js'
import { tracked } from './support/tracked-client.js'

const prefix = 'demoted:'
const turn = async () => await new Promise((resolve) => setImmediate(resolve))

/** A name that leads to the master, as one of a managed service does: who is connected stays where it is. */
let address: TcpProxy
let target: { host: string; port: number }
let servers: readonly [RedisServer, RedisServer]
let others: TestClient
let writer: TestProcess
let database: TestDatabase
beforeEach(async () => {
  servers = await Promise.all([startRedisServer(), startRedisServer()])
  const [first, second] = servers
  await second.command('REPLICAOF', first.host, first.port)
  while (!String(await second.command('INFO', 'replication')).includes('master_link_status:up'));
  target = { host: first.host, port: first.port }
  address = await startTcpProxy(target)
  database = new TestDatabase()
})
afterEach(async () => {
  others.disconnect()
  await address.stop()
  await Promise.all(servers.map(async (server) => await server.stop()))
})

/** Neither server ends a connection, and nothing that is written from now on comes to the first. */
async function failOver(): Promise<void> {
  const [first, second] = servers
  await first.command('WAIT', 1, 5_000)
  await second.command('REPLICAOF', 'NO', 'ONE')
  await first.command('REPLICAOF', '127.0.0.1', 1)
  target.port = second.port
  others = await connectTo(second)
  await loadScripts(others)
  writer = database.connect(others, { prefix })
}

async function isAt(client: TestClient, { port }: RedisServer): Promise<boolean> {
  return (
    client.status === 'ready' && String(await client.call('info', 'server')).includes(`tcp_port:${port}\r`)
  )
}

const near = {
  'without copies': {},
  strong: { near: {} },
  bounded: { near: {}, consistency: { maxStaleness: '3s' } },
  eventual: { near: {}, consistency: 'eventual' },
} as const

describe.each(ioredisVersions)('%s, whose user connects again after READONLY', (version) => {
  test.each(Object.entries(near))(
    '%s: nothing is served or stored until the master is found',
    async (_, mode) => {
      const reconnectOnError = (error: Error) => error.message.startsWith('READONLY')
      const client = await connectTo(address, version, { reconnectOnError, retryStrategy: () => 1 })
      const watched = tracked(client)
      const process = database.connect(watched, { prefix }, mode)
      const read = async () => {
        const row = await process.read()
        await watched.idle()
        await turn()
        return row
      }
      try {
        for (let i = 0; i < 3; i++) expect(await read()).toBe('v0')
        const { loads } = database
        await failOver()
        // For as long as a mode may serve what it was not told about, and no longer.
        process.clock.advance(3_001)
        await writer.cache.write(['User'], database.set('v1'))
        expect(await read()).toBe('v1')
        while (!(await isAt(client, servers[1]))) expect(await read()).toBe('v1')
        while (process.cache.stats().hits < 5) expect(await read()).toBe('v1')
        expect(process.warnings).toContain('REDIS_NOT_MASTER')
        expect(database.loads).toBeGreaterThan(loads)
        await process.cache.write(['User'], database.set('v2'))
        expect([await read(), await writer.read()]).toEqual(['v2', 'v2'])
      } finally {
        await process.cache.close()
        client.disconnect()
      }
    },
  )
})

describe.each(versions)('%s, whose user says nothing', (version) => {
  test('the connection is left alone, nothing is served or stored, and a write is not reported as failed', async () => {
    const client = await connectTo(address, version)
    const watched = tracked(client)
    const process = database.connect(watched, { prefix })
    let ends = 0
    client.on('close', () => ends++)
    try {
      for (let i = 0; i < 3; i++) {
        await process.read()
        await watched.idle()
      }
      expect(database.loads).toBe(1)
      await failOver()
      await writer.cache.write(['User'], database.set('v1'))
      for (let i = 0; i < 3; i++) expect(await process.read()).toBe('v1')
      expect(database.loads).toBe(4)
      const writing = process.cache.write(['User'], database.set('v2'))
      while ((await stateOf(writing)) === 'pending') {
        await turn()
        process.clock.advance(50)
      }
      await writing
      expect(await process.read()).toBe('v2')
      expect(process.failures.map((failure) => failure.split(':')[0])).toEqual([
        'open intent',
        'close intent',
      ])
      expect(ends).toBe(0)
      expect(await isAt(client, servers[0])).toBe(true)
    } finally {
      client.disconnect()
    }
  })
})

describe.each(nodeRedisVersions)('%s, which has no hook of its own', (version) => {
  test('the one that the store is given is called, once a second, and may connect again', async () => {
    const client = await rawNodeRedis(version, { host: address.host, port: address.port })
    let called = 0
    let act = () => undefined as unknown
    const onDemoted = () => {
      called++
      act()
    }
    const process = database.connect(client, { prefix, onDemoted })
    try {
      await process.read()
      await failOver()
      for (let i = 0; i < 5; i++) expect(await process.read()).toBe('v0')
      expect(called).toBe(1)
      process.clock.advance(1_000)
      act = () => {
        act = () => undefined
        void end(client).then(async () => await client.connect())
      }
      await process.read()
      expect(called).toBe(2)
      while (process.cache.stats().hits === 0) {
        await process.read()
        await turn()
      }
    } finally {
      await end(client)
    }
  })

  test('an error of that one is told, and hurts no query', async () => {
    const client = await rawNodeRedis(version, { host: address.host, port: address.port })
    const onDemoted = () => {
      throw new Error('not now')
    }
    const process = database.connect(client, { prefix, onDemoted })
    await failOver()
    expect(await process.read()).toBe('v0')
    expect(process.failures).toEqual(['leave demoted server: not now'])
    await end(client)
  })
})

async function end(client: Awaited<ReturnType<typeof rawNodeRedis>>): Promise<void> {
  if (client.destroy === undefined) await client.disconnect!()
  else client.destroy()
}
