import { HeldLoader, settled } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { Scene } from '../support/failover-scene.js'
import { SharedStore } from '../support/shared-store.js'

const modes = {
  'the bound of the cache': [{}, { consistency: { maxStaleness: '10s' } }],
  'maxAge, if that is less': [{ maxAge: '10s' }, { consistency: { maxStaleness: '1m' } }],
  'maxAge, with eventual': [{ maxAge: '10s' }, { consistency: 'eventual' }],
} as const

describe.each(Object.entries(modes))(
  'an answer of the backup is not older than %s',
  (_, [options, asked]) => {
    const startAway = async () => {
      const scene = new Scene()
      return { scene, process: await scene.startAway(options, asked) }
    }

    test('so a write of another process is seen by then', async () => {
      const { scene, process } = await startAway()
      await process.read()
      scene.row = 'written elsewhere'
      await scene.pass(9_999)
      expect(await process.read()).toBe('v0')
      await scene.pass(1)
      expect(await process.read()).toBe('written elsewhere')
      expect(await process.isHit()).toBe(true)
    })

    test('counted from before its load began, however long that took', async () => {
      const { scene, process } = await startAway()
      const loader = new HeldLoader<string>()
      const reading = process.cache.getOrSet('k', loader.load)
      await scene.pass(6_000)
      loader.land('old')
      await reading
      await scene.pass(3_999)
      expect(await process.cache.get('k')).toBe('old')
      await scene.pass(1)
      expect(await process.cache.get('k')).toBeUndefined()
    })

    test('so a load that takes longer is not stored', async () => {
      const { scene, process } = await startAway()
      const loader = new HeldLoader<string>()
      const reading = process.cache.getOrSet('k', loader.load)
      await scene.pass(10_000)
      loader.land('old')
      await reading
      await settled()
      expect(await process.cache.get('k')).toBeUndefined()
      expect(process.cache.stats().entries).toBe(1)
    })

    test('so nobody joins a load that began longer ago', async () => {
      const { scene, process } = await startAway()
      const loader = new HeldLoader<string>()
      const early = process.cache.getOrSet('k', loader.load)
      await scene.pass(10_000)
      const late = process.cache.getOrSet('k', loader.load)
      await settled()
      expect(loader.count).toBe(2)
      loader.land('old')
      loader.land('new', 1)
      expect([await early, await late]).toEqual(['old', 'new'])
    })

    test('and readers that come together share a load', async () => {
      const { process } = await startAway()
      const loader = new HeldLoader<string>()
      const readers = [1, 2, 3].map(() => process.cache.getOrSet('k', loader.load))
      await settled()
      expect(loader.count).toBe(1)
      loader.land('shared')
      expect(await Promise.all(readers)).toEqual(['shared', 'shared', 'shared'])
    })

    test('so what is put by hand lives no longer, and a vector counts from when it was taken', async () => {
      const { scene, process } = await startAway()
      const before = await process.cache.snapshot(['Row'])
      await scene.pass(6_000)
      await process.cache.set('late', 1, { vector: before })
      await process.cache.set('now', 1, { ttl: '1h' })
      await scene.pass(4_000)
      expect(await process.cache.getMany(['late', 'now'])).toEqual([undefined, 1])
      await scene.pass(6_000)
      expect(await process.cache.get('now')).toBeUndefined()
    })

    test('a shorter time to live is kept', async () => {
      const { scene, process } = await startAway()
      await process.cache.set('k', 1, { ttl: '1s' })
      await scene.pass(1_000)
      expect(await process.cache.get('k')).toBeUndefined()
    })
  },
)

test('a server that takes its time to answer makes no answer older', async () => {
  const scene = new Scene()
  const backup = new SharedStore().connect()
  const process = await scene.startAway({ backup: backup.store })
  await scene.pass(500)
  await process.cache.set('k', 1)
  await scene.pass(9_500)
  expect(await process.cache.get('k')).toBe(1)
  backup.before = async () => scene.clock.advance(300)
  await scene.pass(100)
  expect(await process.cache.get('k')).toBeUndefined()
})

test("with 'eventual' it is five seconds, unless told otherwise", async () => {
  const scene = new Scene()
  const process = await scene.startAway({}, { consistency: 'eventual' })
  await process.read()
  await scene.pass(4_999)
  expect(await process.isHit()).toBe(true)
  await scene.pass(1)
  expect(await process.isHit()).toBe(false)
})

test('the primary is not bound by it', async () => {
  const scene = new Scene()
  const process = scene.start()
  await process.read()
  await scene.pass(60_000)
  expect(await process.isHit()).toBe(true)
})
