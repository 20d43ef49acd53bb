import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import type { Application } from './support/application.js'
import { nameLookedFor } from './support/names.js'
import { Scene } from './support/scene.js'

// Several versions of an application run side by side, with other columns, other entities and other `dependsOn`, and such as tell other
// rows and columns apart.

let server: RedisServer
let scene: Scene
let old: Application
let wider: Application
let viewing: Application

beforeAll(async () => {
  server = await startRedisServer()
  scene = await Scene.open(server)
  ;[old, wider, viewing] = await Promise.all([
    scene.start('old', { version: 1 }),
    scene.start('wider', { version: 2 }),
    scene.start('viewing', { version: 3, cache: { near: false } }),
  ])
})
afterAll(async () => {
  await scene.close()
  await server.stop()
})

const seen = (name: string, id: number) => [name, `${name} <user${id}@example.com>`, name]
const versions = () => [old, wider, viewing]

test('what one version writes, the others see, each as it knows it', async () => {
  const id = scene.nextRow()
  let name = 'v0'
  for (const writer of versions()) {
    expect(await Promise.all(versions().map(async (reader) => await scene.served(reader, id)))).toEqual(
      seen(name, id),
    )
    name = `by '${writer.name}'`.replaceAll("'", '')
    await writer.write(name, id)
    expect(await Promise.all(versions().map(async (reader) => await reader.read(id)))).toEqual(seen(name, id))
  }
})

test('what a version tells apart by a name falls with the write of one that does not, from its first read on', async () => {
  const id = scene.nextRow()
  const plain = await scene.start('plain', { version: 4 })
  const watching = await scene.start('watching', { version: 5 })
  await plain.write('v1', id)
  expect(await scene.served(watching, id)).toBe('')
  await plain.write(nameLookedFor(id), id)
  expect(await watching.read(id)).toBe(String(id))
  expect(await scene.served(watching, id)).toBe(String(id))
  await plain.write('v2', id)
  expect(await watching.read(id)).toBe('')
})

test('what a version keeps over the writes of its own kind falls with the first write of another', async () => {
  const id = scene.nextRow()
  const plain = await scene.start('plain', { version: 4 })
  const counting = await scene.start('counting', { version: 6 })
  await plain.write('v1', id)
  expect(await scene.served(plain, id)).toBe('v1')
  await counting.write('v2', id)
  expect(await plain.read(id)).toBe('v2')
  expect(await scene.served(plain, id)).toBe('v2')
  await counting.write('v3', id)
  expect(await plain.read(id)).toBe('v3')
})

test('a version that is restarted as another finds nothing that it would misread', async () => {
  const id = scene.nextRow()
  expect(await scene.served(old, id)).toBe('v0')
  await old.kill()
  const replaced = await scene.start('replaced', { version: 2 })
  expect(await scene.served(replaced, id)).toBe(`v0 <user${id}@example.com>`)
  await wider.write('v1', id)
  expect(await replaced.read(id)).toBe(`v1 <user${id}@example.com>`)
  expect(await viewing.read(id)).toBe('v1')
})
