import { prepareCopy } from '@freshet/core/store'
import { expect, test } from 'vitest'
import { NearCopies } from '../../src/near/near-copies.js'
import { NearCopy } from '../../src/near/near-copy.js'
import { RedisVector } from '../../src/vector.js'

const copyOf = (value: unknown, localMs = 0) =>
  new NearCopy(
    { copy: prepareCopy(value)!, tags: [], storedAt: 0, expiresAt: 1_000, loadMs: 1 },
    new RedisVector([''], ['g@e'], true, { serverMicros: 0, localMs }),
    ['g:'],
  )
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const bounds = { maxEntries: 100, maxBytes: 2 ** 20 }

test('copies of nothing take no place of the others, and are bounded by a tenth', () => {
  const copies = new NearCopies(bounds)
  for (const i of numbers(100)) copies.set(`there ${i}`, copyOf({ i }))
  for (const i of numbers(1_000)) copies.set(`not there ${i}`, copyOf(i % 2 === 0 ? null : []))
  expect(numbers(100).filter((i) => copies.get(`there ${i}`) === undefined)).toEqual([])
  expect(copies.size).toBe(110)
  expect(copies.get('not there 999')?.copy.master).toEqual([])
  expect(copies.get('not there 500')).toBeUndefined()
  expect(Array.from(copies.all())).toHaveLength(110)
})

test('a copy takes the place of the one of its key, whatever either holds', () => {
  const copies = new NearCopies(bounds)
  for (const value of [null, { id: 7 }, [], [1], null]) {
    copies.set('k', copyOf(value))
    expect(copies.get('k')?.copy.master).toEqual(value)
    expect(copies.peek('k')?.copy.master).toEqual(value)
    expect(copies.size).toBe(1)
  }
  copies.set('k', copyOf({ id: 8 }, -1))
  expect(copies.get('k')?.copy.master).toBeNull()
  copies.delete('k')
  expect(copies.get('k')).toBeUndefined()
  copies.set('k', copyOf(null))
  copies.clear()
  expect([copies.size, copies.bytes]).toEqual([0, 0])
})

test('who looks after copies is told of each, and of none of nothing that it had to make room', () => {
  const told: string[] = []
  const copies = new NearCopies(
    { maxEntries: 2, maxBytes: 2 ** 20 },
    {
      kept: ({ copy }) => void told.push(`kept ${JSON.stringify(copy.master)}`),
      dropped: ({ copy }, isEvicted) => void told.push(`dropped ${JSON.stringify(copy.master)} ${isEvicted}`),
    },
  )
  copies.set('a', copyOf(1))
  copies.set('b', copyOf(null))
  copies.set('c', copyOf([]))
  copies.set('d', copyOf(2))
  copies.set('e', copyOf(3))
  expect(told).toEqual([
    'kept 1',
    'kept null',
    'dropped null false',
    'kept []',
    'kept 2',
    'dropped 1 true',
    'kept 3',
  ])
})
