import { describe, expect, test } from 'vitest'
import { engineOf } from '../../src/engine.js'
import { type Process, Scene } from '../support/failover-scene.js'
import { SharedStore } from '../support/shared-store.js'

/** A write that nobody knows the end of. */
const lose = async ({ cache }: Process, tag = 'Row') =>
  await cache.write([tag], () => Promise.reject(new Error('connection lost'))).catch(() => undefined)
const isUsable = async ({ cache }: Process) => (await cache.snapshot(['Row'])).usable
const storeOf = ({ cache }: Process) => engineOf(cache)!
const hold = { unknownOutcomeHold: '60s' } as const

describe('a write whose outcome nobody knows', () => {
  test('is held in the backup, if the primary goes away meanwhile, for as long as is left', async () => {
    const scene = new Scene()
    const process = scene.start({}, hold)
    await lose(process)
    process.primary.isAway = true
    await scene.pass(20_000)
    expect(process.told.at(-1)).toBe('backup')
    expect(await isUsable(process)).toBe(false)
    await scene.pass(39_999)
    expect(await isUsable(process)).toBe(false)
    await scene.pass(1)
    expect(await isUsable(process)).toBe(true)
  })

  test('is held in the primary, if that comes back meanwhile, also for others', async () => {
    const scene = new Scene()
    const [process, other] = [await scene.startAway({}, hold), scene.start()]
    await lose(process)
    expect(await isUsable(process)).toBe(false)
    expect(await isUsable(other)).toBe(true)
    process.primary.isAway = false
    await scene.pass(20_000)
    expect(process.told.at(-1)).toBe('primary')
    expect([await isUsable(process), await isUsable(other)]).toEqual([false, false])
    await scene.pass(39_999)
    expect([await isUsable(process), await isUsable(other)]).toEqual([false, false])
    await scene.pass(1)
    expect([await isUsable(process), await isUsable(other)]).toEqual([true, true])
  })

  test('is held in the backup of a later outage', async () => {
    const scene = new Scene()
    const process = await scene.startAway({}, hold)
    await lose(process)
    for (const isAway of [false, true]) {
      process.primary.isAway = isAway
      await scene.pass(5_000)
    }
    expect(process.told).toEqual(['none', 'backup', 'primary', 'none', 'backup'])
    expect(await isUsable(process)).toBe(false)
    await scene.pass(50_000)
    expect(await isUsable(process)).toBe(true)
  })

  test('is held by the primary alone while it is there, and the backup is told as well', async () => {
    const scene = new Scene()
    const backup = new SharedStore().connect()
    const process = scene.start({ backup: backup.store }, hold)
    await lose(process)
    expect(process.primary.asked).toContain('hold')
    expect(backup.asked).toContain('hold')
    expect([process.primary.marks.size, backup.marks.size]).toEqual([0, 0])
  })

  test('is not held again once its time is over', async () => {
    const scene = new Scene()
    const process = await scene.startAway({}, hold)
    await lose(process)
    await scene.pass(60_000)
    process.primary.isAway = false
    process.primary.asked.length = 0
    await scene.pass(1_000)
    expect(process.told.at(-1)).toBe('primary')
    expect(process.primary.asked).not.toContain('hold')
  })

  test('of very many, everything is held', async () => {
    const scene = new Scene()
    const process = await scene.startAway({}, hold)
    for (let i = 0; i <= 1_000; i++) await lose(process, `T${i}`)
    process.primary.isAway = false
    process.primary.asked.length = 0
    await scene.pass(1_000)
    expect(process.told.at(-1)).toBe('primary')
    expect(process.primary.asked.filter((operation) => operation === 'hold')).toHaveLength(1)
    expect(await isUsable(process)).toBe(false)
  })
})

