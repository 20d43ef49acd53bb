import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startRedisServer } from '../../../../test/services/index.js'
import { sharedRedis } from '../../../../test/services/shared.js'
import { mintScript } from '../../src/scripts/mint.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { ScriptRuns } from '../support/script-runs.js'

const ttlMs = 1_000_000
let client: TestClient
let runs: ScriptRuns
beforeAll(async () => void (client = await connectTo(await sharedRedis())))
beforeEach(() => void (runs = new ScriptRuns(client)))
afterAll(() => client.disconnect())

const mint = async (...tags: string[]) => {
  const reply = await runs.run(mintScript, tags, 'nonce-', ttlMs)
  return reply as [epoch: string, micros: number, values: (string | null)[]]
}

describe('MINT', () => {
  test('gives a missing tag a fresh generation, for a long time', async () => {
    const now = await runs.now()
    const [epoch, micros, values] = await mint('t')
    expect(values).toEqual([`nonce-${micros}`])
    expect(epoch).toHaveLength(40)
    expect(await runs.value('t')).toBe(values[0])
    expect(await runs.expires('t')).toBeGreaterThanOrEqual(now + ttlMs)
  })

  test.each(['g1', 'g1|w1:99999999999999'])(
    'leaves %s, with its time to live, and says so',
    async (value) => {
      await runs.put('t', value, 5_000)
      const expires = await runs.expires('t')
      expect((await mint('t'))[2]).toEqual([value])
      expect([await runs.value('t'), await runs.expires('t')]).toEqual([value, expires])
    },
  )

  test('mints what is missing among what is there', async () => {
    await runs.put('b', 'g1')
    const [, micros, values] = await mint('a', 'b', 'c')
    expect(values).toEqual([`nonce-${micros}`, 'g1', `nonce-${micros}`])
  })

  test('takes what is empty, or no text, for missing', async () => {
    await runs.put('empty', '')
    await runs.push('list')
    const [, , values] = await mint('empty', 'list')
    expect(values.every((value) => value?.startsWith('nonce-'))).toBe(true)
    expect([await runs.value('empty'), await runs.value('list')]).toEqual(values)
  })

  test('carried out again after the tag was lost it makes another generation', async () => {
    const [, , before] = await mint('t')
    await client.call('del', runs.key('t'))
    const [, , after] = await mint('t')
    expect(after).not.toEqual(before)
  })

  test('with memory out there is no generation', async () => {
    const server = await startRedisServer(['--maxmemory-policy', 'noeviction'])
    const full = await connectTo(server)
    try {
      runs = new ScriptRuns(full)
      await runs.put('there', 'g1')
      await server.command('CONFIG', 'SET', 'maxmemory', '1')
      expect((await mint('there', 'missing'))[2]).toEqual(['g1', null])
    } finally {
      full.disconnect()
      await server.stop()
    }
  })
})
