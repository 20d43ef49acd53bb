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