describe('a mark', () => {
  test('is placed in both stores by a cache with a bound, and taken away in both, whatever was written', async () => {
    const scene = new Scene()
    const backup = new SharedStore().connect()
    const process = scene.start({ backup: backup.store })
    await process.write('v1')
    const rolledBack = { isRolledBack: () => true }
    await process.cache
      .write(['Row'], () => Promise.reject(new Error('no')), rolledBack)
      .catch(() => undefined)
    const calls = ['openIntent', 'closeIntent', 'openIntent', 'closeIntent']
    expect(process.primary.asked).toEqual(calls)
    expect(backup.asked).toEqual(calls)
    expect([process.primary.marks.size, backup.marks.size]).toEqual([0, 0])
  })

  test('that cannot be taken away after a rollback is no outage: nothing has changed, and it runs out', async () => {
    const scene = new Scene()
    const process = scene.start()
    const fail = () => {
      process.primary.isAway = true
      return Promise.reject(new Error('refused'))
    }
    await process.cache.write(['Row'], fail, { isRolledBack: () => true }).catch(() => undefined)
    expect(process.told).toEqual(['failed: close intent'])
  })

  test("is not placed in the backup with 'eventual'", async () => {
    const scene = new Scene()
    const backup = new SharedStore().connect()
    const process = scene.start({ backup: backup.store }, { consistency: 'eventual' })
    await process.write('v1')
    expect(backup.asked).toEqual(['bump'])
  })

  test('that was placed before the primary went away and came back is taken away after it', async () => {
    const scene = new Scene()
    const backup = new SharedStore().connect()
    const process = scene.start({ backup: backup.store })
    const { store, space } = engineOf(process.cache)!
    const intents = [await store.openIntent(space, ['row']), await store.openIntent(space, ['row'])]
    process.primary.isAway = true
    await scene.pass(2_000)
    process.primary.isAway = false
    await scene.pass(1_000)
    expect(process.told.at(-1)).toBe('primary')
    backup.asked.length = 0
    await store.closeIntent(intents[0]!, ['row'])
    await store.hold(intents[1]!, ['row'], 1_000)
    await scene.pass(1)
    expect(backup.asked).toEqual(['bump', 'closeIntent', 'hold', 'closeIntent'])
  })

  test('is renewed in both stores, and it is told if the primary has not done so', async () => {
    const scene = new Scene()
    const backup = new SharedStore().connect()
    const process = scene.start({ backup: backup.store })
    const { store, space } = storeOf(process)
    const intent = await store.openIntent(space, ['row'])
    await store.renewIntent!(intent)
    await scene.pass(1)
    expect(process.primary.renewed).toEqual([...process.primary.marks])
    expect(backup.renewed).toEqual([...backup.marks])
    process.primary.isAway = true
    await expect(store.renewIntent!(intent)).rejects.toThrow('away')
  })

  describe('that no write may do without', () => {
    const needsIntents = [{}, {}, { needsIntents: true }] as const

    test('is refused if the primary is away, and leaves none in the backup', async () => {
      const scene = new Scene()
      const backup = new SharedStore().connect()
      const process = scene.start({ backup: backup.store }, {}, { needsIntents: true })
      const { store, space } = storeOf(process)
      process.primary.isAway = true
      await expect(store.openIntent(space, ['row'])).rejects.toThrow('away')
      await scene.pass(2_000)
      expect(process.told).toEqual(['none', 'backup'])
      await expect(store.openIntent(space, ['row'])).rejects.toThrow('away')
      await scene.pass(1)
      expect(backup.marks.size).toBe(0)
    })

    test('is placed as soon as the primary can be reached, used or not', async () => {
      const scene = new Scene()
      const process = scene.start(...needsIntents)
      const { store, space } = storeOf(process)
      await store.snapshot(space, [])
      process.primary.isAway = true
      await scene.pass(2_000)
      process.primary.isAway = false
      expect(process.told.at(-1)).toBe('backup')
      const intent = await store.openIntent(space, ['row'])
      expect(process.primary.marks.size).toBe(1)
      await store.closeIntent(intent, ['row'])
      expect(process.primary.marks.size).toBe(0)
    })
  })
})

describe('a change that a store finds out later that it could not make', () => {
  test('ends the use of the primary', async () => {
    const scene = new Scene()
    const process = scene.start()
    await process.read()
    const { space } = storeOf(process)
    process.primary.context!.undelivered!(space, ['row'], new Error('lost'))
    expect(process.told).toEqual(['none', 'backup'])
    await scene.pass(1_000)
    expect(process.told.at(-1)).toBe('primary')
  })

  test('ends the use of the backup, until it has forgotten everything', async () => {
    const scene = new Scene()
    const backup = new SharedStore().connect()
    const process = await scene.startAway({ backup: backup.store })
    backup.context!.undelivered!(storeOf(process).space, ['row'], new Error('lost'))
    expect(process.told).toEqual(['none', 'backup', 'none'])
    await scene.pass(1_000)
    expect(process.told.at(-1)).toBe('backup')
  })
})

test('the ends of writes are waited for as long as the slower store tries them', () => {
  const scene = new Scene()
  expect(storeOf(scene.start()).store.writeLimitMs).toBe(1_500)
})
