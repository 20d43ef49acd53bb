import { held, HeldLoader, record, settled, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import type { Cache } from '../src/cache.js'
import type { CacheOptions } from '../src/create-cache.js'
import { engineOf } from '../src/engine.js'
import type { ReadInfo, ReadRequest } from '../src/read-request.js'
import { crowdedStore } from './support/crowded-store.js'

const readers = 50
const options = { tags: ['User'] }

const crowdedCache = (more: CacheOptions = {}) => {
  const { store, lookups } = crowdedStore()
  return { ...testCache({ store, ...more }), lookups }
}

const all = <T>(read: (reader: number) => Promise<T>): Promise<T>[] =>
  Array.from({ length: readers }, (_, reader) => read(reader))

const errorOf = async (reading: Promise<unknown>): Promise<unknown> =>
  await reading.then(
    () => 'answered',
    (error: unknown) => error,
  )

describe('readers who ask for the same at one moment', () => {
  test('share one look-up and one load, and are given a value each', async () => {
    const { cache, lookups } = crowdedCache()
    const loader = new HeldLoader<{ names: string[] }>()
    const reading = all(() => cache.getOrSet('k', loader.load, options))
    await settled()
    expect(cache.stats()).toMatchObject({ misses: readers, loads: 1, joined: readers - 1 })
    loader.land({ names: ['Ada'] })
    const answers = await Promise.all(reading)
    for (const answer of answers) {
      expect(answer).toEqual({ names: ['Ada'] })
      answer.names.push('changed')
    }
    expect(lookups()).toBe(1)
    expect(loader.count).toBe(1)
    expect(await cache.getOrSet('k', loader.load, options)).toEqual({ names: ['Ada'] })
  })

  test('are each told of as a hit of what is there', async () => {
    const { cache } = crowdedCache()
    await cache.set('k', [1], options)
    const hits = record(cache, 'hit')
    const answers = await Promise.all(all(() => cache.getOrSet<number[]>('k', () => [2], options)))
    expect(new Set(answers).size).toBe(readers)
    expect(answers).toEqual(answers.map(() => [1]))
    expect(cache.stats()).toMatchObject({ hits: readers, loads: 0 })
    expect(hits).toHaveLength(readers)
  })

  test('are each told of as a miss of what is not', async () => {
    const { cache } = crowdedCache()
    const misses = record(cache, 'miss')
    await Promise.all(all(() => cache.getOrSet('k', () => 1, options)))
    expect(misses).toEqual(
      all(async () => undefined).map(() => expect.objectContaining({ reason: 'missing' })),
    )
  })

  test('share the error of their load, and whoever comes later does not', async () => {
    const { cache } = crowdedCache({ errorCooldown: 0 })
    const loader = new HeldLoader<number>()
    const reading = all(() => errorOf(cache.getOrSet('k', loader.load, options)))
    await settled()
    const error = new Error('no')
    loader.calls[0]!.reject(error)
    expect(await Promise.all(reading)).toEqual(all(async () => undefined).map(() => error))
    expect(loader.count).toBe(1)
    expect(await cache.getOrSet('k', () => 2, options)).toBe(2)
  })

  test('are all answered where readers of several keys alternate', async () => {
    const { cache } = crowdedCache()
    const loading = held<string>()
    const loaded: string[] = []
    const keys = ['a', 'a', 'b', 'a', 'a', 'b', 'b', 'a', 'a']
    const reading = keys.map((key) =>
      cache.getOrSet(
        key,
        async () => {
          loaded.push(key)
          return key + (await loading.promise)
        },
        options,
      ),
    )
    await settled()
    expect(loaded).toEqual(['a', 'b'])
    loading.resolve('!')
    expect(await Promise.all(reading)).toEqual(keys.map((key) => `${key}!`))
  })

  test('load for themselves what cannot be copied', async () => {
    const { cache } = crowdedCache()
    const answers = await Promise.all(all(() => cache.getOrSet('k', () => () => 'a function', options)))
    expect(new Set(answers).size).toBe(readers)
    expect(cache.stats()).toMatchObject({ misses: readers, loads: readers })
  })

  test('load for themselves when the load does not end, so that only those wait for ever whose own does not', async () => {
    const { cache, clock } = crowdedCache({ joinTimeout: '5s' })
    const never = held<number>()
    const reading = all((reader) =>
      cache.getOrSet('k', () => (reader % 2 === 0 ? never.promise : reader), options),
    )
    await settled()
    await clock.pass(5_000)
    const odd = reading.filter((_, reader) => reader % 2 === 1)
    expect(await Promise.all(odd)).toEqual(odd.map((_, index) => 2 * index + 1))
    never.resolve(-1)
    await Promise.all(reading)
  })

  test('load for themselves while nobody knows how a write ended', async () => {
    const { cache } = crowdedCache()
    await expect(cache.write(['User'], () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    const answers = await Promise.all(all((reader) => cache.getOrSet('k', () => reader, options)))
    expect(answers).toEqual(all(async () => undefined).map((_, reader) => reader))
    expect(cache.stats()).toMatchObject({ bypasses: readers })
  })

  test('wait as long as each of them wants to', async () => {
    const { cache, clock } = crowdedCache()
    const loader = new HeldLoader<number>()
    const read = (hardTimeout: number) => cache.getOrSet('k', loader.load, { ...options, hardTimeout })
    const patient = [cache.getOrSet('k', loader.load, options), cache.getOrSet('k', loader.load, options)]
    const impatient = [read(100), read(200)].map(errorOf)
    await settled()
    await clock.pass(150)
    expect(await impatient[0]).toMatchObject({ code: 'LOAD_TIMEOUT' })
    await clock.pass(50)
    expect(await impatient[1]).toMatchObject({ code: 'LOAD_TIMEOUT' })
    loader.land(1)
    expect(await Promise.all(patient)).toEqual([1, 1])
  })

  describe('and of whom some would be told the last error', () => {
    const cooled = { ...options, errorCooldown: 100 }

    async function afterFailures(): Promise<Cache> {
      const { cache } = crowdedCache({ errorCooldown: 0 })
      const fail = () => Promise.reject(new Error('no'))
      for (let i = 0; i < 2; i++) {
        await expect(cache.getOrSet('k', fail, cooled)).rejects.toThrow('no')
      }
      return cache
    }

    test('are told apart', async () => {
      const cache = await afterFailures()
      const reading = all((reader) => cache.getOrSet('k', () => 1, reader < 2 ? cooled : options))
      const [first, , ...others] = await Promise.allSettled(reading)
      expect(first!.status).toBe('rejected')
      expect(others).toEqual(others.map(() => ({ status: 'fulfilled', value: 1 })))
    })

    test('load for themselves what cannot be copied, whoever came first', async () => {
      const cache = await afterFailures()
      const load = () => () => 'a function'
      const reading = all((reader) => cache.getOrSet('k', load, reader === 0 ? cooled : options))
      await expect(reading[0]).rejects.toThrow('no')
      const loaded = await Promise.all(reading.slice(1))
      expect(loaded.map((value) => value())).toEqual(loaded.map(() => 'a function'))
      expect(new Set(loaded).size).toBe(readers - 1)
    })
  })

  test('do not wait for a load that their own loader waits for', async () => {
    const { cache } = crowdedCache({ joinTimeout: '5s' })
    const answer = await cache.getOrSet(
      'k',
      async () => await Promise.all([readInside(cache), readInside(cache), readInside(cache)]),
      options,
    )
    expect(answer).toEqual(['inner', 'inner', 'inner'])
  })
})

describe('among readers who ask for the same at one moment, a reader goes by itself', () => {
  const startReading = () => {
    const { cache } = crowdedCache()
    const { reader, space, policy } = engineOf(cache)!
    const loader = new HeldLoader<string>()
    const read = async (own: Partial<ReadRequest> = {}) =>
      await reader.read({
        space,
        key: 's:k',
        dependencies: { tags: ['User'] },
        policy,
        load: loader.load,
        ...own,
      })
    return { cache, loader, read }
  }

  test('that wants to know how its answer came about', async () => {
    const { loader, read } = startReading()
    const infos = Array.from({ length: readers }, (): ReadInfo => ({ status: 'bypass' }))
    const reading = infos.map((info) => read({ info }))
    await settled()
    loader.land('Ada')
    await Promise.all(reading)
    expect(infos.map(({ status }) => status)).toEqual(['miss', ...infos.slice(1).map(() => 'joined')])
  })

  test('that holds what the others may wait for', async () => {
    const { loader, read } = startReading()
    const others = [read(), read(), read()]
    const holder = read({ waitsForNobody: true })
    await settled()
    expect(loader.count).toBe(2)
    loader.land('its own', 1)
    expect(await holder).toBe('its own')
    loader.land('theirs', 0)
    await Promise.all(others)
  })

  test('that may be answered with what is stale', async () => {
    const { cache, clock } = crowdedCache({ ttl: 1_000, staleWhileRevalidate: 60_000 })
    await cache.set('k', 'old', options)
    clock.advance(2_000)
    const answers = await Promise.all(all(() => cache.getOrSet('k', () => 'new', options)))
    expect(answers).toEqual(answers.map(() => 'old'))
    expect(cache.stats()).toMatchObject({ stale: readers })
  })

  test('that is told of by another name', async () => {
    const { cache, loader, read } = startReading()
    const misses = record(cache, 'miss')
    const sources = ['User.findMany', 'User.findFirst', 'User.findFirst', 'User.findMany', 'User.findMany']
    const reading = sources.map((source) => read({ source }))
    await settled()
    expect(misses).toHaveLength(5)
    expect(misses.filter(({ source }) => source === 'User.findMany')).toHaveLength(3)
    loader.land('Ada')
    await Promise.all(reading)
  })
})

const readInside = (cache: Cache): Promise<string> => cache.getOrSet('k', () => 'inner', options)
