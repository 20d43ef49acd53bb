import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { warningsOf } from './support.js'

const minuteMs = 60_000
let server: RedisServer
let client: TestClient
beforeAll(async () => {
  server = await startRedisServer()
  client = await connectTo(server)
})
afterAll(async () => {
  client.disconnect()
  await server.stop()
})
beforeEach(async () => void (await client.call('flushall')))

/** What an application is told that looks some minutes from now. */
async function seen(name: string, version?: string, atMinutes = 0, namespace?: string) {
  const advice = { application: version === undefined ? { name } : { name, version } }
  // The server's time is what counts, and cannot be moved: that of the word that was left is.
  await age(atMinutes * minuteMs, namespace)
  const warnings = await warningsOf(client, { advice, ...(namespace === undefined ? {} : { namespace }) })
  await age(-atMinutes * minuteMs, namespace)
  return warnings
}

/** Makes the word that was left older. */
async function age(ms: number, namespace = '') {
  const key = `freshet:a:${namespace}`
  const text = (await client.call('get', key)) as string | null
  if (text === null || ms === 0) return
  const members = JSON.parse(text) as { firstAt: number; lastAt: number }[]
  const older = members.map((member) => ({
    ...member,
    firstAt: member.firstAt - ms,
    lastAt: member.lastAt - ms,
  }))
  await client.call('set', key, JSON.stringify(older))
}

describe('an application', () => {
  test('alone in its namespace is told nothing, however often it looks', async () => {
    for (const minute of [0, 10, 20, 300]) expect(await seen('shop', '1', minute)).toEqual(new Map())
  })

  test('is told of another one in the same namespace, at once', async () => {
    await seen('shop')
    const message = (await seen('billing')).get('REDIS_TWO_APPLICATIONS')
    expect(message).toContain("The applications 'billing' and 'shop' use the prefix 'freshet:'")
    expect((await seen('shop')).has('REDIS_TWO_APPLICATIONS')).toBe(true)
  })

  test('is told nothing of one in another namespace', async () => {
    await seen('shop', '1', 0, 'shop')
    expect(await seen('billing', '1', 0, 'billing')).toEqual(new Map())
    const message = (await seen('billing', '1', 0, 'shop')).get('REDIS_TWO_APPLICATIONS')
    expect(message).toContain("the namespace 'shop'")
  })

  test('is told nothing of one that has not been seen for an hour', async () => {
    await seen('shop')
    expect(await seen('billing', undefined, 61)).toEqual(new Map())
  })

  test('is told nothing of another version of itself while that is being replaced', async () => {
    await seen('shop', '1')
    expect(await seen('shop', '2', 1)).toEqual(new Map())
    expect(await seen('shop', '1', 10)).toEqual(new Map())
    expect(await seen('shop', '2', 120)).toEqual(new Map())
  })

  test('is told of another version of itself that has run beside it for more than an hour', async () => {
    for (let minute = 0; minute < 60; minute += 10) {
      expect(await seen('shop', '1', minute)).toEqual(new Map())
      expect(await seen('shop', '2', minute)).toEqual(new Map())
    }
    await seen('shop', '1', 61)
    const message = (await seen('shop', '2', 61)).get('REDIS_TWO_VERSIONS')
    expect(message).toMatch(/Versions '2' and '1' of the application 'shop' .* 61 minutes/)
  })

  test('overwrites what is not what it wrote', async () => {
    for (const garbage of ['{', '7', '[1, {"name": "shop"}]']) {
      await client.call('set', 'freshet:a:', garbage)
      expect(await seen('billing')).toEqual(new Map())
      expect(await client.call('get', 'freshet:a:')).toContain('"billing"')
    }
  })

  test('that says nothing leaves no word', async () => {
    await warningsOf(client)
    expect(await client.call('exists', 'freshet:a:')).toBe(0)
  })
})
