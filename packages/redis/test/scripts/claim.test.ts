import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sharedRedis } from '../../../../test/services/shared.js'
import { until } from '../../../../test/services/until.js'
import { claimScript } from '../../src/scripts/claim.js'
import { releaseScript } from '../../src/scripts/release.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { ScriptRuns } from '../support/script-runs.js'

const leaseMs = 60_000
let client: TestClient
let runs: ScriptRuns
beforeAll(async () => void (client = await connectTo(await sharedRedis())))
beforeEach(() => void (runs = new ScriptRuns(client)))
afterAll(() => client.disconnect())

const claim = async (token: string) => await runs.run(claimScript, ['c'], token, leaseMs)
const release = async (token: string, ...channel: readonly string[]) =>
  await runs.run(releaseScript, ['c'], token, ...channel)

test('CLAIM is granted to one, for the lease, and again to the same one', async () => {
  const now = await runs.now()
  expect(await claim('one')).toBe(1)
  expect(await claim('other')).toBe(0)
  expect(await claim('one')).toBe(1)
  expect(await runs.value('c')).toBe('one|')
  expect(await runs.expires('c')).toBeGreaterThanOrEqual(now + leaseMs)
})

test('CLAIM that is refused does not make the lease of who has it longer', async () => {
  await runs.put('c', 'one', 600_000)
  const before = await runs.expires('c')
  expect(await claim('other')).toBe(0)
  expect(await runs.expires('c')).toBe(before)
})

test('RELEASE ends the own claim, and nobody else’s', async () => {
  await claim('other')
  expect(await release('one')).toBe(0)
  expect(await runs.value('c')).toBe('other')
  expect(await release('other')).toBe(1)
  expect(await runs.value('c')).toBeNull()
  expect(await release('other')).toBe(0)
})

test('RELEASE tells of its end only if somebody was refused meanwhile, and does not mind if it may not', async () => {
  const listener = await connectTo(await sharedRedis())
  const channel = runs.key('ends')
  const heard: string[] = []
  const listen = (_: string, message: string) => void heard.push(message)
  listener.on('message', listen as () => void)
  await listener.call('subscribe', channel)
  await claim('alone')
  expect(await release('alone', channel)).toBe(1)
  expect(heard).toEqual([])
  await claim('one')
  await claim('other')
  expect(await release('one', channel)).toBe(1)
  await until('its end is told', async () => heard.length > 0)
  expect(heard).toEqual([runs.key('c')])
  listener.disconnect()
})
