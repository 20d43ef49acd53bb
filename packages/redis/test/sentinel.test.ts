import { Redis as Redis5 } from 'ioredis'
import { Redis as Redis6 } from 'ioredis6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisSentinelSet, startRedisSentinelSet } from '../../../test/services/index.js'
import { loadScripts, ready, type TestClient, type Version, versions } from './support/clients.js'
import { keysOf } from './support/keys.js'
import { TestDatabase } from './support/process.js'
import { tracked } from './support/tracked-client.js'

let set: RedisSentinelSet
beforeAll(async () => void (set = await startRedisSentinelSet()))
afterAll(async () => await set.stop())

async function connect(version: Version) {
  const options = { sentinels: [...set.sentinels], name: set.name, failoverDetector: true }
  const client = await ready(version === 'ioredis 5' ? new Redis5(options) : new Redis6(options))
  await loadScripts(client)
  return client
}

async function isConnectedTo(client: TestClient, port: number): Promise<boolean> {
  return (
    client.status === 'ready' && String(await client.call('info', 'server')).includes(`tcp_port:${port}\r`)
  )
}

describe.each(versions)('%s, through sentinels', (version) => {
  test('after a failover nothing from before it is served, and the new master is used', async () => {
    const client = await connect(version)
    try {
      const watched = tracked(client)
      const database = new TestDatabase()
      const prefix = `sentinel ${version}:`
      const process = database.connect(watched, { prefix })
      const read = async () => {
        const row = await process.read()
        await watched.idle()
        return row
      }
      const before = await set.master()
      expect([await read(), await read()]).toEqual(['v0', 'v0'])
      expect(database.loads).toBe(1)
      // The replica that takes over has the entry and its generation, and not what will be bumped.
      expect(await before.command('WAIT', 1, 5_000)).toBeGreaterThanOrEqual(1)
      database.row = 'v1'
      const after = await set.failover()
      // ioredis hears of it, ends its connection and asks the sentinels anew.
      while (!(await isConnectedTo(client, after.port))) await new Promise((resolve) => setImmediate(resolve))
      expect(await after.command('EXISTS', keysOf(prefix).entry)).toBe(1)
      expect([await read(), await read()]).toEqual(['v1', 'v1'])
      const { loads } = database
      await read()
      expect(database.loads).toBe(loads)
    } finally {
      client.disconnect()
    }
  })
})
