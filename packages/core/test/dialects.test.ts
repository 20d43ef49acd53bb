import { expect, test } from 'vitest'
import { Dialects } from '../src/dialects.js'
import { createSpace } from '../src/space.js'
import type { Dialect, Store } from '../src/store.js'

const space = createSpace('shop')
const spoken = (id: string) => new Map([['post', { id, clock: 'post~' }]])

/** What a shared store was told last. */
function sharedStore() {
  let told: ReadonlyMap<string, Dialect> | undefined
  const store = { speak: (_: unknown, dialects: ReadonlyMap<string, Dialect>) => void (told = dialects) }
  return { store: store as Partial<Store> as Store, told: () => Object.fromEntries(told ?? []) }
}

const local = {} as Partial<Store> as Store

test('a database alone is asked for nothing where no other process is', () => {
  const dialects = new Dialects(local)
  dialects.speak(space, {}, () => {
    throw new Error('asked')
  })
  expect(dialects.areAllOne).toBe(true)
})

test('two databases that mean the same write as one', () => {
  const dialects = new Dialects(local)
  dialects.speak(space, {}, () => spoken('a'))
  dialects.speak(space, {}, () => spoken('a'))
  expect(dialects.areAllOne).toBe(true)
  expect(dialects.widened(space, ['post~', 'post#1'])).toEqual(['post~', 'post#1'])
})

test('where two mean something else by a table, each writes all of it, and nobody else does', () => {
  const dialects = new Dialects(local)
  dialects.speak(space, {}, () => new Map([...spoken('a'), ['user', { id: 'u', clock: 'user~' }]]))
  const other = {}
  dialects.speak(space, other, () => spoken('b'))
  expect(dialects.areAllOne).toBe(false)
  expect(dialects.widened(space, ['post~', 'post#1', 'user~'])).toEqual(['post~', 'post#1', 'user~', 'post'])
  expect(dialects.widened(createSpace('other'), ['post~'])).toEqual(['post~'])
  dialects.speak(space, other, () => spoken('a'))
  expect(dialects.areAllOne).toBe(true)
})

test('a shared store is told what all of them mean, and that two mean the same two', () => {
  const { store, told } = sharedStore()
  const dialects = new Dialects(store)
  dialects.speak(space, {}, () => spoken('b'))
  expect(told()).toEqual({ post: { id: 'b', clock: 'post~' } })
  dialects.speak(space, {}, () => spoken('a'))
  expect(told()).toEqual({ post: { id: 'a+b', clock: 'post~' } })
})
