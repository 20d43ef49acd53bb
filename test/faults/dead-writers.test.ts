import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import type { Application } from './support/application.js'
import type { Through } from './support/messages.js'
import { Scene } from './support/scene.js'

// A writer is killed, or stopped, at each step of its write: the statements, the mark, the COMMIT, the new generation.

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

/** What is seen in the end, when all leases are over, and is cached again. */
async function expectInTheEnd(name: string): Promise<void> {
  expect(await read()).toEqual([name, name])
  await scene.unmarked()
  expect(await read()).toEqual([name, name])
  expect(await served()).toEqual([name, name])
}

describe.each<Through>(['TypeORM', 'Prisma'])('a writer through %s', (through) => {
  let writer: Application
  beforeEach(async () => {
    // Its mark is not renewed when it goes on after it has been stopped for so long.
    writer = await scene.start(`writer ${id}`, { through, store: { lease: '1s', maxWriteTime: '1s' } })
    // Its scripts are known to the server from now on, so that a command of which the answer is held back has been carried out.
    await writer.write('v0', id)
    await served()
  })

  describe('killed with SIGKILL', () => {
    test('before its mark, has done nothing', async () => {
      await writer.writeUpToCommit('v1', id)
      await writer.kill()
      await expectInTheEnd('v0')
    })

    test('after its mark, before its COMMIT is sent, has done nothing', async () => {
      const write = await writer.writeUpToCommit('v1', id)
      writer.redisWire!.stallAnswers()
      write.commit().catch(ignore)
      await scene.marked()
      await writer.kill()
      await expectInTheEnd('v0')
    })

    test('after its mark, while its COMMIT is under way, leaves nobody with the old row', async () => {
      await scene.holdCommits()
      writer.write('v1', id, 'in a transaction').catch(ignore)
      await scene.committing()
      await writer.kill()
      expect(await read()).toEqual(['v0', 'v0'])
      await scene.letCommit()
      await scene.committed('v1', id)
      await expectInTheEnd('v1')
    })

    test('after its COMMIT, before it knows of it, leaves nobody with the old row', async () => {
      const write = await writer.writeUpToCommit('v1', id)
      writer.databaseWire.stallAnswers()
      write.commit().catch(ignore)
      await scene.committed('v1', id)
      await writer.kill()
      await expectInTheEnd('v1')
    })

    test('after the new generation, before it knows of it, leaves nobody with the old row', async () => {
      await scene.holdCommits()
      writer.write('v1', id, 'in a transaction').catch(ignore)
      await scene.committing()
      writer.redisWire!.stallAnswers()
      await scene.letCommit()
      await scene.unmarked()
      await writer.kill()
      await expectInTheEnd('v1')
    })
  })

  test('stopped with SIGSTOP past its lease and continued, still ends what it has changed', async () => {
    await scene.holdCommits()
    const writing = writer.write('v1', id, 'in a transaction')
    await scene.committing()
    writer.stop()
    await scene.unmarked()
    expect(await served()).toEqual(['v0', 'v0'])
    await scene.letCommit()
    await scene.committed('v1', id)
    writer.goOn()
    await writing
    expect(await read()).toEqual(['v1', 'v1'])
    await expectInTheEnd('v1')
  })
})

const ignore = (): undefined => undefined
