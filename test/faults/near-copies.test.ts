import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { follow, promote } from '../history/replication.js'
import { type RedisServer, startRedisServer, startTcpProxy, type TcpProxy } from '../services/index.js'
import { until } from '../services/until.js'
import type { Application } from './support/application.js'
import { Scene } from './support/scene.js'

// Copies that are served without asking: for how long, on whose word, and counted from when.

const staleMs = 1_000
let server: RedisServer
let replica: RedisServer
let lag: TcpProxy
let scene: Scene
let writer: Application
let id: number

beforeAll(async () => {
  ;[server, replica] = await Promise.all([startRedisServer(), startRedisServer()])
  lag = await startTcpProxy(server)
  scene = await Scene.open(server)
  writer = await scene.start('writer', { through: 'Prisma' })
})
afterAll(async () => {
  await scene.close()
  await lag.stop()
  await Promise.all([server.stop(), replica.stop()])
})
beforeEach(() => {
  id = scene.nextRow()
})

/** A copy that is served without asking, and is told of changes. */
async function hasCopy(application: Application): Promise<void> {
  await until('its copy is served without asking', async () => {
    const before = await scene.commandsRun()
    await application.read(id)
    return (await scene.commandsRun()) === before
  })
}

/** The bound is in time, so it has to pass. */
const boundHasPassed = async () => await wait(staleMs + 50)

describe('of a cache that may be stale for a while', () => {
  let bounded: Application
  beforeAll(async () => {
    bounded = await scene.start('bounded', {
      cache: { consistency: { maxStaleness: staleMs } },
      store: { timeout: '30s', silence: '60s' },
    })
  })

  test('nothing is older than that while the push is held up', async () => {
    await hasCopy(bounded)
    bounded.pushWire!.stallAnswers()
    await writer.write('v1', id)
    await boundHasPassed()
    expect(await bounded.read(id)).toBe('v1')
    bounded.pushWire!.resume()
  })

  test('what is known counts from before it was asked for, not from the answer', async () => {
    await hasCopy(bounded)
    bounded.pushWire!.stallAnswers()
    await boundHasPassed()
    // The server knows the script from now on, so that one of which the answer is held back has been carried out.
    await bounded.read(id)
    await boundHasPassed()
    const before = await scene.commandsRun()
    bounded.redisWire!.stallAnswers()
    const reading = bounded.read(id)
    await until('the server has answered', async () => (await scene.commandsRun()) > before)
    await writer.write('v1', id)
    await boundHasPassed()
    bounded.redisWire!.resume()
    expect(['v0', 'v1']).toContain(await reading)
    expect(await bounded.read(id)).toBe('v1')
    bounded.pushWire!.resume()
  })

  test('what is known counts from before it was asked for, not from when the row was stored', async () => {
    await bounded.read(scene.nextRow())
    bounded.pushWire!.stallAnswers()
    const reading = await scene.readWithAnswerOnItsWay(bounded, id)
    await writer.write('v1', id)
    await boundHasPassed()
    expect(await reading.land()).toBe('v0')
    expect(await bounded.read(id)).toBe('v1')
    bounded.pushWire!.resume()
  })
})

test('a process sees what it wrote itself, whatever is pushed', async () => {
  const eventual = await scene.start('eventual', {
    cache: { consistency: 'eventual' },
    store: { timeout: '30s', silence: '60s' },
  })
  await hasCopy(eventual)
  eventual.pushWire!.stallAnswers()
  await eventual.write('v1', id)
  expect(await eventual.read(id)).toBe('v1')
})

test('a replica that lags pushes nothing that is relied on', async () => {
  await follow(replica, lag)
  scene.pushingServer = replica
  const misled = await scene.start('misled', {
    cache: { consistency: { maxStaleness: staleMs } },
    store: { timeout: '30s', silence: '60s' },
  })
  await hasCopy(misled)
  lag.stallAnswers()
  await writer.write('v1', id)
  await boundHasPassed()
  expect(await misled.read(id)).toBe('v1')
  lag.resume()
  await promote(replica)
})
