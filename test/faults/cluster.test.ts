import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../services/index.js'
import { until } from '../services/until.js'
import type { Application } from './support/application.js'
import { leaveBehind } from '../history/leave-behind.js'
import { Scene } from './support/scene.js'

let cluster: RedisCluster
let scene: Scene
let near: Application
let bare: Application
let writer: Application
let id: number

beforeAll(async () => {
  cluster = await startRedisCluster()
  scene = await Scene.open({
    address: { cluster: cluster.addresses },
    masters: async () =>
      await Promise.all([0, 8_000, 16_383].map(async (slot) => await cluster.masterOf(slot))),
  })
  ;[near, bare, writer] = await Promise.all([
    scene.start('near'),
    scene.start('bare', { cache: { near: false } }),
    scene.start('writer', { through: 'Prisma' }),
  ])
})
afterAll(async () => {
  await scene.close()
  await cluster.stop()
})
beforeEach(() => {
  id = scene.nextRow()
})

const served = async () => [await scene.served(near, id), await scene.served(bare, id)]
const read = async () => [await near.read(id), await bare.read(id)]

/** Of the table that is read and written. */
const generationSlot = async () =>
  Number(await cluster.nodes[0]!.command('CLUSTER', 'KEYSLOT', `${scene.prefix}g:users`))

/** To a master that does not have it. */
async function move(slot: number): Promise<void> {
  const from = await cluster.masterOf(slot)
  const others = await Promise.all([0, 8_000, 16_383].map(async (other) => await cluster.masterOf(other)))
  await cluster.moveSlot(
    slot,
    others.find((node) => node !== from)!,
  )
}

const failures = async () =>
  (await Promise.all([near, bare, writer].map(async (application) => await application.tell()))).flatMap(
    (told) => told.failures,
  )

test('a slot that moves between a mark and its new generation takes the mark along', async () => {
  expect(await served()).toEqual(['v0', 'v0'])
  await scene.holdCommits()
  const writing = writer.write('v1', id, 'in a transaction')
  await scene.committing()
  await move(await generationSlot())
  expect(await read()).toEqual(['v0', 'v0'])
  await scene.letCommit()
  await scene.committed('v1', id)
  expect(await read()).toEqual(['v1', 'v1'])
  await writing
  expect(await read()).toEqual(['v1', 'v1'])
  expect(await served()).toEqual(['v1', 'v1'])
  expect(await failures()).toEqual([])
})

test('a slot that moves while a row is loaded, and moves back, does not bring back what was loaded', async () => {
  const slot = await generationSlot()
  const reading = await scene.readWithAnswerOnItsWay(bare, id)
  await move(slot)
  await writer.write('v1', id)
  await move(slot)
  const before = (await scene.entries()).length
  expect(await reading.land()).toBe('v0')
  await until('the entry is stored', async () => (await scene.entries()).length > before)
  expect(await read()).toEqual(['v1', 'v1'])
  expect(await served()).toEqual(['v1', 'v1'])
  expect(await failures()).toEqual([])
})

test('a master that dies before its replica has the last new generation does not bring back the entry from before', async () => {
  expect(await served()).toEqual(['v0', 'v0'])
  const slot = await generationSlot()
  const master = await cluster.masterOf(slot)
  await leaveBehind(master, cluster.nodes)
  await writer.write('v1', id)
  await master.kill()
  expect(await read()).toEqual(['v1', 'v1'])
  const heir = await cluster.takenOver(slot, master)
  expect(String(await heir.command('EXISTS', `${scene.prefix}g:users`))).toBe('1')
  expect(await served()).toEqual(['v1', 'v1'])
  await writer.write('v2', id)
  expect(await read()).toEqual(['v2', 'v2'])
})
