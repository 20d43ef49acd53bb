import { describe, expect, test } from 'vitest'
import { prepareCopy } from '../src/clone.js'
import type { ConditionalChange } from '../src/conditions.js'
import { Later } from '../src/later.js'
import { memoryStore } from '../src/memory-store.js'
import { tagTexts } from '../src/precision/tag-texts.js'
import { createSpace } from '../src/space.js'
import type { StoreContext, Vector } from '../src/store.js'

const space = createSpace(undefined)
const bumpOf = (tag: string) => ({ space, tags: [tag], at: 0, next: undefined })

function recorded() {
  const made: string[] = []
  return {
    made,
    later: new Later({ batchSize: 4, bump: ({ tags }) => void made.push(...(tags as string[])) }),
  }
}

describe('bumps that wait', () => {
  test('are made when they are asked for, in the order in which they came', () => {
    const { made, later } = recorded()
    for (const tag of ['a', 'b', 'c']) later.addBump(bumpOf(tag))
    expect(made).toEqual([])
    later.flush()
    expect(made).toEqual(['a', 'b', 'c'])
    expect(later.hasBumps).toBe(false)
  })

  test('are made once', () => {
    const { made, later } = recorded()
    later.addBump(bumpOf('a'))
    later.flush()
    later.flush()
    later.addBump(bumpOf('b'))
    later.flush()
    expect(made).toEqual(['a', 'b'])
  })

  test('are few: who never reads does not gather them', () => {
    const { made, later } = recorded()
    for (let i = 0; i < 1_000; i++) later.addBump(bumpOf('a'))
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
    void store.lookup(space, 'key', { tags: stocks, shown })
    store7()
    void store.bump(space, ['product', 'product~'])
    void bought()
    void store.lookup(space, 'key', { tags: stocks, shown })
    expect(moved).toEqual([[{ before: 10n, after: 3n }], undefined])
  })

  test('counts what is there after it', () => {
    const store = newStore()
    void store.put(space, 'key', recordOf({ id: 7 }), store.snapshot(space, tags) as Vector)
    void store.bump(space, [''])
    expect(store.size()).toMatchObject({ entries: 0 })
  })
})
