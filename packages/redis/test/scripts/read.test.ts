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

  test('names the server and its history', async () => {
    const info = async (name: string) =>
      new RegExp(`^${name}:(\\w{20})`, 'm').exec(String(await client.call('info')))
    const parts = [await info('run_id'), await info('master_replid')]
    expect((await read('tag'))[0]).toBe(parts.map((part) => part?.[1]).join(''))
  })

  test('has another epoch after a promotion without a restart', async () => {
    const [before] = await read('tag')
    await client.call('replicaof', '127.0.0.1', '1')
    const [demoted] = await read('tag')
    await client.call('replicaof', 'no', 'one')
    const [after] = await read('tag')
    expect(demoted).toBe('')
    expect(after).toHaveLength(40)
    expect(after).not.toBe(before)
    expect(after?.slice(0, 20)).toBe(before?.slice(0, 20))
  })

  test('has another epoch after a restart with the same data', async () => {
    await runs.put('tag', 'g1')
    const [before] = await read('tag')
    const saved = await server.save()
    client.disconnect()
    await server.restart(saved)
    client = await connectTo(server)
    const kept = runs.key('tag')
    const [after, , values] = (await client.call('eval', readScript.lua, 1, kept)) as Reply
    expect(values).toEqual(['g1'])
    expect(after?.slice(0, 20)).not.toBe(before?.slice(0, 20))
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
