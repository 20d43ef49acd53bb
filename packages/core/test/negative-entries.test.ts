import { memoryStore, type Cache } from '@freshet/core'
import { settled, testCache } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { NegativeTable } from '../src/negative/negative-table.js'

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)

/** A cache for 100 entries, ten of which may hold nothing and be kept as others are. */
function small(options: { maxNegatives?: number } = {}) {
  const { cache, clock } = testCache({
    store: memoryStore({ maxEntries: 100, ...options }),
    negativeTtl: '1m',
  })
  let loads = 0
  const find = async (id: number, answer: unknown = null, tags: readonly string[] = ['User']) =>
    await cache.getOrSet(['user', id], () => (loads++, answer), { tags })
  return { cache, clock, find, loads: () => loads }
}

async function findAll(find: (id: number) => Promise<unknown>, ids: readonly number[]) {
  for (const id of ids) await find(id)
  await settled()
}

describe('keys that do not exist', () => {
  test('take no place of those that do', async () => {
    const { cache, find } = small()
    for (const id of numbers(100)) await cache.set(id, { id }, { tags: ['User'] })
    await findAll(find, numbers(5_000))
    expect((await cache.getMany(numbers(100))).filter((value) => value === undefined)).toEqual([])
  })

  test('are each looked for once, however many there are, null and lists alike', async () => {
    const { find, loads } = small()
    const nothing = (id: number) => (id % 2 === 0 ? null : [])
    const ids = numbers(3_000)
    await findAll((id) => find(id, nothing(id)), ids)
    expect(loads()).toBe(ids.length)
    for (const id of ids) expect(await find(id, 'loaded again')).toEqual(nothing(id))
    expect(loads()).toBe(ids.length)
  })

  test('do not take along the tags of entries that are there, although each has one of its own', async () => {
    const { cache, find } = small()
    for (const id of numbers(100)) await cache.set(id, { id }, { tags: ['User', `User#${id}`] })
    await findAll((id) => find(id, null, ['User', `User[id=${id}]`]), numbers(30_000, 1_000))
    expect((await cache.getMany(numbers(100))).filter((value) => value === undefined)).toEqual([])
  })

  test('an empty list is each caller’s own', async () => {
    const { cache, find } = small()
    await findAll((id) => find(id, []), numbers(100))
    const list = (await find(0)) as unknown[]
    list.push('mine')
    expect(await find(0)).toEqual([])
    expect(await cache.getOrSet(['user', 1], () => 'no', { tags: ['User'] })).toEqual([])
  })

  test('are forgotten when they have expired', async () => {
    const { find, loads, clock } = small()
    await findAll(find, numbers(100))
    clock.advance(60_000)
    await findAll(find, numbers(100))
    expect(loads()).toBe(200)
  })

  test('are counted among the entries, and their room among the bytes', async () => {
    const { cache, find } = small()
    await findAll(find, numbers(2_000))
    expect(cache.stats().entries).toBe(2_000)
    expect(cache.stats().bytes).toBeGreaterThan(2_000 * 28)
  })

  test('are bounded: the oldest are looked for again', async () => {
    const { find, loads } = small({ maxNegatives: 500 })
    await findAll(find, numbers(2_000))
    await findAll(find, numbers(400, 1_600))
    expect(loads()).toBe(2_000)
    await findAll(find, numbers(10))
    expect(loads()).toBe(2_010)
  })
})

