import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import type { Seat, UnderWay } from '../src/under-way.js'
import { writesUnderWay } from '../src/under-way.js'

setFlagsFromString('--expose_gc')
const collectGarbage = runInNewContext('gc') as () => void

const writeOf = (name: string): UnderWay => ({ mayConcern: (_, table) => table === name })
let seats: Seat[] = []
const begin = (name: string): Seat => {
  const seat = writesUnderWay.open(writeOf(name))
  seats.push(seat)
  return seat
}

afterEach(() => {
  for (const seat of seats.splice(0)) if (seat.taken !== undefined) writesUnderWay.leave(seat)
})

test('a transaction is under way until it leaves, whoever comes after it', () => {
  const first = begin('post')
  expect(writesUnderWay.anyMayConcern('post')).toBe(true)
  writesUnderWay.leave(first)
  expect(writesUnderWay.isAny).toBe(false)
  begin('user')
  begin('tag')
  expect(['post', 'user', 'tag'].map((table) => writesUnderWay.anyMayConcern(table))).toEqual([
    false,
    true,
    true,
  ])
})

test('a transaction that nobody can end any more is not', async () => {
  writesUnderWay.open(writeOf('post'))
  expect(writesUnderWay.anyMayConcern('post')).toBe(true)
  // What was looked at lives until the end of this turn.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(writesUnderWay.anyMayConcern('post')).toBe(false)
})

test('they leave in any order, also after those that are gone have been forgotten', async () => {
  const names = ['first', 'second', 'third', 'fourth']
  const underWay = () => names.filter((name) => writesUnderWay.anyMayConcern(name))
  for (let gone = 0; gone < 100; gone++) {
    if (gone === 40) begin('first')
    writesUnderWay.open(writeOf('gone'))
  }
  const [first] = seats
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  // So many that those that are gone are looked for.
  const others = Array.from({ length: 200 }, () => begin('other'))
  const [second, third, fourth] = ['second', 'third', 'fourth'].map(begin)
  for (const other of others) writesUnderWay.leave(other)
  writesUnderWay.leave(second!)
  expect(underWay()).toEqual(['first', 'third', 'fourth'])
  writesUnderWay.leave(fourth!)
  expect(underWay()).toEqual(['first', 'third'])
  writesUnderWay.leave(first!)
  expect(underWay()).toEqual(['third'])
  writesUnderWay.leave(third!)
  expect(writesUnderWay.anyMayConcern('other')).toBe(false)
  expect(underWay()).toEqual([])
})
