import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import type { CommandPart, RedisClient } from '../../src/client.js'
import { connectTo, loadScripts, type TestClient } from '../support/clients.js'
import { keysOf } from '../support/keys.js'
import { TestDatabase } from '../support/process.js'

const prefix = 'two:'
const keys = keysOf(prefix)

let servers: readonly RedisServer[]
let master: TestClient
let outdated: TestClient
beforeEach(async () => {
  servers = await Promise.all([startRedisServer(), startRedisServer()])
  master = await connectTo(servers[0]!)
  outdated = await connectTo(servers[1]!)
  await loadScripts(master)
})
afterEach(async () => {
  for (const client of [master, outdated]) client.disconnect()
  await Promise.all(servers.map(async (server) => await server.stop()))
})

test('generations from one connection with the epoch of the next confirm nothing', async () => {
  const reading = changingServers()
  const database = new TestDatabase()
  const near = database.connect(reading.client, { prefix }, { near: {} })
  const writer = database.connect(master, { prefix })
  for (let i = 0; i < 3; i++) await near.read()
  for (const key of [keys.user, keys.whole, ...(await tagKeys())])
    await outdated.call('set', key, await value(master, key))
  await writer.cache.write(['User'], database.set('v1'))
  reading.breakAfterValues()
  expect(await near.read()).toBe('v1')
  await near.cache.close()
})

const tagKeys = async () =>
  ((await master.call('keys', `${prefix}*`)) as string[]).filter((key) => key !== keys.entry)

const value = async (client: TestClient, key: string) => String(await client.call('get', key))

/** A client that once gets values from a server that has fallen behind, loses the connection, and finds the master. */
function changingServers(): { readonly client: RedisClient; breakAfterValues(): void } {
  const onClose: (() => void)[] = []
  let isBreaking = false
  const client = new Proxy<RedisClient>(master, {
    get(target, name) {
      if (name === 'on')
        return (event: string, listener: () => void) =>
          event === 'close' ? void onClose.push(listener) : target.on(event, listener)
      if (name === 'callBuffer')
        return async (command: string, ...parts: CommandPart[]) => {
          if (command !== 'mget' || !isBreaking) return await target.callBuffer(command, ...parts)
          isBreaking = false
          const values = await outdated.callBuffer(command, ...parts)
          for (const listener of onClose) listener()
          return values
        }
      const property: unknown = Reflect.get(target, name)
      return typeof property === 'function' ? property.bind(target) : property
    },
  })
  return { client, breakAfterValues: () => void (isBreaking = true) }
}
