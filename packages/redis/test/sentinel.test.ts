import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisSentinelSet, startRedisSentinelSet } from '../../../test/services/index.js'
import { connectThroughSentinels, loadScripts, type TestClient } from './support/clients.js'
import { keysOf } from './support/keys.js'
import { TestDatabase } from './support/process.js'
import { tracked } from './support/tracked-client.js'

let set: RedisSentinelSet
beforeAll(async () => void (set = await startRedisSentinelSet()))
afterAll(async () => await set.stop())

async function isConnectedTo(client: TestClient, port: number): Promise<boolean> {
  return (
    client.status === 'ready' && String(await client.call('info', 'server')).includes(`tcp_port:${port}\r`)
  )
}

const modes = {
  'without copies': {},
  strong: { near: {} },
  bounded: { near: {}, consistency: { maxStaleness: '3s' } },
  eventual: { near: {}, consistency: 'eventual' },
} as const

describe.each([
  ['ioredis 5', 'without copies'],
  ['ioredis 5', 'strong'],
  ['ioredis 5', 'bounded'],
  ['ioredis 5', 'eventual'],
  ['ioredis 6', 'without copies'],
  ['ioredis 6', 'eventual'],
  ['iovalkey', 'eventual'],
] as const)('%s, through sentinels, %s', (version, mode) => {
  test('after a failover nothing from before it is served, and the new master is used', async () => {
    const client = await connectThroughSentinels(set, version)
    const other = await connectThroughSentinels(set, version)
    const prefix = `sentinel ${version} ${mode}:`
    const watched = tracked(client)
    const database = new TestDatabase()
    const process = database.connect(watched, { prefix }, modes[mode])
    const writer = database.connect(other, { prefix })
    const read = async () => {
      const row = await process.read()
      await watched.idle()
      return row
    }
    const requestsOfRead = async () => {
      const before = watched.sent.length
      await read()
      return watched.sent.length - before
    }
    const isPushed = mode === 'bounded' || mode === 'eventual'
    const listening = async () => {
      if (isPushed) while ((await requestsOfRead()) > 0);
    }
    try {
      await loadScripts(client)
      const before = await set.master()
      expect([await read(), await read()]).toEqual(['v0', 'v0'])
      await listening()
      expect(database.loads).toBe(1)
      // The replica that takes over has the entry and its generation, and not what will be bumped.
      expect(await before.command('WAIT', 1, 5_000)).toBeGreaterThanOrEqual(1)
      database.row = 'v1'
      const after = await set.failover()
      // The client hears of it, ends its connection and asks the sentinels anew.
      for (const each of [client, other])
        while (!(await isConnectedTo(each, after.port))) await new Promise((resolve) => setImmediate(resolve))
      // Longer than any mode serves what it has not been told of.
      process.clock.advance(3_001)
      expect(await after.command('EXISTS', keysOf(prefix).entry)).toBe(1)
      expect([await read(), await read()]).toEqual(['v1', 'v1'])
      const { loads } = database
      await read()
      expect(database.loads).toBe(loads)
      // The connection on which changes are pushed has found the new master as well.
      await beating()
      await listening()
      await writer.cache.write(['User'], database.set('v2'))
      while ((await read()) !== 'v2') expect(isPushed).toBe(true)
      await listening()
    } finally {
      await process.cache.close()
      client.disconnect()
      other.disconnect()
    }

    /** Heartbeats, the replies to which tell a connection to the old master that it is not the master's. */
    async function beating() {
      for (let second = 0; second < 5; second++) {
        process.clock.advance(1_000)
        for (let i = 0; i < 10; i++) await watched.idle()
      }
    }
  })
})
