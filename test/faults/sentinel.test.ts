import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RedisSentinelSet, startRedisSentinelSet } from '../services/index.js'
import type { Application } from './support/application.js'
import { leaveBehind } from '../history/leave-behind.js'
import { Scene } from './support/scene.js'

let set: RedisSentinelSet
let scene: Scene
let near: Application
let bare: Application
let writer: Application

beforeAll(async () => {
  set = await startRedisSentinelSet()
  scene = await Scene.open({
    address: { sentinels: set.sentinels, name: set.name },
    masters: async () => [await set.master()],
  })
  ;[near, bare, writer] = await Promise.all([
    scene.start('near'),
    scene.start('bare', { cache: { near: false } }),
    scene.start('writer', { through: 'Prisma' }),
  ])
})
afterAll(async () => {
  await scene.close()
  await set.stop()
})

test('a replica that is promoted without the last new generation does not bring back the entry from before', async () => {
  const id = scene.nextRow()
  const served = async () => [await scene.served(near, id), await scene.served(bare, id)]
  const read = async () => [await near.read(id), await bare.read(id)]
  expect(await served()).toEqual(['v0', 'v0'])
  await leaveBehind(await set.master(), set.nodes)
  await writer.write('v1', id)
  await scene.reconnecting([near, bare, writer], async () => await set.failover())
  expect(await scene.entries()).not.toHaveLength(0)
  expect(await served()).toEqual(['v1', 'v1'])
  await writer.write('v2', id)
  expect(await read()).toEqual(['v2', 'v2'])
})
