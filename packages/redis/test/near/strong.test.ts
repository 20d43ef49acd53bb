import type { Socket } from 'node:net'
import { HeldLoader } from '@freshet/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKeys, handTag } from '../../src/keys.js'
import { isIoredis, versions } from '../support/clients.js'
import { keysOf } from '../support/keys.js'
import { age } from '../support/time-machine.js'
import { type NearProcesses, prefix, startNearProcesses } from '../support/near-processes.js'

const keys = keysOf(prefix)

describe.each(versions)('%s', (version) => {
  let all: NearProcesses
  beforeEach(async () => {
    all = await startNearProcesses(version, {})
    await all.read()
    await all.watched.idle()
  })
  afterEach(async () => await all.close())

  const write = async (row: string) => {
    await all.writer.cache.write(['User'], all.database.set(row))
    await all.writing.idle()
  }

  test('a hit with a copy takes one request, and the entry is not fetched', async () => {
    await all.admin.call('set', keys.entry, 'garbage')
    expect(await all.read()).toEqual({ row: 'v0', requests: 1 })
    expect(all.near.failures).toEqual([])
    expect(all.near.cache.stats()).toMatchObject({ hits: 1, entries: 1, loads: 1 })
  })

  test.runIf(isIoredis(version))('its two commands travel as one packet', async () => {
    const packets = countPackets(all.client.stream as Socket)
    expect((await all.read()).row).toBe('v0')
    expect(packets.count).toBe(1)
  })

  test('a hundred at once take one', async () => {
    const before = all.watched.sent.length
    await Promise.all(Array.from({ length: 100 }, async () => await all.near.read()))
    expect(all.watched.sent.slice(before)).toEqual([['mget', 'info']])
    expect(all.near.cache.stats().hits).toBe(100)
  })

  test('a hit without a copy takes one request and leaves one', async () => {
    const other = all.database.connect(all.writing, { prefix }, { near: {} })
    const before = all.writing.sent.length
    expect(await other.read()).toBe('v0')
    expect(all.writing.sent.length).toBe(before + 1)
    await all.admin.call('set', keys.entry, 'garbage')
    expect(await other.read()).toBe('v0')
    expect(other.failures).toEqual([])
    await other.cache.close()
  })

  test('a miss takes two requests also where there was a copy, and a write two', async () => {
    const before = all.watched.sent.length
    await all.near.cache.write(['User'], all.database.set('v1'))
    expect(all.watched.sent.length).toBe(before + 2)
    expect((await all.read()).row).toBe('v1')
    await all.watched.idle()
    expect(all.watched.sent.length).toBe(before + 4)
  })

  test('what another process wrote is seen at once, and what it loaded again is fetched', async () => {
    await write('v1')
    await all.writer.read()
    await all.writing.idle()
    const { loads } = all.database
    expect(await all.read()).toEqual({ row: 'v1', requests: 2 })
    expect(await all.read()).toEqual({ row: 'v1', requests: 1 })
    expect(all.database.loads).toBe(loads)
  })

  test('who starts after a write does not join a request that was sent before it', async () => {
    all.dataProxy.stallAnswers()
    const before = all.near.read()
    await turns()
    await write('v1')
    const after = all.near.read()
    await turns()
    all.dataProxy.resume()
    expect(await before).toBe('v0')
    expect(await after).toBe('v1')
  })

  test('while a writer elsewhere is about to commit, readers go to the database', async () => {
    const commit = new HeldLoader<void>()
    const writing = all.writer.cache.write(['User'], commit.load)
    await all.writing.idle()
    all.database.row = 'v1'
    expect((await all.read()).row).toBe('v1')
    commit.land(undefined)
    await writing
    expect((await all.read()).row).toBe('v1')
  })

  test('a server that was restarted from an old file confirms nothing', async () => {
    const saved = await all.server.save()
    await write('v1')
    await all.read()
    await all.server.restart(saved)
    for (const client of [all.client, all.admin])
      while (client.status !== 'ready') await new Promise((resolve) => setImmediate(resolve))
    expect((await all.read()).row).toBe('v1')
  })

  test('a server that is demoted and promoted again confirms nothing', async () => {
    await all.server.command('REPLICAOF', '127.0.0.1', '1')
    all.database.row = 'v1'
    expect((await all.read()).row).toBe('v1')
    await all.server.command('REPLICAOF', 'NO', 'ONE')
    expect((await all.read()).row).toBe('v1')
  })

  test('a server that does not answer confirms nothing', async () => {
    all.dataProxy.stall()
    all.database.row = 'v1'
    const reading = all.near.read()
    await turns()
    all.near.clock.advance(1_500)
    expect(await reading).toBe('v1')
  })

  test('a deleted generation is no agreement', async () => {
    await all.admin.call('del', keys.user)
    all.database.row = 'v1'
    expect((await all.read()).row).toBe('v1')
  })

  test('what a reader is given is its own', async () => {
    const read = async () => await all.near.cache.getOrSet('list', () => ({ names: ['Ada'] }))
    await read()
    for (let i = 0; i < 3; i++) {
      await all.watched.idle()
      const { names } = await read()
      expect(names).toEqual(['Ada'])
      names.push('changed')
    }
  })

  test('what was fetched before a deletion does not come back by it', async () => {
    const other = all.database.connect(all.watched, { prefix }, { near: {} })
    all.dataProxy.stallAnswers()
    const fetching = other.cache.get('k')
    await turns()
    const deleting = other.cache.delete('k')
    await turns()
    all.dataProxy.resume()
    expect(await fetching).toBe('v0')
    expect(await deleting).toBe(true)
    expect(await other.cache.get('k')).toBeUndefined()
    await other.cache.close()
  })

  test('copies are bounded by their number and their size', async () => {
    const bounded = all.database.connect(
      all.watched,
      { prefix },
      { near: { maxEntries: 5, maxBytes: 100_000 } },
    )
    for (let i = 0; i < 20; i++) await bounded.cache.getOrSet(i, () => 'x'.repeat(100))
    expect(bounded.cache.stats().entries).toBe(5)
    await bounded.cache.getOrSet('large', () => 'x'.repeat(200_000))
    expect(bounded.cache.stats()).toMatchObject({ entries: 5 })
    await bounded.cache.close()
    expect(bounded.cache.stats()).toMatchObject({ entries: 0 })
  })

  test('a copy that has expired is not confirmed: another process may have loaded the entry again', async () => {
    for (const { clock } of [all.near, all.writer]) clock.advance(3_600_001)
    await age(all.admin, prefix, 3_600_001)
    await all.writer.read()
    await all.writing.idle()
    const { loads } = all.database
    expect((await all.read()).row).toBe('v0')
    expect(all.database.loads).toBe(loads)
  })

  test('what a reader is given is its own, also when it was the one that fetched it', async () => {
    const other = all.database.connect(all.writing, { prefix }, { near: {} })
    await all.near.cache.getOrSet('list', () => ({ names: ['Ada'] }))
    await all.watched.idle()
    for (let i = 0; i < 3; i++) {
      const { names } = (await other.cache.get('list')) as { names: string[] }
      expect(names).toEqual(['Ada'])
      names.push('changed')
    }
    await other.cache.close()
  })
})

