import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import type { Application } from './support/application.js'
import type { Through } from './support/messages.js'
import { Scene } from './support/scene.js'

// Somebody else writes into the entries. The row is changed past every cache, so that one that is served all the same is told.

let server: RedisServer
let scene: Scene
const readers = new Map<Through, Application>()

beforeAll(async () => {
  server = await startRedisServer()
  scene = await Scene.open(server)
  await Promise.all(
    (['TypeORM', 'Prisma'] as const).map(async (through) => {
      readers.set(through, await scene.start(`reader ${through}`, { through, cache: { near: false } }))
    }),
  )
})
afterAll(async () => {
  await scene.close()
  await server.stop()
})

let id: number
let otherId: number
beforeEach(() => {
  id = scene.nextRow()
  otherId = scene.nextRow()
})

const versionAt = 0
const headerAt = 13

/** What becomes of an entry, given another one. */
const damages: Readonly<Record<string, (key: string, another: string) => Promise<unknown>>> = {
  garbage: async (key) => await scene.command('SET', key, 'garbage'),
  'garbage in its header': async (key) => await scene.command('SETRANGE', key, headerAt + 1, 'garbage'),
  'a payload of another version': async (key) => await scene.command('SETRANGE', key, versionAt, 'c'),
  'a payload of another key': async (key, another) => await scene.command('COPY', another, key, 'REPLACE'),
}

const cases = Object.keys(damages).flatMap((damage) =>
  (['TypeORM', 'Prisma'] as const).map((through) => [damage, through] as const),
)

test.each(cases)('%s in place of an entry is a miss, through %s', async (damage, through) => {
  const reader = readers.get(through)!
  await scene.setName('another', otherId)
  const key = await scene.entryOf(reader, id)
  const another = await scene.entryOf(reader, otherId)
  await scene.setName('v1', id)
  expect(await reader.read(id)).toBe('v0')
  await damages[damage]!(key, another)
  expect(await reader.read(id)).toBe('v1')
  expect(await scene.served(reader, id)).toBe('v1')
  expect((await reader.tell()).failures.at(-1)).toMatch(/^read entry: /)
})
