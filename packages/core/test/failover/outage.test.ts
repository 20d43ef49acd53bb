import { held, HeldLoader, settled } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { Scene } from '../support/failover-scene.js'
import { SharedStore } from '../support/shared-store.js'

describe('while the primary is away', () => {
  test('queries go to the database until it has been silent for long enough, then the backup answers', async () => {
    const scene = new Scene()
    const process = scene.start()
    await process.read()
    process.primary.isAway = true
    await scene.pass(1_000)
    expect(await process.isHit()).toBe(false)
    expect(await process.isHit()).toBe(false)
    expect(process.told).toEqual([])
    await scene.pass(1)
    expect(await process.isHit()).toBe(false)
    expect(process.told).toEqual(['none', 'backup'])
    expect(await process.isHit()).toBe(true)
    expect(process.cache.stats()).toMatchObject({ failover: { active: 'backup', outages: 1 } })
  })

  test('it is asked for in vain, and that question is answered by the backup', async () => {
    const scene = new Scene()
    const process = scene.start()
    await process.read()
    const answer = held()
    process.primary.before = () => answer.promise
    const reading = process.isHit()
    await scene.pass(1_500)
    process.primary.isAway = true
    answer.resolve()
    await reading
    expect(process.cache.stats().bypasses).toBe(0)
    expect(await process.isHit()).toBe(true)
  })

  test('one failure is not an outage', async () => {
    const scene = new Scene()
    const process = scene.start()
    await process.read()
    process.primary.isAway = true
    await process.read()
    process.primary.isAway = false
    await scene.pass(5_000)
    expect(await process.isHit()).toBe(true)
    expect(process.told).toEqual([])
  })

  test('that is told once as a warning, which names the stores, the reason and the bound', async () => {
    const scene = new Scene()
    const process = scene.start()
    const warnings: string[] = []
    process.cache.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`))
    await process.read()
    for (const isAway of [true, false, true]) {
      process.primary.isAway = isAway
      await scene.pass(5_000)
    }
    expect(process.told).toEqual(['none', 'backup', 'primary', 'none', 'backup'])
    expect(warnings).toEqual([
      expect.stringMatching(/^PRIMARY_AWAY: The store 'shared' is away: .*1000 ms.* 10000 ms/),
    ])
  })

  test('a process reads its own writes, the first of which finds the primary away', async () => {
    const scene = new Scene()
    const process = scene.start()
    await process.read()
    process.primary.isAway = true
    await process.write('v1')
    expect(process.told).toEqual(['failed: open intent', 'failed: close intent', 'none', 'backup'])
    expect(await process.read()).toBe('v1')
    await process.write('v2')
    expect(await process.read()).toBe('v2')
    expect(await process.isHit()).toBe(true)
  })

  test('a cache that refuses writes which it cannot tell of does so, and goes on to answer', async () => {
    const scene = new Scene()
    const process = await scene.startAway({}, { onStoreDown: 'reject' })
    await expect(process.write('v1')).rejects.toMatchObject({ code: 'WRITE_REFUSED' })
    expect(scene.row).toBe('v0')
    await process.read()
    expect(await process.isHit()).toBe(true)
    process.primary.isAway = false
    await process.write('v1')
    expect(await process.read()).toBe('v1')
  })

  test('what is deleted and put by hand is gone, and there', async () => {
    const scene = new Scene()
    const process = await scene.startAway()
    await process.cache.set('k', 1)
    expect(await process.cache.get('k')).toBe(1)
    await process.cache.delete('k')
    expect(await process.cache.get('k')).toBeUndefined()
  })

  test.each(['delete', 'set'] as const)(
    'a change by hand that does not reach the primary is seen nevertheless: %s',
    async (change) => {
      const scene = new Scene()
      const process = scene.start()
      await process.cache.set('k', 'old')
      process.primary.before = (operation) => {
        process.primary.isAway = operation === 'put' || operation === 'delete'
        return undefined
      }
      if (change === 'delete') await process.cache.delete('k')
      else await process.cache.set('k', 'new')
      process.primary.before = () => undefined
      process.primary.isAway = false
      expect(await process.cache.get('k')).not.toBe('old')
      await scene.pass(5_000)
      expect(process.told.at(-1)).toBe('primary')
      expect(await process.cache.get('k')).not.toBe('old')
    },
  )

  test('a load that began with the primary is not stored in the backup, and nobody joins it', async () => {
    const scene = new Scene()
    const process = scene.start()
    const loader = new HeldLoader<string>()
    const reading = process.cache.getOrSet('k', loader.load, { tags: ['Row'] })
    await settled()
    process.primary.isAway = true
    await process.write('v1')
    const after = process.cache.getOrSet('k', loader.load, { tags: ['Row'] })
    await settled()
    expect(loader.count).toBe(2)
    loader.land('old')
    expect(await reading).toBe('old')
    await settled()
    expect(await process.cache.get('k')).toBeUndefined()
    loader.land('new', 1)
    expect(await after).toBe('new')
    await settled()
    expect(await process.cache.get('k')).toBe('new')
  })

  test('a process that stands still for longer than that takes it for an outage, as it may have missed one', async () => {
    const scene = new Scene()
    const [sleeper, writer] = [scene.start(), scene.start()]
    expect(await sleeper.read()).toBe('v0')
    writer.primary.isAway = true
    await writer.write('v1')
    // Nothing is carried out meanwhile.
    scene.clock.advance(1_001)
    expect(await sleeper.read()).toBe('v1')
    await scene.pass(1_000)
    expect(sleeper.told).toEqual(['none', 'backup', 'primary'])
    expect(await sleeper.read()).toBe('v1')
  })

  test('a process that asks for nothing notices', async () => {
    const scene = new Scene()
    const process = scene.start()
    await process.read()
    await scene.pass(60_000)
    expect(process.told).toEqual([])
    process.primary.isAway = true
    await scene.pass(1_500)
    expect(process.told).toEqual(['none', 'backup'])
  })

  test('a primary that answers readers is asked nothing besides', async () => {
    const scene = new Scene()
    const process = scene.start()
    await process.read()
    await scene.pass(1_000)
    process.primary.asked.length = 0
    for (let i = 0; i < 20; i++) {
      await process.read()
      await scene.pass(100)
    }
    expect(process.primary.asked).toEqual(Array.from({ length: 20 }, () => 'lookup'))
  })

  test('a closed cache asks for nothing any more', async () => {
    const scene = new Scene()
    const [one, away] = [scene.start(), await scene.startAway()]
    await one.read()
    await one.cache.close()
    await away.cache.close()
    const asked = [one, away].map(({ primary }) => primary.asked.length)
    await scene.pass(10_000)
    expect([one, away].map(({ primary }) => primary.asked.length)).toEqual(asked)
    await one.write('v1')
    expect(one.told).toEqual([])
  })
})

describe('the backup', () => {
  /** Processes whose backup is a server too. */
  const withServer = (scene: Scene) => {
    const second = new SharedStore()
    return () => {
      const backup = second.connect()
      return { backup, start: () => scene.start({ backup: backup.store }) }
    }
  }

  test('serves nothing of an earlier outage', async () => {
    const scene = new Scene()
    const { backup, start } = withServer(scene)()
    const process = start()
    await process.read()
    process.primary.isAway = true
    await scene.pass(2_000)
    expect(await process.read()).toBe('v0')
    expect(await process.isHit()).toBe(true)
    process.primary.isAway = false
    await scene.pass(1_000)
    // Somebody whom this process does not hear of.
    scene.row = 'v1'
    process.primary.isAway = true
    await scene.pass(2_000)
    expect(process.told).toEqual(['none', 'backup', 'primary', 'none', 'backup'])
    expect(await process.read()).toBe('v1')
    expect(backup.asked).toContain('bump')
  })

  test('is not used while it cannot be asked to forget', async () => {
    const scene = new Scene()
    const { backup, start } = withServer(scene)()
    const process = start()
    await process.read()
    backup.isAway = process.primary.isAway = true
    await scene.pass(2_000)
    expect(process.cache.stats().failover).toEqual({ active: 'none', outages: 1 })
    expect(await process.isHit()).toBe(false)
    expect(await process.isHit()).toBe(false)
    backup.isAway = false
    await scene.pass(1_000)
    expect(process.told.at(-1)).toBe('backup')
    await process.read()
    expect(await process.isHit()).toBe(true)
  })

  test('is not used after it missed a change, until it has forgotten everything', async () => {
    const scene = new Scene()
    const { backup, start } = withServer(scene)()
    const process = start()
    await process.read()
    process.primary.isAway = true
    await scene.pass(2_000)
    await process.read()
    backup.isAway = true
    await process.write('v1')
    backup.isAway = false
    expect(process.told.at(-1)).toBe('failed: close intent')
    expect(process.cache.stats().failover?.active).toBe('none')
    expect(await process.cache.snapshot(['Row'])).toMatchObject({ usable: false })
    expect(await process.read()).toBe('v1')
    await scene.pass(1_000)
    expect(process.cache.stats().failover?.active).toBe('backup')
    expect(await process.read()).toBe('v1')
    expect(await process.isHit()).toBe(true)
  })

  test('is not used if it missed a change while it was forgetting', async () => {
    const scene = new Scene()
    const { backup, start } = withServer(scene)()
    const process = start()
    await process.read()
    const forgotten = held()
    process.primary.isAway = true
    backup.before = (operation) => (operation === 'bump' ? forgotten.promise : undefined)
    await scene.pass(1_400)
    expect(process.cache.stats().failover?.active).toBe('none')
    backup.before = (operation) => {
      backup.isAway = operation === 'closeIntent'
      return undefined
    }
    await process.write('v1')
    backup.isAway = false
    backup.before = () => undefined
    forgotten.resolve()
    await settled()
    expect(process.cache.stats().failover?.active).toBe('none')
    await scene.pass(1_000)
    expect(process.cache.stats().failover?.active).toBe('backup')
  })

  test('is not used because it has forgotten everything for an outage that is over', async () => {
    const scene = new Scene()
    const { backup, start } = withServer(scene)()
    const process = start()
    await process.read()
    const [first, second] = [held(), held()]
    for (const forgotten of [first, second]) {
      backup.before = (operation) => (operation === 'bump' ? forgotten.promise : undefined)
      process.primary.isAway = false
      await scene.pass(1_000)
      process.primary.isAway = true
      await scene.pass(2_000)
    }
    expect(process.told).toEqual(['none', 'primary', 'none'])
    first.resolve()
    await settled()
    expect(process.told.at(-1)).toBe('none')
    second.resolve()
    await settled()
    expect(process.told.at(-1)).toBe('backup')
  })

  test('that has a server serves what other processes have loaded, and follows their writes', async () => {
    const scene = new Scene()
    const connect = withServer(scene)
    const processes = [connect().start(), connect().start()] as const
    for (const process of processes) {
      await process.read()
      process.primary.isAway = true
    }
    await scene.pass(2_000)
    await processes[0].read()
    expect(await processes[1].isHit()).toBe(true)
    await processes[0].write('v1')
    expect(await processes[1].read()).toBe('v1')
  })

  test('that has a server is told of the writes of those who reach the primary, and nobody waits for it', async () => {
    const scene = new Scene()
    const connect = withServer(scene)
    const [away, here] = [connect(), connect()]
    const [cutOff, writer] = [away.start(), here.start()]
    await Promise.all([cutOff.read(), writer.read()])
    cutOff.primary.isAway = true
    await scene.pass(2_000)
    await cutOff.read()
    const slow = held()
    here.backup.before = () => slow.promise
    await writer.write('v1')
    slow.resolve()
    await settled()
    expect(await cutOff.read()).toBe('v1')
  })

  test('does not delay or fail a write while the primary is there', async () => {
    const scene = new Scene()
    const { backup, start } = withServer(scene)()
    const process = start()
    await process.read()
    backup.isAway = true
    await process.write('v1')
    expect(await process.read()).toBe('v1')
    expect(process.told).toEqual([])
  })
})