/** Enough for what is ready to be sent, and to have arrived at a server that answers to others. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe.each([['strong'], ['eventual']] as const)('changes by hand, %s', (consistency) => {
  let all: NearProcesses
  beforeEach(async () => {
    all = await startNearProcesses('ioredis 5', { consistency })
    await all.near.cache.set('a', 'a0')
    await all.near.cache.set('b', 'b0')
    for (let i = 0; i < 3; i++) await both()
  })
  afterEach(async () => await all.close())

  const both = async () => {
    const values = await all.near.cache.getMany(['a', 'b'])
    await all.watched.idle()
    return values
  }
  const sees = async (...expected: unknown[]) => {
    if (consistency === 'strong') expect(await both()).toEqual(expected)
    else while ((await both())[0] !== expected[0]);
  }

  test('what another process deletes is gone, and everything else is still there', async () => {
    await all.writer.cache.delete('a')
    await sees(undefined, 'b0')
    expect(await both()).toEqual([undefined, 'b0'])
  })

  test('what another process sets is there', async () => {
    for (const value of ['a1', 'a2']) {
      await all.writer.cache.set('a', value)
      await sees(value, 'b0')
      expect(await both()).toEqual([value, 'b0'])
    }
  })

  test('with what tells of it lost, copies are not trusted', async () => {
    const hand = createKeys(prefix).generation(handTag)
    await all.writer.cache.delete('a')
    await all.admin.call('del', hand)
    await sees(undefined, 'b0')
    expect(await both()).toEqual([undefined, 'b0'])
  })
})

/** Counts what a socket hands to the system, whole or in parts that go together. */
function countPackets(socket: Socket): { readonly count: number } {
  const packets = { count: 0 }
  for (const name of ['_write', '_writev'] as const) {
    const inner = socket[name]!.bind(socket) as (...parts: unknown[]) => void
    socket[name] = (...parts: unknown[]) => {
      packets.count++
      inner(...parts)
    }
  }
  return packets
}
