import { expect, test } from 'vitest'
import { createTableSets } from '../src/table-set.js'

test('the same tables are the same object, in whatever order and however often they are named', () => {
  const toSet = createTableSets()
  const set = toSet(['b', 'a'])
  expect(set).toEqual({ tables: ['a', 'b'] })
  expect(toSet(['b', 'a'])).toBe(set)
  expect(toSet(['a', 'b', 'a'])).toBe(set)
  expect(toSet(new Set(['a', 'b']))).toBe(set)
})

test('tables that begin alike are sets of their own', () => {
  const toSet = createTableSets()
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((tables) => toSet(tables))).toEqual([
    { tables: [] },
    { tables: ['a'] },
    { tables: ['a', 'b'] },
    { tables: ['a', 'b', 'c'] },
  ])
})

test('sets without end are forgotten, and what is made after that is right', () => {
  const toSet = createTableSets()
  for (let i = 0; i < 30_000; i++) expect(toSet([`t${i}`, 'x'])).toEqual({ tables: [`t${i}`, 'x'] })
  expect(toSet(['x', 't5'])).toBe(toSet(['t5', 'x']))
})
