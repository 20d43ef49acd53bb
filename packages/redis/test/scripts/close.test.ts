import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startRedisServer } from '../../../../test/services/index.js'
import { sharedRedis } from '../../../../test/services/shared.js'
import { closeScript } from '../../src/scripts/close.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { ScriptRuns } from '../support/script-runs.js'

const ttlMs = 1_000_000
let client: TestClient
let runs: ScriptRuns
beforeAll(async () => void (client = await connectTo(await sharedRedis())))
beforeEach(() => void (runs = new ScriptRuns(client)))
afterAll(() => client.disconnect())

/** Closes `w1` on the tag; `bump` says whether the tag was written. */
const close = async (bump: boolean, id = 'w1') =>
  await runs.run(closeScript, ['t'], id, 'nonce-', bump ? 1 : 0, ttlMs)

const fresh = /^nonce-\d{16}$/

describe.each([true, false])('CLOSE, bump %s', (bump) => {
  test('takes the own mark away; a generation is replaced if the tag was written', async () => {
    const now = await runs.now()
    await runs.put('t', `g1|w1:${now + 60_000}`, 60_000)
    await close(bump)
    const { generation, intents } = await runs.tag('t')
    expect(intents).toEqual({})
    expect(generation).toMatch(bump ? fresh : /^g1$/)
    expect(await runs.expires('t')).toBeGreaterThanOrEqual(now + ttlMs)
  })

  test('replaces the generation when another mark has run out', async () => {
    const now = await runs.now()
    await runs.put('t', `g1|dead:${now - 1}|w1:${now + 60_000}`)
    await close(bump)
    expect(await runs.tag('t')).toEqual({ generation: expect.stringMatching(fresh) as string, intents: {} })
  })

  test('replaces the generation when the own mark has run out', async () => {
    const now = await runs.now()
    await runs.put('t', `g1|w1:${now - 1}|w2:${now + 60_000}`)
    await close(bump)
    const { generation, intents } = await runs.tag('t')
    expect(generation).toMatch(fresh)
    expect(intents).toEqual({ w2: now + 60_000 })
  })

  test('replaces the generation when the own mark is gone: a reader may have stored old rows since', async () => {
    await runs.put('t', 'minted-by-a-reader')
    await close(bump)
    expect((await runs.tag('t')).generation).toMatch(fresh)
  })

  test('gives a missing tag a fresh generation', async () => {
    const now = await runs.now()
    await close(bump)
    expect((await runs.tag('t')).generation).toMatch(fresh)
    expect(await runs.expires('t')).toBeGreaterThanOrEqual(now + ttlMs)
  })

  test("leaves other writers' marks, and the key as long as the latest of them", async () => {
    const now = await runs.now()
    await runs.put('t', `g1|w2:${now + 90_000}|w1:${now + 200_000}|w3:${now + 30_000}`, 200_000)
    await close(bump)
    const { generation, intents } = await runs.tag('t')
    expect(intents).toEqual({ w2: now + 90_000, w3: now + 30_000 })
    expect(generation).toMatch(bump ? fresh : /^g1$/)
    expect(await runs.expires('t')).toBe(now + 90_000)
  })

  test('takes what is no text for missing', async () => {
    await runs.push('t')
    await close(bump)
    expect((await runs.tag('t')).generation).toMatch(fresh)
  })
})

describe('CLOSE', () => {
  test('the first n tags are written, the others are not', async () => {
    const now = await runs.now()
    for (const name of ['a', 'b', 'c']) await runs.put(name, `g1|w1:${now + 60_000}`)
    await runs.run(closeScript, ['a', 'b', 'c'], 'w1', 'nonce-', 2, ttlMs)
    const generations = [await runs.value('a'), await runs.value('b'), await runs.value('c')]
    expect(generations).toEqual([expect.stringMatching(fresh), expect.stringMatching(fresh), 'g1'])
  })

  test('carried out twice it makes two generations, so that a late one brings no old entry back', async () => {
    await close(true)
    const first = await runs.value('t')
    await close(true)
    expect(await runs.value('t')).not.toBe(first)
  })

  test('without an intent it is a bump', async () => {
    const now = await runs.now()
    await runs.put('t', `g1|w2:${now + 60_000}`)
    await close(true, '')
    const { generation, intents } = await runs.tag('t')
    expect(generation).toMatch(fresh)
    expect(intents).toEqual({ w2: now + 60_000 })
  })

  test('with memory out it deletes the generation, which is as good as another one', async () => {
    const server = await startRedisServer(['--maxmemory-policy', 'noeviction'])
    const full = await connectTo(server)
    try {
      runs = new ScriptRuns(full)
      await runs.put('t', 'g1')
      await server.command('CONFIG', 'SET', 'maxmemory', '1')
      expect(await close(true)).toBe(1)
      expect(await runs.value('t')).toBeNull()
    } finally {
      full.disconnect()
      await server.stop()
    }
  })
})
