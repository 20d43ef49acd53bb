import { engineOf } from '@freshet/core/adapter'
import { handOver } from '@freshet/core/store'
import { settled, stateOf } from '@freshet/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../../../test/services/index.js'
import { createKeys } from '../src/keys.js'
import { slotOf } from '../src/slot.js'
import { connectToCluster, loadScripts, type TestClient, type Version, versions } from './support/clients.js'
import { keysOf } from './support/keys.js'
import { TestDatabase, type TestProcess } from './support/process.js'
import { keysUnder } from './support/time-machine.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

let cluster: RedisCluster
beforeAll(async () => void (cluster = await startRedisCluster()))
afterAll(async () => await cluster.stop())

test('the slot of a key is the one that the server says', async () => {
  const [node] = cluster.nodes
  const part = fc.constantFrom('{', '}', '{}', 'a', 'tag', 'é', '€', '𝕏', '#7', '{x}', ' ')
  const key = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(key, async (text) => {
      expect(slotOf(text)).toBe(await node!.command('CLUSTER', 'KEYSLOT', text))
    }),
  )
})

describe.each(versions)('%s', (version: Version) => {
  const prefix = `cluster ${version}:`
  const keys = keysOf(prefix)
  let client: TestClient
  let watched: TrackedClient
  let database: TestDatabase
  let reader: TestProcess
  let writer: TestProcess

  beforeAll(async () => {
    client = await connectToCluster(cluster.addresses, version)
    await loadScripts(client)
    watched = tracked(client)
  })
  beforeEach(async () => {
    for (const key of await keysUnder(client, prefix)) await client.call('del', key)
    database = new TestDatabase()
    reader = database.connect(watched, { prefix })
    writer = database.connect(watched, { prefix })
  })
  afterAll(() => client.disconnect())

  const read = async () => {
    const row = await reader.read()
    await watched.idle()
    return row
  }

  /** To a master that does not have it. */
  const move = async (slot: number) => {
    const from = await cluster.masterOf(slot)
    const others = await Promise.all([0, 8_000, 16_383].map(async (other) => await cluster.masterOf(other)))
    await cluster.moveSlot(
      slot,
      others.find((node) => node !== from)!,
    )
  }

  test('a generation that moves to another node with its slot is worth nothing there, and a write goes after it', async () => {
    await read()
    expect(await read()).toBe('v0')
    expect(database.loads).toBe(1)
    await move(slotOf(keys.user))
    expect(await read()).toBe('v0')
    expect(database.loads).toBe(2)
    await writer.cache.write(['User'], database.set('v1'))
    expect(await read()).toBe('v1')
    expect(await read()).toBe('v1')
    expect(database.loads).toBe(3)
    expect([...reader.failures, ...writer.failures]).toEqual([])
  })

  test('an entry is found where its slot has gone', async () => {
    await read()
    await move(slotOf(keys.entry))
    expect(await read()).toBe('v0')
    expect(database.loads).toBe(1)
    expect(reader.failures).toEqual([])
  })

  test('what is deleted right after it was put is gone, also when its slot has moved', async () => {
    await read()
    const { store, space } = engineOf(reader.cache)!
    const vector = await store.snapshot(space, ['user'])
    await move(slotOf(keys.entry))
    const record = { copy: handOver('put', 1), tags: ['user'], storedAt: 1_000, expiresAt: 9_000, loadMs: 0 }
    await Promise.all([store.put(space, 's:k', record, vector), store.delete(space, 's:k')])
    expect(await client.call('exists', keys.entry)).toBe(0)
  })

  test('a write on many nodes is seen by readers of any of its tags', async () => {
    const tags = Array.from({ length: 12 }, (_, index) => `Row#${index}`)
    let version = 0
    const readAll = async () =>
      await Promise.all(
        tags.map(async (tag) => await reader.cache.getOrSet(tag, () => version, { tags: [tag] })),
      )
    await readAll()
    await watched.idle()
    await writer.cache.write(tags, () => void (version = 1))
    expect(await readAll()).toEqual(tags.map(() => 1))
  })

  test('a node that is stopped keeps only those from the cache whose tags it has, and after a while nobody waiting', async () => {
    const home = await cluster.masterOf(slotOf(keys.whole))
    const away = (
      await Promise.all([0, 8_000, 16_383].map(async (slot) => await cluster.masterOf(slot)))
    ).find((node) => node !== home)!
    const all = createKeys(prefix)
    const fast = await nameAt(home, (name) => [all.generation(name), all.entry(`s:${name}`)])
    const slow = await nameAt(away, (name) => [all.generation(name)])
    const get = async (name: string) => await reader.cache.getOrSet(name, () => 'loaded', { tags: [name] })
    await reader.cache.setMany([fast, slow].map((name) => ({ key: name, value: 'cached', tags: [name] })))
    await away.pause()
    try {
      for (let i = 0; i < 5; i++) {
        const reading = get(slow)
        await settled()
        // On the same connection: what was asked of the other node before has been answered when this is.
        await client.call('get', keys.whole)
        while ((await stateOf(reading)) === 'pending') reader.clock.advance(50)
        expect(await reading).toBe('loaded')
      }
      expect(await get(slow)).toBe('loaded')
      expect(reader.failures.at(-1)).toMatch(/left alone/)
      expect(await get(fast)).toBe('cached')
    } finally {
      await away.resume()
    }
  })

  /** A name whose keys are all at one node. */
  async function nameAt(node: { readonly port: number }, keysOfName: (name: string) => readonly string[]) {
    for (let i = 0; ; i++) {
      const masters = await Promise.all(
        keysOfName(`n${i}`).map(async (key) => await cluster.masterOf(slotOf(key))),
      )
      if (masters.every(({ port }) => port === node.port)) return `n${i}`
    }
  }
})
