import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sharedRedis } from '../../../../test/services/shared.js'
import { startRedisServer } from '../../../../test/services/index.js'
import { intentScript } from '../../src/scripts/intent.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { ScriptRuns } from '../support/script-runs.js'

const leaseMs = 60_000
let client: TestClient
let runs: ScriptRuns
beforeAll(async () => void (client = await connectTo(await sharedRedis())))
beforeEach(() => void (runs = new ScriptRuns(client)))
afterAll(() => client.disconnect())

const intent = async (id: string, ms = leaseMs, ...tags: string[]) =>
  Number(await runs.run(intentScript, tags.length === 0 ? ['t'] : tags, id, 'nonce-', ms))

describe('INTENT', () => {
  test('gives a missing tag a fresh generation and the own mark, on the clock of the server', async () => {
    const now = await intent('w1')
    const { generation, intents } = await runs.tag('t')
    expect(generation).toMatch(/^nonce-\d{16}$/)
    expect(intents).toEqual({ w1: now + leaseMs })
    expect(await runs.expires('t')).toBe(now + leaseMs)
  })

  test('leaves the generation of a tag that is there', async () => {
    await runs.put('t', 'g1', 1_000_000)
    const now = await intent('w1')
    expect(await runs.tag('t')).toEqual({ generation: 'g1', intents: { w1: now + leaseMs } })
    expect(await runs.expires('t')).toBe(now + leaseMs)
  })

  test("keeps other writers' marks apart, and the key as long as the latest of them", async () => {
    await runs.put('t', 'g1')
    const first = await intent('w1', 90_000)
    const second = await intent('w2', 30_000)
    expect((await runs.tag('t')).intents).toEqual({ w1: first + 90_000, w2: second + 30_000 })
    expect(await runs.expires('t')).toBe(first + 90_000)
    const third = await intent('w3', 120_000)
    expect(await runs.expires('t')).toBe(third + 120_000)
  })

  test('replaces the generation when a mark has run out: its writer may have committed and died', async () => {
    const now = await runs.now()
    await runs.put('t', `g1|dead:${now - 1}|w2:${now + 90_000}`)
    await intent('w1')
    const { generation, intents } = await runs.tag('t')
    expect(generation).toMatch(/^nonce-/)
    expect(Object.keys(intents)).toEqual(['w2', 'w1'])
  })

  test('renews the own mark, and never cuts it short', async () => {
    await runs.put('t', 'g1')
    await intent('w1', 10_000)
    const renewed = await intent('w1', 60_000)
    expect((await runs.tag('t')).intents).toEqual({ w1: renewed + 60_000 })
    await intent('w1', 1_000)
    expect((await runs.tag('t')).intents).toEqual({ w1: renewed + 60_000 })
    expect(await runs.expires('t')).toBe(renewed + 60_000)
  })

  test('renewed after its key was lost, it is placed again', async () => {
    await intent('w1')
    const before = await runs.tag('t')
    await client.call('del', runs.key('t'))
    await intent('w1')
    const after = await runs.tag('t')
    expect(after.generation).not.toBe(before.generation)
    expect(Object.keys(after.intents)).toEqual(['w1'])
  })

  test('carried out twice, as a client that sends it again does, it leaves one mark and never an old generation', async () => {
    await intent('w1')
    const { generation } = await runs.tag('t')
    await client.call('del', runs.key('t'))
    await intent('w1')
    expect((await runs.tag('t')).generation).not.toBe(generation)
  })

  test('takes what is no text for missing', async () => {
    await runs.push('t')
    await intent('w1')
    expect((await runs.tag('t')).generation).toMatch(/^nonce-/)
  })

  test('marks all its tags in one step', async () => {
    await intent('w1', leaseMs, 'a', 'b', 'c')
    for (const name of ['a', 'b', 'c']) expect(Object.keys((await runs.tag(name)).intents)).toEqual(['w1'])
  })

  test('a tag whose last mark runs out has no generation any more', async () => {
    await runs.put('t', 'g1')
    await intent('w1', 1)
    while ((await runs.value('t')) !== null);
  })

  test('with memory out it marks nothing and says so', async () => {
    const server = await startRedisServer(['--maxmemory-policy', 'noeviction'])
    const full = await connectTo(server)
    try {
      runs = new ScriptRuns(full)
      await runs.put('t', 'g1')
      await server.command('CONFIG', 'SET', 'maxmemory', '1')
      await expect(intent('w1', leaseMs, 'new', 't')).rejects.toThrow(/OOM/)
      expect([await runs.value('new'), await runs.value('t')]).toEqual([null, 'g1'])
    } finally {
      full.disconnect()
      await server.stop()
    }
  })
})
