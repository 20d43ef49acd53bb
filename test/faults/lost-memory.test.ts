import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import { until } from '../services/until.js'
import type { Application } from './support/application.js'
import { Scene } from './support/scene.js'

// Redis forgets what it was told, or the last of it, while processes go on.

let server: RedisServer
let other: RedisServer
let scene: Scene
/** A reader with copies in its own memory, one without, and a writer. */
let near: Application
let bare: Application
let writer: Application
let id: number

beforeAll(async () => {
  ;[server, other] = await Promise.all([startRedisServer(), startRedisServer()])
  scene = await Scene.open(server)
  ;[near, bare, writer] = await Promise.all([
    scene.start('near'),
    scene.start('bare', { cache: { near: false } }),
    scene.start('writer', { through: 'Prisma' }),
  ])
})
afterAll(async () => {
  await scene.close()
  await Promise.all([server.stop(), other.stop()])
})
beforeEach(() => {
  id = scene.nextRow()
})

const served = async () => [await scene.served(near, id), await scene.served(bare, id)]
const read = async () => [await near.read(id), await bare.read(id)]
const reconnecting = async (disconnect: () => Promise<unknown> | void) =>
  await scene.reconnecting([near, bare, writer], disconnect)

test('killed and restarted empty, it does not bring back what was loaded before', async () => {
  const reading = await scene.readWithAnswerOnItsWay(bare, id)
  await writer.write('v1', id)
  await reconnecting(async () => await scene.server!.restart())
  expect(await reading.land()).toBe('v0')
  await scene.stored()
  expect(await read()).toEqual(['v1', 'v1'])
  expect(await served()).toEqual(['v1', 'v1'])
})

test('while it is away, nothing fails, and what was written meanwhile is seen when it is back', async () => {
  expect(await served()).toEqual(['v0', 'v0'])
  await scene.server!.kill()
  await writer.write('v1', id)
  expect(await read()).toEqual(['v1', 'v1'])
  await reconnecting(async () => await scene.server!.start())
  expect(await served()).toEqual(['v1', 'v1'])
})

test('restarted from an old file, it does not bring back what was invalidated since', async () => {
  expect(await served()).toEqual(['v0', 'v0'])
  const old = await scene.server!.save()
  await writer.write('v1', id)
  expect(await read()).toEqual(['v1', 'v1'])
  await reconnecting(async () => await scene.server!.restart(old))
  expect(await scene.entries()).not.toHaveLength(0)
  expect(await read()).toEqual(['v1', 'v1'])
  expect(await served()).toEqual(['v1', 'v1'])
})

describe('failed over', () => {
  /** The other server has what this one has now, and no more from now on. */
  const leaveBehind = async () => {
    await follow(other, server)
    await promote(other)
  }
  const follow = async (replica: RedisServer, master: RedisServer) => {
    await replica.command('REPLICAOF', master.host, master.port)
    await until('the replica is in step', async () =>
      String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
    )
  }
  const leadTo = (target: RedisServer) => {
    scene.server = target
    for (const { redisWire } of [near, bare, writer]) redisWire!.cut()
  }
  const promote = async (replica: RedisServer) => void (await replica.command('REPLICAOF', 'NO', 'ONE'))

  test('to a server that lacks the last new generation, it does not bring back the entry from before', async () => {
    expect(await served()).toEqual(['v0', 'v0'])
    await leaveBehind()
    await writer.write('v1', id)
    await reconnecting(() => leadTo(other))
    expect(await read()).toEqual(['v1', 'v1'])
    expect(await served()).toEqual(['v1', 'v1'])
    await reconnecting(() => leadTo(server))
  })

  test('and back without a restart, while connections stay', async () => {
    expect(await served()).toEqual(['v0', 'v0'])
    await leaveBehind()
    await writer.write('v1', id)
    expect(await read()).toEqual(['v1', 'v1'])
    await follow(server, other)
    await promote(server)
    expect(await scene.entries()).not.toHaveLength(0)
    expect(await read()).toEqual(['v1', 'v1'])
    expect(await served()).toEqual(['v1', 'v1'])
  })
})

const losses: Readonly<Record<string, () => Promise<unknown>>> = {
  'generations deleted': async () => await scene.command('DEL', ...(await scene.generations())),
  FLUSHALL: async () => await scene.command('FLUSHALL'),
  'generations evicted': evictGenerations,
}

describe.each(Object.entries(losses))('%s', (_, lose) => {
  test('brings nothing back that was loaded before a write', async () => {
    await scene.command('FLUSHALL')
    const reading = await scene.readWithAnswerOnItsWay(bare, id)
    await writer.write('v1', id)
    await lose()
    expect(await reading.land()).toBe('v0')
    await scene.stored()
    expect(await read()).toEqual(['v1', 'v1'])
    expect(await served()).toEqual(['v1', 'v1'])
  })
})

test('a generation that is asked for anew after a writer has marked its row takes no mark away', async () => {
  await scene.holdCommits()
  const write = await writer.writeUpToCommit('v1', id)
  // The server knows the scripts from now on, so that a command of which the answer is held back has been carried out.
  await bare.read(scene.nextRow())
  await scene.command('FLUSHALL')
  const before = await scene.commandsRun()
  bare.redisWire!.stallAnswers()
  const reading = bare.read(id)
  await until('it is known that there is no generation', async () => (await scene.commandsRun()) > before)
  bare.redisWire!.stall()
  const writing = write.commit()
  await scene.committing()
  bare.redisWire!.resume()
  expect(await reading).toBe('v0')
  // On the same connection: what the first has stored is there.
  await bare.read(scene.nextRow())
  writer.redisWire!.stall()
  await scene.letCommit()
  await scene.committed('v1', id)
  expect(await read()).toEqual(['v1', 'v1'])
  writer.redisWire!.resume()
  await writing
  expect(await read()).toEqual(['v1', 'v1'])
})

async function evictGenerations(): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(String(await scene.command('INFO', 'memory')))?.[1])
  await scene.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  await scene.command('CONFIG', 'SET', 'maxmemory', used + 200_000)
  for (let i = 0; (await scene.generations()).length > 0; i++)
    await scene.command('SET', `filling:${i}`, 'x'.repeat(10_000))
  await scene.command('CONFIG', 'SET', 'maxmemory', 0)
  await scene.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
}

test('out of memory, a write still ends what it has changed, and nothing fails', async () => {
  expect(await served()).toEqual(['v0', 'v0'])
  await scene.command('CONFIG', 'SET', 'maxmemory', 1)
  await writer.write('v1', id)
  expect(await read()).toEqual(['v1', 'v1'])
  await scene.command('CONFIG', 'SET', 'maxmemory', 0)
  expect(await read()).toEqual(['v1', 'v1'])
  expect(await served()).toEqual(['v1', 'v1'])
})
