import { held, type Held, settled, stateOf, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'

/** A loader of many keys whose answers wait for the test. */
class HeldBatches {
  readonly asked: number[][] = []
  readonly #answers: Held<string[]>[] = []

  readonly load = (keys: number[]): Promise<string[]> => {
    this.asked.push(keys)
    const answer = held<string[]>()
    this.#answers.push(answer)
    return answer.promise
  }

  land(call: number, mark = ''): void {
    this.#answers[call]!.resolve(this.asked[call]!.map((key) => `${key}${mark}`))
  }

  fail(call: number, error: unknown): void {
    this.#answers[call]!.reject(error)
  }
}

describe('batches at the same time', () => {
  test('share the keys that they have in common: each is loaded once', async () => {
    const { cache } = testCache()
    const loader = new HeldBatches()
    const first = cache.getOrSetMany([1, 2, 3], loader.load)
    const second = cache.getOrSetMany([4, 3, 2, 5], loader.load)
    const one = cache.getOrSet(1, () => 'loaded alone')
    await settled()
    expect(loader.asked).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
    loader.land(1)
    expect(await stateOf(second)).toBe('pending')
    loader.land(0)
    expect(await first).toEqual(['1', '2', '3'])
    expect(await second).toEqual(['4', '3', '2', '5'])
    expect(await one).toBe('1')
  })

  test('give each caller values of its own', async () => {
    const { cache } = testCache()
    const load = (keys: number[]) => keys.map((key) => ({ key }))
    const [[mine], [theirs]] = (await Promise.all([
      cache.getOrSetMany([1], load),
      cache.getOrSetMany([1], load),
    ])) as [[{ key: number }], [{ key: number }]]
    mine.key = 7
    expect(theirs).toEqual({ key: 1 })
    expect(await cache.get(1)).toEqual({ key: 1 })
  })

  test('a load that rejects rejects its own keys, for all who wait for them, and no others', async () => {
    const { cache } = testCache()
    const loader = new HeldBatches()
    const failure = new Error('no connection')
    const first = cache.getOrSetMany([1, 2], loader.load)
    const second = cache.getOrSetMany([2, 3], loader.load)
    const third = cache.getOrSetMany([3, 4], loader.load)
    await settled()
    expect(loader.asked).toEqual([[1, 2], [3], [4]])
    loader.fail(0, failure)
    loader.land(1)
    loader.land(2)
    await expect(first).rejects.toBe(failure)
    await expect(second).rejects.toBe(failure)
    expect(await third).toEqual(['3', '4'])
    expect(await cache.getMany([1, 2, 3, 4])).toEqual([undefined, undefined, '3', '4'])
  })

  test('one that begins after a write does not share a load from before it', async () => {
    const { cache } = testCache()
    const loader = new HeldBatches()
    const options = { tags: ['User'] }
    const first = cache.getOrSetMany([1, 2], loader.load, options)
    await cache.write(['User'], () => undefined)
    const second = cache.getOrSetMany([2, 3], loader.load, options)
    await settled()
    expect(loader.asked).toEqual([
      [1, 2],
      [2, 3],
    ])
    loader.land(0, ' old')
    loader.land(1, ' new')
    expect(await first).toEqual(['1 old', '2 old'])
    expect(await second).toEqual(['2 new', '3 new'])
    expect(await cache.getMany([1, 2, 3])).toEqual([undefined, '2 new', '3 new'])
  })
})

describe('a loader of many', () => {
  test('is asked once, for what is missing, in the order that was given', async () => {
    const { cache } = testCache()
    await cache.setMany([3, 7].map((key) => ({ key, value: 'stored' })))
    const loader = new HeldBatches()
    const reading = cache.getOrSetMany([9, 3, 1, 7, 5], loader.load)
    loader.land(0)
    expect(await reading).toEqual(['9', 'stored', '1', 'stored', '5'])
    expect(loader.asked).toEqual([[9, 1, 5]])
  })

  test('is asked together for those whose turn comes late, in the order that was given', async () => {
    const { cache } = testCache()
    const others = new Map([1, 2, 3, 4].map((key) => [key, held<unknown>()]))
    for (const [key, { promise }] of others) void cache.getOrSet(key, () => promise)
    const loader = new HeldBatches()
    const reading = cache.getOrSetMany([4, 9, 2, 3], loader.load)
    await settled()
    expect(loader.asked).toEqual([[9]])
    // What cannot be copied cannot be shared.
    for (const key of [3, 2, 4]) others.get(key)!.resolve(() => undefined)
    await settled()
    await settled()
    expect(loader.asked).toEqual([[9], [4, 2, 3]])
    loader.land(0)
    loader.land(1)
    expect(await reading).toEqual(['4', '9', '2', '3'])
  })

  test.each([
    [
      'reads are off',
      async (cache: ReturnType<typeof testCache>['cache']) => await cache.switch({ reads: false }),
    ],
    ['the cache is closed', async (cache: ReturnType<typeof testCache>['cache']) => await cache.close()],
  ])('is asked for each key once although nothing is shared, as %s', async (_, turnOff) => {
    const { cache } = testCache()
    await turnOff(cache)
    const asked: number[][] = []
    const load = (keys: number[]) => (asked.push(keys), keys.map((key) => ({ key })))
    const [one, two, again] = await cache.getOrSetMany([1, 2, 1], load)
    expect(asked).toEqual([[1, 2]])
    expect([one, two, again]).toEqual([{ key: 1 }, { key: 2 }, { key: 1 }])
    expect(again).not.toBe(one)
  })

  test.each([
    ['too few', [1], '1 values'],
    ['too many', [1, 2, 3], '3 values'],
    ['no array', 'ab', 'string'],
    ['nothing', undefined, 'undefined'],
  ])(
    'that answers with %s is told so, and so is who waits for its keys; nothing is kept',
    async (_, given, said) => {
      const { cache } = testCache()
      const answer = held<never>()
      const first = cache.getOrSetMany([1, 2], () => answer.promise)
      const joined = cache.getOrSet(2, () => 'own')
      answer.resolve(given as never)
      const failure = { code: 'INVALID_LOADER_RESULT', message: expect.stringContaining(said) as string }
      await expect(first).rejects.toMatchObject(failure)
      await expect(first).rejects.toMatchObject({ message: expect.stringContaining('2 keys') as string })
      await expect(joined).rejects.toMatchObject(failure)
      expect(cache.stats().entries).toBe(0)
    },
  )

  test('that throws at once rejects, and is asked again the next time', async () => {
    const { cache } = testCache()
    const failure = new Error('refused')
    const refuse = () => {
      throw failure
    }
    await expect(cache.getOrSetMany([1, 2], refuse)).rejects.toBe(failure)
    expect(await cache.getOrSetMany([1, 2], (keys) => keys)).toEqual([1, 2])
  })
})
