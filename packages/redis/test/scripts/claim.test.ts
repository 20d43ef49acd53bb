import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sharedRedis } from '../../../../test/services/shared.js'
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
const release = async (token: string) => await runs.run(releaseScript, ['c'], token)

test('CLAIM is granted to one, for the lease, and again to the same one', async () => {
  const now = await runs.now()
  expect(await claim('one')).toBe(1)
  expect(await claim('other')).toBe(0)
  expect(await claim('one')).toBe(1)
  expect(await runs.value('c')).toBe('one')
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
