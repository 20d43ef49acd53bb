import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { BumpLater } from '../src/bump-later.js'
import { prepareCopy } from '../src/clone.js'
import type { ConditionalChange } from '../src/conditions.js'
import { memoryStore } from '../src/memory-store.js'
import { tagTexts } from '../src/precision/tag-texts.js'
import { createSpace } from '../src/space.js'
import type { StoreContext, Vector } from '../src/store.js'

const space = createSpace(undefined)
const bumpOf = (tag: string) => ({ space, tags: [tag], at: 0 })

function recorded() {
  const made: string[] = []
  return { made, bumps: new BumpLater(({ tags }) => made.push(...tags)) }
}

describe('bumps that wait', () => {
  test('are made when they are asked for, in the order in which they came', () => {
    const { made, bumps } = recorded()
    for (const tag of ['a', 'b', 'c']) bumps.add(bumpOf(tag))
    expect(made).toEqual([])
    bumps.flush()
    expect(made).toEqual(['a', 'b', 'c'])
    expect(bumps.isEmpty).toBe(true)
  })

  test('are made once', async () => {
    const { made, bumps } = recorded()
    bumps.add(bumpOf('a'))
    bumps.flush()
    await setImmediate()
    expect(made).toEqual(['a'])
  })

  test('are made at the next turn of the event loop if nobody asks', async () => {
    const { made, bumps } = recorded()
    bumps.add(bumpOf('a'))
    await setImmediate()
    expect(made).toEqual(['a'])
    bumps.add(bumpOf('b'))
    await setImmediate()
    expect(made).toEqual(['a', 'b'])
  })

  test('are few: who never lets the event loop turn does not gather them', async () => {
    const { made, bumps } = recorded()
    for (let i = 0; i < 1_000; i++) await Promise.resolve(bumps.add(bumpOf('a')))
    expect(made.length).toBeGreaterThan(900)
  })
})

const tell = () => ({
  touched: ([column]: readonly string[]) => (column === 'id' ? [['7']] : undefined),
  entering: () => [],
  after: () => ['3'],
  changed: 1,
})

describe('a memory store that has just been told of a write', () => {
  const tags = ['user']
  const newStore = () => memoryStore()({ now: () => 0 } as StoreContext)
  const recordOf = (value: unknown) => {
    const copy = prepareCopy(value)!
    return { copy, value, tags, storedAt: 0, expiresAt: 1_000, loadMs: 1 }
  }

  test('stores nothing that was loaded before it', () => {
    const store = newStore()
    const before = store.snapshot(space, tags) as Vector
    void store.bump(space, tags)
    void store.put(space, 'key', recordOf({ id: 7 }), before)
    expect(store.size()).toMatchObject({ entries: 0 })
  })

  test('binds nothing to what was there before it', () => {
    const store = newStore()
    const before = store.snapshot(space, ['user', 'user~']) as Vector
    void store.bump(space, ['user~', 'user#7'])
    expect(store.bind!(space, before, ['user', 'user#7'], ['user~'])).toMatchObject({ usable: false })
  })

  test('makes of what rows had what came first, before it is asked what they have now', () => {
    const store = newStore()
    const table = { texts: tagTexts('', 'product'), rowKey: { columns: ['id'] } }
    const tracked = () => [{ table, key: ['7'], values: [['stock', 10n] as const] }]
    const moved: unknown[] = []
    const shown = {
      areExcluded: () => false,
      isBesides: (_: unknown, change: ConditionalChange) => moved.push(change.moved?.get('stock')) > 0,
    }
    const stocks = ['product.stock']
    const store7 = () => {
      const vector = store.snapshot(space, stocks) as Vector
      void store.put(
        space,
        'key',
        { ...recordOf({ stock: 10 }), tags: stocks, shown: { ...shown, tracked } },
        vector,
      )
    }
    const changed = {
      table: 'product',
      changes: [{ condition: { excludes: () => false }, columns: ['stock'], tell }],
    }
    const bought = () =>
      store.bump(space, ['product~', 'product.stock'], new Map([['product.stock', changed]]))
    store7()
    void bought()
    void store.lookup(space, 'key', stocks, undefined, shown)
    store7()
    void store.bump(space, ['product', 'product~'])
    void bought()
    void store.lookup(space, 'key', stocks, undefined, shown)
    expect(moved).toEqual([[{ before: 10n, after: 3n }], undefined])
  })

  test('counts what is there after it', () => {
    const store = newStore()
    void store.put(space, 'key', recordOf({ id: 7 }), store.snapshot(space, tags) as Vector)
    void store.bump(space, [''])
    expect(store.size()).toMatchObject({ entries: 0 })
  })
})