describe('what is remembered of many', () => {
  /** So many that the first are remembered by digests alone. */
  async function full(tagsOf: (id: number) => readonly string[] = () => ['User']) {
    const all = small()
    await findAll((id) => all.find(id, null, tagsOf(id)), numbers(1_000))
    return all
  }
  const found = { id: 7 }

  test.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['their tag is invalidated', (cache) => cache.invalidate(['User'])],
    ['a write of their tag is acknowledged', (cache) => cache.write(['User'], () => undefined)],
    ['the cache is cleared', (cache) => cache.clear()],
    [
      'nobody knows how a write ended',
      (cache) => cache.write(['User'], () => Promise.reject(new Error('lost'))).catch(() => undefined),
    ],
  ])('is not served when %s', async (_, change) => {
    const { cache, find } = await full()
    await change(cache)
    expect(await find(7, found)).toEqual(found)
  })

  test('is not served when the row comes into being, and the others are', async () => {
    const tagsOf = (id: number) => [`User[id=${id}]`]
    const { cache, find, loads } = await full(tagsOf)
    await cache.invalidate(['User[id=7]'])
    expect(await find(7, found, tagsOf(7))).toEqual(found)
    const before = loads()
    await findAll((id) => find(id, null, tagsOf(id)), numbers(900, 50))
    // A few have their number in common with the one that was changed.
    expect(loads() - before).toBeLessThan(5)
  })

  test('is not what was not current any more when it made room', async () => {
    const { cache, find } = small()
    await findAll(find, [7])
    await cache.invalidate(['User'])
    await findAll(find, numbers(1_000, 100))
    expect(await find(7, found)).toEqual(found)
  })

  test('is told apart by the tags that are asked for', async () => {
    const { cache } = await full()
    const load = () => found
    expect(await cache.getOrSet(['user', 7], load, { tags: ['User', 'Post'] })).toEqual(found)
  })

  test('gives way to a value, and a value to it', async () => {
    const { cache, find } = await full()
    await cache.set(['user', 7], found, { tags: ['User'] })
    expect(await find(7)).toEqual(found)
    await cache.set(['user', 7], null, { tags: ['User'] })
    await findAll(find, numbers(1_000, 2_000))
    expect(await find(7, 'loaded')).toBeNull()
    expect(await cache.delete(['user', 7])).toBe(true)
    expect(await find(7, 'loaded')).toBe('loaded')
  })

  test('is not there any more once there was a value, also when that had to make room', async () => {
    const { cache, find } = await full()
    await cache.set(['user', 7], found, { tags: ['User'] })
    for (const id of numbers(200)) await cache.set(id, { id })
    expect(await find(7, 'loaded')).toBe('loaded')
  })

  test('belongs to its namespace, and is cleared with it and with those around it', async () => {
    const { cache } = small()
    const inner = cache.namespace('shop')
    const find = async (of: Cache, id: number, answer: unknown = null) =>
      await of.getOrSet(id, () => answer, { tags: ['User'] })
    await findAll((id) => find(inner, id), numbers(1_000))
    expect(await find(cache, 7, 'outside')).toBe('outside')
    expect(await find(inner, 7, 'inside')).toBeNull()
    await cache.invalidate(['User'])
    expect(await find(inner, 7, 'inside')).toBe('inside')
    expect(await find(inner, 8, 'not kept')).toBe('not kept')
    await findAll((id) => find(inner, id), numbers(1_000, 5_000))
    expect(await find(inner, 5_001, 'inside')).toBeNull()
    await inner.clear()
    expect(await find(inner, 5_001, 'inside')).toBe('inside')
  })

  test('is gone when the cache is closed', async () => {
    const { cache, find } = await full()
    await cache.close()
    expect(await find(7, found)).toEqual(found)
    expect(cache.stats().entries).toBe(0)
  })
})

describe('the table of what is not there', () => {
  const nothing = { isList: false, storedAt: 1_000, expiresAt: 31_000, since: 3 }

  test.each([
    ['all that it was given', 100_000],
    ['nothing else than it was given, where there is little room', 2_000],
  ])('finds %s, whatever was deleted and replaced between', (_, max) => {
    const table = new NegativeTable(max)
    const model = new Map<string, number>()
    let seed = 1
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
    for (let step = 0; step < 60_000; step++) {
      const key = `key ${random(4_000)}`
      if (random(3) === 0) {
        table.delete(key)
        model.delete(key)
      } else {
        table.set(key, [], { ...nothing, since: step })
        model.set(key, step)
      }
    }
    const found = numbers(4_000).map((i) => table.get(`key ${i}`, [])?.since)
    const given = numbers(4_000).map((i) => model.get(`key ${i}`))
    const kept = found.filter((since) => since !== undefined)
    expect(found).toEqual(max > 4_000 ? given : given.map((since, i) => found[i] && since))
    expect(table.size).toBe(kept.length)
    expect(kept.length).toBeGreaterThan(1_000)
  })

  test('makes room for new ones with the oldest, and grows no further', () => {
    const table = new NegativeTable(1_500)
    for (let i = 0; i < 10_000; i++) table.set(`key ${i}`, [], nothing)
    const { bytes } = table
    for (let i = 10_000; i < 20_000; i++) table.set(`key ${i}`, [], nothing)
    expect(table.size).toBe(1_500)
    expect(table.bytes).toBe(bytes)
    expect(table.get('key 18499', [])).toBeUndefined()
    expect(numbers(1_500, 18_500).filter((i) => table.get(`key ${i}`, []) === undefined)).toEqual([])
  })

  test('tells apart keys, tags, and where the one ends and the others begin', () => {
    const table = new NegativeTable(100)
    table.set('key', ['a', 'b'], nothing)
    for (const [key, tags] of [
      ['key', ['a']],
      ['key', ['b', 'a']],
      ['key', ['ab']],
      ['keya', ['b']],
      ['key\ud800', ['a', 'b']],
    ] as const)
      expect(table.get(key, tags)).toBeUndefined()
    table.set('\ud800', [], nothing)
    expect(table.get('\ud801', [])).toBeUndefined()
    expect(table.get('key', ['a', 'b'])).toEqual(nothing)
  })

  test('remembers times over weeks, and lists', () => {
    const table = new NegativeTable(100)
    const day = 86_400_000
    for (const at of [0, 10 * day, 20 * day, 60 * day]) {
      const given = { isList: true, storedAt: at, expiresAt: at + day, since: 2 ** 31 - 1 }
      table.set('key', [], given)
      expect(table.get('key', [])).toEqual(given)
    }
  })
})
