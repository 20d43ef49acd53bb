import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import { readScript } from '../../src/scripts/read.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { ScriptRuns } from '../support/script-runs.js'

let server: RedisServer
let client: TestClient
let runs: ScriptRuns
beforeAll(async () => {
  server = await startRedisServer()
  client = await connectTo(server)
})
beforeEach(() => void (runs = new ScriptRuns(client)))
afterAll(async () => {
  client.disconnect()
  await server.stop()
})

type Reply = [epoch: string | null, micros: number, values: (string | null)[]]
const read = async (...names: string[]) => (await runs.run(readScript, names)) as Reply

describe('READ', () => {
  test('gives values as they are, and nil for what is not there', async () => {
    await runs.put('tag', 'g1|w1:1')
    await runs.put('entry', 'payload')
    const [, micros, values] = await read('entry', 'tag', 'missing')
    expect(values).toEqual(['payload', 'g1|w1:1', null])
    expect(Math.floor(micros / 1000)).toBeLessThanOrEqual(await runs.now())
  })

  test('changes nothing, not even a mark that has run out', async () => {
    await runs.put('tag', 'g1|w1:1')
    await read('tag', 'missing')
    expect([await runs.value('tag'), await runs.value('missing')]).toEqual(['g1|w1:1', null])
  })

  test("names the server's history", async () => {
    const info = String(await client.call('info', 'replication'))
    expect((await read('tag'))[0]).toBe(/master_replid:(\w{40})/.exec(info)?.[1])
  })

  test('has another epoch after a promotion without a restart, and none in between', async () => {
    const [before] = await read('tag')
    await client.call('replicaof', '127.0.0.1', '1')
    expect((await read('tag'))[0]).toBe('')
    await client.call('replicaof', 'no', 'one')
    const [after] = await read('tag')
    expect(after).toHaveLength(40)
    expect(after).not.toBe(before)
  })

  test('has another epoch after each restart, with the same data or none', async () => {
    await runs.put('tag', 'g1')
    const kept = runs.key('tag')
    const epochs = [(await read('tag'))[0]]
    const saved = await server.save()
    for (const data of [saved, undefined, saved]) {
      client.disconnect()
      await server.restart(data)
      client = await connectTo(server)
      const [epoch, , values] = (await client.call('eval', readScript.lua, 1, kept)) as Reply
      expect(values).toEqual([data === undefined ? null : 'g1'])
      epochs.push(epoch)
    }
    expect(new Set(epochs).size).toBe(4)
  })

  test('has no epoch where INFO is denied', async () => {
    await client.call('acl', 'setuser', 'limited', 'on', 'nopass', '~*', '+@all', '-info')
    const limited = await connectTo(server, 'ioredis 5', {
      username: 'limited',
      password: 'any',
      enableReadyCheck: false,
    })
    try {
      runs = new ScriptRuns(limited)
      await runs.put('tag', 'g1')
      expect((await read('tag')).filter((_, index) => index !== 1)).toEqual([null, ['g1']])
    } finally {
      limited.disconnect()
    }
  })
})
