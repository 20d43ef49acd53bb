import { describe, expect, test } from 'vitest'
import { memoryStore } from '../src/memory-store.js'
import { createSpace } from '../src/space.js'
import type { StoreContext } from '../src/store.js'

const space = createSpace(undefined)
const newStore = (now = () => 0) => memoryStore({ maxEntries: 10 })({ now } as StoreContext)

describe('a memory store that is asked for the same tags again', () => {
  test('has one vector for them while nothing changes', () => {
    const store = newStore()
    const tags = ['user']
    expect(store.snapshot(space, tags)).toBe(store.snapshot(space, tags))
  })

  test('has another one as soon as one of them is written', () => {
    const store = newStore()
    const tags = ['user']
    const before = store.snapshot(space, tags)
    void store.bump(space, tags)
    expect(store.snapshot(space, tags)).not.toMatchObject({ id: (before as { id: string }).id })
  })

  test('has another one for another namespace', () => {
    const store = newStore()
    const tags = ['user']
    const before = store.snapshot(space, tags)
    expect(store.snapshot(createSpace('reports', space), tags)).not.toBe(before)
  })

  test('has a usable one as soon as they are held no more', () => {
    let now = 0
    const store = newStore(() => now)
    const tags = ['user']
    void store.hold({ space, tags }, tags, 1_000)
    expect(store.snapshot(space, tags)).toMatchObject({ usable: false })
    now = 1_000
    expect(store.snapshot(space, tags)).toMatchObject({ usable: true })
  })

  test('does not forget them', () => {
    const store = newStore()
    const tags = ['user']
    const before = store.snapshot(space, tags)
    void store.snapshot(space, tags)
    const others = Array.from({ length: 10_500 }, (_, i) => `row ${i}`)
    void store.snapshot(space, others)
    expect(store.snapshot(space, tags)).toMatchObject({ id: (before as { id: string }).id })
  })
})
