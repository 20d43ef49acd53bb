import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sharedRedis } from '../../../../test/services/shared.js'
import { enlistScript } from '../../src/scripts/enlist.js'
import { listedScript } from '../../src/scripts/listed.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { ScriptRuns } from '../support/script-runs.js'

let client: TestClient
let runs: ScriptRuns
beforeAll(async () => void (client = await connectTo(await sharedRedis())))
beforeEach(() => void (runs = new ScriptRuns(client)))
afterAll(() => client.disconnect())

const enlist = async (member: string, ttlMs: number, max = 10) =>
  await runs.run(enlistScript, ['list'], member, ttlMs, max)
const listed = async (from: string | number = '+inf', skip = 0, count = 100) =>
  (await runs.run(listedScript, ['list'], from, skip, count)) as string[]
const members = async (...asked: Parameters<typeof listed>) =>
  (await listed(...asked)).filter((_, index) => index % 2 === 0)

describe('ENLIST', () => {
  test('writes down what is there, and until when the last of it is', async () => {
    const now = await runs.now()
    await enlist('a', 60_000)
    await enlist('b', 90_000)
    await enlist('c', 30_000)
    expect(await members()).toEqual(['b', 'a', 'c'])
    expect(await runs.expires('list')).toBe(Number((await listed())[1]))
    expect(await runs.expires('list')).toBeGreaterThanOrEqual(now + 90_000)
  })

  test('has each once, with its latest expiry', async () => {
    await enlist('a', 60_000)
    await enlist('b', 70_000)
    await enlist('a', 80_000)
    expect(await members()).toEqual(['a', 'b'])
  })

  test('has no more than it may, and leaves out what expires first', async () => {
    for (const [member, ttlMs] of [
      ['a', 30_000],
      ['b', 20_000],
      ['c', 40_000],
      ['d', 10_000],
    ] as const)
      await enlist(member, ttlMs, 2)
    expect(await members()).toEqual(['c', 'a'])
  })

  test('strikes out what has expired', async () => {
    await client.call('zadd', runs.key('list'), (await runs.now()) - 1, 'gone')
    await enlist('a', 60_000)
    expect(await members()).toEqual(['a'])
  })

  test('a key that holds something else is an error', async () => {
    await runs.push('list')
    await expect(enlist('a', 60_000)).rejects.toThrow('WRONGTYPE')
  })
})

test('LISTED tells a part, from an expiry on, without those that were told', async () => {
  for (const [member, at] of [
    ['a', 4],
    ['b', 3],
    ['c', 3],
    ['d', 3],
    ['e', 2],
  ] as const)
    await client.call('zadd', runs.key('list'), at, member)
  expect(await listed('+inf', 0, 2)).toEqual(['a', '4', 'd', '3'])
  expect(await listed(3, 1, 2)).toEqual(['c', '3', 'b', '3'])
  expect(await listed(3, 3, 2)).toEqual(['e', '2'])
})
