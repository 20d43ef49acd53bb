import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import { until } from '../services/until.js'
import type { Application } from './support/application.js'
import { Scene } from './support/scene.js'

// Only the writer is cut off from Redis: the one partition in which freshness, writes and answers cannot all be had.

let server: RedisServer
let scene: Scene
let near: Application
let bare: Application
let proceeding: Application
let refusing: Application
let id: number

beforeAll(async () => {
  server = await startRedisServer()
  scene = await Scene.open(server)
  // Left alone for a moment only, so that the tests need not wait for it to be tried again.
  const store = { lease: '2s', timeout: '500ms', writeTimeout: '500ms', breaker: { retryAfter: 50 } } as const
  ;[near, bare, proceeding, refusing] = await Promise.all([
    scene.start('near'),
    scene.start('bare', { through: 'Prisma', cache: { near: false } }),
    scene.start('proceeding', { store, cache: { onStoreDown: 'proceed' } }),
    scene.start('refusing', { store, through: 'Prisma', cache: { onStoreDown: 'reject' } }),
  ])
})
afterAll(async () => {
  await scene.close()
  await server.stop()
})
beforeEach(async () => {
  id = scene.nextRow()
  await served()
})
afterEach(() => {
  for (const { redisWire } of [proceeding, refusing]) redisWire!.resume()
})

const served = async () => [await scene.served(near, id), await scene.served(bare, id)]
const read = async () => [await near.read(id), await bare.read(id)]

describe("with 'proceed'", () => {
  test('the write is done, its process sees it, others see it when it can be told', async () => {
    const { storeUps } = await proceeding.tell()
    proceeding.redisWire!.stall()
    await proceeding.write('v1', id)
    expect(await proceeding.read(id)).toBe('v1')
    // What is given up.
    expect(await read()).toEqual(['v0', 'v0'])
    proceeding.redisWire!.resume()
    await until('the store is told', async () => (await proceeding.tell()).storeUps > storeUps)
    expect(await read()).toEqual(['v1', 'v1'])
    expect(await scene.served(proceeding, id)).toBe('v1')
    expect(await served()).toEqual(['v1', 'v1'])
  })

  test('a process that dies before it could tell leaves others with the old row', async () => {
    const writer = await scene.start('dying', { store: { writeTimeout: '500ms' } })
    writer.redisWire!.stall()
    await writer.write('v1', id)
    await writer.kill()
    expect(await read()).toEqual(['v0', 'v0'])
  })
})

describe("with 'reject'", () => {
  test('the write is refused and changes nothing, and is done when Redis can be reached', async () => {
    refusing.redisWire!.stall()
    await expect(refusing.write('v1', id)).rejects.toThrow(/was refused and has changed nothing/)
    expect(await read()).toEqual(['v0', 'v0'])
    expect(await refusing.read(id)).toBe('v0')
    refusing.redisWire!.resume()
    await until('the next write is done', async () => await isDone(refusing.write('v2', id)))
    expect(await read()).toEqual(['v2', 'v2'])
  })

  test('a transaction is refused before its COMMIT, and rolled back', async () => {
    const write = await refusing.writeUpToCommit('v1', id)
    refusing.redisWire!.stall()
    await expect(write.commit()).rejects.toThrow(/was refused and has changed nothing/)
    refusing.redisWire!.resume()
    await until('the next write is done', async () => await isDone(refusing.write('v2', id)))
    expect(await read()).toEqual(['v2', 'v2'])
  })
})

describe.each([
  ['proceed', () => proceeding],
  ['reject', () => refusing],
] as const)("with '%s', cut off during COMMIT", (_, writer) => {
  test('the write is acknowledged, and its mark keeps others from the old row', async () => {
    // Its scripts are known from now on.
    await writer().write('v0', id)
    expect(await served()).toEqual(['v0', 'v0'])
    await scene.holdCommits()
    const writing = writer().write('v1', id, 'in a transaction')
    await scene.committing()
    writer().redisWire!.stall()
    await scene.letCommit()
    await writing
    expect(await read()).toEqual(['v1', 'v1'])
    await scene.unmarked()
    expect(await read()).toEqual(['v1', 'v1'])
    expect(await served()).toEqual(['v1', 'v1'])
  })
})

async function isDone(writing: Promise<void>): Promise<boolean> {
  return await writing.then(
    () => true,
    () => false,
  )
}
