import { held, HeldLoader, settled } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { Scene } from '../support/failover-scene.js'

describe('when the primary answers again', () => {
  test('it is used again, and that is told', async () => {
    const scene = new Scene()
    const process = await scene.startAway()
    process.primary.isAway = false
    await scene.pass(500)
    expect(process.told).toEqual(['none', 'backup', 'primary'])
    expect(process.cache.stats()).toMatchObject({ failover: { active: 'primary', outages: 1 } })
    await process.read()
    expect(await process.isHit()).toBe(true)
  })

  test('nothing from before the outage is served: who wrote meanwhile may have died', async () => {
    const scene = new Scene()
    const [reader, writer] = [scene.start(), scene.start()]
    expect(await reader.read()).toBe('v0')
    expect(await writer.isHit()).toBe(true)
    reader.primary.isAway = writer.primary.isAway = true
    await writer.write('v1')
    await scene.pass(2_000)
    // Its server is there again, but the writer is not.
    await writer.cache.close()
    reader.primary.isAway = false
    await scene.pass(500)
    expect(reader.told.at(-1)).toBe('primary')
    expect(await reader.read()).toBe('v1')
  })

  test('the same in a namespace, and in those inside it', async () => {
    const scene = new Scene()
    const reader = scene.start({}, { namespace: 'shop' })
    const caches = [reader.cache.namespace('inner'), reader.cache]
    const read = async () =>
      await Promise.all(caches.map((cache) => cache.getOrSet('k', () => scene.row, { tags: ['Row'] })))
    await read()
    reader.primary.isAway = true
    await scene.pass(2_000)
    scene.row = 'v1'
    reader.primary.isAway = false
    await scene.pass(500)
    expect(reader.told.at(-1)).toBe('primary')
    expect(await read()).toEqual(['v1', 'v1'])
  })

  test('nothing that was cached in the outage is served', async () => {
    const scene = new Scene()
    const process = await scene.startAway()
    expect(await process.read()).toBe('v0')
    expect(await process.isHit()).toBe(true)
    process.primary.isAway = false
    await scene.pass(500)
    scene.row = 'v1'
    expect(await process.read()).toBe('v1')
    expect(process.cache.stats().entries).toBe(1)
  })

  test('a load that began in the outage is not stored, and nobody joins it', async () => {
    const scene = new Scene()
    const process = await scene.startAway()
    const loader = new HeldLoader<string>()
    const reading = process.cache.getOrSet('k', loader.load, { tags: ['Row'] })
    const before = await process.cache.snapshot(['Row'])
    process.primary.isAway = false
    await scene.pass(500)
    expect(process.told.at(-1)).toBe('primary')
    const after = process.cache.getOrSet('k', loader.load, { tags: ['Row'] })
    await settled()
    expect(loader.count).toBe(2)
    loader.land('old')
    expect(await reading).toBe('old')
    await process.cache.set('by hand', 'old', { vector: before })
    await settled()
    expect(await process.cache.getMany(['k', 'by hand'])).toEqual([undefined, undefined])
    loader.land('new', 1)
    expect(await after).toBe('new')
    expect(process.told).toEqual(['none', 'backup', 'primary'])
  })

  test('nor stored and joined in the next outage: it may be from before a write of this process', async () => {
    const scene = new Scene()
    const process = await scene.startAway({}, { consistency: { maxStaleness: '1h' } })
    const loader = new HeldLoader<string>()
    const read = () => process.cache.getOrSet('k', loader.load, { tags: ['Row'] })
    const reading = read()
    process.primary.isAway = false
    await scene.pass(1_000)
    await process.write('v1')
    process.primary.isAway = true
    await scene.pass(2_000)
    expect(process.told).toEqual(['none', 'backup', 'primary', 'none', 'backup'])
    const after = read()
    await settled()
    expect(loader.count).toBe(2)
    loader.land('old')
    await reading
    await settled()
    expect(await process.cache.get('k')).toBeUndefined()
    loader.land('new', 1)
    expect(await after).toBe('new')
  })

  test('a value that was loaded before the outage and comes after it is not served', async () => {
    const scene = new Scene()
    const process = scene.start()
    const before = await process.cache.snapshot(['Row'])
    process.primary.isAway = true
    await scene.pass(2_000)
    process.primary.isAway = false
    await scene.pass(1_000)
    expect(process.told.at(-1)).toBe('primary')
    await process.cache.set('k', 'old', { vector: before })
    expect(await process.cache.get('k')).toBeUndefined()
  })

  test('it is not used until all it holds is invalidated', async () => {
    const scene = new Scene()
    const process = await scene.startAway()
    const invalidated = held()
    process.primary.before = (operation) => (operation === 'bump' ? invalidated.promise : undefined)
    process.primary.isAway = false
    await scene.pass(900)
    expect(process.told.at(-1)).toBe('backup')
    invalidated.resolve()
    await settled()
    expect(process.told.at(-1)).toBe('primary')
  })

  test('a write that does not reach it meanwhile keeps it from being used', async () => {
    const scene = new Scene()
    const process = await scene.startAway()
    const invalidated = held()
    process.primary.isAway = false
    process.primary.before = (operation) => (operation === 'bump' ? invalidated.promise : undefined)
    await scene.pass(500)
    process.primary.isAway = true
    await process.write('v1')
    process.primary.isAway = false
    invalidated.resolve()
    await settled()
    expect(process.told.at(-1)).toBe('backup')
    process.primary.before = () => undefined
    await scene.pass(500)
    expect(process.told.at(-1)).toBe('primary')
    expect(await process.read()).toBe('v1')
  })

  test('a process that stood still in the middle of that begins anew', async () => {
    const scene = new Scene()
    const process = await scene.startAway()
    const invalidated = held()
    process.primary.isAway = false
    process.primary.before = (operation) => (operation === 'bump' ? invalidated.promise : undefined)
    await scene.pass(500)
    scene.clock.advance(2_000)
    invalidated.resolve()
    process.primary.before = () => undefined
    await settled()
    expect(process.told.at(-1)).toBe('backup')
    await scene.pass(500)
    expect(process.told.at(-1)).toBe('primary')
  })

  test('a process that has not noticed yet, and writes, is seen by those who have', async () => {
    const scene = new Scene()
    const [late, early] = [await scene.startAway({ probe: '1m' }), await scene.startAway()]
    late.primary.isAway = early.primary.isAway = false
    await scene.pass(500)
    expect(early.told.at(-1)).toBe('primary')
    expect(await early.read()).toBe('v0')
    expect(late.told.at(-1)).toBe('backup')
    await late.write('v1')
    expect(late.told.at(-1)).toBe('backup')
    expect(await early.read()).toBe('v1')
  })

  test('a primary that comes and goes is asked less and less often, and as at first once it has stayed', async () => {
    const scene = new Scene()
    const process = scene.start()
    await process.read()
    /** From the change that does not reach it until it is used again. */
    const awayMs = async () => {
      process.primary.isAway = true
      await process.cache.invalidate(['Row'])
      process.primary.isAway = false
      const leftAt = scene.clock.now()
      while (process.told.at(-1) !== 'primary') await scene.pass(100)
      return scene.clock.now() - leftAt
    }
    expect([await awayMs(), await awayMs(), await awayMs()]).toEqual([500, 1_000, 2_000])
    for (let i = 0; i < 8; i++) await awayMs()
    expect(await awayMs()).toBe(30_000)
    await scene.pass(600_000)
    expect(await awayMs()).toBe(500)
  })
})
