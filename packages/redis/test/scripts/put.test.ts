import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sharedRedis } from '../../../../test/services/shared.js'
import { putScript } from '../../src/scripts/put.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { ScriptRuns } from '../support/script-runs.js'

let client: TestClient
let runs: ScriptRuns
beforeAll(async () => void (client = await connectTo(await sharedRedis())))
beforeEach(() => void (runs = new ScriptRuns(client)))
afterAll(() => client.disconnect())

/** What an entry begins with: the version, and when its generations were read. */
function entry(version: number, readAtMicros: number, rest: string): Buffer {
  const fixed = Buffer.alloc(9)
  fixed.writeUInt8(version)
  fixed.writeBigUInt64BE(BigInt(readAtMicros), 1)
  return Buffer.concat([fixed, Buffer.from(rest)])
}

const put = async (payload: Buffer) => await runs.run(putScript, ['e'], payload, 60_000)
const kept = async () => ((await client.callBuffer('get', runs.key('e'))) as Buffer).subarray(9).toString()

describe('PUT', () => {
  test('stores an entry for its time to live', async () => {
    const now = await runs.now()
    await put(entry(1, 1_000, 'a'))
    expect(await kept()).toBe('a')
    expect(await runs.expires('e')).toBeGreaterThanOrEqual(now + 60_000)
  })

  test.each([1_000, 2_000])('replaces one that was read earlier, or at the same time', async (readAt) => {
    await put(entry(1, 1_000, 'old'))
    await put(entry(1, readAt, 'new'))
    expect(await kept()).toBe('new')
  })

  test('leaves one that was read later', async () => {
    await put(entry(1, 2_000, 'later'))
    expect(await put(entry(1, 1_999, 'earlier'))).toBe(0)
    expect(await kept()).toBe('later')
  })

  test('replaces one that was read in the future: the clock was set back', async () => {
    const future = ((await runs.now()) + 60_000) * 1000
    await put(entry(1, future, 'future'))
    await put(entry(1, 1_000, 'now'))
    expect(await kept()).toBe('now')
  })

  test('replaces one of another version, and what is no entry at all', async () => {
    await put(entry(2, 2_000, 'another version'))
    await put(entry(1, 1_000, 'mine'))
    expect(await kept()).toBe('mine')
    await runs.put('e', 'short')
    await put(entry(1, 1_000, 'mine again'))
    expect(await kept()).toBe('mine again')
    await client.call('del', runs.key('e'))
    await runs.push('e')
    await put(entry(1, 1_000, 'and again'))
    expect(await kept()).toBe('and again')
  })
})
