import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import type { Application } from './support/application.js'
import type { Through } from './support/messages.js'
import { Scene } from './support/scene.js'

// Writers are told that their COMMIT failed, and the server commits later.

let server: RedisServer
let scene: Scene
let near: Application
let bare: Application
let id: number

beforeAll(async () => {
  server = await startRedisServer()
  scene = await Scene.open(server)
  ;[near, bare] = await Promise.all([
    scene.start('near'),
    scene.start('bare', { through: 'Prisma', cache: { near: false } }),
  ])
})
afterAll(async () => {
  await scene.close()
  await server.stop()
})
beforeEach(() => {
  id = scene.nextRow()
})

const served = async () => [await scene.served(near, id), await scene.served(bare, id)]
const read = async () => [await near.read(id), await bare.read(id)]

describe.each<Through>(['TypeORM', 'Prisma'])('through %s', (through) => {
  const cache = { unknownOutcomeHold: '2s' } as const

  /** The caller was told of a failure, and the database has not decided. */
  async function expectThatNothingIsKept(): Promise<void> {
    expect(await read()).toEqual(['v0', 'v0'])
    expect(await read()).toEqual(['v0', 'v0'])
    await scene.letCommit()
    await scene.committed('v1', id)
    expect(await read()).toEqual(['v1', 'v1'])
    await scene.unmarked()
    expect(await read()).toEqual(['v1', 'v1'])
    expect(await served()).toEqual(['v1', 'v1'])
  }

  test('a connection to the database that is lost during COMMIT', async () => {
    const writer = await scene.start('losing writer', { through, cache })
    expect(await served()).toEqual(['v0', 'v0'])
    await scene.holdCommits()
    const writing = statusOf(writer.write('v1', id, 'in a transaction'))
    await scene.committing()
    writer.databaseWire.cut()
    expect(await writing).toBe('rejected')
    await expectThatNothingIsKept()
  })

  test('a statement that its client gives up', async () => {
    const writer = await scene.start('impatient writer', { through, cache, queryTimeoutMs: 500 })
    expect(await served()).toEqual(['v0', 'v0'])
    await scene.holdCommits()
    const writing = statusOf(writer.write('v1', id))
    await scene.committing()
    expect(await writing).toBe('rejected')
    await expectThatNothingIsKept()
  })
})

test('a write that was committed is not reported as failed when Redis dies in between', async () => {
  const writer = await scene.start('writer', { cache: {} })
  expect(await served()).toEqual(['v0', 'v0'])
  await scene.holdCommits()
  const writing = writer.write('v1', id, 'in a transaction')
  await scene.committing()
  await server.kill()
  await scene.letCommit()
  await expect(writing).resolves.toBeUndefined()
  expect(await read()).toEqual(['v1', 'v1'])
  await scene.reconnecting([near, bare], async () => await server.start())
  expect(await served()).toEqual(['v1', 'v1'])
})

async function statusOf(doing: Promise<unknown>): Promise<string> {
  const [{ status }] = await Promise.allSettled([doing])
  return status
}
