import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import type { PushClient, RedisClient } from '../../src/client.js'
import { shareScript } from '../../src/scripts/share.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { ScriptRuns } from '../support/script-runs.js'

let server: RedisServer
let client: TestClient
let listener: PushClient
let runs: ScriptRuns
let heard: string[]
beforeAll(async () => {
  server = await startRedisServer()
  client = await connectTo(server)
})
beforeEach(async () => {
  runs = new ScriptRuns(client)
  heard = []
  listener = (client as RedisClient).duplicate!({ lazyConnect: true }) as PushClient
  await listener.connect()
  listener.on('messageBuffer', (_, message) => void heard.push((message as Buffer).subarray(9).toString()))
  await listener.callBuffer('subscribe', runs.key('channel'))
})
afterEach(() => listener.disconnect())
afterAll(async () => {
  client.disconnect()
  await server.stop()
})

function entry(readAtMicros: number, rest: string): Buffer {
  const fixed = Buffer.alloc(9)
  fixed.writeUInt8(1)
  fixed.writeBigUInt64BE(BigInt(readAtMicros), 1)
  return Buffer.concat([fixed, Buffer.from(rest)])
}

const share = async (payload: Buffer) =>
  await runs.run(shareScript, ['e'], payload, 60_000, runs.key('channel'))
const kept = async () => ((await client.callBuffer('get', runs.key('e'))) as Buffer).subarray(9).toString()
const hears = async (count: number) => {
  while (heard.length < count) await new Promise((resolve) => setImmediate(resolve))
}

describe('SHARE', () => {
  test('stores an entry as PUT does, and tells of it', async () => {
    expect(await share(entry(1_000, 'a'))).toBe(1)
    expect(await share(entry(2_000, 'b'))).toBe(1)
    expect(await kept()).toBe('b')
    await hears(2)
    expect(heard).toEqual(['a', 'b'])
  })

  test('tells nothing of an entry that it does not store', async () => {
    await share(entry(2_000, 'later'))
    expect(await share(entry(1_000, 'earlier'))).toBe(0)
    await share(entry(3_000, 'last'))
    await hears(2)
    expect(heard).toEqual(['later', 'last'])
  })

  test('stores it and says so when it may not tell', async () => {
    await server.command('ACL', 'SETUSER', 'quiet', 'on', 'nopass', '~*', '&*', '+@all', '-publish')
    const quiet = await connectTo(server, 'ioredis 5', { username: 'quiet', password: 'any' })
    const said = await new ScriptRuns(quiet).run(shareScript, ['e'], entry(1, 'a'), 60_000, 'any')
    expect(String(said)).toMatch(/NOPERM|can't run this command/)
    quiet.disconnect()
  })
})
