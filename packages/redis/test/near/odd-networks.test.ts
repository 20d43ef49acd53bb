import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import { connectTo, loadScripts, type TestClient, versions } from '../support/clients.js'
import { type OddProxy, type Passage, startOddProxy } from '../support/odd-proxy.js'
import { TestDatabase, type TestProcess } from '../support/process.js'
import { tracked, type TrackedClient } from '../support/tracked-client.js'

const prefix = 'odd:'
let server: RedisServer
let writing: TestClient
beforeEach(async () => {
  server = await startRedisServer()
  writing = await connectTo(server)
  await loadScripts(writing)
})
afterEach(async () => {
  writing.disconnect()
  await server.stop()
})

/** A process whose push connection goes through something that does not pass on everything. */
async function through(
  version: (typeof versions)[number],
  decide: (connection: number, sent: string) => Passage,
  act: (parts: {
    near: TestProcess
    proxy: OddProxy
    listening(): Promise<void>
    database: TestDatabase
  }) => Promise<void>,
) {
  const proxy = await startOddProxy(server, decide)
  const client = await connectTo(server, version)
  const watched: TrackedClient = tracked(client, (asked) =>
    client.duplicate!({ ...asked, retryStrategy: () => 1, port: proxy.port }),
  )
  const database = new TestDatabase()
  const near = database.connect(watched, { prefix }, { near: {}, consistency: 'eventual' })
  const listening = async () => {
    for (;;) {
      await watched.idle()
      const before = watched.sent.length
      await near.read()
      if (watched.sent.length === before) return
      near.clock.advance(500)
    }
  }
  try {
    await act({ near, proxy, listening, database })
  } finally {
    await near.cache.close()
    client.disconnect()
    await proxy.stop()
  }
}

describe.each(versions)('%s', (version) => {
  test('a push connection of which nothing is heard from the start is given up, and made again', async () => {
    const decide = (connection: number) => (connection === 1 ? 'swallow' : 'pass')
    await through(version, decide, async ({ near, proxy, listening }) => {
      await listening()
      expect(proxy.made).toBeGreaterThan(1)
      expect(near.warnings).toEqual([])
    })
  })

  test.each([
    ['ends the connection on', 'end'],
    ['swallows', 'swallow'],
  ] as const)('where something in between %s CLIENT TRACKING, changes are published', async (_, passage) => {
    const decide = (__: number, sent: string) => (/tracking/i.test(sent) ? passage : 'pass')
    await through(version, decide, async ({ near, listening, database }) => {
      await listening()
      expect(near.warnings).toEqual(['REDIS_WITHOUT_TRACKING'])
      const writer = new TestDatabase().connect(writing, { prefix })
      await writer.cache.write(['User'], database.set('v1'))
      while ((await near.read()) !== 'v1') await new Promise((resolve) => setImmediate(resolve))
    })
  })
})
